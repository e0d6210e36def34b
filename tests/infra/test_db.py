"""A connection that dies in the middle: what is known by then is answered, and nothing else is disturbed."""

import pytest
from flask import Flask
from sqlalchemy import create_engine, func, select, text

from webapp.infra.db import db, in_any_case, roll_back, unit_of_work
from webapp.models.scenario import Scenario

pytestmark = pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)


def _kill_connection() -> None:
    """End the server's side of the connection that the session uses, as a restart does."""
    pid = db.session.scalar(text("SELECT pg_backend_pid()"))
    other = create_engine(db.engine.url)
    with other.connect() as administrator:
        # Waits up to a second until the process is gone.
        assert administrator.scalar(text("SELECT pg_terminate_backend(:pid, 1000)"), {"pid": pid})
    other.dispose()


def test_an_answer_is_given_whose_connection_died_after_it_was_made(app: Flask) -> None:
    @app.get("/died-after")
    def died_after() -> str:
        _kill_connection()
        return "done"

    answers = [app.test_client().get("/died-after") for _ in range(2)]
    assert [(each.status_code, each.text) for each in answers] == [(200, "done")] * 2


def test_an_error_is_answered_whose_connection_died(app: Flask) -> None:
    @app.get("/died-before")
    def died_before() -> str:
        _kill_connection()
        return str(db.session.scalar(select(func.count()).select_from(Scenario)))

    answer = app.test_client().get("/died-before")
    assert answer.status_code == 503
    assert answer.headers["Retry-After"].isdigit()


def test_a_unit_of_work_ends_with_its_own_error_and_its_last_work(app: Flask) -> None:
    kept = list[int]()
    with app.app_context():
        with pytest.raises(KeyError, match="ours"), unit_of_work():
            in_any_case(lambda: kept.append(db.session.scalar(text("SELECT 7")) or 0))
            _kill_connection()
            raise KeyError("ours")
        assert kept == [7]


def test_rolling_back_a_dead_connection_frees_the_session(app: Flask) -> None:
    with app.app_context():
        _kill_connection()
        roll_back()
        assert db.session.scalar(text("SELECT 7")) == 7
