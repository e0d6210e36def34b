"""Many JSON values at once, where they lie as shippers send them: side by side with no space between.

A guess, checked: text is cut at its last seam and must then be sound JSON as a whole. A JSON parser
reads from left to right, so what parses before a seam is exactly those values; a seam that lies inside
a string or a nested value leaves it unclosed, and the guess is dropped.
"""

from collections import deque

import msgspec

_read_array = msgspec.json.Decoder(list[msgspec.Raw]).decode
_read_value = msgspec.json.Decoder(msgspec.Raw).decode
_NOT_JSON = (msgspec.DecodeError, RecursionError)

#: What lies between two elements, and how much of it belongs to the first one.
_ARRAY_SEAMS = ((b"},{", 1), (b'","', 1), (b",", 0))
_TRIES = 2


def array_elements(buffer: bytes, at: int) -> tuple[list[bytes], int]:
    """Whole elements from `at`, where one begins, and where the comma after them is. None: ([], at)."""
    for seam, kept in _ARRAY_SEAMS:
        cut = len(buffer)
        for _ in range(_TRIES):
            cut = buffer.rfind(seam, at, cut)
            if cut < 0:
                break
            try:
                elements = _read_array(b"[" + buffer[at : cut + kept] + b"]")
            except _NOT_JSON:
                continue
            return list(map(bytes, elements)), cut + kept
    return [], at


def objects_in_a_row(buffer: bytes, at: int) -> tuple[list[bytes], int]:
    """Whole objects from `at`, where one begins, and the position after them. None: ([], at)."""
    cut = buffer.rfind(b"}{", at)
    if cut < 0:
        return [], at
    inner = buffer[at + 1 : cut].split(b"}{")
    values = [b"{" + text + b"}" for text in inner]
    try:
        deque(map(_read_value, values), maxlen=0)
    except _NOT_JSON:
        return [], at
    return values, cut + 1
