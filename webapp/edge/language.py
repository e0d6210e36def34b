"""Which language a person reads."""

from flask import Flask, request
from flask_babel import Babel

#: Languages there is a catalog for; English is the one the messages are written in.
LANGUAGES: tuple[str, ...] = ("en",)


def init_language(app: Flask) -> None:
    """Pick the language of each request from what the browser asks for. Times are UTC."""
    Babel(app, default_locale=LANGUAGES[0], default_timezone="UTC", locale_selector=_wanted)


def _wanted() -> str:
    return request.accept_languages.best_match(LANGUAGES) or LANGUAGES[0]
