"""What the database is asked, and how many connections are open, told to Prometheus."""

import time
from typing import Any
from weakref import WeakSet

from sqlalchemy import event
from sqlalchemy.engine import Connection, Engine, ExecutionContext
from sqlalchemy.pool import Pool, QueuePool

from webapp.infra.metrics import pool_busiest, pool_connections, pool_limit, query_time

_OPERATIONS = ("SELECT", "INSERT", "UPDATE", "DELETE")
#: Pools whose limit was told. A process that is forked makes its own and tells it for itself.
_told: WeakSet[Pool] = WeakSet()


@event.listens_for(Engine, "before_cursor_execute")
def _begin(
    connection: Connection,
    cursor: Any,
    statement: str,
    parameters: Any,
    context: ExecutionContext,
    many: bool,
) -> None:
    context.mockupaws_began_s = time.perf_counter()  # type: ignore[attr-defined]


@event.listens_for(Engine, "after_cursor_execute")
def _end(
    connection: Connection,
    cursor: Any,
    statement: str,
    parameters: Any,
    context: ExecutionContext,
    many: bool,
) -> None:
    began_s: float = context.mockupaws_began_s  # type: ignore[attr-defined]
    query_time(time.perf_counter() - began_s, operation=_operation(statement))


def _operation(statement: str) -> str:
    """The kind of statement: one of few, so that no statement makes a series of its own."""
    verb = statement[:6].upper()
    return verb.lower() if verb in _OPERATIONS else "other"


@event.listens_for(Engine, "engine_connect")
def _tell_limit(connection: Connection) -> None:
    pool = connection.engine.pool
    if pool not in _told:
        _told.add(pool)
        if isinstance(pool, QueuePool) and pool._max_overflow >= 0:  # no accessor tells it
            pool_limit.is_now(pool.size() + pool._max_overflow)


@event.listens_for(Pool, "connect")
def _opened(*_: object) -> None:
    pool_connections(1, state="open")


@event.listens_for(Pool, "close")
@event.listens_for(Pool, "close_detached")
def _closed(*_: object) -> None:
    pool_connections(-1, state="open")


@event.listens_for(Pool, "checkout")
def _taken(*_: object) -> None:
    pool_connections(1, state="in-use")
    pool_busiest(1)


@event.listens_for(Pool, "checkin")
@event.listens_for(Pool, "detach")
def _given_back(*_: object) -> None:
    pool_connections(-1, state="in-use")
    pool_busiest(-1)
