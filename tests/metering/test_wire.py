"""Compression, limits and memory."""

import gzip
import io
import random
import tracemalloc
import zlib
from collections.abc import Callable, Iterator

import pytest
import zstandard
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.metering.bodies import send
from webapp.domain.errors import Malformed, TooLarge
from webapp.metering.limits import BLOCK_BYTES, MIB, Limits
from webapp.metering.stream import meter
from webapp.metering.wire import Wire

NDJSON = "application/x-ndjson"
LINES = b"".join(b'{"n":%d,"m":"some words of a log line"}\n' % n for n in range(30_000))
CODINGS: dict[str, Callable[[bytes], bytes]] = {
    "gzip": gzip.compress,
    "deflate": zlib.compress,
    "zstd": zstandard.compress,
}


def zstd_streamed(body: bytes) -> bytes:
    """zstd as a shipper streams it: no size in the header, many blocks."""
    stream = zstandard.ZstdCompressor().compressobj()
    return stream.compress(body) + stream.flush()


class Trickle(io.BytesIO):
    """A body that comes in small, uneven pieces."""

    def read(self, size: int | None = -1, /) -> bytes:
        return super().read(random.Random(self.tell()).randint(1, min(size or 1, 70_000)))


@pytest.mark.parametrize("coding", CODINGS)
def test_a_compressed_body_has_the_receipt_of_the_plain_one(coding: str) -> None:
    packed = CODINGS[coding](LINES)
    assert send(packed, NDJSON, coding) == send(LINES, NDJSON)
    assert send(LINES, NDJSON).accepted == 30_000


@settings(deadline=None)  # a busy machine is no fault
@given(st.lists(st.binary(max_size=200), min_size=1, max_size=5), st.sampled_from(sorted(CODINGS)))
def test_any_bytes_come_back_from_any_coding(parts: list[bytes], coding: str) -> None:
    packed = CODINGS[coding](b"".join(parts))
    assert b"".join(Wire(io.BytesIO(packed), coding, Limits())) == b"".join(parts)


@pytest.mark.parametrize("coding", ["gzip", "zstd"])
def test_parts_packed_apart_are_read_as_one(coding: str) -> None:
    pack = CODINGS[coding]
    packed = b"".join(pack(LINES[start : start + 100_000]) for start in range(0, len(LINES), 100_000))
    assert send(packed, NDJSON, coding) == send(LINES, NDJSON)


def test_zstd_without_a_size_in_its_header_is_read() -> None:
    assert send(zstd_streamed(LINES), NDJSON, "zstd") == send(LINES, NDJSON)


@pytest.mark.parametrize("name", ["GZIP", " gzip ", "x-gzip"])
def test_a_coding_is_known_by_its_other_spellings(name: str) -> None:
    assert send(gzip.compress(b"a\n"), "", name).accepted == 1


@pytest.mark.parametrize("coding", ["", *CODINGS])
def test_a_body_in_uneven_pieces_has_the_same_receipt(coding: str) -> None:
    packed = CODINGS[coding](LINES) if coding else LINES
    assert meter(Trickle(packed), content_type=NDJSON, content_encoding=coding) == send(LINES, NDJSON)


def test_blocks_are_equal_whatever_the_pieces_were() -> None:
    for coding in ("", *CODINGS):
        packed = CODINGS[coding](LINES) if coding else LINES
        sizes = [len(block) for block in Wire(Trickle(packed), coding, Limits())]
        assert set(sizes[:-1]) == {BLOCK_BYTES}
        assert sum(sizes) == len(LINES)


@pytest.mark.parametrize("coding", CODINGS)
def test_a_cut_body_is_refused_wherever_it_was_cut(coding: str) -> None:
    packed = CODINGS[coding](LINES)
    for kept in [1, 5, 11, len(packed) // 2, len(packed) - 1]:
        with pytest.raises(Malformed, match=f"The {coding} data ends too early: send the whole body again."):
            send(packed[:kept], NDJSON, coding)


@pytest.mark.parametrize("coding", CODINGS)
def test_a_body_that_is_not_what_its_label_says_is_refused(coding: str) -> None:
    with pytest.raises(
        Malformed, match=rf"not valid {coding} \(.+\): compress it again, or send it uncompressed"
    ):
        send(LINES, NDJSON, coding)


@pytest.mark.parametrize("coding", CODINGS)
def test_a_damaged_body_is_refused(coding: str) -> None:
    packed = bytearray(CODINGS[coding](LINES))
    packed[len(packed) // 2 : len(packed) // 2 + 40] = b"\xff" * 40
    with pytest.raises(Malformed, match=coding):
        send(bytes(packed), NDJSON, coding)


@pytest.mark.parametrize("coding", CODINGS)
@pytest.mark.parametrize("garbage", [b"garbage", b"\x1f", b"\x1fnot gzip", b"\0\0\0\0\0\0\0\0"])
def test_bytes_after_the_end_are_refused(coding: str, garbage: bytes) -> None:
    with pytest.raises(Malformed, match=f"followed by bytes that are not {coding}|ends too early"):
        send(CODINGS[coding](LINES) + garbage, NDJSON, coding)


@pytest.mark.parametrize("name", ["br", "snappy", "gzip, zstd", "nonsense"])
def test_a_coding_not_read_here_is_refused_by_name(name: str) -> None:
    with pytest.raises(Malformed, match=f'Content-Encoding "{name}" is not read here: send gzip, zstd'):
        send(LINES, NDJSON, name)


@pytest.mark.parametrize("coding", ["gzip", "zstd"])
def test_a_packed_body_without_its_header_is_told_which_to_send(coding: str) -> None:
    with pytest.raises(
        Malformed, match=f"The body is {coding} data: send the header Content-Encoding: {coding}"
    ):
        send(CODINGS[coding](LINES))


@pytest.mark.parametrize("coding", ["", *CODINGS])
def test_an_empty_body_is_refused(coding: str) -> None:
    for body in [b"", CODINGS[coding](b"") if coding else b""]:
        with pytest.raises(Malformed, match="The body is empty: send at least one line"):
            send(body, NDJSON, coding)


def test_a_body_past_the_limit_is_refused_as_sent() -> None:
    limits = Limits(max_wire_bytes=2 * MIB)
    fits = b"x" * 1023 + b"\n"
    assert send(fits * 2048, limits=limits).accepted == 2048
    with pytest.raises(TooLarge, match="A request carries at most 2 MB: split it, or compress it"):
        send(fits * 2048 + b"x", limits=limits)


def bomb(megabytes: int, coding: str) -> bytes:
    """`megabytes` MB of one repeated line, packed without being held."""
    line_block = b"a" * 1023 + b"\n"
    if coding == "zstd":
        zstd = zstandard.ZstdCompressor(level=3).compressobj()
        return b"".join([*(zstd.compress(line_block * 1024) for _ in range(megabytes)), zstd.flush()])
    gz = zlib.compressobj(9, wbits=31)
    return b"".join([*(gz.compress(line_block * 1024) for _ in range(megabytes)), gz.flush()])


@pytest.mark.parametrize("coding", ["gzip", "zstd"])
def test_a_zip_bomb_is_refused_before_it_grows(coding: str) -> None:
    packed = bomb(120, coding)
    body = io.BytesIO(packed)
    tracemalloc.start()
    try:
        with pytest.raises(
            TooLarge, match="grows over 100 times when decompressed: send parts that stay below 50 MB"
        ):
            meter(body, content_encoding=coding)
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert peak < 60 * MIB


def test_repetitive_lines_within_50_mb_are_no_bomb() -> None:
    assert send(bomb(20, "gzip"), "", "gzip").accepted == 20 * 1024


def test_a_body_growing_past_the_limit_is_refused() -> None:
    limits = Limits(max_decompressed_bytes=MIB)
    with pytest.raises(TooLarge, match="grows past 1 MB when decompressed: split it into several requests"):
        send(gzip.compress(LINES), NDJSON, "gzip", limits)


def test_a_body_of_endless_empty_gzip_parts_is_refused() -> None:
    with pytest.raises(TooLarge, match="more than 10000 parts"):
        send(gzip.compress(b"") * 10_001, NDJSON, "gzip")


def test_a_zstd_window_made_to_take_memory_is_refused() -> None:
    wide = zstandard.ZstdCompressionParameters.from_level(3, window_log=27)
    stream = zstandard.ZstdCompressor(compression_params=wide).compressobj()
    with pytest.raises(Malformed, match="needs a window above 8 MB"):
        send(stream.compress(LINES) + stream.flush(), NDJSON, "zstd")


class Endless(io.RawIOBase):
    """A body of `size` bytes made while it is read, so that only metering takes memory."""

    def __init__(self, size: int, lead: bytes, line: bytes) -> None:
        self._left = size
        self._pieces = self._make(lead, line)

    def _make(self, lead: bytes, line: bytes) -> Iterator[bytes]:
        yield lead + line
        many = line * (64 * 1024 // len(line))
        while True:
            yield many

    def read(self, size: int = -1, /) -> bytes:
        piece = next(self._pieces)[: max(0, self._left)]
        self._left -= len(piece)
        return piece


@pytest.mark.parametrize(
    ("content_type", "lead", "line"),
    [
        (NDJSON, b"", b'{"a":"' + b"x" * 290 + b'"}\n'),
        ("text/plain", b"", b"x" * 299 + b"\n"),
        ("application/json", b"[1", b',{"a":"' + b"x" * 290 + b'"}'),
        ("application/json", b"", b'{"a":"' + b"x" * 290 + b'"}'),
        ("application/msgpack", b"", b"\xda\x01\x00" + b"x" * 256),
        (NDJSON, b'"', b"one line without an end "),
        ("application/json", b'["', b"one element without an end "),
    ],
    ids=["ndjson", "text", "array", "row", "msgpack", "endless line", "endless element"],
)
def test_memory_is_flat_from_1_to_50_mb(content_type: str, lead: bytes, line: bytes) -> None:
    peaks = []
    for size in (MIB, 50 * MIB):
        tracemalloc.start()
        try:
            receipt = meter(Endless(size, lead, line), content_type=content_type)  # type: ignore[arg-type]
            peaks.append(tracemalloc.get_traced_memory()[1])
        finally:
            tracemalloc.stop()
        assert receipt.bytes == size
    assert peaks[1] < peaks[0] + 2 * MIB
    assert peaks[1] < 8 * MIB
