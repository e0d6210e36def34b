"""The application under test: real database, real Valkey, a clock that can be moved."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
import redis
from flask import Flask
from flask.testing import FlaskClient
from jinja2 import BytecodeCache, FileSystemBytecodeCache

from tests.stack.databases import make_settings
from webapp.infra import clock as application_clock
from webapp.settings import Settings

if TYPE_CHECKING:
    from webapp.infra.jobs import RecordingDispatcher


@pytest.fixture
def settings(database_url: str, valkey_url: str, broker_url: str, tmp_path: Path) -> Settings:
    """Settings of this test's application: a database and a state folder of its own, an empty cache."""
    with redis.Redis.from_url(valkey_url) as cache:
        cache.flushall()
    return make_settings(database_url, tmp_path, REDIS_URL=valkey_url, CELERY_BROKER_URL=broker_url)


@pytest.fixture(scope="session")
def compiled_templates(tmp_path_factory: pytest.TempPathFactory) -> BytecodeCache:
    """Every test has an application of its own; a template is compiled once for all of them."""
    return FileSystemBytecodeCache(str(tmp_path_factory.mktemp("templates")))


@pytest.fixture
def app(settings: Settings, compiled_templates: BytecodeCache) -> Iterator[Flask]:
    """The application, migrated and with prices. No context is pushed: tests see what requests see."""
    from webapp.factory import create_app  # here: tests of the pure rooms need no application
    from webapp.infra.db import db

    application = create_app(settings)
    application.jinja_env.bytecode_cache = compiled_templates
    yield application
    with application.app_context():
        db.engine.dispose()


@pytest.fixture
def client(app: Flask) -> FlaskClient:
    """A browser without scripts; what it gets is checked (see pages.py and contracts.py of tests/stack)."""
    from tests.stack.contracts import CheckingClient  # here, for the same reason

    app.test_client_class = CheckingClient
    return app.test_client()


@pytest.fixture
def queue(app: Flask) -> "RecordingDispatcher":
    """A record of the jobs sent, in place of the broker."""
    from webapp.infra.jobs import RecordingDispatcher  # here, for the same reason

    app.extensions["jobs"] = recorded = RecordingDispatcher()
    return recorded


@dataclass(slots=True)
class Clock:
    """The application's time, standing still until moved."""

    moment: datetime

    def advance(self, *, seconds: float = 0, days: float = 0) -> None:
        self.moment += timedelta(seconds=seconds, days=days)


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    """Time stands still at a whole minute of UTC."""
    stopped = Clock(datetime(2026, 3, 14, 9, 26, tzinfo=UTC))
    monkeypatch.setattr(application_clock, "read", lambda: stopped.moment)
    return stopped
