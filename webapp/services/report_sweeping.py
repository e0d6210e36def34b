"""Tidies the reports folder: old reports go, and files no report speaks of."""

import time
from datetime import timedelta
from uuid import UUID

from sqlalchemy import delete, select

from webapp.domain.reports import FORMATS, KEPT
from webapp.infra.clock import now
from webapp.infra.config import current_settings
from webapp.infra.db import db, unit_of_work
from webapp.infra.files import remove_quietly
from webapp.models.report import Report

#: A younger file may be one that is just being put in place.
_SETTLED = timedelta(hours=1)


def sweep_reports() -> int:
    """Delete reports finished longer than KEPT ago, then every file without a report; how many files went.

    Rows go first and are committed: a file left over is found the next time, a row without its file is not.
    """
    with unit_of_work():
        db.session.execute(delete(Report).where(Report.finished_at < now() - KEPT))
    with unit_of_work():
        known = set(db.session.scalars(select(Report.id)))
    folder = current_settings().reports_dir
    if not folder.is_dir():
        return 0
    return sum(
        remove_quietly(path)
        for path in folder.iterdir()
        if _is_left_over(path.name, known) and _is_settled(path.stat().st_mtime)
    )


def _is_left_over(name: str, known: set[UUID]) -> bool:
    """Whether `name` is a file of ours (a report, or a part of one) that no report in `known` has."""
    stem, _, suffix = name.removeprefix(".").partition(".")
    if suffix.split(".")[0] not in FORMATS:
        return False
    try:
        report_id = UUID(stem)
    except ValueError:
        return False
    return name.endswith(".part") or report_id not in known


def _is_settled(modified_at: float) -> bool:
    return time.time() - modified_at > _SETTLED.total_seconds()
