"""Events as JSON values that need no line of their own: the elements of an array, or values in a row."""

import re
from enum import Enum, auto

from webapp.domain.words import phrase
from webapp.metering.limits import Limits
from webapp.metering.receipt import Tally
from webapp.metering.seams import array_elements, objects_in_a_row
from webapp.metering.sieve import Batch, Sieve, too_long

_SPACE = re.compile(rb"[ \t\r\n]*+")
#: A number, true, false, null: everything up to what ends it.
_SCALAR = re.compile(rb'[^ \t\r\n,\[\]{}"]*+')
#: Inside an object or array: whole strings and all else, up to a bracket or a string not yet complete.
_INSIDE = re.compile(rb'(?:[^"{}\[\]]++|"[^"\\]*+(?:\\.[^"\\]*+)*+")*+', re.DOTALL)
#: Inside a string: up to its closing quote, or to a backslash whose letter is yet to come.
_STRING = re.compile(rb'[^"\\]*+(?:\\.[^"\\]*+)*+', re.DOTALL)
_QUOTE, _BACKSLASH, _BRACE = b'"\\{'
_OPENERS, _CLOSERS = b"{[", b"}]"


def _end(pattern: re.Pattern[bytes], buffer: bytes, at: int) -> int:
    """Where the match of `pattern` at `at` ends; all patterns here match at least nothing."""
    match = pattern.match(buffer, at)
    return match.end() if match else at


class _Next(Enum):
    """What may come between two elements."""

    BRACKET = auto()
    ELEMENT_OR_END = auto()
    ELEMENT = auto()
    COMMA_OR_END = auto()
    NOTHING = auto()


class Elements:
    """Cuts blocks into JSON values by their brackets and strings alone; the sieve then checks each one.

    `array` for `[a, b]`; otherwise values follow each other, with or without white space between.
    Holds at most one element. A bad element with sound brackets is rejected and metering goes on;
    where the structure itself breaks, the rest of the body is one rejection with that element's number.
    """

    def __init__(self, tally: Tally, limits: Limits, *, array: bool) -> None:
        self.broken = False
        self._reason = ""
        self._tally = tally
        self._limits = limits
        self._sieve = Sieve(tally, limits, json=True)
        self._array = array
        self._next = _Next.BRACKET if array else _Next.ELEMENT
        self._number = 1
        self._batch: list[bytes] = []
        self._buffer = b""
        self._at = 0  # scanned up to here
        self._start = -1  # where the open element begins; below 0 between elements
        self._dropped = 0  # bytes of the open element no longer held, it being too long
        self._depth = 0
        self._in_string = False
        self._may_step_many = False

    def feed(self, block: bytes) -> None:
        """Meter the elements that `block` completes."""
        if self.broken:
            self._dropped += len(block)
            return
        self._buffer += block
        self._may_step_many = True
        self._scan(last=False)
        self._sift()
        self._forget()

    def finish(self) -> None:
        """Close what may be closed by the end of the body; name what is still open."""
        if not self.broken:
            self._scan(last=True)
            self._sift()
        unfinished = self._dropped + len(self._buffer) - max(self._start, 0)
        if self.broken:
            self._tally.reject(self._number, self._reason, self._dropped)
        elif self._start >= 0:
            reason = phrase("The JSON breaks off before its end: was the body cut off?")
            self._tally.reject(self._number, reason, unfinished)
        elif self._array and self._next is not _Next.NOTHING:
            reason = phrase("The array has no closing bracket: was the body cut off?")
            self._tally.reject(self._number, reason, 0)

    def _scan(self, *, last: bool) -> None:
        while self._at < len(self._buffer) and not self.broken:
            if self._start < 0:
                self._step_between()
            elif self._in_string:
                if not self._step_string():
                    return
            elif self._depth:
                self._step_inside()
            elif not self._step_scalar(last=last):
                return

    def _step_between(self) -> None:
        self._at = _end(_SPACE, self._buffer, self._at)
        if self._at == len(self._buffer):
            return
        char = self._buffer[self._at]
        if self._next in (_Next.ELEMENT, _Next.ELEMENT_OR_END) and char not in b",}]":
            if not self._step_many(char):
                self._open(char)
        elif (self._next, char) in _STEPS:
            self._next = _STEPS[self._next, char]
            self._at += 1
        else:
            self._break(char)

    def _step_many(self, char: int) -> bool:
        """Take all whole elements of the buffer in one call, many times faster than one by one."""
        if not self._may_step_many:
            return False
        self._may_step_many = False  # once a block: a guess that fails costs a look at all of it
        if self._array:
            elements, self._at = array_elements(self._buffer, self._at)
        elif char == _BRACE:
            elements, self._at = objects_in_a_row(self._buffer, self._at)
        else:
            return False
        self._batch.extend(elements)
        self._number += len(elements)
        if elements:
            self._after_element()
        return bool(elements)

    def _after_element(self) -> None:
        self._next = _Next.COMMA_OR_END if self._array else _Next.ELEMENT

    def _open(self, char: int) -> None:
        self._start = self._at
        self._in_string = char == _QUOTE
        self._depth = int(char in _OPENERS)
        self._at += self._in_string or self._depth

    def _step_inside(self) -> None:
        """Go on inside an object or array until it closes, a string is cut, or the buffer ends."""
        buffer, at, depth = self._buffer, self._at, self._depth
        end = len(buffer)
        while True:
            at = _end(_INSIDE, buffer, at)
            if at == end:
                break
            char = buffer[at]
            at += 1
            if char in _OPENERS:
                depth += 1
            elif char in _CLOSERS:
                depth -= 1
                if not depth:
                    break
            else:
                self._in_string = True
                break
        self._at, self._depth = at, depth
        if not depth:
            self._close()

    def _step_string(self) -> bool:
        self._at = _end(_STRING, self._buffer, self._at)
        if self._at == len(self._buffer) or self._buffer[self._at] == _BACKSLASH:
            return False
        self._at += 1
        self._in_string = False
        if not self._depth:
            self._close()
        return True

    def _step_scalar(self, *, last: bool) -> bool:
        self._at = _end(_SCALAR, self._buffer, self._at)
        if self._at == len(self._buffer) and not last:
            return False
        self._close()
        return True

    def _close(self) -> None:
        size = self._dropped + self._at - self._start
        if size > self._limits.max_line_bytes:
            self._sift()
            self._tally.reject(self._number, too_long(self._limits), size)
        else:
            self._batch.append(self._buffer[self._start : self._at])
        self._number += 1
        self._start, self._dropped = -1, 0
        self._after_element()

    def _break(self, char: int) -> None:
        self._reason = phrase(
            "The JSON breaks here, at %(found)s: nothing from here on was metered.",
            found=ascii(chr(char)),
        )
        self.broken = True
        self._dropped = len(self._buffer) - self._at
        self._buffer, self._at = b"", 0

    def _sift(self) -> None:
        batch, self._batch = self._batch, []
        if batch:
            self._sieve.sift(Batch(self._number - len(batch), batch, batch, 0, b"".join(batch)))

    def _forget(self) -> None:
        """Let go of what is no longer needed: all but the open element, and of that one, if too long, all."""
        if self._start < 0:
            keep = self._at
        elif self._dropped or len(self._buffer) - self._start > self._limits.max_line_bytes:
            keep = self._at
            self._dropped += keep - self._start
            self._start = keep
        else:
            keep = self._start
        self._buffer = self._buffer[keep:]
        self._at -= keep
        self._start = max(self._start - keep, -1)


_STEPS = {
    (_Next.BRACKET, ord("[")): _Next.ELEMENT_OR_END,
    (_Next.ELEMENT_OR_END, ord("]")): _Next.NOTHING,
    (_Next.COMMA_OR_END, ord(",")): _Next.ELEMENT,
    (_Next.COMMA_OR_END, ord("]")): _Next.NOTHING,
}
