"""The database: the declarative base, the session, and the unit of work every write goes through."""

import logging
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from sqlite3 import Connection as SqliteConnection
from typing import Any
from uuid import UUID, uuid4

from flask import Flask
from flask_sqlalchemy import SQLAlchemy
from sqlalchemy import DateTime, Dialect, MetaData, event
from sqlalchemy.engine import Engine
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column
from sqlalchemy.types import TypeDecorator

_log = logging.getLogger(__name__)

_NAMES = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s_%(referred_table_name)s",
    "pk": "pk_%(table_name)s",
}


class Base(DeclarativeBase):
    """Base of every table; constraint names are fixed so that migrations can alter them on SQLite too."""

    metadata = MetaData(naming_convention=_NAMES)


class UtcDateTime(TypeDecorator[datetime]):
    """An aware UTC moment. SQLite forgets the zone: it is put back on reading. Naive values are refused."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is not None and value.tzinfo is None:
            raise ValueError("A naive datetime cannot be stored; use webapp.infra.clock.now().")
        return None if value is None else value.astimezone(UTC)

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        return (
            None
            if value is None
            else value.replace(tzinfo=UTC)
            if value.tzinfo is None
            else value.astimezone(UTC)
        )


class Identified:
    """Mixin: a random UUID as primary key."""

    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid4)


db = SQLAlchemy(model_class=Base)

#: In the session's `info` while a unit of work is open; False once a part of it has failed.
_IS_OPEN = "unit_of_work"


@event.listens_for(Engine, "connect")
def _prepare_sqlite(connection: Any, _record: object) -> None:
    """WAL lets readers go on beside a writer; a busy writer is waited for instead of failing."""
    if isinstance(connection, SqliteConnection):
        for pragma in ("journal_mode=WAL", "foreign_keys=ON", "busy_timeout=10000", "synchronous=NORMAL"):
            connection.execute(f"PRAGMA {pragma}")


def before_commit(work: Callable[[], object]) -> None:
    """Run `work` as the last thing inside the surrounding unit of work: its locks are held briefly."""
    db.session.info.setdefault("before_commit", []).append(work)


def after_commit(work: Callable[[], object]) -> None:
    """Run `work` once the surrounding unit of work has committed; never when it rolls back."""
    db.session.info.setdefault("after_commit", []).append(work)


def in_any_case(work: Callable[[], object]) -> None:
    """Run `work` in a unit of work of its own once the surrounding one has ended, committed or rolled back.

    For what must be kept of an act that was refused: a failed sign-in is counted although nothing came of it.
    """
    db.session.info.setdefault("in_any_case", []).append(work)


@contextmanager
def unit_of_work() -> Iterator[None]:
    """One transaction: commits at the end, rolls back on any error, then runs what waited for the end.

    Inside another one it is a part of that: both are kept, or neither. SQLAlchemy's own `after_commit` event
    also fires for savepoints, so the waiting work is run from here.
    """
    if _IS_OPEN in db.session.info:
        with _part_of_a_larger_one():
            yield
        return
    _forget_waiting_work()
    db.session.info[_IS_OPEN] = True
    try:
        yield
        if not db.session.info.get(_IS_OPEN, True):
            raise RuntimeError("A part of this unit of work has failed; the rest cannot be kept without it.")
        for work in _waiting("before_commit"):
            work()
        db.session.commit()
    except BaseException:
        roll_back()
        kept = _waiting("in_any_case")
        _forget_waiting_work()
        _run_apart(kept)
        raise
    kept = _waiting("in_any_case")
    db.session.info.pop(_IS_OPEN, None)
    for work in _waiting("after_commit"):
        work()
    _run_apart(kept)


def is_unit_of_work_open() -> bool:
    """Whether what is written now belongs to a unit of work: for what must be committed before it goes on."""
    return _IS_OPEN in db.session.info


@contextmanager
def _part_of_a_larger_one() -> Iterator[None]:
    try:
        yield
    except BaseException:
        db.session.info[_IS_OPEN] = False
        raise


@contextmanager
def attempt() -> Iterator[None]:
    """A part of a unit of work that may fail alone: its changes, and what waits for them, are undone."""
    begin_writing()
    before = {moment: len(db.session.info.get(moment, ())) for moment in ("before_commit", "after_commit")}
    try:
        with db.session.begin_nested():
            yield
    except BaseException:
        for moment, waiting in before.items():
            del db.session.info.get(moment, [])[waiting:]
        raise


def begin_writing() -> None:
    """Take SQLite's one write lock now: what is read from here on stays true until the commit.

    Its driver begins a transaction only before the first change, which is too late for what was read before,
    and for savepoints. PostgreSQL has row locks for this (`with_for_update`); there this does nothing.
    """
    connection = db.session.connection()
    driver = connection.connection.driver_connection
    if isinstance(driver, SqliteConnection) and not driver.in_transaction:
        connection.exec_driver_sql("BEGIN IMMEDIATE")


def _waiting(moment: str) -> list[Callable[[], object]]:
    waiting: list[Callable[[], object]] = db.session.info.pop(moment, [])
    return waiting


def _forget_waiting_work() -> None:
    for moment in ("before_commit", "after_commit", "in_any_case", _IS_OPEN):
        db.session.info.pop(moment, None)


def _run_apart(kept: list[Callable[[], object]]) -> None:
    for work in kept:
        with unit_of_work():
            work()


def roll_back() -> None:
    """End the transaction without keeping it; the connection goes back to the pool."""
    with _ending_transaction():
        db.session.rollback()


@contextmanager
def _ending_transaction() -> Iterator[None]:
    """End a transaction in here. A connection that died is not asked to undo what died with it.

    It is thrown away: what was answered before stays answered.
    """
    try:
        yield
    except DBAPIError as error:
        _log.warning("A connection died before its transaction ended: %s.", type(error.__cause__).__name__)
        db.session().invalidate()


def init_db(app: Flask) -> None:
    """The session of every application context ends with it, whatever became of its connection."""
    db.init_app(app)
    app.teardown_appcontext(_end_session)  # runs before the extension's own: the last one is first


def _end_session(error: BaseException | None) -> None:
    if db.session.registry.has():
        with _ending_transaction():
            db.session.close()
