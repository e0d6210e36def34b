"""Acts to audit, and the attackers' hands: changes made behind the triggers that refuse them."""

from collections.abc import Iterator
from contextlib import contextmanager
from uuid import UUID, uuid4

from sqlalchemy import text

from webapp.domain.activities import ScenarioCreated
from webapp.infra.db import db, unit_of_work
from webapp.services.activities import record
from webapp.services.audit_verify import Verification

_TABLES = ("audit_entries", "audit_heads", "audit_segments")


def act(count: int = 1, name: str = "Checkout") -> list[UUID]:
    """That many things happen, each in a unit of work of its own; what they were about."""
    made = [uuid4() for _ in range(count)]
    for scenario_id in made:
        with unit_of_work():
            record(ScenarioCreated(scenario_id, uuid4(), name))
    return made


def first_of(found: Verification) -> tuple[int | None, str]:
    """The first broken entry, and what is said of it."""
    assert not found.is_whole
    return found.findings[0].seq, found.findings[0].message


def tamper(*statements: str) -> None:
    """Run SQL as somebody who owns the database and has switched its triggers off."""
    with _without_triggers(), unit_of_work():
        for statement in statements:
            db.session.execute(text(statement))


@contextmanager
def _without_triggers() -> Iterator[None]:
    if db.engine.dialect.name == "postgresql":
        _run(*(f"ALTER TABLE {table} DISABLE TRIGGER ALL" for table in _TABLES))
        yield
        _run(*(f"ALTER TABLE {table} ENABLE TRIGGER ALL" for table in _TABLES))
        return
    with unit_of_work():
        rows = db.session.execute(text("SELECT name, sql FROM sqlite_master WHERE type = 'trigger'")).all()
    _run(*(f"DROP TRIGGER {row.name}" for row in rows))
    yield
    _run(*(row.sql for row in rows))


def _run(*statements: str) -> None:
    with unit_of_work():
        for statement in statements:
            db.session.execute(text(statement))
