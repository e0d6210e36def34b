"""One request body in, one receipt out, in flat memory."""

from io import BytesIO
from itertools import chain
from typing import BinaryIO, Protocol

from webapp.domain.errors import Malformed
from webapp.domain.words import phrase
from webapp.metering.elements import Elements
from webapp.metering.formats import Format, format_of, without_bom
from webapp.metering.limits import STANDARD
from webapp.metering.limits import Limits as Limits
from webapp.metering.lines import Lines
from webapp.metering.receipt import Receipt as Receipt
from webapp.metering.receipt import Rejection as Rejection
from webapp.metering.receipt import Tally
from webapp.metering.records import Records
from webapp.metering.wire import Wire


class _Cutter(Protocol):
    """Cuts blocks of any size into events and counts them; the result does not depend on the cuts."""

    def feed(self, block: bytes) -> None: ...
    def finish(self) -> None: ...


def meter(
    body: BinaryIO, *, content_type: str = "", content_encoding: str = "", limits: Limits = STANDARD
) -> Receipt:
    """The receipt of `body`: what it carries, in measures.

    Good events are metered and bad ones named. Text: a line is an event. NDJSON: a line that is a JSON value.
    JSON: each element of the array, or each value. MessagePack: each value. Blank lines are no events.
    An event's payload, which counts for chunks and tokens, is its own bytes as sent, without line ending.

    Reads `body` to its end unless it raises: TooLarge past a limit; Malformed for an empty or binary body,
    a Content-Type or Content-Encoding not known here, and compression that is broken or cut off.
    """
    wire = Wire(body, content_encoding, limits)
    blocks = iter(wire)
    start = next(blocks, b"")
    if not start:
        raise Malformed(phrase("The body is empty: send at least one line."))
    tally = Tally(limits.kept_rejections)
    form = format_of(content_type, start)
    cutter = _cutter(form, tally, limits)
    for block in chain((start if form is Format.MSGPACK else without_bom(start),), blocks):
        cutter.feed(block)
    cutter.finish()
    if not tally.accepted and not tally.rejected and form is not Format.ARRAY:
        raise Malformed(phrase("The body has only blank lines: send at least one event."))
    return tally.receipt(wire.bytes)


def check_labels(content_type: str, content_encoding: str) -> None:
    """Raise the Malformed that `meter` raises for these labels whatever the body is."""
    # Of no bytes at all, only the labels can be wrong.
    format_of(content_type, b"")
    Wire(BytesIO(), content_encoding, STANDARD)


def _cutter(form: Format, tally: Tally, limits: Limits) -> _Cutter:
    match form:
        case Format.TEXT | Format.NDJSON:
            return Lines(tally, limits, json=form is Format.NDJSON)
        case Format.ARRAY | Format.SEQUENCE:
            return Elements(tally, limits, array=form is Format.ARRAY)
        case Format.MSGPACK:
            return Records(tally, limits)
