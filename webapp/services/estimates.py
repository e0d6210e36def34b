"""Estimates: of a document as it is sent, and of a scenario with what was recorded folded in."""

from dataclasses import replace
from decimal import Decimal
from uuid import UUID

from sqlalchemy import func, select

from webapp.domain.measures import MEASURES
from webapp.domain.traffic import Traffic
from webapp.infra.clock import now
from webapp.infra.db import db
from webapp.infra.metrics import estimate_time
from webapp.infra.tracing import traced
from webapp.models.recording import RecordedMinute
from webapp.pricing.document import EstimateDocument
from webapp.pricing.engine import estimate
from webapp.pricing.estimate import Estimate
from webapp.services.prices import price_list
from webapp.services.scenarios import ScenarioView, get_scenario


@traced
def estimate_document(document: EstimateDocument, catalog: str = "") -> Estimate:
    """Price a document with the catalog in use, or the one called `catalog`; nothing is stored.

    Raises Unavailable without a catalog and InvalidInput for a name no catalog has.
    """
    prices = price_list(document.region, catalog)
    with estimate_time.measured():
        return estimate(document, prices, now().date())


def estimate_scenario(owner_id: UUID, scenario_id: UUID, catalog: str = "") -> Estimate:
    """The bill of a scenario, by its declared or its recorded traffic."""
    return estimate_view(get_scenario(owner_id, scenario_id), catalog)


def estimate_view(view: ScenarioView, catalog: str = "") -> Estimate:
    """The bill of a scenario already read."""
    return estimate_document(effective_document(view), catalog)


def effective_document(view: ScenarioView) -> EstimateDocument:
    """The document that is priced: with the recorded measures in place of the declared ones when chosen."""
    if view.traffic_source == "declared":
        return view.document
    traffic = recorded_traffic(view.document.traffic, recorded_measures((view.id,)).get(view.id, {}))
    return replace(view.document, traffic=traffic)


def recorded_traffic(declared: Traffic, recorded: dict[str, Decimal]) -> Traffic:
    """`declared` with recorded sums as its sample: volume and driver stay, typed payload sizes do not."""
    own = {name: value for name, value in declared.measures.items() if name not in MEASURES}
    return replace(declared, average_payload_bytes=None, measures=own | recorded)


def recorded_measures(scenario_ids: tuple[UUID, ...]) -> dict[UUID, dict[str, Decimal]]:
    """Sums of every measure ever recorded, by scenario; one without a recording is absent. One query."""
    sums = [func.sum(getattr(RecordedMinute, name)).label(name) for name in MEASURES]
    rows = db.session.execute(
        select(RecordedMinute.scenario_id, *sums)
        .where(RecordedMinute.scenario_id.in_(scenario_ids))
        .group_by(RecordedMinute.scenario_id)
    )
    return {
        row[0]: {name: Decimal(int(value)) for name, value in zip(MEASURES, row[1:], strict=True)}
        for row in rows
    }
