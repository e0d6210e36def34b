"""Walks a JSON document far larger than memory, one member at a time.

A price list is an object of objects of small objects. Only the small ones are ever held: a regular expression
finds where each ends (strings are stepped over, so braces inside them do not count), and what nobody wants
is passed without being parsed. That is what makes it several times faster than an event parser.
"""

import re
from collections.abc import Iterator
from typing import BinaryIO

import orjson

from webapp.pricing.price_list.offer import PriceListError

_CHUNK = 1 << 20
#: Bytes of the largest single entry. The largest known (an EC2 type with all its reserved terms) has 60 KB.
_LARGEST_ENTRY = 16 << 20
#: A term entry nests five deep.
_DEEPEST = 8

_STRING = rb'"[^"\\]*+(?:\\.[^"\\]*+)*+"'


def _object_pattern() -> bytes:
    inner = rb"(?!)"
    for _ in range(_DEEPEST):
        inner = rb'\{[^{}"]*+(?:(?:' + _STRING + rb"|" + inner + rb')[^{}"]*+)*+\}'
    return inner


_OBJECT = re.compile(_object_pattern(), re.DOTALL)
_NAME = re.compile(_STRING + rb"\s*+:", re.DOTALL)
_TEXT = re.compile(_STRING, re.DOTALL)
#: A number or a word, and the first byte after it: without that it might go on in the next chunk.
_WORD = re.compile(rb"[-+.0-9A-Za-z]++(?=[\s,\]}])")
_SPACE = re.compile(rb"\s*+")


class JsonScan:
    """A place in a JSON document read from `file`. Every method raises PriceListError for a wrong text."""

    def __init__(self, file: BinaryIO) -> None:
        self._file = file
        self._buffer = b""
        self._at = 0

    def members(self) -> Iterator[str]:
        """The names of the object that begins here. After each, its value must be taken or passed."""
        self._expect(b"{")
        if self._peek() == b"}":
            self._at += 1
            return
        while True:
            yield self._name()
            if self._comma_or(b"}"):
                return

    def entry(self) -> bytes:
        """The whole object that begins here, as it is written."""
        self._peek()
        return self._take(_OBJECT)

    def value(self) -> object:
        """The text, number or word here."""
        pattern = _TEXT if self._peek() == b'"' else _WORD
        return parsed(self._take(pattern))

    def skip(self) -> None:
        """Pass the value here, whatever it is."""
        opening = self._peek()
        if opening == b"{":
            for _ in self.members():
                self.skip()
        elif opening == b"[":
            self._skip_array()
        else:
            self.value()

    def skip_entries(self) -> None:
        """Pass an object of objects, quickly."""
        for _ in self.members():
            self.entry()

    def end(self) -> None:
        """Nothing but space may follow."""
        if self._peek(required=False):
            raise PriceListError("Something follows the end of the JSON document.")

    def _skip_array(self) -> None:
        self._expect(b"[")
        if self._peek() == b"]":
            self._at += 1
            return
        while True:
            self.skip()
            if self._comma_or(b"]"):
                return

    def _name(self) -> str:
        self._peek()
        name = parsed(self._take(_NAME)[:-1])
        assert isinstance(name, str)
        return name

    def _comma_or(self, closing: bytes) -> bool:
        """Step over the comma before another one, or over `closing`: whether it was the latter."""
        found = self._peek()
        if found not in (b",", closing):
            raise PriceListError(f"The file is not JSON: {found!r} where a comma belongs.")
        self._at += 1
        return found == closing

    def _expect(self, wanted: bytes) -> None:
        found = self._peek()
        if found != wanted:
            raise PriceListError(f"The file is not a price list: {found!r} where {wanted!r} belongs.")
        self._at += 1

    def _peek(self, required: bool = True) -> bytes:
        """The next byte that is not space; it stays. Empty at the end of the file, unless `required`."""
        while True:
            self._at = _end(_SPACE, self._buffer, self._at)
            if self._at < len(self._buffer):
                return self._buffer[self._at : self._at + 1]
            if not self._refill(_CHUNK):
                if required:
                    raise PriceListError("The file ends in the middle.")
                return b""

    def _take(self, pattern: re.Pattern[bytes]) -> bytes:
        """What `pattern` matches here, reading on until it does."""
        more = _CHUNK
        while not (found := pattern.match(self._buffer, self._at)):
            if len(self._buffer) - self._at > _LARGEST_ENTRY:
                raise PriceListError("The file is not JSON, or has an entry no price list has.")
            if not self._refill(more):
                raise PriceListError("The file ends in the middle, or is not JSON.")
            more *= 2
        self._at = found.end()
        return found.group()

    def _refill(self, size: int) -> bool:
        try:
            chunk = self._file.read(size)
        except (OSError, EOFError) as error:
            raise PriceListError(f"The file cannot be read to its end: {error}.") from error
        self._buffer = self._buffer[self._at :] + chunk
        self._at = 0
        return bool(chunk)


def parsed(text: bytes) -> object:
    """`text` as JSON. Raises PriceListError when it is none."""
    try:
        return orjson.loads(text)
    except ValueError as error:
        raise PriceListError(f"The file is not JSON: {error}.") from None


def _end(pattern: re.Pattern[bytes], text: bytes, at: int) -> int:
    found = pattern.match(text, at)
    return found.end() if found else at
