"""Prices and catalogs over HTTP: found, followed, and open to everybody."""

import pytest
from flask import Flask
from flask.testing import FlaskClient

from tests.api.callers import pointers, problem
from tests.services.catalogs import make_catalog


def test_prices_are_found_by_service_region_and_words(client: FlaskClient) -> None:
    query = {"service": "sqs", "region": "eu-west-1", "search": "standard"}
    page = client.get("/api/v2/prices", query_string=query).get_json()
    (found,) = [item for item in page["items"] if item["key"] == "sqs.standard"]
    assert (found["service"], found["region"]) == ("sqs", "eu-west-1")
    assert found["tiers"][0]["from"] == "0" and found["source"] and found["as_of"]
    assert page["total"] == len(page["items"])


def test_pages_follow_each_other(client: FlaskClient) -> None:
    first = client.get("/api/v2/prices").get_json()
    second = client.get("/api/v2/prices", query_string={"page": 2}).get_json()
    assert (len(first["items"]), first["page_size"], second["page"]) == (50, 50, 2)
    assert {(item["key"], item["region"]) for item in first["items"]}.isdisjoint(
        (item["key"], item["region"]) for item in second["items"]
    )


def test_one_price_is_shown_in_every_region(client: FlaskClient) -> None:
    found = client.get("/api/v2/prices/sqs.standard").get_json()
    regions = [row["region"] for row in found["regions"]]
    assert found["service"] == "sqs" and "us-east-1" in regions and regions == sorted(regions)


def test_a_price_is_shown_as_another_catalog_has_it(app: Flask, client: FlaskClient) -> None:
    used = client.get("/api/v2/catalogs").get_json()["items"][0]["name"]
    with app.app_context():
        make_catalog("later", {("us-east-1", "sqs.standard"): "0.5"})
    for catalog, usd in (("", "0.5"), ("later", "0.5"), (used, "0.0000004")):
        found = client.get("/api/v2/prices/sqs.standard", query_string={"catalog": catalog}).get_json()
        (row,) = [row for row in found["regions"] if row["region"] == "us-east-1"]
        assert row["tiers"][0]["unit_price_usd"] == usd
    listed = client.get("/api/v2/catalogs").get_json()["items"]
    assert [(item["name"], item["in_use"]) for item in listed] == [("later", True), (used, False)]


def test_a_catalog_says_what_it_holds(client: FlaskClient) -> None:
    (listed,) = client.get("/api/v2/catalogs").get_json()["items"]
    shown = client.get(f"/api/v2/catalogs/{listed['name']}").get_json()
    assert shown["prices"] == sum(shown["prices_by_region"].values()) > 1_000
    assert {name: shown[name] for name in listed} == listed


@pytest.mark.parametrize(
    ("path", "named"),
    [
        ("/prices?service=mainframe&region=moon-1&page=0&colour=red",
         {"/service", "/region", "/page", "/colour"}),
        ("/prices?catalog=none", {"/catalog"}),
        ("/prices/sqs.standard?catalog=none", {"/catalog"}),
    ],
)  # fmt: skip
def test_a_wrong_parameter_is_named(client: FlaskClient, path: str, named: set[str]) -> None:
    assert pointers(client.get(f"/api/v2{path}")) == named


@pytest.mark.parametrize("path", ["/prices/no.such.key", "/prices/%00", "/catalogs/none"])
def test_what_is_not_there_is_404(client: FlaskClient, path: str) -> None:
    assert problem(client.get(f"/api/v2{path}"))[0] == 404
