"""Reading loosely typed input strictly: every wrong value becomes a problem with its JSON pointer."""

import re
from collections.abc import Iterable, Mapping
from decimal import Decimal

from webapp.domain.errors import Problem
from webapp.domain.numbers import brought_near, is_usual, read_decimal, too_unusual
from webapp.domain.words import N_, figure, phrase

_WORD = re.compile(r"[a-z][a-z0-9_]{0,39}")


class Reader:
    """Collects problems while values are read; a reading that fails gives None and goes on.

    `is_kept`: what is read was accepted once and is stored. Limits that came later do not refuse it, or one
    old scenario would take its owner's list away.
    """

    def __init__(self, *, is_kept: bool = False) -> None:
        self.problems: list[Problem] = []
        self.is_kept = is_kept

    def problem(self, pointer: str, message: str) -> None:
        self.problems.append(Problem(pointer, message))

    def mapping(self, pointer: str, raw: object) -> Mapping[str, object] | None:
        """An object with string keys; a missing one (null) is empty below the top level."""
        if isinstance(raw, Mapping):
            return raw
        if raw is None and pointer:
            return {}
        self.problem(pointer, phrase(N_("This must be a JSON object.")))
        return None

    def sequence(self, pointer: str, raw: object, *, maximum: int) -> list[object]:
        if raw is None:
            return []
        if not isinstance(raw, list | tuple):
            self.problem(pointer, phrase(N_("This must be a JSON array.")))
            return []
        if len(raw) > maximum:
            self.problem(pointer, phrase(N_("At most %(n)s entries."), n=f"{maximum:,}"))
            return []
        return list(raw)

    def text(self, pointer: str, raw: object, *, maximum: int) -> str:
        if raw is None:
            return ""
        if not isinstance(raw, str):
            self.problem(pointer, phrase(N_("This must be text.")))
            return ""
        if len(raw) > maximum:
            self.problem(
                pointer, phrase(N_("At most %(n)s characters; this has %(have)s."), n=maximum, have=len(raw))
            )
        if "\x00" in raw:
            self.problem(pointer, phrase(N_("Text cannot hold a NUL character.")))
        return raw.strip()

    def word(self, pointer: str, raw: object) -> str | None:
        """A measure's name: lower case letters, digits and underscores."""
        if isinstance(raw, str) and _WORD.fullmatch(raw):
            return raw
        self.problem(
            pointer, phrase(N_("Use lower-case letters, digits and underscores, 40 at most, like “orders”."))
        )
        return None

    def choice(
        self, pointer: str, raw: object, choices: Iterable[str], *, required: bool = False
    ) -> str | None:
        known = tuple(choices)
        if isinstance(raw, str) and raw in known:
            return raw
        if raw is None and required:
            self.problem(
                pointer, phrase(N_("This is missing. Choose one of: %(choices)s."), choices=", ".join(known))
            )
        else:
            shown = str(raw)[:80]
            self.problem(
                pointer,
                phrase(
                    N_("“%(value)s” is not known. Choose one of: %(choices)s."),
                    value=shown,
                    choices=", ".join(known),
                ),
            )
        return None

    def number(
        self,
        pointer: str,
        raw: object,
        *,
        minimum: Decimal | None = Decimal(0),
        maximum: Decimal | None = None,
        whole: bool = False,
    ) -> Decimal | None:
        """A finite decimal number, given as a JSON number or as text; bounds included."""
        number = self._usual(pointer, raw)
        if number is None:
            return None
        if whole and number != number.to_integral_value():
            self.problem(pointer, phrase(N_("This must be a whole number.")))
            return None
        if minimum is not None and number < minimum:
            self.problem(pointer, phrase(N_("This cannot be less than %(n)s."), n=figure(minimum)))
            return None
        if maximum is not None and number > maximum:
            self.problem(
                pointer, phrase(N_("This cannot be more than %(n)s. Check the unit."), n=figure(maximum))
            )
            return None
        return number

    def _usual(self, pointer: str, raw: object) -> Decimal | None:
        """A number before its bounds are asked. Comparing, rounding and writing come after this."""
        number = _decimal(raw)
        if number is None or not number.is_finite():
            self.problem(
                pointer,
                phrase(
                    N_("“%(value)s” is not a number. Write digits, like 1500 or 0.25."), value=str(raw)[:80]
                ),
            )
            return None
        if self.is_kept:
            return brought_near(number)
        if not is_usual(number):
            self.problem(pointer, too_unusual())
            return None
        return number


def _decimal(raw: object) -> Decimal | None:
    if isinstance(raw, bool) or not isinstance(raw, int | float | str | Decimal):
        return None
    numeral = str(raw).strip()
    return None if "_" in numeral else read_decimal(numeral)


def known_fields(reader: Reader, pointer: str, fields: Mapping[str, object], known: tuple[str, ...]) -> None:
    """Name every field that is not understood, so that a typing error is not silently priced as nothing."""
    for name in fields:
        if name not in known:
            message = phrase(
                N_("This field is not known here. Known fields: %(names)s."), names=", ".join(known)
            )
            reader.problem(f"{pointer}/{name.replace('~', '~0').replace('/', '~1')}", message)
