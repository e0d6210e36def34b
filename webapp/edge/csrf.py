"""Cross-site request forgery: every form carries a token. The API, which knows no cookie, is exempt."""

from flask import Flask
from flask_wtf.csrf import CSRFProtect

csrf = CSRFProtect()


def init_csrf(app: Flask) -> None:
    """Check the token of every change. It lasts as long as the session, so a page left open works."""
    app.config.setdefault("WTF_CSRF_TIME_LIMIT", None)
    csrf.init_app(app)
