"""JSON values that need no line of their own."""

import json
import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.metering.bodies import cuts, dumped, is_json, receipt_of_blocks, send, soup, sums
from webapp.metering.elements import Elements
from webapp.metering.limits import Limits
from webapp.metering.receipt import Receipt, Tally
from webapp.metering.seams import array_elements

JSON = "application/json"
SMALL = Limits(max_line_bytes=20)

spaces = st.sampled_from([b"", b"", b" ", b"\n", b"\r\n\t"])
sound = dumped.filter(is_json)


def cut_elements(blocks: list[bytes], *, array: bool, limits: Limits) -> Receipt:
    tally = Tally(limits.kept_rejections)
    return receipt_of_blocks(Elements(tally, limits, array=array), tally, blocks)


@settings(deadline=None)  # a busy machine is no fault
@given(st.data(), st.lists(sound, max_size=8), spaces, spaces)
def test_elements_of_an_array_are_metered_as_they_were_sent(
    data: st.DataObject, elements: list[bytes], before: bytes, after: bytes
) -> None:
    body = b"[" + b",".join(before + element + after for element in elements) + b"]" + after
    receipt = cut_elements(data.draw(cuts(body)), array=True, limits=Limits())
    assert receipt.rejections == ()
    assert receipt.measures == sums(elements, len(body) if elements else 0)


@settings(deadline=None)  # a busy machine is no fault
@given(st.data(), st.lists(sound.filter(lambda v: v[:1] in b"{["), min_size=1, max_size=8), spaces)
def test_values_in_a_row_are_metered_as_they_were_sent(
    data: st.DataObject, values: list[bytes], between: bytes
) -> None:
    body = between.join(values) + between
    receipt = cut_elements(data.draw(cuts(body)), array=False, limits=Limits())
    assert receipt.rejections == ()
    assert receipt.measures == sums(values, len(body))


@settings(deadline=None)  # a busy machine is no fault
@given(st.data(), st.lists(dumped | soup, max_size=8), st.booleans(), st.sampled_from([b",", b" ", b""]))
def test_any_cut_of_any_pieces_gives_the_same_receipt(
    data: st.DataObject, pieces: list[bytes], array: bool, between: bytes
) -> None:
    inner = between.join(pieces)
    body = b"[" + inner + b"]" if array else inner
    blocks = data.draw(cuts(body))
    whole = cut_elements([body[i : i + 1] for i in range(len(body))], array=array, limits=SMALL)
    assert cut_elements(blocks, array=array, limits=SMALL) == whole
    assert cut_elements([body], array=array, limits=SMALL) == whole


@settings(deadline=None)  # a busy machine is no fault
@given(st.lists(dumped | soup, max_size=6))
def test_an_array_python_can_read_is_accepted_whole_and_no_other_is(pieces: list[bytes]) -> None:
    body = b"[" + b",".join(pieces) + b"]"
    receipt = cut_elements([body], array=True, limits=Limits())
    assert (receipt.rejected == 0) == is_json(body)
    if is_json(body):
        assert receipt.accepted == len(json.loads(body))


@pytest.mark.parametrize(
    "inner",
    [
        b'"},{"',
        b'{"a":"},{"}',
        b'[{"a":1},{"b":2}]',
        b'{"a":[{"b":1},{"c":2}]}',
        b'"\\",\\""',
        b"[1,[2,3],4]",
        b"1,2",
    ],
)
def test_what_looks_like_the_end_of_an_element_inside_one_is_not(inner: bytes) -> None:
    for body in (
        b"[" + inner + b"]",
        b'[{"a":1},' + inner + b',{"b":2}]',
        b"[" + inner + b"," + inner + b"]",
    ):
        receipt = send(body, JSON)
        assert (receipt.accepted, receipt.rejected) == (len(json.loads(body)), 0)


def test_a_bad_element_is_named_by_its_number_and_the_others_are_metered() -> None:
    receipt = send(b'[{"a":1}, {"a":NaN}, {"a":"]},{"}, {oops}, {"a":2}]', JSON)
    assert receipt.accepted == 3
    assert [r.line for r in receipt.rejections] == [2, 4]
    assert receipt.rejections[0].reason == "Not valid JSON: invalid character (byte 5)."


@pytest.mark.parametrize(
    ("body", "accepted", "line", "reason"),
    [
        (b'[{"a":1},{"a":2}{"a":3},{"a":4}]', 2, 3, r"breaks here, at '\{'"),
        (b'[{"a":1},,{"a":2}]', 1, 2, "breaks here, at ','"),
        (b'[{"a":1}] and more', 1, 2, "breaks here, at 'a'"),
        (b'[{"a":1},{"a":2}', 2, 3, "no closing bracket"),
        (b'[{"a":1},{"a":2', 1, 2, "breaks off before its end"),
        (b'[{"a":1},{"a":"2', 1, 2, "breaks off before its end"),
        (b'[{"a":1},]', 1, 2, r"breaks here, at '\]'"),
        (b'{"a":1}{"a":2}}{"a":3}', 2, 3, r"breaks here, at '\}'"),
        (b'{\n "a": 1', 0, 1, "breaks off before its end"),
    ],
)
def test_where_the_structure_breaks_the_rest_is_one_rejection(
    body: bytes, accepted: int, line: int, reason: str
) -> None:
    receipt = send(body, JSON)
    assert (receipt.accepted, receipt.rejected) == (accepted, 1)
    assert receipt.rejections[0].line == line
    assert re.search(reason, receipt.rejections[0].reason)


@pytest.mark.parametrize("body", [b"[]", b" [ \n ] "])
def test_an_empty_array_is_no_events_and_no_error(body: bytes) -> None:
    receipt = send(body, JSON)
    assert (receipt.accepted, receipt.rejected, receipt.measures["bytes"]) == (0, 0, 0)


@pytest.mark.parametrize(
    "long", [b'{"a":"' + b"\\\\x" * 3_000_000 + b'"}', b"[" + b"1," * 5_000_000 + b"1]", b"7" * 10**7]
)
def test_an_element_of_10_mb_is_rejected_and_metering_goes_on(long: bytes) -> None:
    receipt = send(b'[{"a":1},' + long + b',{"a":2}]', JSON)
    assert receipt.accepted == 2
    assert [(r.line, r.reason) for r in receipt.rejections] == [
        (2, "Longer than 1 MB, the most one event may have.")
    ]
    assert receipt.measures["bytes"] == len(b'[{"a":1},,{"a":2}]')


def test_brackets_a_million_deep_are_one_rejection() -> None:
    deep = b"[" * 900_000 + b"]" * 900_000
    receipt = send(b'[{"a":1},' + deep + b',{"a":2}]', JSON)
    assert (receipt.accepted, receipt.rejected) == (2, 1)


def test_a_pretty_printed_object_is_one_event() -> None:
    receipt = send(json.dumps({"a": 1, "b": [{"c": 2}, {"d": 3}]}, indent=2).encode(), JSON)
    assert (receipt.accepted, receipt.rejected) == (1, 0)


def test_the_guess_at_many_elements_is_made_once_a_block(monkeypatch: pytest.MonkeyPatch) -> None:
    # A guess looks at the whole block: one for each element would take time by the square of the block.
    guesses: list[int] = []
    real = array_elements

    def counted(buffer: bytes, at: int) -> tuple[list[bytes], int]:
        guesses.append(at)
        return real(buffer, at)

    monkeypatch.setattr("webapp.metering.elements.array_elements", counted)
    receipt = cut_elements([b"[" + b"oops," * 1000, b"oops," * 1000 + b"1]"], array=True, limits=Limits())
    assert (receipt.accepted, receipt.rejected, len(guesses)) == (1, 2000, 2)
