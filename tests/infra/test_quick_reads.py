"""Small reads beside the session: as committed by now, on few connections, through every fault."""

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest
from flask import Flask
from sqlalchemy import create_engine, text

from webapp.infra.db import db, unit_of_work
from webapp.infra.quick_reads import read_quickly
from webapp.models.cache_tag import CacheTag

_ASKING = "SELECT revision FROM cache_tags WHERE tag = ?"


def _say(revision: int) -> None:
    with unit_of_work():
        db.session.merge(CacheTag(tag="prices", revision=revision))


@pytest.mark.both_databases
def test_what_is_committed_is_read_at_once(app: Flask) -> None:
    with app.app_context():
        for revision in (7, 8, 9):
            _say(revision)
            assert [tuple(row) for row in read_quickly(_ASKING, ("prices",))] == [(revision,)]
        assert list(read_quickly(_ASKING, ("nothing",))) == []


@pytest.mark.both_databases
def test_many_at_once_are_answered_and_few_connections_are_kept(app: Flask) -> None:
    together = Barrier(12)

    def ask(_: int) -> int:
        with app.app_context():
            together.wait(10)
            return sum(read_quickly(_ASKING, ("prices",))[0][0] for _ in range(50))

    with app.app_context():
        _say(3)
        with ThreadPoolExecutor(12) as threads:
            assert list(threads.map(ask, range(12))) == [150] * 12
        if db.engine.dialect.name == "postgresql":
            assert _open_connections() <= 4 + db.engine.pool.size()  # type: ignore[attr-defined]


@pytest.mark.both_databases
def test_what_the_driver_refuses_is_an_error_of_sqlalchemy(app: Flask) -> None:
    from sqlalchemy.exc import DBAPIError

    with app.app_context():
        for _ in range(2):
            with pytest.raises(DBAPIError):
                read_quickly("SELECT nothing FROM nowhere WHERE tag = ?", ("prices",))
        _say(4)
        assert read_quickly(_ASKING, ("prices",))[0][0] == 4


@pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)
def test_a_kept_connection_holds_no_transaction_and_may_die(app: Flask) -> None:
    with app.app_context():
        _say(5)
        assert read_quickly(_ASKING, ("prices",))[0][0] == 5
        other = create_engine(db.engine.url)
        with other.connect() as administrator:
            mine = "datname = current_database() AND pid <> pg_backend_pid()"
            states = administrator.scalars(text(f"SELECT state FROM pg_stat_activity WHERE {mine}"))
            assert set(states) == {"idle"}
            administrator.execute(
                text(f"SELECT pg_terminate_backend(pid, 1000) FROM pg_stat_activity WHERE {mine}")
            )
        other.dispose()
        assert read_quickly(_ASKING, ("prices",))[0][0] == 5


def _open_connections() -> int:
    mine = "datname = current_database() AND pid <> pg_backend_pid()"
    with db.engine.connect() as connection:
        counted = text(f"SELECT count(*) FROM pg_stat_activity WHERE {mine}")
        found: int = connection.scalar(counted) or 0
        return found
