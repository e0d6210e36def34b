"""The prices pages, and a bill priced with another catalog."""

import json
from datetime import date

import pytest
from flask import Flask

from tests.services.catalogs import make_catalog
from tests.stack.application import Clock
from tests.web.conftest import Person, Workshop
from webapp.infra.db import unit_of_work
from webapp.services.keys import create_key

QUEUE = ("us-east-1", "sqs.standard")


@pytest.fixture
def dearer(app: Flask, clock: Clock) -> None:
    """Half a year later queue requests cost twice as much in one region."""
    clock.advance(days=400)
    with app.app_context():
        make_catalog("dearer", {QUEUE: "0.0000008"}, published_on=date(2027, 4, 1))


def test_prices_are_found_without_signing_in(visitor: Person) -> None:
    text = visitor.text("/prices?q=fifo&service=sqs&region=us-east-1")
    assert "sqs.fifo" in text
    assert "sqs.standard" not in text
    assert "1 price found" in text
    assert "2026-10-08" in text


def test_pages_keep_the_filters(visitor: Person) -> None:
    text = visitor.text("/prices?service=lambda")
    assert "/prices?service=lambda&amp;page=2" in text
    answer = visitor.get("/prices?service=lambda&page=2&region=&q=", htmx=True)
    assert answer.headers["HX-Push-Url"] == "/prices?service=lambda&page=2"
    assert answer.get_data(as_text=True).lstrip().startswith('<div id="found-prices">')


@pytest.mark.parametrize(
    "address", ["/prices?page=x", "/prices?service=evil&region=moon", "/prices?q=%00%25"]
)
def test_a_nonsense_address_is_a_list_all_the_same(visitor: Person, address: str) -> None:
    assert visitor.get(address).status_code == 200


def test_an_unknown_catalog_and_an_unknown_price_are_refused_in_words(visitor: Person) -> None:
    refused = visitor.get("/prices?catalog=atlantis")
    assert refused.status_code == 422
    assert visitor.get("/prices/us-east-1/sqs.nothing").status_code == 404


def test_a_price_has_its_tiers_source_and_history(visitor: Person, dearer: None) -> None:
    text = visitor.text("/prices/us-east-1/sqs.standard")
    assert "0.0000008" in text
    assert "0.0000004" in text
    assert "+100.0 %" in text
    assert "as of 2026-11-20" in text


def test_before_any_change_the_page_says_what_it_will_say(visitor: Person) -> None:
    assert "Nothing has changed yet" in visitor.text("/prices/changes")


def test_the_change_names_the_scenarios_that_moved_and_by_how_much(
    dearer: None, ada: Person, visitor: Person, workshop: Workshop
) -> None:
    workshop.scenario("Checkout")
    workshop.scenario("Elsewhere", region="eu-west-1")
    text = ada.text("/prices/changes")
    mine = text.split('id="changed-title"')[0]
    assert "Checkout" in mine
    assert "Elsewhere" not in mine
    for shown in ("1.20", "2.40", "+1.20", "+100.0 %"):
        assert shown in mine
    anonymous = visitor.text("/prices/changes")
    assert "Sign in to see" in anonymous
    assert "Checkout" not in anonymous
    assert "sqs.standard" in anonymous


def test_a_held_catalog_says_what_a_person_must_do(app: Flask, visitor: Person) -> None:
    with app.app_context():
        make_catalog("doubtful", {QUEUE: "0.0000012"}, status="held")
    assert "flask prices accept doubtful" in visitor.text("/prices/changes")


def test_a_bill_is_priced_with_any_catalog_and_says_so(dearer: None, ada: Person, workshop: Workshop) -> None:
    scenario = workshop.scenario()
    usual = ada.text(f"/scenarios/{scenario.id}")
    assert "$2.40" in usual
    assert "Price it with another catalog" in usual
    text = ada.text(f"/scenarios/{scenario.id}?catalog=2026-10-08")
    assert "Priced with catalog 2026-10-08" in text
    assert "With the prices in use: $2.40 (+1.20)" in text
    assert f"/scenarios/{scenario.id}/bill?catalog=2026-10-08" in text
    assert ada.get(f"/scenarios/{scenario.id}?catalog=atlantis").status_code == 422


def test_the_bill_says_how_old_its_prices_are(ada: Person, workshop: Workshop, clock: Clock) -> None:
    clock.moment = clock.moment.replace(year=2026, month=11, day=10)
    scenario = workshop.scenario()
    text = ada.text(f"/scenarios/{scenario.id}")
    assert "Prices as of 8 Oct 2026" in text
    assert "days old" not in text
    clock.advance(days=10)
    assert "These prices are 43 days old" in ada.text(f"/scenarios/{scenario.id}")


def test_the_api_prices_a_scenario_with_any_catalog(
    app: Flask, ada: Person, workshop: Workshop, dearer: None
) -> None:
    scenario = workshop.scenario()
    with app.app_context(), unit_of_work():
        secret = create_key(workshop.owner_id, "laptop", ["read"]).secret
    totals = []
    for query in ("", "?catalog=2026-10-08", "?catalog=atlantis"):
        path = f"/api/v2/scenarios/{scenario.id}/estimate{query}"
        answer = ada.client.get(path, headers={"X-API-Key": secret})
        totals.append((answer.status_code, json.loads(answer.data).get("total_usd")))
    assert totals == [(200, "2.4"), (200, "1.2"), (422, None)]
