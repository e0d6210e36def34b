"""What version 1 sends. Money is a JSON number rounded to cents; version 2 has exact strings."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from decimal import ROUND_HALF_UP, Decimal
from typing import Annotated, Literal
from uuid import UUID

from flask import url_for
from flask_babel import gettext
from pydantic import Field
from typing_extensions import TypedDict

from webapp.domain.plans import Plan, Role
from webapp.domain.reports import ReportFormat, ReportStatus
from webapp.domain.scenarios import Status
from webapp.pricing.estimate import Estimate
from webapp.pricing.presenting import JsonObject, resource_to_json, traffic_to_json
from webapp.services.accounts import Account
from webapp.services.metrics import ScenarioMetrics
from webapp.services.recordings import IngestReceipt
from webapp.services.reports import ReportView
from webapp.services.scenario_lists import ScenarioCard
from webapp.services.scenarios import ScenarioView

_CENT = Decimal("0.01")

Dollars = Annotated[float, Field(description="USD, rounded to cents.", examples=[12.4])]
Unpriced = Annotated[int, Field(description="Uses whose price nobody knows: outside the total.")]


class ScenarioItemV1(TypedDict):
    """A scenario in a list."""

    id: UUID
    name: str
    description: str
    tags: list[str]
    region: str
    status: Status
    created_at: datetime
    updated_at: datetime
    total_requests: Annotated[int, Field(description="Events recorded.")]
    total_cost_usd: Annotated[
        Dollars | None, Field(description="A month, rounded to cents; null when nothing has a known price.")
    ]
    unpriced_count: Unpriced


class ScenarioV1(ScenarioItemV1):
    """One scenario, with what its bill is made of."""

    free_tier: str
    traffic: dict[str, object]
    resources: list[dict[str, object]]


class ScenarioPageV1(TypedDict):
    """One page; empty after the last."""

    items: list[ScenarioItemV1]
    total: int
    page: int
    page_size: int


class ServiceCostV1(TypedDict):
    """A part of the bill."""

    service: str
    cost_usd: Dollars
    percentage: float


class MetricsV1(TypedDict):
    """A scenario in figures. Amounts are rounded one by one, so that they may not add up to the cent."""

    scenario_id: UUID
    total_cost_usd: Annotated[Dollars | None, Field(description="A month; null when nothing has a price.")]
    unpriced_count: Unpriced
    cost_breakdown: list[ServiceCostV1]
    total_requests: Annotated[int, Field(description="Events recorded.")]
    total_bytes: Annotated[int, Field(description="Bytes recorded.")]
    sqs_blocks: Annotated[int, Field(description="Started chunks of 64 KB recorded.")]
    llm_tokens: Annotated[int, Field(description="Input tokens recorded, estimated.")]
    computed_at: datetime


class ReportV1(TypedDict):
    """One report."""

    id: UUID
    scenario_id: UUID
    format: ReportFormat
    status: ReportStatus
    progress: int
    error: str | None
    created_at: datetime
    completed_at: datetime | None
    file_size_bytes: int | None
    download_url: str


class ReportStatusV1(TypedDict):
    """How far a report is."""

    id: UUID
    status: ReportStatus
    progress: int
    error: str | None


class ReportPageV1(TypedDict):
    """One page, the newest first; empty after the last."""

    items: list[ReportV1]
    total: int
    page: int
    page_size: int


class IngestV1(TypedDict):
    """What was counted."""

    scenario_id: UUID
    status: Literal["accepted", "rejected"]
    accepted: int
    rejected: int


class CredentialsV1(TypedDict):
    """Who signs in."""

    email: Annotated[str, Field(max_length=254)]
    password: Annotated[str, Field(max_length=1_000)]


class TokenV1(TypedDict):
    """Send it as `Authorization: Bearer ...`."""

    access_token: str
    token_type: Literal["bearer"]
    expires_in: Annotated[int, Field(description="Seconds.")]


class UserV1(TypedDict):
    """An account."""

    id: UUID
    email: str
    role: Role
    plan: Plan
    created_at: datetime | None


def card_to_json(card: ScenarioCard, requests: int) -> ScenarioItemV1:
    return {
        "id": card.id,
        "name": card.name,
        "description": card.description,
        "tags": list(card.tags),
        "region": card.region,
        "status": card.status,
        "created_at": card.created_at,
        "updated_at": card.updated_at,
        "total_requests": requests,
        "total_cost_usd": None if card.is_unknown else cents(card.total),
        "unpriced_count": card.unpriced,
    }


def scenario_to_json(view: ScenarioView, bill: Estimate, requests: int) -> ScenarioV1:
    document = view.document
    return {
        "id": view.id,
        "name": document.name,
        "description": document.description,
        "tags": list(document.tags),
        "region": document.region,
        "status": view.status,
        "created_at": view.created_at,
        "updated_at": view.updated_at,
        "total_requests": requests,
        "total_cost_usd": None if bill.is_unknown else cents(bill.total),
        "unpriced_count": len(bill.unpriced),
        "free_tier": document.free_tier,
        "traffic": traffic_to_json(document.traffic),
        "resources": [resource_to_json(resource) for resource in document.resources],
    }


def metrics_to_json(found: ScenarioMetrics) -> MetricsV1:
    recorded: Mapping[str, int] = {} if found.recording is None else found.recording.measures
    return {
        "scenario_id": found.scenario_id,
        "total_cost_usd": None if found.total is None else cents(found.total),
        "unpriced_count": found.unpriced,
        "cost_breakdown": [
            {"service": part.code, "cost_usd": cents(part.cost), "percentage": float(part.percent)}
            for part in found.by_service
        ],
        "total_requests": recorded.get("events", 0),
        "total_bytes": recorded.get("bytes", 0),
        "sqs_blocks": recorded.get("chunks_64kb", 0),
        "llm_tokens": recorded.get("input_tokens", 0),
        "computed_at": found.computed_at,
    }


def report_to_json(view: ReportView) -> ReportV1:
    return {
        "id": view.id,
        "scenario_id": view.scenario_id,
        "format": view.format,
        "status": view.status,
        "progress": view.progress,
        "error": gettext(view.reason) if view.reason else None,
        "created_at": view.requested_at,
        "completed_at": view.finished_at,
        "file_size_bytes": view.size_bytes,
        "download_url": url_for("api_v1.download_report", report_id=view.id),
    }


def status_to_json(view: ReportView) -> ReportStatusV1:
    whole = report_to_json(view)
    return {name: whole[name] for name in ReportStatusV1.__annotations__}  # type: ignore[return-value, literal-required]


def receipt_to_json(done: IngestReceipt) -> IngestV1:
    return {
        "scenario_id": done.scenario_id,
        "status": "accepted" if done.receipt.accepted else "rejected",
        "accepted": done.receipt.accepted,
        "rejected": done.receipt.rejected,
    }


def user_to_json(account: Account) -> UserV1:
    return {
        "id": account.id,
        "email": account.email,
        "role": account.role,
        "plan": account.plan,
        "created_at": account.created_at,
    }


def page_to_json(items: Sequence[object], total: int, page: int, page_size: int) -> JsonObject:
    """The envelope of every list: ScenarioPageV1, ReportPageV1."""
    return {"items": list(items), "total": total, "page": page, "page_size": page_size}


def cents(amount: Decimal) -> float:
    """USD as version 1 sends it."""
    return float(amount.quantize(_CENT, rounding=ROUND_HALF_UP))
