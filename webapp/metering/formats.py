"""Which format a body has: by its Content-Type, else by how it begins."""

from enum import Enum, auto

from webapp.domain.errors import Malformed
from webapp.domain.words import phrase
from webapp.metering.elements import Elements
from webapp.metering.limits import BLOCK_BYTES, Limits
from webapp.metering.receipt import Tally
from webapp.metering.sieve import json_fault

#: Lines looked at to tell NDJSON from JSON that spans lines.
_LOOKED_AT = 100
_SPACE = b" \t\r\n"
_BOM = b"\xef\xbb\xbf"
_TEXT_CONTROLS = b"\t\n\v\f\r\x1b"
_CONTROLS = bytes(byte for byte in range(32) if byte not in _TEXT_CONTROLS)
#: Compressed bytes hold about 10% control characters, executables and UTF-16 more, text next to none.
_BINARY_SHARE = 0.05


class Format(Enum):
    """How events are told apart."""

    TEXT = auto()
    NDJSON = auto()
    ARRAY = auto()
    SEQUENCE = auto()  # JSON values in a row: one pretty-printed object, or many without newlines
    MSGPACK = auto()


def format_of(content_type: str, start: bytes) -> Format:
    """The format of a body that begins with `start`, its first BLOCK_BYTES or all of it.

    Raises Malformed for a Content-Type that is not metered and for binary data.
    """
    kind = content_type.partition(";")[0].strip().lower()
    if kind in ("application/msgpack", "application/x-msgpack", "application/vnd.msgpack"):
        return Format.MSGPACK
    _refuse_binary(start)
    if kind in ("application/x-ndjson", "application/ndjson", "application/jsonl", "application/x-jsonlines"):
        return Format.NDJSON
    if kind == "application/json" or kind.endswith("+json"):
        return _json_shape(start)
    # curl names a form for --data-binary unless told otherwise: what such a label says is not known.
    if kind in ("", "application/x-www-form-urlencoded", "application/octet-stream"):
        return _sniffed(start)
    if kind.startswith("text/"):
        return Format.TEXT
    raise _not_metered(kind)


def without_bom(start: bytes) -> bytes:
    """`start` without the mark some editors put before UTF-8 text; it belongs to no event."""
    return start.removeprefix(_BOM)


def _json_shape(start: bytes) -> Format:
    start = without_bom(start)
    opener = start.lstrip(_SPACE)[:1]
    if opener not in (b"{", b"["):
        return Format.NDJSON
    lines = _whole_lines(start)
    alone = [line[:1] in (b"{", b"[") and json_fault(line) is None for line in lines]
    # In JSON that spans lines, hardly any line is an unindented value of its own.
    by_line = bool(lines) and 2 * sum(alone) >= len(lines)
    if opener == b"{":
        return Format.NDJSON if by_line else Format.SEQUENCE
    return Format.NDJSON if by_line and alone[0] and len(lines) > 1 else Format.ARRAY


def _whole_lines(start: bytes) -> list[bytes]:
    lines = start.split(b"\n", _LOOKED_AT)
    if len(lines) > _LOOKED_AT or len(start) >= BLOCK_BYTES:
        lines.pop()  # it may go on
    return [line for line in lines if line.strip(_SPACE)]


def _sniffed(start: bytes) -> Format:
    if without_bom(start).lstrip(_SPACE)[:1] not in (b"{", b"["):
        return Format.TEXT
    shape = _json_shape(start)
    if shape is Format.NDJSON or _begins_as(shape, without_bom(start)):
        return shape
    return Format.TEXT  # a log line may well begin with [2026-01-01 or {main}


def _begins_as(shape: Format, start: bytes) -> bool:
    trial = Tally(kept_rejections=0)
    elements = Elements(trial, Limits(), array=shape is Format.ARRAY)
    elements.feed(start)
    if len(start) < BLOCK_BYTES:
        elements.finish()
    return not elements.broken and trial.accepted >= trial.rejected


def _refuse_binary(start: bytes) -> None:
    for magic, name in ((b"\x1f\x8b", "gzip"), (b"\x28\xb5\x2f\xfd", "zstd")):
        if start.startswith(magic):
            raise Malformed(
                phrase("The body is %(name)s data: send the header Content-Encoding: %(name)s.", name=name)
            )
    if start.startswith((b"\xff\xfe", b"\xfe\xff")):
        raise Malformed(phrase("The body is UTF-16 text: convert it to UTF-8."))
    if len(start) - len(start.translate(None, _CONTROLS)) > _BINARY_SHARE * len(start):
        raise Malformed(phrase("The body is binary data: send text lines, NDJSON or a JSON array in UTF-8."))


def _not_metered(kind: str) -> Malformed:
    if kind == "multipart/form-data":
        return Malformed(
            phrase("A form upload is not metered: send the file itself (curl --data-binary @file).")
        )
    return Malformed(
        phrase(
            'Content-Type "%(kind)s" is not metered: send application/x-ndjson, application/json, text/plain'
            " or application/msgpack.",
            kind=kind[:80],
        )
    )
