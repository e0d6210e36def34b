"""An application of the test's own with its own cache and broker, so that each may be frozen or killed."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from uuid import UUID

import pytest
from flask import Flask

from tests.api.callers import DOCUMENT
from tests.infra.broker import Broker, own_broker
from tests.stack.databases import make_settings
from tests.worker.conftest import Worker, worker_environment
from webapp.infra.db import db, unit_of_work
from webapp.pricing.document import parse_document
from webapp.services.account_administration import set_plan
from webapp.services.accounts import register_account
from webapp.services.keys import create_key
from webapp.services.scenarios import create_scenario
from webapp.settings import Settings

EMAIL, PASSWORD = "ada@example.com", "a long enough sentence"


@dataclass(frozen=True, slots=True)
class Owner:
    """An account of the largest plan, with a key that may do everything and one scenario."""

    id: UUID
    key: str
    scenario: UUID


@pytest.fixture
def cache() -> Iterator[Broker]:
    """The server of cache and limits."""
    with own_broker() as server:
        server.start()
        yield server


@pytest.fixture
def broker() -> Iterator[Broker]:
    with own_broker() as server:
        server.start()
        yield server


@pytest.fixture
def settings(database_url: str, cache: Broker, broker: Broker, tmp_path: Path) -> Settings:
    address = f"unix://{cache.socket}?db=0"
    return make_settings(database_url, tmp_path, REDIS_URL=address, CELERY_BROKER_URL=broker.url)


@pytest.fixture
def worker(settings: Settings, tmp_path: Path) -> Iterator[Worker]:
    """A worker and a scheduler, not started yet."""
    worker = Worker(worker_environment(settings), tmp_path)
    yield worker
    worker.end()


@pytest.fixture
def owner(app: Flask) -> Owner:
    with app.app_context():
        with unit_of_work():
            account = register_account(EMAIL, PASSWORD, is_confirmed=True)
            set_plan(account.id, "enterprise")
            key = create_key(account.id, "faults", ["read", "write", "ingest"]).secret
            scenario = create_scenario(account.id, parse_document(DOCUMENT)).id
        db.session.remove()
    return Owner(account.id, key, scenario)
