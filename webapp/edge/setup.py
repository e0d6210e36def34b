"""Puts the edge around an application: what every request passes, in one place and one order."""

from flask import Flask

from webapp.edge.caching import init_caching
from webapp.edge.correlation import init_correlation
from webapp.edge.cors import init_cors
from webapp.edge.csrf import init_csrf
from webapp.edge.errors import init_errors
from webapp.edge.forms import init_forms
from webapp.edge.headers import init_headers
from webapp.edge.hosts import init_hosts
from webapp.edge.htmx import init_htmx
from webapp.edge.identity import init_identity
from webapp.edge.language import init_language
from webapp.edge.limits import init_limits
from webapp.edge.metrics import init_metrics
from webapp.edge.secret_addresses import init_secret_addresses, shown_path
from webapp.edge.suspicion import init_suspicion
from webapp.infra.logs import configure_logging
from webapp.infra.tracing import install_tracing
from webapp.settings import Settings


def init_edge(app: Flask) -> None:
    """Set up logs, correlation ids, headers, hosts, language, sessions, limits, CSRF and errors.

    Needs `app.extensions["settings"]`. Correlation comes first: its hooks see every other hook's refusals.
    """
    settings = app.extensions["settings"]
    assert isinstance(settings, Settings)
    app.config["SECRET_KEY"] = settings.secret_key
    configure_logging(settings)
    init_correlation(app)
    install_tracing(app, settings, shown_path)
    init_metrics(app)
    init_caching(app)
    init_secret_addresses(app)
    init_headers(app, settings)
    init_cors(app, settings)
    init_hosts(app, settings)
    init_htmx(app)
    init_language(app)
    init_identity(app)
    init_forms(app)
    init_limits(app, settings)
    init_csrf(app)
    init_suspicion(app)
    init_errors(app)
