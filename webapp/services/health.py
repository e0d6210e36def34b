"""Which of the parts the product stands on are there."""

from collections.abc import Mapping

from sqlalchemy import text
from sqlalchemy.exc import SQLAlchemyError

from webapp.infra import jobs
from webapp.infra.db import db


def check_parts() -> Mapping[str, bool]:
    """Whether each part answers, by name. Takes at most about a second."""
    return {"database": _database_answers(), "broker": not jobs.is_away()}


def _database_answers() -> bool:
    try:
        db.session.execute(text("SELECT 1"))
    except SQLAlchemyError:
        db.session.rollback()
        return False
    return True
