"""Puts the edge around an application: what every request passes, in one place and one order."""

from flask import Flask

from webapp.edge.correlation import init_correlation
from webapp.edge.csrf import init_csrf
from webapp.edge.errors import init_errors
from webapp.edge.headers import init_headers
from webapp.edge.htmx import init_htmx
from webapp.edge.identity import init_identity
from webapp.edge.language import init_language
from webapp.infra.logs import configure_logging
from webapp.settings import Settings


def init_edge(app: Flask) -> None:
    """Set up logs, correlation ids, headers, language, sessions, CSRF and errors.

    Needs `app.extensions["settings"]`. Correlation comes first: its hooks see every other hook's refusals.
    """
    settings = app.extensions["settings"]
    assert isinstance(settings, Settings)
    app.config["SECRET_KEY"] = settings.secret_key
    configure_logging(settings)
    init_correlation(app)
    init_headers(app, settings)
    init_htmx(app)
    init_language(app)
    init_identity(app)
    init_csrf(app)
    init_errors(app)
