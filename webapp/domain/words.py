"""English sentences made on floors that know no request, and how a face translates them.

A `Phrase` is an ordinary `str` that remembers the message it was made from, so pure code,
logs and the JSON API see English while a page can look the message up in its catalog.
"""

from collections.abc import Callable, Mapping
from decimal import Decimal
from typing import Self

from webapp.domain.money import plain


def N_(message: str) -> str:  # noqa: N802 - gettext's own name
    """Return `message` unchanged; the extraction tool collects it for the catalogs."""
    return message


class Phrase(str):
    """An English sentence with its gettext message (`msgid`) and the parameters put into it."""

    msgid: str
    params: dict[str, str]

    def __new__(cls, msgid: str, **params: object) -> Self:
        words = {name: value if isinstance(value, str) else str(value) for name, value in params.items()}
        phrase = super().__new__(cls, msgid % words if words else msgid)
        phrase.msgid, phrase.params = msgid, words
        return phrase


def phrase(msgid: str, **params: object) -> Phrase:
    """`msgid` ("%(count)s requests") filled in with `params`; extracted for translation by this name."""
    return Phrase(msgid, **params)


class Wording:
    """A phrase still to be said: the message and its parts as they are.

    Most quantities are priced and never shown; figures cost more to write than to multiply.
    """

    __slots__ = ("msgid", "params")

    def __init__(self, msgid: str, params: Mapping[str, object]) -> None:
        self.msgid = msgid
        self.params = params

    def said(self) -> Phrase:
        """The phrase, with numbers written as figures."""
        return Phrase(self.msgid, **{name: _said(part) for name, part in self.params.items()})


def wording(msgid: str, **params: object) -> Wording:
    """Like `phrase`, but written only when somebody reads it; numbers may be given as they are."""
    return Wording(msgid, params)


def _said(part: object) -> object:
    if isinstance(part, Wording):
        return part.said()
    return figure(part) if isinstance(part, Decimal) else part


def translated(text: str, gettext: Callable[[str], str]) -> str:
    """`text` in the reader's language: a `Phrase` by its message and parts, other text as a message."""
    if isinstance(text, Phrase):
        words = {name: translated(value, gettext) for name, value in text.params.items()}
        return gettext(text.msgid) % words if words else gettext(text.msgid)
    return gettext(text) if text else text


def figure(number: Decimal) -> str:
    """`number` with thousands separators and no trailing zeros: "1,234,567.5"."""
    whole, point, fraction = plain(number, 10).partition(".")
    return (f"{int(whole):,}" if len(whole) > 3 else whole) + point + fraction
