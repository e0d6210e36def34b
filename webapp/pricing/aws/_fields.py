"""Short ways to write the settings and usage fields of a declaration."""

from decimal import Decimal
from typing import Literal

from webapp.pricing.declaration import Choice, Setting, Usage

ShownWhen = tuple[str, str] | None


def choice(
    name: str,
    label: str,
    choices: tuple[tuple[str, str], ...],
    help: str = "",
    shown_when: ShownWhen = None,
) -> Setting:
    """One of `choices` (value, label); the first is the default."""
    options = tuple(Choice(value, text) for value, text in choices)
    return Setting(name, label, "choice", choices[0][0], help, choices=options, shown_when=shown_when)


def named(
    name: str,
    label: str,
    known: tuple[str, ...],
    suggestions: tuple[str, ...],
    help: str = "",
    shown_when: ShownWhen = None,
) -> Setting:
    """One of the many `known` names, typed; the first of the `suggestions` is the default."""
    return Setting(
        name,
        label,
        "text",
        suggestions[0],
        help,
        shown_when=shown_when,
        known=known,
        suggestions=suggestions,
    )


def flag(name: str, label: str, help: str = "", shown_when: ShownWhen = None) -> Setting:
    """True or false; false unless stated."""
    return Setting(name, label, "flag", False, help, shown_when=shown_when)


def whole(
    name: str,
    label: str,
    unit: str,
    default: int,
    limits: tuple[int, int],
    help: str = "",
    shown_when: ShownWhen = None,
) -> Setting:
    """A whole number of `unit` within `limits`, both allowed."""
    return _bounded("integer", name, label, unit, Decimal(default), limits, help, shown_when)


def decimal(
    name: str,
    label: str,
    unit: str,
    default: int,
    limits: tuple[int, int],
    help: str = "",
    shown_when: ShownWhen = None,
) -> Setting:
    """A number of `unit`, fractions allowed, within `limits`, both allowed."""
    return _bounded("number", name, label, unit, Decimal(default), limits, help, shown_when)


def _bounded(
    kind: Literal["integer", "number"],
    name: str,
    label: str,
    unit: str,
    default: Decimal,
    limits: tuple[int, int],
    help: str,
    shown_when: ShownWhen,
) -> Setting:
    low, high = Decimal(limits[0]), Decimal(limits[1])
    return Setting(name, label, kind, default, help, unit, low, high, shown_when=shown_when)


def monthly(
    name: str, label: str, unit: str, help: str = "", per: str = "events", shown_when: ShownWhen = None
) -> Usage:
    """A monthly amount; `per` is the measure a form offers first, "" where it does not follow traffic."""
    return Usage(name, label, unit, help, suggested_per=per, shown_when=shown_when)
