"""The reports of an account, over all its scenarios: filters and pages."""

from dataclasses import dataclass, replace
from uuid import UUID

from sqlalchemy import Select, func, select

from webapp.infra.db import db
from webapp.models.report import Report
from webapp.services.reports import ReportView, view_of_report
from webapp.services.scenarios import find_scenario


@dataclass(frozen=True, slots=True)
class ReportQuery:
    """What to list. Empty text and None mean no filter; `page` counts from 1, `page_size` is at most 100."""

    scenario_id: UUID | None = None
    status: str = ""
    format: str = ""
    page: int = 1
    page_size: int = 20


@dataclass(frozen=True, slots=True)
class ReportPage:
    """One page, the newest request first; `total` counts all that were found."""

    items: tuple[ReportView, ...]
    total: int
    page: int
    pages: int

    def at(self, page: int) -> "ReportPage":
        """This page, asked for as number `page`: an empty one when that lies after the last.

        Who reads pages until one is empty has to come to an end.
        """
        return self if page <= self.pages else replace(self, items=(), page=page)


def find_reports(owner_id: UUID, query: ReportQuery) -> ReportPage:
    """The page asked for, or the last one when there are fewer. Raises NotFound for a stranger's scenario."""
    if query.scenario_id is not None:
        find_scenario(owner_id, query.scenario_id)
    size = min(max(query.page_size, 1), 100)
    chosen = _filtered(owner_id, query)
    total = db.session.scalar(select(func.count()).select_from(chosen.subquery())) or 0
    pages = max(1, -(-total // size))
    page = min(max(query.page, 1), pages)
    ordered = chosen.order_by(Report.requested_at.desc(), Report.id)
    rows = db.session.scalars(ordered.limit(size).offset((page - 1) * size))
    return ReportPage(tuple(view_of_report(row) for row in rows), total, page, pages)


def _filtered(owner_id: UUID, query: ReportQuery) -> Select[tuple[Report]]:
    chosen = select(Report).where(Report.owner_id == owner_id)
    if query.scenario_id is not None:
        chosen = chosen.where(Report.scenario_id == query.scenario_id)
    if query.status:
        chosen = chosen.where(Report.status == query.status)
    if query.format:
        chosen = chosen.where(Report.format == query.format)
    return chosen
