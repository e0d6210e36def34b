"""Events as MessagePack values in a row, as Fluent Bit's HTTP output sends by default."""

from webapp.domain.words import phrase
from webapp.metering.limits import Limits, shown
from webapp.metering.receipt import Tally

#: Bytes of a value by its first byte, for values of one size. Source: the MessagePack specification.
_WHOLE = {
    **dict.fromkeys((0xC0, 0xC2, 0xC3), 1),
    **dict.fromkeys((0xCC, 0xD0), 2),
    **dict.fromkeys((0xCD, 0xD1, 0xD4), 3),
    0xD5: 4,
    **dict.fromkeys((0xCA, 0xCE, 0xD2), 5),
    0xD6: 6,
    **dict.fromkeys((0xCB, 0xCF, 0xD3), 9),
    0xD7: 10,
    0xD8: 18,
}
#: bin, ext and str: (bytes of the length field, bytes besides length field and content).
_MEASURED = {
    0xC4: (1, 1),
    0xC5: (2, 1),
    0xC6: (4, 1),
    0xC7: (1, 2),
    0xC8: (2, 2),
    0xC9: (4, 2),
    0xD9: (1, 1),
    0xDA: (2, 1),
    0xDB: (4, 1),
}
#: array and map: (bytes of the count field, values for each one counted).
_COUNTED = {0xDC: (2, 1), 0xDD: (4, 1), 0xDE: (2, 2), 0xDF: (4, 2)}


class _UnknownTagError(Exception):
    """A first byte MessagePack never uses."""


class _TooLongError(Exception):
    """One record has more bytes than an event may."""


def _field(buffer: bytes, at: int, width: int) -> int:
    if at + width > len(buffer):
        raise IndexError
    return int.from_bytes(buffer[at : at + width])


def _head(buffer: bytes, at: int) -> tuple[int, int]:
    """Where the value at `at` ends but for what it contains, and how many values it contains."""
    tag = buffer[at]
    if tag < 0x80 or tag >= 0xE0:
        return at + 1, 0
    if tag < 0xA0:
        return at + 1, (tag & 0x0F) * (2 if tag < 0x90 else 1)
    if tag < 0xC0:
        return at + 1 + (tag & 0x1F), 0
    if tag in _WHOLE:
        return at + _WHOLE[tag], 0
    if tag in _MEASURED:
        width, rest = _MEASURED[tag]
        return at + rest + width + _field(buffer, at + 1, width), 0
    if tag in _COUNTED:
        width, each = _COUNTED[tag]
        return at + 1 + width, each * _field(buffer, at + 1, width)
    raise _UnknownTagError


def _end_of_value(buffer: bytes, start: int, most: int) -> int:
    """Where the value at `start` ends.

    Raises _TooLongError when it has more than `most` bytes, else IndexError when it ends past the buffer.
    """
    at, pending = start, 1
    while pending:
        at, contained = _head(buffer, at)
        pending += contained - 1
        # Every value still to come takes a byte or more.
        if at + pending - start > most:
            raise _TooLongError
    if at > len(buffer):
        raise IndexError
    return at


class Records:
    """Cuts blocks into MessagePack values; each is one event (Fluent Bit's is `[time, record]`).

    Holds at most one record. Where the data breaks, or a record passes the limit, the rest of the
    body is one rejection with that record's number: nothing marks where the next record begins.
    """

    def __init__(self, tally: Tally, limits: Limits) -> None:
        self._tally = tally
        self._limits = limits
        self._number = 1
        self._held = b""
        self._stopped = ""  # why metering ended early
        self._dropped = 0

    def feed(self, block: bytes) -> None:
        """Meter the records that `block` completes."""
        if self._stopped:
            self._dropped += len(block)
            return
        self._held += block
        self._held = self._held[self._meter_held() :]

    def finish(self) -> None:
        """Name the record where metering stopped, or the one left open."""
        if self._stopped:
            self._tally.reject(self._number, self._stopped, len(self._held) + self._dropped)
        elif self._held:
            reason = phrase("The MessagePack data breaks off before its end: was the body cut off?")
            self._tally.reject(self._number, reason, len(self._held))

    def _meter_held(self) -> int:
        """Meter every whole record held; the bytes they take."""
        sizes: list[int] = []
        at = 0
        try:
            while at < len(self._held):
                end = _end_of_value(self._held, at, self._limits.max_line_bytes)
                sizes.append(end - at)
                at = end
        except IndexError:
            pass  # the rest of this record is in the next block
        except (_TooLongError, _UnknownTagError) as error:
            self._stopped = self._reason(error)
        self._tally.accept(sizes)
        self._number += len(sizes)
        return at

    def _reason(self, error: Exception) -> str:
        if isinstance(error, _UnknownTagError):
            return phrase("Not valid MessagePack: nothing from here on was metered.")
        return phrase(
            "Longer than %(most)s, the most one event may have: nothing from here on was metered.",
            most=shown(self._limits.max_line_bytes),
        )
