"""An application of nothing but the edge, with one route for everything that can happen."""

from collections.abc import Iterator
from pathlib import Path
from uuid import UUID

import pytest
from flask import Flask, Response, redirect, request
from flask.testing import FlaskClient
from flask.typing import ResponseReturnValue
from jinja2 import DictLoader
from sqlalchemy import text
from sqlalchemy.exc import OperationalError

from tests.stack.databases import make_settings
from webapp.domain.errors import Conflict, InvalidInput, NotFound, Problem, Unavailable
from webapp.domain.words import phrase
from webapp.edge.callers import calling_identity, calling_owner, calling_session
from webapp.edge.csrf import csrf
from webapp.edge.identity import current_owner_id, login_account, login_required, logout
from webapp.edge.setup import init_edge
from webapp.infra.cache import install_cache
from webapp.infra.db import Base, db, unit_of_work
from webapp.models.api_key import ApiKey
from webapp.models.cache_tag import CacheTag
from webapp.models.session import RefreshToken, Session
from webapp.models.user import User
from webapp.services.accounts import authenticate, register_account
from webapp.settings import Settings

PASSWORD = "correct horse"
#: What recognising somebody takes.
_TABLES = (User, ApiKey, Session, RefreshToken, CacheTag)


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return make_settings(
        f"sqlite:///{tmp_path}/edge.db", tmp_path, JSON_LOGGING=True, AUDIT_LOGGING_ENABLED=False
    )


@pytest.fixture
def app(settings: Settings) -> Iterator[Flask]:
    app = Flask("edge_of_tests")
    app.extensions["settings"] = settings
    app.config.update(TESTING=True, SQLALCHEMY_DATABASE_URI=settings.database_url)
    db.init_app(app)
    install_cache(app, settings.model_copy(update={"cache_disabled": True}))
    init_edge(app)
    _add_routes(app)
    app.jinja_loader = DictLoader({})
    with app.app_context():
        Base.metadata.create_all(db.engine, tables=[table.__table__ for table in _TABLES])  # type: ignore[misc]
    yield app
    with app.app_context():
        db.engine.dispose()


@pytest.fixture
def client(app: Flask) -> FlaskClient:
    return app.test_client()


@pytest.fixture
def owner_id(app: Flask) -> UUID:
    with app.app_context(), unit_of_work():
        return register_account("ada@example.com", PASSWORD).id


def _add_routes(app: Flask) -> None:
    app.add_url_rule("/sign-in", "accounts.sign_in", _sign_in, methods=["GET", "POST"])
    app.add_url_rule("/sign-out", view_func=_sign_out, methods=["POST"])
    app.add_url_rule("/mine", view_func=login_required(_mine), methods=["GET", "POST"])
    app.add_url_rule("/page", view_func=lambda: "<!doctype html><title>A page</title>", endpoint="page")
    for prefix in ("", "/api/v2"):
        app.add_url_rule(f"{prefix}/fails/<how>", f"fails{prefix}", _fails)
    app.add_url_rule("/api/v2/moved", "moved", lambda: redirect("/page"))
    app.add_url_rule("/api/v2/owner", view_func=lambda: str(calling_owner("read")), endpoint="owner")
    app.add_url_rule("/api/v2/caller", view_func=lambda: repr(calling_identity()), endpoint="caller")
    app.add_url_rule(
        "/api/v2/session", view_func=lambda: str(calling_session("read").credential_id), endpoint="session"
    )
    app.add_url_rule("/api/v2/owner/write", view_func=csrf.exempt(_writes), methods=["POST"])


def _sign_in() -> ResponseReturnValue:
    if request.method == "GET":
        return "sign in here"
    with unit_of_work():
        login_account(authenticate(request.form["email"], request.form["password"]))
    return Response(status=204)


def _sign_out() -> ResponseReturnValue:
    logout()
    return Response(status=204)


def _mine() -> str:
    return str(current_owner_id())


def _writes() -> str:
    return str(calling_owner("write"))


def _fails(how: str) -> str:
    match how:
        case "field":
            raise InvalidInput([Problem("/region", phrase("“%(value)s” is not known.", value="mars\ud800"))])
        case "state":
            raise Conflict("It is archived.")
        case "absent":
            raise NotFound("There is no such scenario.")
        case "away":
            raise Unavailable("The job queue is away.")
        case "database":
            raise OperationalError("SELECT secret FROM users", {}, Exception("server closed the connection"))
        case "query":
            db.session.execute(text("SELECT nothing FROM nowhere"))
        case "owner":
            current_owner_id()
    raise RuntimeError("a secret detail of the code")
