"""Small SELECTs that nearly every request asks, by the driver itself and on connections kept for them.

Through the session such a question takes five times as long in this process, and on PostgreSQL it is four: a
connection is tried before it is used, and a transaction begun and rolled back.
"""

import time
from collections.abc import Sequence
from typing import Any
from weakref import WeakKeyDictionary

from sqlalchemy import event
from sqlalchemy.engine import Engine
from sqlalchemy.engine.interfaces import DBAPIConnection
from sqlalchemy.pool import PoolProxiedConnection

from webapp.infra.db import db
from webapp.infra.metrics import pool_connections, query_time

#: Connections a process keeps for this beside its pool; a question takes so little that more are rare.
_MOST_IDLE = 4


class _QuickReads:
    """The connections kept for one database: each of autocommit, so that a question is all that is sent."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._idle: list[PoolProxiedConnection] = []
        self._is_qmark = engine.dialect.paramstyle == "qmark"
        self._errors = engine.dialect.loaded_dbapi.Error

    def read(self, statement: str, parameters: tuple[object, ...]) -> Sequence[Any]:
        sent = statement if self._is_qmark else statement.replace("?", "%s")
        begun, connection = time.perf_counter(), None
        try:
            connection = self._taken()
            driver: Any = connection.dbapi_connection
            rows: Sequence[Any] = driver.execute(sent, parameters).fetchall()
        except self._errors:
            if connection is not None:
                self._drop(connection)
            with self._engine.connect() as again:
                return again.exec_driver_sql(sent, parameters).all()
        query_time(time.perf_counter() - begun, operation="select")
        if len(self._idle) < _MOST_IDLE:
            self._idle.append(connection)
        else:
            connection.close()
        return rows

    def close(self) -> None:
        while self._idle:
            self._idle.pop().close()

    def _taken(self) -> PoolProxiedConnection:
        try:
            return self._idle.pop()
        except IndexError:  # two threads may see the last one
            pass
        connection = self._engine.raw_connection()
        connection.detach()
        try:
            self._engine.dialect.set_isolation_level(_driver_of(connection), "AUTOCOMMIT")
        except self._errors:
            self._drop(connection)
            raise
        return connection

    def _drop(self, connection: PoolProxiedConnection) -> None:
        """Close it; it may be dead, and is asked nothing any more."""
        pool_connections(-1, state="open")
        self._engine.dialect.do_close(_driver_of(connection))


def _driver_of(connection: PoolProxiedConnection) -> DBAPIConnection:
    driver = connection.dbapi_connection
    assert driver is not None
    return driver


_of_engine: WeakKeyDictionary[Engine, _QuickReads] = WeakKeyDictionary()


def read_quickly(statement: str, parameters: tuple[object, ...]) -> Sequence[Any]:
    """Rows of a small SELECT, as committed by now; `statement` has a `?` for each of `parameters`.

    What the driver refuses is asked again by way of SQLAlchemy, which has an error for every fault.
    """
    engine = db.engine
    reads = _of_engine.get(engine)
    if reads is None:
        reads = _of_engine.setdefault(engine, _QuickReads(engine))
    return reads.read(statement, parameters)


@event.listens_for(Engine, "engine_disposed")
def _close(engine: Engine) -> None:
    if (reads := _of_engine.get(engine)) is not None:
        reads.close()
