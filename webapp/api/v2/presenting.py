"""What scenarios, recordings and reports look like in version 2."""

from flask import url_for
from flask_babel import gettext

from webapp.api.answers import Json
from webapp.domain.money import plain
from webapp.metering.stream import Receipt
from webapp.pricing.estimate import Estimate
from webapp.pricing.presenting import document_to_json, resource_to_json, unpriced_to_json
from webapp.services.recordings import IngestReceipt, RecordingView
from webapp.services.regions import RegionComparison
from webapp.services.reports import ReportView
from webapp.services.scenario_lists import ScenarioCard, ScenarioPage
from webapp.services.scenarios import ScenarioView


def scenario_to_json(view: ScenarioView) -> Json:
    """The scenario's own fields around the document it was made from; each resource with its id."""
    resources = zip(view.resource_ids, view.document.resources, strict=True)
    return {
        "id": view.id,
        "status": view.status,
        "traffic_source": view.traffic_source,
        "version": view.version,
        "created_at": view.created_at,
        "updated_at": view.updated_at,
        **document_to_json(view.document),
        "resources": [{"id": own} | resource_to_json(resource) for own, resource in resources],
    }


def page_to_json(page: ScenarioPage, page_size: int) -> Json:
    return {
        "items": [card_to_json(card) for card in page.items],
        "total": page.total,
        "page": page.page,
        "pages": page.pages,
        "page_size": page_size,
    }


def card_to_json(card: ScenarioCard) -> Json:
    return {
        "id": card.id,
        "name": card.name,
        "description": card.description,
        "region": card.region,
        "status": card.status,
        "tags": card.tags,
        "resources": card.resources,
        "total_usd": plain(card.total),
        "unpriced": card.unpriced,
        "updated_at": card.updated_at,
    }


def comparison_to_json(comparison: RegionComparison) -> Json:
    """Complete bills first, from the cheapest; a bill with unpriced uses says less than its total shows.

    `difference_usd` is null where other uses are unpriced than in the scenario's own region.
    """
    return {
        "region": comparison.home.region,
        "currency": "USD",
        "regions": [
            {
                "region": bill.region,
                "name": bill.name,
                "total_usd": plain(bill.total),
                "difference_usd": None if bill.difference is None else plain(bill.difference),
                "complete": bill.is_complete,
                "unpriced": [unpriced_to_json(item) for item in bill.unpriced],
                "on_demand": [str(label) for label in bill.on_demand],
            }
            for bill in comparison.bills
        ],
    }


def receipt_to_json(done: IngestReceipt) -> Json:
    return {
        "id": done.id,
        "scenario_id": done.scenario_id,
        "status": _outcome(done.receipt),
        "accepted": done.receipt.accepted,
        "rejected": done.receipt.rejected,
        "rejections": [{"line": item.line, "reason": str(item.reason)} for item in done.receipt.rejections],
        "bytes": done.receipt.bytes,
        "measures": done.receipt.measures,
        "replayed": done.replayed,
    }


def _outcome(receipt: Receipt) -> str:
    if not receipt.rejected:
        return "accepted"
    return "partly_accepted" if receipt.accepted else "rejected"


def recording_to_json(view: RecordingView) -> Json:
    minutes = [
        {"minute_at": point.minute_at, "events": point.events, "bytes": point.bytes} for point in view.minutes
    ]
    return {
        "started_at": view.started_at,
        "last_event_at": view.last_event_at,
        "events": view.events,
        "bytes": view.bytes,
        "measures": view.measures,
        "events_per_minute": plain(view.events_per_minute),
        "minutes": minutes,
        "bill_so_far": _bill(view.bill_so_far),
        "projected_month": None if view.projected is None else _bill(view.projected),
        "driver": view.driver,
    }


def _bill(estimate: Estimate) -> Json:
    return {"total_usd": plain(estimate.total), "unpriced": len(estimate.unpriced)}


def report_to_json(view: ReportView) -> Json:
    return status_to_json(view) | {
        "scenario_id": view.scenario_id,
        "format": view.format,
        "sections": view.sections,
        "requested_at": view.requested_at,
        "started_at": view.started_at,
        "finished_at": view.finished_at,
        "size_bytes": view.size_bytes,
        "filename": view.filename,
        "links": {
            "status": url_for("api_v2.show_report_status", report_id=view.id),
            "download": url_for("api_v2.download_report", report_id=view.id),
        },
    }


def status_to_json(view: ReportView) -> dict[str, object]:
    """How far a report is. `reason` says why it failed, `notice` why it waits; null when there is none."""
    return {
        "id": view.id,
        "status": view.status,
        "progress": view.progress,
        "reason": gettext(view.reason) if view.reason else None,
        "notice": gettext(view.notice) if view.notice else None,
    }
