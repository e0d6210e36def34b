"""What a scenario costs: its bill, and the same bill in every region."""

from collections.abc import Callable
from uuid import UUID

from flask import Response

from webapp.api.answers import answer
from webapp.api.contract import Answer, Parameter, operation
from webapp.api.querying import QueryReader
from webapp.api.v2.blueprint import api
from webapp.api.v2.shapes.estimates import EstimateJson, estimate_to_json, example_estimate
from webapp.api.v2.shapes.regions import RegionsJson, comparison_to_json
from webapp.edge.callers import calling_owner
from webapp.infra.clock import now
from webapp.services.caching import PRICES, remember, scenario_tag
from webapp.services.estimates import estimate_scenario
from webapp.services.regions import compare_regions

_CATALOG = Parameter(
    "catalog", "Name of a price catalog; the one in use without it.", {"type": "string", "maxLength": 200}
)


@api.get("/scenarios/<uuid:scenario_id>/estimate")
@operation(
    "The bill of a scenario",
    tag="Estimates",
    scope="read",
    parameters=(_CATALOG,),
    answers={200: Answer(EstimateJson, "The bill of a month.", example=example_estimate)},
)
def show_estimate(scenario_id: UUID) -> Response:
    """By its stated or its recorded traffic, as `traffic_source` says."""
    owner_id, sent = calling_owner("read"), QueryReader("catalog")
    catalog = sent.text("catalog")
    sent.check()
    # The bill says how old its prices are today.
    key = ["estimate", catalog, now().date()]
    return _kept(owner_id, scenario_id, key, lambda: _estimate(owner_id, scenario_id, catalog))


def _kept(owner_id: UUID, scenario_id: UUID, key: object, make: Callable[[], str]) -> Response:
    """The JSON text, kept until the scenario or the prices change."""
    tags = (scenario_tag(owner_id, scenario_id), PRICES)
    return Response(remember("L2", tags, key, make, str), content_type="application/json")


def _estimate(owner_id: UUID, scenario_id: UUID, catalog: str) -> str:
    """The JSON text, ready to be sent: writing it costs as much as the estimate."""
    return answer(estimate_to_json(estimate_scenario(owner_id, scenario_id, catalog))).get_data(as_text=True)


@api.get("/scenarios/<uuid:scenario_id>/regions")
@operation(
    "The same bill in every region",
    tag="Estimates",
    scope="read",
    answers={200: Answer(RegionsJson, "Complete bills first, each group from the cheapest to the dearest.")},
)
def list_region_bills(scenario_id: UUID) -> Response:
    owner_id = calling_owner("read")
    return _kept(owner_id, scenario_id, ["regions", now().date()], lambda: _regions(owner_id, scenario_id))


def _regions(owner_id: UUID, scenario_id: UUID) -> str:
    return answer(comparison_to_json(compare_regions(owner_id, scenario_id))).get_data(as_text=True)
