"""Comparisons over HTTP: bills side by side, priced as they are alone."""

from decimal import Decimal
from uuid import uuid4

import pytest
from flask import Flask

from tests.api.callers import DOCUMENT, LAMBDA, Caller, MakeCaller, pointers, problem
from tests.services.catalogs import make_catalog

QUEUE = {"service": "sqs", "name": "queue", "usage": {"requests": {"per": "events", "factor": 3}}}


def test_bills_stand_side_by_side_and_differ_from_the_first(ada: Caller) -> None:
    first, second = ada.new_scenario(), ada.new_scenario(name="Queued", resources=[LAMBDA, QUEUE])
    document = DOCUMENT | {"name": "Twice", "resources": [LAMBDA, LAMBDA]}
    items = [{"scenario_id": first}, {"scenario_id": second}, {"document": document}]
    found = ada.post("/compare", json={"items": items}).get_json()
    alone = [ada.get(f"/scenarios/{one}/estimate").get_json()["total_usd"] for one in (first, second)]
    assert [bill["total_usd"] for bill in found["items"]][:2] == alone
    assert [bill["scenario_id"] for bill in found["items"]] == [first, second, None]
    differences = [Decimal(bill["difference_usd"]) for bill in found["items"]]
    assert differences[:2] == [0, Decimal(alone[1]) - Decimal(alone[0])]
    assert found["items"][2]["difference_percent"] == "100"
    assert found["cheapest"] == 0
    costs = {row["service"]: row["costs_usd"] for row in found["services"]}
    assert costs["sqs"][0] is None and Decimal(costs["sqs"][1]) == differences[1]
    assert costs["lambda"][0] == alone[0]


def test_the_same_scenario_is_held_against_the_prices_of_another_catalog(app: Flask, ada: Caller) -> None:
    scenario_id = ada.new_scenario(resources=[QUEUE])
    used = ada.get("/catalogs").get_json()["items"][0]["name"]
    with app.app_context():
        make_catalog("dear", {("us-east-1", "sqs.standard"): "1"})
    items = [{"scenario_id": scenario_id, "catalog": used}, {"scenario_id": scenario_id, "catalog": "dear"}]
    found = ada.post("/compare", json={"items": items}).get_json()
    assert [bill["catalog"]["name"] for bill in found["items"]] == [used, "dear"]
    assert found["items"][1]["total_usd"] == "3000000"


def test_a_bill_with_unpriced_uses_is_neither_cheapest_nor_a_difference(ada: Caller) -> None:
    unknown = DOCUMENT | {"traffic": {}}
    found = ada.post("/compare", json={"items": [{"document": DOCUMENT}, {"document": unknown}]}).get_json()
    bill = found["items"][1]
    assert (bill["unpriced"], bill["total_usd"], bill["difference_usd"]) == (1, None, None)
    assert found["cheapest"] == 0


def test_nothing_is_stored(ada: Caller) -> None:
    ada.post("/compare", json={"items": [{"document": DOCUMENT}, {"document": DOCUMENT}]})
    assert ada.get("/scenarios").get_json()["items"] == []


@pytest.mark.parametrize(
    ("sent", "named"),
    [
        ({}, {"/items"}),
        ({"items": [{"document": DOCUMENT}]}, {"/items"}),
        ({"items": [{"document": DOCUMENT}] * 11}, {"/items"}),
        ({"items": "two"}, {"/items"}),
        ({"items": [{"document": DOCUMENT}, {}]}, {"/items/1"}),
        ({"items": [{"document": DOCUMENT}, 3]}, {"/items/1"}),
        ({"items": [{"document": DOCUMENT, "scenario_id": "x"}, {"document": DOCUMENT}]}, {"/items/0"}),
        (
            {"items": [{"scenario_id": "one"}, {"scenario_id": 2}]},
            {"/items/0/scenario_id", "/items/1/scenario_id"},
        ),
        ({"items": [{"document": DOCUMENT}, {"document": {"region": "moon"}}]}, {"/items/1/document/region"}),
        ({"items": [{"document": DOCUMENT}, {"document": DOCUMENT, "catalog": "x"}]}, {"/items/1/catalog"}),
        ({"items": [{"document": DOCUMENT}, {"document": DOCUMENT, "color": 1}]}, {"/items/1/color"}),
        ({"items": [{"document": DOCUMENT}] * 2, "base": 1}, {"/base"}),
    ],
)  # fmt: skip
def test_what_is_wrong_is_named(ada: Caller, sent: dict[str, object], named: set[str]) -> None:
    assert pointers(ada.post("/compare", json=sent)) == named


def test_a_stranger_gets_404_that_names_the_scenario(ada: Caller, eve: Caller) -> None:
    own, foreign = eve.new_scenario(), ada.new_scenario()
    for missing in (foreign, str(uuid4())):
        items = [{"scenario_id": own}, {"scenario_id": missing}]
        assert problem(eve.post("/compare", json={"items": items})) == (
            404,
            f"There is no scenario {missing}.",
        )


def test_comparing_needs_the_scope_read(make_caller: MakeCaller) -> None:
    assert problem(make_caller("ada", "write", "ingest").post("/compare", json={"items": []}))[0] == 403
