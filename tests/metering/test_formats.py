"""Which format a body has."""

import gzip
import json
import os

import pytest

from tests.metering.bodies import send
from webapp.domain.errors import Malformed
from webapp.metering.formats import Format, format_of

CURL_DEFAULT = "application/x-www-form-urlencoded"
UNKNOWN = ["", CURL_DEFAULT, "application/octet-stream"]


@pytest.mark.parametrize(
    ("content_type", "expected"),
    [
        ("application/x-ndjson", Format.NDJSON),
        ("application/ndjson", Format.NDJSON),
        ("application/jsonl", Format.NDJSON),
        ("Application/X-NDJSON; charset=utf-8", Format.NDJSON),
        ("text/plain", Format.TEXT),
        ("text/csv", Format.TEXT),
        ("application/msgpack", Format.MSGPACK),
    ],
)
def test_a_label_decides(content_type: str, expected: Format) -> None:
    assert format_of(content_type, b'[{"a":1}]\n') is expected


@pytest.mark.parametrize(
    "content_type", ["application/json", "application/json; charset=UTF-8", "application/ld+json", *UNKNOWN]
)
@pytest.mark.parametrize(
    ("start", "expected"),
    [
        (b'[{"a":1},{"b":2}]', Format.ARRAY),
        (b' \r\n[ {"a":1}\n,\n{"b":2} ]\n', Format.ARRAY),
        (b'[\n{"a":1},\n{"b":2}\n]', Format.ARRAY),
        (b'["a line","another"]', Format.ARRAY),
        (b"[]", Format.ARRAY),
        (b"[1]\n[2]\n", Format.NDJSON),
        (b'{"a":1}', Format.NDJSON),
        (b'{"a":1}\n{"b":2}\n', Format.NDJSON),
        (b'\xef\xbb\xbf{"a":1}\n{"b":2}\n', Format.NDJSON),
        (b'{"a":1}\n{broken\n{"b":2}\n{"c":3}', Format.NDJSON),
        (b'{"a":1}{"b":2}', Format.SEQUENCE),
        (json.dumps({"a": {"b": [{"c": 1}]}}, indent=1).encode(), Format.SEQUENCE),
        (b'{"a":"' + b"x" * 500_000, Format.SEQUENCE),
        (b'[{"a":"' + b"x" * 500_000, Format.ARRAY),
    ],
)
def test_json_is_told_apart_by_its_shape(content_type: str, start: bytes, expected: Format) -> None:
    assert format_of(content_type, start[: 256 * 1024]) is expected


@pytest.mark.parametrize("content_type", UNKNOWN)
@pytest.mark.parametrize(
    "line",
    [
        b"[2026-01-01 12:00:00] started",
        b"[12] a numbered line",
        b"[error] [client 10.0.0.1] denied",
        b"[Sun Dec 04 04:47:44 2005] [notice] workerEnv.init() ok",
        b"{main} started, {} left",
        b"2026-01-01 12:00:00 started",
        b"level=info msg=started",
        b"key=value&other=value",
        b'"quoted", "and", "separated"',
    ],
)
def test_a_log_line_that_only_looks_like_json_is_text(content_type: str, line: bytes) -> None:
    receipt = send(line + b"\n" + line + b"\n", content_type)
    assert (receipt.accepted, receipt.rejected) == (2, 0)


def test_lines_that_are_mostly_json_lose_none_silently() -> None:
    receipt = send(b'{"a":1}\n{"b":2}\nTraceback (most recent call last):\n{"c":3}\n', CURL_DEFAULT)
    assert receipt.accepted == 3
    assert [r.line for r in receipt.rejections] == [3]


def test_json_by_label_but_not_by_content_names_each_line() -> None:
    receipt = send(b"level=info\nlevel=warn\n", "application/json")
    assert (receipt.accepted, [r.line for r in receipt.rejections]) == (0, [1, 2])
    assert receipt.measures["bytes"] == 0


def test_a_byte_order_mark_is_no_part_of_the_first_event() -> None:
    for content_type in ("application/x-ndjson", "text/plain", ""):
        receipt = send(b'\xef\xbb\xbf{"a":1}\n{"a":2}\n', content_type)
        assert (receipt.accepted, receipt.rejected, receipt.measures["bytes"]) == (2, 0, 19)


@pytest.mark.parametrize(
    "body",
    [
        b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR\x00\x00\x00\x01\x00\x00\x00\x01\x08\x02\x00\x00\x00",
        b"\x7fELF\x02\x01\x01" + b"\x00" * 9 + b"\x03\x00>\x00" + b"code " * 10,
        bytes(range(256)) * 40,
        gzip.compress(os.urandom(5000))[4:],
        "un registro, non binario\n".encode("utf-16-le"),
    ],
)
@pytest.mark.parametrize("content_type", ["", "text/plain", "application/x-ndjson", "application/json"])
def test_a_binary_body_is_refused(body: bytes, content_type: str) -> None:
    with pytest.raises(Malformed, match="The body is binary data: send text lines, NDJSON or a JSON array"):
        send(body, content_type)


def test_utf_16_is_refused_by_name() -> None:
    with pytest.raises(Malformed, match="The body is UTF-16 text: convert it to UTF-8"):
        send("a line\n".encode("utf-16"))


def test_a_few_bad_bytes_in_text_cost_only_their_lines() -> None:
    good = b"2026-01-01 12:00:00 an ordinary line of a log, in UTF-8: caff\xc3\xa8\n"
    receipt = send(good * 20 + b"caff\xe8\n" + b"\0\0\n" + good * 20, "text/plain")
    assert receipt.accepted == 40
    assert [(r.line, r.reason) for r in receipt.rejections] == [
        (21, "Not valid UTF-8 at byte 5: convert the text to UTF-8."),
        (22, "The line has a NUL byte: send text, not binary data."),
    ]


@pytest.mark.parametrize("body", [b"\n", b" \r\n\r\n", b"\n" * 1000, b"\xef\xbb\xbf\n"])
@pytest.mark.parametrize("content_type", ["", "text/plain", "application/x-ndjson", "application/json"])
def test_a_body_of_blank_lines_is_refused(body: bytes, content_type: str) -> None:
    with pytest.raises(Malformed, match="The body has only blank lines: send at least one event"):
        send(body, content_type)


def test_a_form_upload_is_told_how_to_send_the_file() -> None:
    with pytest.raises(Malformed, match="A form upload is not metered: send the file itself"):
        send(b"--x\r\n", "multipart/form-data; boundary=x")


@pytest.mark.parametrize("content_type", ["application/xml", "image/png", "nonsense"])
def test_a_type_not_metered_is_refused_by_name(content_type: str) -> None:
    with pytest.raises(
        Malformed, match=f'Content-Type "{content_type}" is not metered: send application/x-ndjson'
    ):
        send(b"<a/>", content_type)
