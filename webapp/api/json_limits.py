"""What a JSON document may hold, whatever it is about: each refusal names the place and the limit."""

from collections.abc import Iterator
from decimal import Decimal
from typing import cast

from webapp.domain.errors import InvalidInput, Problem
from webapp.domain.numbers import is_usual, too_unusual
from webapp.domain.words import N_, phrase

#: Bytes of one text, or of one name, as UTF-8.
MAX_TEXT_BYTES = 10 * 1024
#: Objects and arrays inside each other. A scenario document needs 6.
MAX_DEPTH = 32
#: Names in one object.
MAX_NAMES = 1_000
#: A refusal that named every one of a million would be larger than the document.
_MAX_NAMED = 20
#: Bytes a character takes at most.
_MOST_BYTES = 4
_HARMLESS = (int, bool, type(None))

#: Where a value stands: the name or index in its parent, and where that stands.
Place = tuple["Place", str | int] | None


class Doubled(dict[str, object]):
    """An object that says a name twice; which of the two is meant, readers do not agree about."""

    name = ""


def make_object(pairs: list[tuple[str, object]]) -> dict[str, object]:
    """A JSON object of its members, in order; for `json.loads(object_pairs_hook=...)`."""
    made = dict(pairs)
    if len(made) == len(pairs):
        return made
    doubled, seen = Doubled(made), set[str]()
    for name, _ in pairs:
        if name in seen:
            doubled.name = name
        seen.add(name)
    return doubled


def check_limits(document: object) -> None:
    """Raise InvalidInput for what passes a limit, with its pointer."""
    problems: list[Problem] = []
    for problem in _passed(document):
        problems.append(problem)
        if len(problems) == _MAX_NAMED:
            break
    if problems:
        raise InvalidInput(problems)


def _passed(document: object) -> Iterator[Problem]:
    """Every passed limit, outer ones first. Walks with a list of its own: depth costs no stack."""
    waiting: list[tuple[object, Place, int]] = [(document, None, 0)]
    while waiting:
        value, place, depth = waiting.pop()
        if isinstance(value, dict | list):
            if depth == MAX_DEPTH:
                message = phrase(N_("Objects and arrays go at most %(n)s deep here."), n=MAX_DEPTH)
                yield Problem(_pointer(place), message)
                continue
            if isinstance(value, dict):
                yield from _of_object(value, place)
                members: Iterator[tuple[str | int, object]] = iter(value.items())
            else:
                members = enumerate(value)
            waiting.extend(
                (member, (place, name), depth + 1) for name, member in members if _needs_a_look(member)
            )
        elif isinstance(value, str):
            if _is_long(value):
                yield Problem(_pointer(place), _too_long())
        elif isinstance(value, Decimal) and value.is_finite() and not is_usual(value):
            yield Problem(_pointer(place), too_unusual())


def _of_object(value: dict[str, object], place: Place) -> Iterator[Problem]:
    if len(value) > MAX_NAMES:
        message = phrase(
            N_("An object has at most %(n)s names; this has %(have)s."), n=MAX_NAMES, have=len(value)
        )
        yield Problem(_pointer(place), message)
    if _may_be_long(max(value, key=len, default="")) and any(map(_is_long, value)):
        yield Problem(_pointer(place), _too_long())
    if isinstance(value, Doubled):
        message = phrase(N_("The name “%(name)s” stands here twice."), name=value.name[:80])
        yield Problem(_pointer(place), message)


def _needs_a_look(value: object) -> bool:
    """Whether `value` could pass a limit at all: most values are short texts and small numbers."""
    kind = type(value)
    return _may_be_long(cast(str, value)) if kind is str else kind not in _HARMLESS


def _may_be_long(text: str) -> bool:
    return len(text) * _MOST_BYTES > MAX_TEXT_BYTES


def _is_long(text: str) -> bool:
    return _may_be_long(text) and len(text.encode()) > MAX_TEXT_BYTES


def _too_long() -> str:
    return phrase(N_("A text has at most %(n)s bytes as UTF-8."), n=f"{MAX_TEXT_BYTES:,}")


def _pointer(place: Place) -> str:
    names: list[str] = []
    while place is not None:
        place, name = place
        names.append(str(name).replace("~", "~0").replace("/", "~1")[:80])
    return "".join(f"/{name}" for name in reversed(names))
