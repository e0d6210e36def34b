"""MessagePack, which Fluent Bit sends by default."""

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.metering.bodies import cuts, json_values, receipt_of_blocks, send, sums
from webapp.metering.limits import Limits
from webapp.metering.receipt import Receipt, Tally
from webapp.metering.records import Records

MSGPACK = "application/msgpack"
pack = msgspec.msgpack.encode
extensions = st.builds(msgspec.msgpack.Ext, st.integers(-128, 127), st.binary(max_size=40))
values = json_values | st.floats(allow_nan=False) | st.binary(max_size=40) | extensions


def cut_records(blocks: list[bytes], limits: Limits) -> Receipt:
    tally = Tally(limits.kept_rejections)
    return receipt_of_blocks(Records(tally, limits), tally, blocks)


@settings(deadline=None)  # a busy machine is no fault
@given(st.data(), st.lists(st.tuples(values, values), min_size=1, max_size=6))
def test_each_value_is_an_event_of_its_own_bytes(
    data: st.DataObject, records: list[tuple[object, object]]
) -> None:
    packed = [pack(record) for record in records]
    body = b"".join(packed)
    receipt = cut_records(data.draw(cuts(body)), Limits())
    assert receipt.rejections == ()
    assert receipt.measures == sums(packed, len(body))


@settings(deadline=None)  # a busy machine is no fault
@given(st.data(), st.binary(max_size=60))
def test_any_cut_of_any_bytes_gives_the_same_receipt(data: st.DataObject, body: bytes) -> None:
    small = Limits(max_line_bytes=12)
    assert cut_records(data.draw(cuts(body)), small) == cut_records([body], small)


@pytest.mark.parametrize("size", [15, 16, 31, 32, 255, 256, 65535, 65536])
def test_every_width_of_length_is_read(size: int) -> None:
    packed = [pack("x" * size), pack(b"x" * size), pack([1] * size), pack({str(n): n for n in range(size)})]
    packed += [pack(msgspec.msgpack.Ext(1, b"x" * size))]
    assert send(b"".join(packed), MSGPACK).measures == sums(packed, sum(map(len, packed)))


@pytest.mark.parametrize(
    ("rest", "reason"),
    [
        (b"\xc1\x01\x02", "Not valid MessagePack: nothing from here on was metered."),
        (
            b"\xdb\xff\xff\xff\xff",
            "Longer than 1 MB, the most one event may have: nothing from here on was metered.",
        ),
        (
            b"\xdf\xff\xff\xff\xff",
            "Longer than 1 MB, the most one event may have: nothing from here on was metered.",
        ),
        (
            pack("x" * 2_000_000),
            "Longer than 1 MB, the most one event may have: nothing from here on was metered.",
        ),
        (b"\x92\x01", "The MessagePack data breaks off before its end: was the body cut off?"),
        (b"\xda\x00", "The MessagePack data breaks off before its end: was the body cut off?"),
    ],
)
def test_where_it_breaks_the_rest_is_one_rejection(rest: bytes, reason: str) -> None:
    good = pack([1, {"log": "a"}]) * 3
    receipt = send(good + rest, MSGPACK)
    assert (receipt.accepted, receipt.rejected) == (3, 1)
    assert (receipt.rejections[0].line, receipt.rejections[0].reason) == (4, reason)
    assert receipt.measures["bytes"] == len(good)
