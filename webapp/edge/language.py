"""Which language a person reads."""

from babel import Locale
from flask import Flask, has_request_context, request
from flask_babel import Babel

#: Languages there is a catalog for; English is the one the messages are written in.
LANGUAGES: tuple[str, ...] = ("en",)
#: Read once: Babel would parse the name on every request.
_LOCALES = {language: Locale.parse(language) for language in LANGUAGES}


def init_language(app: Flask) -> None:
    """Pick the language of each request from what the browser asks for. Times are UTC."""
    Babel(app, default_locale=LANGUAGES[0], default_timezone="UTC", locale_selector=_wanted)


def _wanted() -> Locale:
    # Nothing to pick from, or nobody: a command, or a job that has not been told its reader's language.
    if len(LANGUAGES) == 1 or not has_request_context():
        return _LOCALES[LANGUAGES[0]]
    return _LOCALES[request.accept_languages.best_match(LANGUAGES) or LANGUAGES[0]]
