"""Numbers at the ends of what is accepted, kept or refused: never a mistake of ours, on no face."""

from collections.abc import Callable
from decimal import Decimal
from uuid import UUID

import pytest
from flask import Flask
from flask.testing import FlaskClient

from tests.api.callers import Caller, pointers
from tests.api_v1.conftest import _before_its_end  # noqa: F401 - version 1 is asked too
from tests.pricing.extremes import EXTREMES
from webapp.infra.db import db, unit_of_work
from webapp.models.scenario import Scenario

QUEUE: dict[str, object] = {
    "name": "Queue",
    "region": "us-east-1",
    "resources": [{"service": "sqs", "name": "Orders", "usage": {"requests": 1_000_000}}],
}
#: All that shows a scenario's money, by its id.
PLACES = (
    "/api/v2/scenarios",
    "/api/v2/scenarios/{}",
    "/api/v2/scenarios/{}/estimate",
    "/api/v2/scenarios/{}/resources",
    "/api/v2/scenarios/{}/metrics",
    "/api/v2/scenarios/{}/metrics/summary",
    "/api/v2/metrics/summary",
    "/api/v1/scenarios",
    "/api/v1/scenarios/{}",
    "/api/v1/scenarios/{}/metrics",
)


def _look_everywhere(ada: Caller, scenario: str) -> None:
    for place in PLACES:
        answer = ada.get(place.format(scenario))
        assert answer.status_code == 200, (place, answer.get_data(as_text=True)[:300])
    link = ada.post(f"/scenarios/{scenario}/share-links", json={"name": "the board"}).get_json()["url"]
    assert ada.client.get(link.removeprefix("http://localhost")).status_code == 200
    # Beside an ordinary bill the difference is any number of percent.
    for pair in ([scenario, other := ada.new_scenario()], [other, scenario]):
        sent = {"items": [{"scenario_id": each} for each in pair]}
        assert ada.post("/compare", json=sent).status_code == 200
    budget = ada.put(f"/scenarios/{scenario}/budget", json={"amount_usd": "0.01"})
    assert budget.status_code == 201


@pytest.mark.parametrize(
    "numeral", ["1e9999999999999999999", "-1e-9999999999999999999", "1e1000000000000000000"]
)
@pytest.mark.parametrize(
    "path", ["/api/v2/estimates", "/api/v2/scenarios", "/api/v2/auth/login", "/api/v1/scenarios"]
)
def test_a_number_no_computer_holds_is_refused_by_its_place(ada: Caller, path: str, numeral: str) -> None:
    body = f'{{"x": [{numeral}]}}'
    answer = ada.post(path, data=body, content_type="application/json")
    assert answer.status_code == 422
    assert "at most 100 digits" in answer.get_data(as_text=True)
    if answer.content_type == "application/problem+json":  # version 1 names no places
        assert pointers(answer) == {"/x/0"}


@pytest.mark.parametrize("numeral", ["1e-300000000", "1e-999999999999999999", "1e99999999999999999999"])
def test_a_number_as_text_is_refused_before_its_zeros_are_written(client: FlaskClient, numeral: str) -> None:
    sent = QUEUE | {"prices": {"sqs.standard": numeral}, "traffic": {"volume": numeral}}
    answer = client.post("/api/v2/estimates", json=sent)
    assert (answer.status_code, pointers(answer)) == (422, {"/prices/sqs.standard", "/traffic/volume"})
    assert len(answer.data) < 2_000


def test_a_budget_takes_no_endless_number(ada: Caller) -> None:
    scenario = ada.new_scenario()
    for amount in ("1e-300000000", "1e999999999999999999", "1e99999999999999999999"):
        answer = ada.put(f"/scenarios/{scenario}/budget", json={"amount_usd": amount})
        assert (answer.status_code, pointers(answer)) == (422, {"/amount_usd"})


def test_a_price_of_ones_own_comes_back_as_it_was_typed(ada: Caller) -> None:
    made = ada.post("/scenarios", json=QUEUE | {"prices": {"sqs.standard": "0.00000012345678901"}})
    assert made.get_json()["prices"] == {"sqs.standard": "0.00000012345678901"}
    bill = ada.get(f"/scenarios/{made.get_json()['id']}/estimate").get_json()
    assert bill["total_usd"] == "0.12345678901"
    assert bill["lines"][0]["tiers"][0]["unit_price_usd"] == "0.00000012345678901"


def test_a_price_beyond_all_sense_is_refused_with_its_limit(client: FlaskClient) -> None:
    answer = client.post("/api/v2/estimates", json=QUEUE | {"prices": {"sqs.standard": "1e38"}})
    assert (answer.status_code, pointers(answer)) == (422, {"/prices/sqs.standard"})
    assert "1,000,000,000" in answer.get_json()["errors"][0]["detail"]


@pytest.mark.parametrize("name", EXTREMES)
def test_a_scenario_of_extreme_numbers_shows_everywhere(ada: Caller, name: str) -> None:
    document = EXTREMES[name]
    assert ada.post("/estimates", json=document).status_code == 200
    _look_everywhere(ada, ada.new_scenario(**document))


def _kept(app: Flask, scenario: str, change: Callable[[Scenario], None]) -> None:
    """Change the row behind the checks, as an older version left it."""
    with app.app_context(), unit_of_work():
        row = db.session.get(Scenario, UUID(scenario))
        assert row is not None
        change(row)


@pytest.mark.parametrize("price", ["1" + "0" * 38, "1" + "0" * 300, "0." + "0" * 150 + "1"])
def test_a_scenario_kept_with_such_a_price_takes_nothing_else_away(
    app: Flask, ada: Caller, price: str
) -> None:
    scenario = ada.new_scenario(**QUEUE)
    _kept(app, scenario, lambda row: setattr(row, "prices", {"sqs.standard": price}))
    _look_everywhere(ada, scenario)
    bill = ada.get(f"/scenarios/{scenario}/estimate").get_json()
    assert bill["unpriced"] or Decimal(bill["total_usd"]) < 1
    # A change of something else names the price; another price ends it.
    assert pointers(ada.patch(f"/scenarios/{scenario}", json={"prices": {"sqs.standard": "1e38"}})) == {
        "/prices/sqs.standard"
    }
    assert ada.patch(f"/scenarios/{scenario}", json={"prices": {}}).status_code == 200


def test_a_scenario_kept_with_endless_usage_takes_nothing_else_away(app: Flask, ada: Caller) -> None:
    scenario = ada.new_scenario(**QUEUE)
    _kept(app, scenario, lambda row: setattr(row.resources[0], "usage", {"requests": 1e-300}))
    _look_everywhere(ada, scenario)
