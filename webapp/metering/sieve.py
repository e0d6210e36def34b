"""Which events are metered and which are rejected, a batch at a time.

A batch that is all good, the usual case, costs no Python per event: each check is one call on
the whole batch or a C loop over it. Only a batch with something wrong is judged event by event.
"""

from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass

import msgspec

from webapp.domain.words import phrase
from webapp.metering.limits import Limits, shown
from webapp.metering.receipt import Tally

#: Checks JSON syntax without building objects: half the time of parsing. It does not look at UTF-8.
_read_json = msgspec.json.Decoder(msgspec.Raw).decode
_NOT_JSON = (msgspec.DecodeError, RecursionError)


@dataclass(frozen=True, slots=True)
class Batch:
    """Events side by side. `first` is the number of the first one, counted from 1.

    `sent` holds each as sent but for its newline, `payloads` without any line ending;
    `newline_bytes` is 1 when each was followed by a newline. `text` is all of them in one piece.
    """

    first: int
    sent: Sequence[bytes]
    payloads: Sequence[bytes]
    newline_bytes: int
    text: bytes


def json_fault(payload: bytes) -> str | None:
    """Why `payload` is no JSON value, None when it is one. NaN and Infinity are no JSON (RFC 8259)."""
    try:
        _read_json(payload)
    except msgspec.DecodeError as error:
        detail = str(error).removeprefix("JSON is malformed: ")
        return phrase("Not valid JSON: %(detail)s.", detail=detail)
    except RecursionError:
        return phrase("The JSON is nested too deeply: flatten it to fewer than 500 levels.")
    return None


def text_fault(payload: bytes) -> str | None:
    """Why `payload` is no text, None when it is."""
    if 0 in payload:
        return phrase("The line has a NUL byte: send text, not binary data.")
    try:
        payload.decode()
    except UnicodeDecodeError as error:
        return phrase("Not valid UTF-8 at byte %(byte)s: convert the text to UTF-8.", byte=error.start + 1)
    return None


def too_long(limits: Limits) -> str:
    """The reason given for a line, element or record above the limit."""
    return phrase("Longer than %(most)s, the most one event may have.", most=shown(limits.max_line_bytes))


class Sieve:
    """Sends good events to the tally by size and bad ones by number and reason."""

    def __init__(self, tally: Tally, limits: Limits, *, json: bool) -> None:
        self._tally = tally
        self._limits = limits
        self._json = json

    def sift(self, batch: Batch) -> None:
        """Meter a batch. Blank payloads are no events."""
        events = batch.payloads if all(batch.payloads) else [p for p in batch.payloads if p]
        if not events:
            return
        sizes = list(map(len, events))
        if self._all_good(events, sizes, batch.text):
            self._tally.accept(sizes)
        else:
            self._sift_each(batch)

    def _all_good(self, events: Sequence[bytes], sizes: list[int], text: bytes) -> bool:
        if max(sizes) > self._limits.max_line_bytes or text_fault(text) is not None:
            return False
        if not self._json:
            return not any(map(bytes.isspace, events))
        try:
            deque(map(_read_json, events), maxlen=0)
        except _NOT_JSON:
            return False
        return True

    def _sift_each(self, batch: Batch) -> None:
        good: list[int] = []
        for number, (sent, payload) in enumerate(zip(batch.sent, batch.payloads, strict=True), batch.first):
            if not payload or payload.isspace():
                continue
            reason = self.fault(payload)
            if reason is None:
                good.append(len(payload))
            else:
                self._tally.reject(number, reason, len(sent) + batch.newline_bytes)
        self._tally.accept(good)

    def fault(self, payload: bytes) -> str | None:
        """Why one event is not metered, None when it is."""
        if len(payload) > self._limits.max_line_bytes:
            return too_long(self._limits)
        return text_fault(payload) or (json_fault(payload) if self._json else None)
