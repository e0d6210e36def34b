"""What reports look like."""

from datetime import datetime
from typing import Annotated
from uuid import UUID

from flask import url_for
from flask_babel import gettext
from pydantic import Field
from typing_extensions import TypedDict

from webapp.domain.reports import ReportFormat, ReportStatus, Section
from webapp.services.report_lists import ReportPage
from webapp.services.reports import ReportView


class ReportWishes(TypedDict, total=False):
    """What to make; everything may be left out."""

    format: Annotated[ReportFormat | None, Field(description="Without one, pdf.")]
    sections: Annotated[list[Section] | None, Field(description="Without them, all.", examples=[["costs"]])]
    mail_when_ready: Annotated[
        bool | None, Field(description="Whether to write a mail when it is made. Needs a confirmed address.")
    ]


class ReportStatusJson(TypedDict):
    """How far a report is."""

    id: UUID
    status: ReportStatus
    progress: Annotated[int, Field(description="Percent of the work.", ge=0, le=100)]
    reason: Annotated[str | None, Field(description="Why it failed, and what to do.")]
    notice: Annotated[str | None, Field(description="What holds a queued report up.")]


class ReportLinksJson(TypedDict):
    """Where to go on."""

    status: str
    download: str


class ReportJson(ReportStatusJson):
    """One report."""

    scenario_id: UUID
    format: ReportFormat
    sections: list[Section]
    requested_at: datetime
    started_at: datetime | None
    finished_at: datetime | None
    size_bytes: Annotated[int | None, Field(description="Of the file; null until it is completed.")]
    filename: Annotated[str, Field(examples=["orders-2026-11-24.pdf"])]
    mail_when_ready: bool
    links: ReportLinksJson


class ReportListJson(TypedDict):
    """The newest reports of a scenario, at most 50."""

    items: list[ReportJson]


class ReportPageJson(TypedDict):
    """One page of the account's reports, the newest first."""

    items: list[ReportJson]
    total: int
    page: int
    pages: int
    page_size: int


def report_to_json(view: ReportView) -> ReportJson:
    return {
        **status_to_json(view),
        "scenario_id": view.scenario_id,
        "format": view.format,
        "sections": list(view.sections),
        "requested_at": view.requested_at,
        "started_at": view.started_at,
        "finished_at": view.finished_at,
        "size_bytes": view.size_bytes,
        "filename": view.filename,
        "mail_when_ready": view.mail_when_ready,
        "links": {
            "status": url_for("api_v2.show_report_status", report_id=view.id),
            "download": url_for("api_v2.download_report", report_id=view.id),
        },
    }


def status_to_json(view: ReportView) -> ReportStatusJson:
    return {
        "id": view.id,
        "status": view.status,
        "progress": view.progress,
        "reason": gettext(view.reason) if view.reason else None,
        "notice": gettext(view.notice) if view.notice else None,
    }


def report_page_to_json(page: ReportPage, page_size: int) -> ReportPageJson:
    return {
        "items": [report_to_json(view) for view in page.items],
        "total": page.total,
        "page": page.page,
        "pages": page.pages,
        "page_size": page_size,
    }
