"""Pricing a document over HTTP: no key, nothing stored, every wrong field named."""

from decimal import Decimal

import pytest
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from tests.api.callers import DOCUMENT, LAMBDA, Caller, pointers, problem

#: A document in text, for numbers that Python's own JSON would not write.
LAMBDA_USED = '{"region": "us-east-1", "resources": [{"service": "lambda", "usage": {"requests": AMOUNT}}]}'


def price(client: FlaskClient, **changes: object) -> TestResponse:
    return client.post("/api/v2/estimates", json=DOCUMENT | changes)


def price_lambda(client: FlaskClient, **changes: object) -> TestResponse:
    return price(client, resources=[LAMBDA | changes])


def test_anyone_may_try_a_price(client: FlaskClient) -> None:
    bill = price(client).get_json()
    # 1,000,000 x 0.1 s x 0.125 GB = 12,500 GB-s at 0.0000166667, and 1,000,000 requests at 0.20 a million.
    assert Decimal(bill["total_usd"]) == Decimal("12500") * Decimal("0.0000166667") + Decimal("0.20")
    assert bill["by_service"] == [{"service": "lambda", "name": "AWS Lambda", "cost_usd": bill["total_usd"]}]
    assert {line["resource"] for line in bill["lines"]} == {"worker"}
    assert all(line["formula"] and line["price_source"] and line["tiers"] for line in bill["lines"])
    assert bill["catalog"]["age_days"] >= 0


def test_a_range_is_priced_three_times(client: FlaskClient) -> None:
    volume = {"low": 500_000, "expected": 1_000_000, "high": 2_000_000}
    bill = price(client, traffic={"volume": volume, "unit": "events"}).get_json()
    assert Decimal(bill["low"]) * 2 == Decimal(bill["expected"]) == Decimal(bill["total_usd"])
    assert Decimal(bill["high"]) == 2 * Decimal(bill["expected"])


def test_nothing_is_stored(ada: Caller) -> None:
    ada.post("/estimates", json=DOCUMENT)
    assert ada.get("/scenarios").get_json()["total"] == 0


def test_a_wrong_key_is_refused_although_none_is_needed(client: FlaskClient) -> None:
    response = client.post("/api/v2/estimates", json=DOCUMENT, headers={"X-API-Key": "mk_wrong"})
    assert problem(response)[0] == 401


def test_a_missing_price_is_beside_the_total_and_never_zero(client: FlaskClient) -> None:
    microvm = {"service": "lambda_microvms", "name": "vm", "usage": {"seconds": 3600}}
    bill = price(client, region="eu-south-1", resources=[LAMBDA, microvm]).get_json()
    assert Decimal(bill["total_usd"]) > 0
    assert bill["unpriced"] and all("eu-south-1" in item["reason"] for item in bill["unpriced"])
    assert {line["service"] for line in bill["lines"]} == {"lambda"}


def test_an_unknown_service_names_those_there_are(client: FlaskClient) -> None:
    response = price_lambda(client, service="teleport")
    assert pointers(response) == {"/resources/0/service"}
    assert "lambda" in response.get_json()["errors"][0]["detail"]


def test_an_unknown_region_names_those_there_are(client: FlaskClient) -> None:
    response = price(client, region="moon-1")
    assert pointers(response) == {"/region"}
    assert "eu-west-1" in response.get_json()["errors"][0]["detail"]


def test_an_unknown_setting_is_named(client: FlaskClient) -> None:
    response = price_lambda(client, settings={"memory_gb": 1})
    assert pointers(response) == {"/resources/0/settings/memory_gb"}


@pytest.mark.parametrize(
    "value", [-1, "-1", 1e30, "1e30", 10**30, "NaN", "Infinity", True, None, [], "twelve"]
)
def test_impossible_usage_is_named(client: FlaskClient, value: object) -> None:
    response = price_lambda(client, usage={"requests": value})
    assert (response.status_code, pointers(response)) == (422, {"/resources/0/usage/requests"})


@pytest.mark.parametrize("numeral", ["NaN", "Infinity", "-Infinity", "1e400", "-1e-400", "9" * 5000])
def test_numbers_json_does_not_have_are_refused_by_field(client: FlaskClient, numeral: str) -> None:
    body = LAMBDA_USED.replace("AMOUNT", numeral)
    response = client.post("/api/v2/estimates", data=body, content_type="application/json")
    assert (response.status_code, pointers(response)) == (422, {"/resources/0/usage/requests"})


def test_every_wrong_field_is_named_at_once(client: FlaskClient) -> None:
    response = price(
        client,
        region="moon-1",
        free_tier="forever",
        colour="red",
        resources=[{"service": "teleport"}, LAMBDA | {"usage": {"requests": -5}}],
    )
    assert pointers(response) == {
        "/region",
        "/free_tier",
        "/colour",
        "/resources/0/service",
        "/resources/1/usage/requests",
    }


def test_digits_are_not_lost_on_the_way_in(client: FlaskClient) -> None:
    body = LAMBDA_USED.replace("AMOUNT", "12345678901234.56789")
    bill = client.post("/api/v2/estimates", data=body, content_type="application/json").get_json()
    assert "12345678901234.56789" in {line["quantity"] for line in bill["lines"]}


def test_a_document_over_a_megabyte_is_too_large(client: FlaskClient) -> None:
    response = price(client, description="x" * 1024 * 1024)
    assert problem(response) == (413, "A JSON document has at most 1 MB here.")
