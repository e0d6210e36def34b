"""The database restarted or locked while people read and write: what was acknowledged is there."""

import sqlite3
import time
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest
from flask import Flask

from tests.api.callers import DOCUMENT
from tests.faults.conftest import EMAIL, PASSWORD, Owner
from tests.faults.web import Caller, Heard, load, sign_in, web_server, worst
from tests.infra.broker import Broker
from tests.stack.databases import make_settings, migrate
from tests.stack.postgres import Postgres, own_postgres
from tests.worker.conftest import wait_until
from webapp.settings import Settings

AWAY_S, LOCKED_S = 2.0, 3.0


def _create(caller: Caller) -> Heard:
    return caller.send("POST", "/scenarios", DOCUMENT)


def _acknowledged(heard: list[Heard]) -> set[str]:
    return {str(each.json()["id"]) for each in heard if each.status == 201}


def _missing(caller: Caller, ids: set[str]) -> list[str]:
    return [each for each in ids if not _is_there(caller, each)]


def _is_there(caller: Caller, scenario_id: str) -> bool:
    answer = caller.get(f"/scenarios/{scenario_id}")
    while answer.status == 429:  # the test asks faster than the plan allows
        time.sleep(int(answer.headers["retry-after"]))
        answer = caller.get(f"/scenarios/{scenario_id}")
    return answer.status == 200


class TestPostgresRestarts:
    @pytest.fixture
    def postgres(self) -> Iterator[Postgres]:
        """As in production: a commit is on the disk before it is acknowledged."""
        with own_postgres(options=()) as server:
            yield server

    @pytest.fixture
    def settings(self, postgres: Postgres, cache: Broker, broker: Broker, tmp_path: Path) -> Settings:
        migrate(postgres.url, tmp_path)
        address = f"unix://{cache.socket}?db=0"
        return make_settings(postgres.url, tmp_path, REDIS_URL=address, CELERY_BROKER_URL=broker.url)

    def test_errors_are_503_and_no_acknowledged_write_is_lost(
        self, settings: Settings, owner: Owner, postgres: Postgres, tmp_path: Path
    ) -> None:
        with web_server(settings, tmp_path) as server:
            caller, person = Caller(server, owner.key), sign_in(server, EMAIL, PASSWORD)
            writers = [lambda: _create(caller)] * 4
            readers = [lambda: caller.get("/scenarios?limit=5"), lambda: person.get("/scenarios")]
            with load(*writers, *readers) as heard:
                time.sleep(1.5)
                postgres.stop()
                time.sleep(AWAY_S)
                away = len(heard)
                postgres.start()
                assert wait_until(lambda: _create(caller).status == 201, 5), server.log.read_text()[-3000:]
                recovered = len(heard)
                time.sleep(1.5)
            assert {each.status for each in heard} == {200, 201, 503}, worst(heard)
            refused = [each for each in heard if each.status == 503]
            assert all(each.headers["retry-after"].isdigit() for each in refused)
            assert {each.status for each in heard[recovered + len(writers) + len(readers) :]} == {200, 201}
            assert _acknowledged(heard[:away]) and _acknowledged(heard[away:])
            assert _missing(caller, _acknowledged(heard)) == []


def test_a_locked_sqlite_is_waited_for(app: Flask, settings: Settings, owner: Owner, tmp_path: Path) -> None:
    with web_server(settings, tmp_path) as server:
        caller, person = Caller(server, owner.key), sign_in(server, EMAIL, PASSWORD)
        writers = [lambda: _create(caller)] * 3
        readers = [lambda: caller.get("/scenarios?limit=5"), lambda: person.get("/scenarios")]
        path = settings.database_url.removeprefix("sqlite:///")
        with closing(sqlite3.connect(path, isolation_level=None)) as other, load(*writers, *readers) as heard:
            time.sleep(0.5)
            other.execute("BEGIN IMMEDIATE")
            time.sleep(LOCKED_S)
            other.execute("ROLLBACK")
            time.sleep(1.5)
        assert {each.status for each in heard} == {200, 201}, worst(heard)
        waited = [each for each in heard if each.seconds > LOCKED_S / 2]
        assert waited and {each.asked.partition(" ")[0] for each in waited} == {"POST"}, worst(heard)
        assert _missing(caller, _acknowledged(heard)) == []
