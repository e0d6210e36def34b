"""Reading a query string strictly: every wrong or unknown parameter is named, all at once."""

from collections.abc import Collection, Iterable
from datetime import UTC, datetime
from uuid import UUID

from flask import request

from webapp.domain.errors import InvalidInput, Problem
from webapp.domain.words import N_, phrase

MAX_PAGE = 1_000_000
MAX_PAGE_SIZE = 100
_MAX_TEXT = 200
#: Nothing was recorded before; what lies so far back is a typing error.
_EARLIEST = datetime(2000, 1, 1, tzinfo=UTC)
_FLAGS = {"true": True, "1": True, "": False, "false": False, "0": False}


def unknown_parameters(known: Collection[str]) -> list[Problem]:
    """A problem for each parameter of this request that is not `known`."""
    names = ", ".join(known) or "–"
    message = phrase(N_("This parameter is not known. Known: %(names)s."), names=names)
    return [Problem(f"/{name}", message) for name in request.args if name not in known]


def repeated_parameters() -> list[str]:
    """The parameters that this request has more than once."""
    if len(request.args) > request.query_string.count(b"&"):  # each stands between two of these
        return []
    return [name for name, values in request.args.lists() if len(values) > 1]


def once_only(name: str) -> Problem:
    """The refusal of a parameter that comes again."""
    return Problem(f"/{name}", phrase(N_("Send this parameter once.")))


class QueryReader:
    """The parameters of this request; `check` refuses them once all have been read."""

    def __init__(self, *known: str) -> None:
        self.problems = unknown_parameters(known)

    def check(self) -> None:
        """Raise InvalidInput when anything was wrong."""
        if self.problems:
            raise InvalidInput(self.problems)

    def text(self, name: str) -> str:
        """At most 200 characters, stripped; empty when absent."""
        value = request.args.get(name, "").strip()
        if len(value) > _MAX_TEXT or "\x00" in value:
            self._wrong(name, phrase(N_("Use at most %(n)s characters."), n=_MAX_TEXT))
        return value

    def choice(self, name: str, choices: Iterable[str], default: str = "") -> str:
        """One of `choices`, or `default` when absent or empty."""
        value, known = request.args.get(name) or default, tuple(choices)
        if value and value not in known:
            self._wrong(name, phrase(N_("Choose one of: %(choices)s."), choices=", ".join(known)))
        return value

    def count(self, name: str, default: int, maximum: int) -> int:
        """A whole number from 1 to `maximum`."""
        value = request.args.get(name) or str(default)
        if value.isascii() and value.isdigit() and len(value) <= 9 and 1 <= int(value) <= maximum:
            return int(value)
        self._wrong(name, phrase(N_("This is a whole number from 1 to %(n)s."), n=f"{maximum:,}"))
        return default

    def page(self) -> int:
        return self.count("page", 1, MAX_PAGE)

    def page_size(self) -> int:
        return self.count("page_size", 20, MAX_PAGE_SIZE)

    def flag(self, name: str) -> bool:
        """True or false; false when absent."""
        value = request.args.get(name, "").lower()
        if value not in _FLAGS:
            self._wrong(name, phrase(N_("Choose one of: %(choices)s."), choices="true, false"))
        return _FLAGS.get(value, False)

    def id(self, name: str) -> UUID | None:
        """A UUID, None when absent."""
        value = request.args.get(name, "")
        try:
            return UUID(value) if value else None
        except ValueError:
            self._wrong(
                name, phrase(N_("This is not an id: ids look like %(example)s."), example=UUID(int=0))
            )
            return None

    def moment(self, name: str) -> datetime | None:
        """A moment of RFC 3339 with its zone, or a date, which begins at midnight UTC; None when absent."""
        value = request.args.get(name, "").strip()
        if not value:
            return None
        try:
            found = datetime.fromisoformat(value)
            # A date has no zone to forget.
            moment = found.replace(tzinfo=UTC) if len(value) <= len("2026-11-24") else found
            if moment.tzinfo is not None and moment.astimezone(UTC) >= _EARLIEST:
                return moment.astimezone(UTC)
        except (ValueError, OverflowError):
            pass
        message = N_("Write a moment with its zone, like 2026-11-24T10:00:00Z, or a date since 2000.")
        self._wrong(name, phrase(message))
        return None

    def _wrong(self, name: str, message: str) -> None:
        self.problems.append(Problem(f"/{name}", message))
