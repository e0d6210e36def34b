"""The language of what is made outside a request: reports and mail are written in their reader's language."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, datetime
from functools import lru_cache

from babel import Locale
from babel.dates import format_date, format_datetime
from flask_babel import force_locale, get_locale, gettext

from webapp.domain.words import translated


@contextmanager
def speaking(language: str) -> Iterator[None]:
    """Everything said inside is said in `language` ("en", "it")."""
    with force_locale(language):
        yield


def say(message: str) -> str:
    """`message`, a msgid or a Phrase, in the language being spoken."""
    return translated(message, gettext)


def spoken_language() -> str:
    """The language being spoken, as HTML's `lang` wants it ("en", "pt-BR")."""
    return _tag_of(get_locale())


@lru_cache
def _tag_of(locale: Locale | None) -> str:
    return str(locale).replace("_", "-")


def long_date(day: date) -> str:
    """`day` in words: "24 November 2026"."""
    locale = get_locale()
    return str(format_date(day, "d MMMM y" if locale.language == "en" else "long", locale=locale))


def long_moment(moment: datetime) -> str:
    """`moment` in words and UTC: "24 November 2026, 13:05 UTC"."""
    return f"{long_date(moment.date())}, {format_datetime(moment, 'HH:mm', locale=get_locale())} UTC"
