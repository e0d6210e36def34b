"""Lines: text and NDJSON."""

import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.metering.bodies import cuts, dumped, is_json, receipt_of_blocks, send, soup, sums
from webapp.domain.measures import MEASURES
from webapp.metering.limits import Limits
from webapp.metering.lines import Lines
from webapp.metering.receipt import Receipt, Rejection, Tally

NDJSON = "application/x-ndjson"
SMALL = Limits(max_line_bytes=20, kept_rejections=5)

some_lines = st.lists(dumped | soup, max_size=12)
endings = st.sampled_from([b"\n", b"\r\n"])


def cut_lines(blocks: list[bytes], *, as_json: bool, limits: Limits = SMALL) -> Receipt:
    tally = Tally(limits.kept_rejections)
    return receipt_of_blocks(Lines(tally, limits, json=as_json), tally, blocks)


def judged_one_by_one(body: bytes, *, as_json: bool, limits: Limits) -> tuple[int, list[int], dict[str, int]]:
    """Accepted, numbers of the rejected, and measures of `body`, each line judged alone."""
    good: list[bytes] = []
    bad: list[int] = []
    rejected_bytes = 0
    for number, line in enumerate(body.splitlines(keepends=True), 1):
        payload = line.removesuffix(b"\n").removesuffix(b"\r")
        if not payload.strip():
            continue
        if (
            len(payload) > limits.max_line_bytes
            or not _is_text(payload)
            or (as_json and not is_json(payload))
        ):
            bad.append(number)
            rejected_bytes += len(line)
        else:
            good.append(payload)
    return len(good), bad, sums(good, len(body) - rejected_bytes if good else 0)


def _is_text(payload: bytes) -> bool:
    try:
        payload.decode()
    except UnicodeDecodeError:
        return False
    return b"\0" not in payload


@settings(deadline=None)  # a busy machine is no fault
@given(st.data(), some_lines, endings, st.booleans(), st.booleans())
def test_a_batch_is_judged_as_each_line_alone(
    data: st.DataObject, lines: list[bytes], ending: bytes, last_ends: bool, as_json: bool
) -> None:
    body = ending.join(lines) + (ending if last_ends else b"")
    receipt = cut_lines(data.draw(cuts(body)), as_json=as_json)
    accepted, bad, measures = judged_one_by_one(body, as_json=as_json, limits=SMALL)
    assert receipt.accepted == accepted
    assert receipt.rejected == len(bad)
    assert [r.line for r in receipt.rejections] == bad[:5]
    assert receipt.measures == measures
    assert receipt.bytes == len(body)


@settings(deadline=None)  # a busy machine is no fault
@given(st.data(), st.lists(st.binary(max_size=30), max_size=8), st.booleans())
def test_any_cut_of_any_bytes_gives_the_same_receipt(
    data: st.DataObject, lines: list[bytes], as_json: bool
) -> None:
    body = b"\n".join(lines)
    assert cut_lines(data.draw(cuts(body)), as_json=as_json) == cut_lines([body], as_json=as_json)


@pytest.mark.parametrize(
    "lines",
    [b"1,2", b"[1\n2]", b'{"a":1},{"b":2}', b'{"a":\n1}', b"1 2", b'{"a":1}{"b":2}', b'"a\n"', b"[1]]"],
)
def test_lines_that_are_json_only_when_joined_are_rejected(lines: bytes) -> None:
    receipt = send(b'{"ok":1}\n' + lines + b'\n{"ok":2}\n', NDJSON)
    broken = [n for n, line in enumerate(lines.split(b"\n"), 2) if not is_json(line)]
    assert [r.line for r in receipt.rejections] == broken != []


def test_measures_come_under_their_names() -> None:
    receipt = send(b'{"a":1}\n{"b":"' + b"x" * 5000 + b'"}\n', NDJSON)
    assert receipt.measures.keys() == MEASURES.keys()
    assert receipt.measures == {
        "events": 2,
        "bytes": 8 + 5009,
        "chunks_64kb": 2,
        "chunks_512kb": 2,
        "chunks_25kb": 2,
        "chunks_1kb": 1 + 5,
        "chunks_4kb": 1 + 2,
        "input_tokens": 2 + 1252,
    }


@pytest.mark.parametrize(("size", "chunks"), [(1024, 1), (1025, 2), (64 * 1024, 64), (64 * 1024 + 1, 65)])
def test_line_endings_count_as_bytes_and_not_as_payload(size: int, chunks: int) -> None:
    measures = send(b"x" * size + b"\r\n", "text/plain").measures
    assert measures["bytes"] == size + 2
    assert measures["chunks_1kb"] == chunks
    assert measures["chunks_64kb"] == (2 if size > 65536 else 1)


@pytest.mark.parametrize("body", [b"a\nb\nc", b"a\nb\nc\n", b"a\r\nb\r\nc\r\n", b"\n\na\n \nb\r\n\r\nc\n\n"])
def test_blank_lines_are_no_events_but_their_bytes_were_sent(body: bytes) -> None:
    receipt = send(body, "text/plain")
    assert (receipt.accepted, receipt.rejected) == (3, 0)
    assert receipt.bytes == receipt.measures["bytes"] == len(body)


def test_bad_lines_are_counted_and_the_first_twenty_named() -> None:
    body = b"".join(b'{"a":1}\n' if n % 3 else b"{oops\n" for n in range(1, 301))
    receipt = send(body, NDJSON)
    assert (receipt.accepted, receipt.rejected) == (200, 100)
    assert [r.line for r in receipt.rejections] == list(range(3, 61, 3))
    assert receipt.measures["bytes"] == 200 * len(b'{"a":1}\n')
    assert receipt.bytes == len(body)


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        (b'{"a":NaN}', "Not valid JSON: invalid character (byte 5)."),
        (b'{"a":-Infinity}', "Not valid JSON: invalid character (byte 6)."),
        (b'{"a":1,}', "Not valid JSON: trailing comma in object (byte 7)."),
        (b'{"a":1', "Not valid JSON: Input data was truncated."),
        (b"plain words", "Not valid JSON: invalid character (byte 0)."),
        (b'{"a":"\xff"}', "Not valid UTF-8 at byte 7: convert the text to UTF-8."),
        (b'{"a":"\x00"}', "The line has a NUL byte: send text, not binary data."),
        (b"[" * 100_000, "The JSON is nested too deeply: flatten it to fewer than 500 levels."),
        (
            b"[" * 100_000 + b"]" * 100_000,
            "The JSON is nested too deeply: flatten it to fewer than 500 levels.",
        ),
    ],
)
def test_a_bad_line_is_named_with_its_reason(line: bytes, reason: str) -> None:
    receipt = send(b'{"ok":1}\n' + line + b'\n{"ok":2}\n', NDJSON)
    assert receipt.accepted == 2
    assert receipt.rejections == (Rejection(2, reason),)


def test_a_line_of_10_mb_is_rejected_and_metering_goes_on() -> None:
    long = b'{"a":"' + b"x" * 10_000_000 + b'"}\n'
    receipt = send(b'{"a":1}\n' + long + b'{"a":2}\nno\n', NDJSON)
    assert receipt.accepted == 2
    assert [r.line for r in receipt.rejections] == [2, 4]
    assert receipt.rejections[0].reason == "Longer than 1 MB, the most one event may have."
    assert receipt.measures["bytes"] == 16
    assert receipt.bytes == 16 + len(long) + 3


def test_a_long_last_line_without_its_ending_is_rejected() -> None:
    receipt = send(b"a\n" + b"x" * 3_000_000, "text/plain")
    assert (receipt.accepted, [r.line for r in receipt.rejections]) == (1, [2])


@pytest.mark.parametrize("ending", [b"\n", b"\r\n", b""])
def test_the_longest_line_allowed_is_metered(ending: bytes) -> None:
    assert send(b"x" * 1024 * 1024 + ending, "text/plain").accepted == 1
    assert send(b"x" * (1024 * 1024 + 1) + ending, "text/plain").rejected == 1


def test_numbers_beyond_a_double_are_json_all_the_same() -> None:
    body = b"\n".join([b'{"a":1e999}', b"9" * 400, json.dumps({"n": 10**30}).encode()])
    assert send(body, NDJSON).accepted == 3


def test_a_line_of_the_longest_length_is_metered_when_cut_inside_its_crlf() -> None:
    longest = b"x" * SMALL.max_line_bytes
    assert cut_lines([longest + b"\r", b"\n"], as_json=False).accepted == 1
    assert cut_lines([longest + b"x\r", b"\n"], as_json=False).rejected == 1
