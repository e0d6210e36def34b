"""Events as lines: plain text and NDJSON."""

from webapp.metering.limits import Limits
from webapp.metering.receipt import Tally
from webapp.metering.sieve import Batch, Sieve, too_long


class Lines:
    """Cuts blocks into lines at LF or CRLF; the last line may lack its ending.

    Holds at most one line; one past the limit is dropped as it passes and rejected by its number.
    """

    def __init__(self, tally: Tally, limits: Limits, *, json: bool) -> None:
        self._tally = tally
        self._limits = limits
        self._sieve = Sieve(tally, limits, json=json)
        self._number = 1
        self._held = b""
        self._dropped = 0

    def feed(self, block: bytes) -> None:
        """Meter the lines that `block` completes."""
        if self._dropped:
            block = self._drop(block)
        head, newline, tail = block.rpartition(b"\n")
        if newline:
            self._sift(self._held + head, newline_bytes=1)
            self._held = tail
        else:
            self._held += tail
        # One byte more than the limit may still be the CR of a CRLF.
        if len(self._held) > self._limits.max_line_bytes + 1:
            self._dropped, self._held = len(self._held), b""

    def finish(self) -> None:
        """Meter the last line when it had no ending."""
        if self._dropped:
            self._reject_dropped()
        elif self._held:
            self._sift(self._held, newline_bytes=0)

    def _drop(self, block: bytes) -> bytes:
        head, newline, rest = block.partition(b"\n")
        self._dropped += len(head) + len(newline)
        if newline:
            self._reject_dropped()
        return rest

    def _reject_dropped(self) -> None:
        self._tally.reject(self._number, too_long(self._limits), self._dropped)
        self._number += 1
        self._dropped = 0

    def _sift(self, text: bytes, newline_bytes: int) -> None:
        sent = text.split(b"\n")
        payloads = [line.removesuffix(b"\r") for line in sent] if b"\r" in text else sent
        self._sieve.sift(Batch(self._number, sent, payloads, newline_bytes, text))
        self._number += len(sent)
