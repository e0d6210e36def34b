"""Form fields as data: what a template needs to draw one, and where a problem belongs."""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Literal

from webapp.domain.errors import Problem
from webapp.domain.money import exact
from webapp.web.presentation import tr

#: "1,234,567.5" as people write and paste it; any other comma is left for the check to refuse.
_GROUPED = re.compile(r"-?\d{1,3}(,\d{3})+(\.\d*)?")

FieldKind = Literal["text", "long-text", "number", "choice", "flag", "usage"]


@dataclass(frozen=True, slots=True)
class Option:
    """One thing a select or radio group offers."""

    value: str
    label: str


@dataclass(frozen=True, slots=True)
class Field:
    """One field of a form. `name` is its pointer in the document with dots: "settings.memory_mb".

    A "usage" field is an amount and, in a second control named `<name>.per`, what it is an amount of.
    `shown_when` is "<field name>=<value>" of another field that makes this one matter.
    """

    name: str
    label: str
    kind: FieldKind
    value: str = ""
    per: str = ""
    unit: str = ""
    hint: str = ""
    error: str = ""
    placeholder: str = ""
    options: tuple[Option, ...] = ()
    shown_when: str = ""
    is_optional: bool = False

    @property
    def id(self) -> str:
        return "field-" + self.name.replace(".", "-").replace("_", "-")

    @property
    def describedby(self) -> str:
        """Ids of the texts that explain this field."""
        parts = [f"{self.id}-error" if self.error else "", f"{self.id}-hint" if self.hint else ""]
        return " ".join(part for part in parts if part)


@dataclass(frozen=True, slots=True)
class Complaint:
    """One entry of an error summary; `field` is None for a problem of the form as a whole."""

    message: str
    field: Field | None = None


def typed_number(number: Decimal) -> str:
    """A number as a field shows it, thousands separated. Saved as it stands, it must not lose a digit."""
    whole, _, fraction = exact(number).partition(".")
    return f"{int(whole):,}" + (f".{fraction}" if fraction else "")


def read_number(typed: str) -> str:
    """What was typed, without thousands separators; anything else stays for the check to name."""
    text = typed.strip()
    return text.replace(",", "") if _GROUPED.fullmatch(text) else text


def with_errors(fields: Sequence[Field], problems: Iterable[Problem]) -> tuple[Field, ...]:
    """`fields` with each problem at the field it points at."""
    errors: dict[str, str] = {}
    for problem in problems:
        name = field_at(problem.pointer, fields)
        if name is not None:
            errors.setdefault(name, tr(problem.message))
    return tuple(replace(field, error=errors.get(field.name, field.error)) for field in fields)


def complaints(fields: Sequence[Field], problems: Iterable[Problem]) -> tuple[Complaint, ...]:
    """The error summary: every problem once, with the field it belongs to."""
    by_name: Mapping[str, Field] = {field.name: field for field in fields}
    return tuple(
        Complaint(tr(problem.message), by_name.get(field_at(problem.pointer, fields) or ""))
        for problem in problems
    )


def field_at(pointer: str, fields: Sequence[Field]) -> str | None:
    """Name of the field a JSON pointer means: itself, the one it lies in, or the first one inside it."""
    path = pointer.strip("/").replace("/", ".")
    names = [field.name for field in fields]
    within = [name for name in names if path == name or path.startswith(f"{name}.")]
    inside = [name for name in names if path and name.startswith(f"{path}.")]
    return max(within, key=len) if within else next(iter(inside), None)


@dataclass(frozen=True, slots=True)
class Form:
    """Fields by name, and what is wrong with them. `seen`: the digest of what it was filled from."""

    fields: Mapping[str, Field]
    complaints: tuple[Complaint, ...] = ()
    seen: str = ""


def refused(form: Form, typed: Mapping[str, str], problems: tuple[Problem, ...], seen: str = "") -> Form:
    """`form` with the values as typed and each problem at its field."""
    fields = [replace(field, value=typed.get(field.name, "")) for field in form.fields.values()]
    return form_of(fields, problems, seen)


def form_of(fields: list[Field], problems: tuple[Problem, ...] = (), seen: str = "") -> Form:
    marked = with_errors(fields, problems)
    return Form({field.name: field for field in marked}, complaints(marked, problems), seen)
