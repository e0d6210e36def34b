"""The one module that knows everyone: puts an application together from settings."""

from collections.abc import Callable
from typing import Any

from flask import Flask, request
from flask_migrate import Migrate
from sqlalchemy.engine import make_url
from werkzeug.middleware.proxy_fix import ProxyFix

from webapp.api import init_api
from webapp.cli import init_cli
from webapp.edge.secret_addresses import shown_path
from webapp.edge.setup import init_edge
from webapp.infra import db_metrics  # noqa: F401 - it listens to every engine
from webapp.infra.cache import install_cache
from webapp.infra.db import db, init_db
from webapp.infra.jobs import install_jobs
from webapp.infra.mail import install_mail
from webapp.infra.turns import install_turns
from webapp.settings import Settings
from webapp.web import init_web


class Application(Flask):
    """Flask without asking each of the thirty hooks of a request whether it is asynchronous: none is.

    And without secret addresses in its log.
    """

    def ensure_sync(self, func: Callable[..., Any]) -> Callable[..., Any]:
        return func

    def log_exception(self, exc_info: Any) -> None:
        """A mistake of ours, in one line with its traceback; the address as logs may hold it."""
        self.logger.error("Exception on %s [%s]", shown_path(), request.method, exc_info=exc_info)


def create_app(settings: Settings | None = None) -> Flask:
    """A ready application. Without `settings` they are read from the environment."""
    settings = settings or Settings()
    app = Application(
        "webapp", root_path=str(settings.project_dir), template_folder="templates", static_folder="static"
    )
    app.extensions["settings"] = settings
    app.config.update(_flask_config(settings))
    if settings.trusted_proxies:
        hops = settings.trusted_proxies
        app.wsgi_app = ProxyFix(app.wsgi_app, x_for=hops, x_proto=hops, x_host=hops)  # type: ignore[method-assign]
    _init_database(app, settings)
    install_jobs(app, settings)
    install_cache(app, settings)
    install_turns(app, settings)
    init_edge(app)
    install_mail(app, settings)
    init_web(app)
    init_api(app)
    init_cli(app)
    return app


def _flask_config(settings: Settings) -> dict[str, object]:
    return {
        "SECRET_KEY": settings.secret_key,
        "TESTING": settings.environment == "test",
        "SESSION_COOKIE_SECURE": settings.secure_cookies,
        "SESSION_COOKIE_SAMESITE": "Lax",
        "SESSION_COOKIE_HTTPONLY": True,
    }


def _init_database(app: Flask, settings: Settings) -> None:
    app.config["SQLALCHEMY_DATABASE_URI"] = settings.database_url
    app.config["SQLALCHEMY_ENGINE_OPTIONS"] = _engine_options(settings)
    init_db(app)
    Migrate(app, db, directory=str(settings.project_dir / "migrations"), render_as_batch=_is_sqlite(settings))


def _engine_options(settings: Settings) -> dict[str, object]:
    # A pooled connection that died with its server is noticed before it is used.
    # An error is logged with its statement; what people typed, and what is kept of their keys, is not.
    options: dict[str, object] = {"pool_pre_ping": not _is_sqlite(settings), "hide_parameters": True}
    if not _is_sqlite(settings) and not settings.database_prepared_statements:
        # The next transaction may run on another connection of the server, which knows no statement of ours.
        options["connect_args"] = {"prepare_threshold": None}
    return options


def _is_sqlite(settings: Settings) -> bool:
    return make_url(settings.database_url).get_backend_name() == "sqlite"
