"""The one module that knows everyone: puts an application together from settings."""

from flask import Flask
from flask_migrate import Migrate
from sqlalchemy.engine import make_url
from werkzeug.middleware.proxy_fix import ProxyFix

from webapp.api import init_api
from webapp.cli import init_cli
from webapp.edge.setup import init_edge
from webapp.infra.db import db
from webapp.infra.jobs import install_jobs
from webapp.settings import Settings
from webapp.web import init_web


def create_app(settings: Settings | None = None) -> Flask:
    """A ready application. Without `settings` they are read from the environment."""
    settings = settings or Settings()
    app = Flask(
        "webapp", root_path=str(settings.project_dir), template_folder="templates", static_folder="static"
    )
    app.extensions["settings"] = settings
    app.config.update(_flask_config(settings))
    if settings.trusted_proxies:
        hops = settings.trusted_proxies
        app.wsgi_app = ProxyFix(app.wsgi_app, x_for=hops, x_proto=hops, x_host=hops)  # type: ignore[method-assign]
    _init_database(app, settings)
    install_jobs(app, settings)
    init_edge(app)
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
    # A pooled connection that died with its server is noticed before it is used.
    app.config["SQLALCHEMY_ENGINE_OPTIONS"] = {"pool_pre_ping": not _is_sqlite(settings)}
    db.init_app(app)
    Migrate(app, db, directory=str(settings.project_dir / "migrations"), render_as_batch=_is_sqlite(settings))


def _is_sqlite(settings: Settings) -> bool:
    return make_url(settings.database_url).get_backend_name() == "sqlite"
