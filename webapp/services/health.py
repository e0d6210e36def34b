"""Which of the parts the product stands on are there."""

from collections.abc import Mapping
from functools import cache
from typing import Literal

from alembic.config import Config
from alembic.script import ScriptDirectory
from sqlalchemy import text
from sqlalchemy.exc import SQLAlchemyError

from webapp.domain.errors import Unavailable
from webapp.infra import jobs
from webapp.infra.cache import is_away as is_cache_away
from webapp.infra.config import current_settings
from webapp.infra.db import db, roll_back
from webapp.services.prices import catalog_in_use

Part = Literal["database", "migrations", "cache", "broker", "prices"]
#: Without these nothing can be answered; without the others the product goes on and says so.
NEEDED: tuple[Part, ...] = ("database", "migrations")


def check_parts() -> Mapping[Part, bool]:
    """Whether each part answers, by name. Takes at most about a second."""
    revision = _revision()
    return {
        "database": revision is not None,
        "migrations": revision == _newest_revision(),
        "cache": not is_cache_away(),
        "broker": not jobs.is_away(),
    }


def check_start() -> Mapping[Part, bool]:
    """Whether the start is over: the tables are those of this program, and there are prices."""
    revision = _revision()
    is_migrated = revision == _newest_revision()
    return {
        "database": revision is not None,
        "migrations": is_migrated,
        "prices": is_migrated and _has_prices(),
    }


def _revision() -> str | None:
    """What the database was migrated to, "" before the first migration; None while it is away."""
    try:
        return db.session.scalar(text("SELECT version_num FROM alembic_version")) or ""
    except SQLAlchemyError:
        roll_back()
    try:
        db.session.execute(text("SELECT 1"))
    except SQLAlchemyError:
        roll_back()
        return None
    return ""


@cache
def _newest_revision() -> str:
    config = Config()
    config.set_main_option("script_location", str(current_settings().project_dir / "migrations"))
    return ScriptDirectory.from_config(config).get_current_head() or ""


def _has_prices() -> bool:
    try:
        catalog_in_use()
    except Unavailable:
        return False
    return True
