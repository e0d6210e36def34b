"""Reading small JSON objects strictly: every missing, wrong or unknown field is named, all at once."""

from collections.abc import Mapping
from datetime import UTC, datetime

from webapp.domain.errors import InvalidInput, Problem
from webapp.domain.words import N_, phrase

#: Characters of a text whose field states no limit of its own.
MAX_TEXT = 10_000


class BodyReader:
    """The fields of `sent`; `check` refuses them once all have been read."""

    def __init__(self, sent: Mapping[str, object], *known: str) -> None:
        self._sent = sent
        message = phrase(
            N_("This field is not known here. Known fields: %(names)s."), names=", ".join(known) or "–"
        )
        self.problems = [Problem(f"/{_escaped(name)}", message) for name in sent if name not in known]

    def check(self) -> None:
        """Raise InvalidInput when anything was wrong."""
        if self.problems:
            raise InvalidInput(self.problems)

    def text(self, name: str, *, maximum: int = MAX_TEXT) -> str:
        """A text that has to be there, as it was sent: a password may begin with a blank."""
        if self._sent.get(name) is None:
            self._wrong(name, phrase(N_("This is missing.")))
            return ""
        return self._text(name, maximum)

    def optional_text(self, name: str, *, maximum: int = MAX_TEXT) -> str:
        """A text that may be absent or null: then it is empty."""
        return "" if self._sent.get(name) is None else self._text(name, maximum)

    def flag(self, name: str) -> bool:
        """True or false; false when absent."""
        value = self._sent.get(name, False)
        if not isinstance(value, bool):
            self._wrong(name, phrase(N_("This is true or false.")))
        return value is True

    def words(self, name: str, *, most: int) -> tuple[str, ...]:
        """A list of texts that has to be there, of `most` entries or fewer."""
        value = self._sent.get(name)
        if value is None:
            self._wrong(name, phrase(N_("This is missing.")))
        elif not isinstance(value, list) or not all(isinstance(word, str) for word in value):
            self._wrong(name, phrase(N_("This must be a JSON array of texts.")))
        elif len(value) > most:
            self._wrong(name, phrase(N_("At most %(n)s entries."), n=most))
        else:
            return tuple(value)
        return ()

    def moment(self, name: str) -> datetime | None:
        """A moment of RFC 3339 with its zone; None when absent or null."""
        value = self._sent.get(name)
        if value is None:
            return None
        try:
            found = datetime.fromisoformat(value) if isinstance(value, str) else None
            if found is not None and found.tzinfo is not None:
                return found.astimezone(UTC)
        except (ValueError, OverflowError):
            pass
        self._wrong(name, phrase(N_("Write a moment with its zone, like 2027-01-31T12:00:00Z.")))
        return None

    def _text(self, name: str, maximum: int) -> str:
        value = self._sent[name]
        if not isinstance(value, str):
            self._wrong(name, phrase(N_("This must be text.")))
        elif len(value) > maximum:
            self._wrong(name, phrase(N_("Use at most %(n)s characters."), n=f"{maximum:,}"))
        elif "\x00" in value:
            self._wrong(name, phrase(N_("Text cannot hold a NUL character.")))
        else:
            return value
        return ""

    def _wrong(self, name: str, message: str) -> None:
        self.problems.append(Problem(f"/{name}", message))


def _escaped(name: str) -> str:
    """`name` as a part of a JSON pointer; a long one is cut, for it is quoted in the answer."""
    return name[:100].replace("~", "~0").replace("/", "~1")
