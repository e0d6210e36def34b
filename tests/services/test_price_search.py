"""Prices looked up, their history, what the last change of prices moved, and how old they may be."""

from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from uuid import UUID

import pytest

from tests.services.catalogs import make_catalog
from tests.services.shop import make_shop
from tests.stack.application import Clock
from webapp.domain.errors import InvalidInput, NotFound
from webapp.domain.regions import REGIONS
from webapp.infra.db import unit_of_work
from webapp.pricing.freshness import STALE_DAYS, last_day, warnings_of
from webapp.services.estimates import estimate_scenario
from webapp.services.moved_scenarios import last_step, moved_scenarios
from webapp.services.price_search import PriceQuery, get_story, list_choices, search_prices
from webapp.services.scenarios import set_status

MODEL = "anthropic.claude-3-haiku-20240307-v1:0"
QUEUE = ("us-east-1", "sqs.standard")


@pytest.mark.both_databases
def test_prices_are_found_by_every_word_service_and_region(database_url: str, context: None) -> None:
    found = search_prices(PriceQuery(search="sqs fifo", region="us-east-1"))
    assert [(item.service, item.price.key, item.price.region) for item in found.items] == [
        ("sqs", "sqs.fifo", "us-east-1")
    ]
    assert search_prices(PriceQuery(search="fifo", service="lambda")).total == 0
    everywhere = search_prices(PriceQuery(service="sqs"))
    assert {item.service for item in everywhere.items} == {"sqs"}
    assert everywhere.total > len(everywhere.items) - 1
    assert search_prices(PriceQuery()).total > 20_000


def test_a_page_beyond_the_last_is_the_last(context: None) -> None:
    last = search_prices(PriceQuery(service="lambda", page=9_999))
    assert last.page == last.pages > 1
    first = search_prices(PriceQuery(service="lambda"))
    assert not {item.price for item in first.items} & {item.price for item in last.items}


def test_a_catalog_nobody_made_is_refused(context: None, owner: UUID) -> None:
    with pytest.raises(InvalidInput, match="no price catalog"):
        search_prices(PriceQuery(catalog="atlantis"))
    with pytest.raises(InvalidInput):
        estimate_scenario(owner, make_shop(owner).id, "atlantis")


def test_the_history_of_a_price_names_each_change_once(context: None, clock: Clock) -> None:
    for name, usd in (("second", "0.0000004"), ("third", "0.0000005"), ("fourth", "0.0000005")):
        clock.advance(days=300)
        make_catalog(name, {QUEUE: usd})
    story = get_story(*QUEUE)
    assert story.history[0].catalog.name == "third"
    assert story.history[0].share == Decimal("0.25")
    assert len([past for past in story.history if past.catalog.name == "fourth"]) == 0
    with pytest.raises(NotFound):
        get_story("us-east-1", "sqs.unknown")


@pytest.mark.both_databases
def test_the_last_step_and_the_scenarios_it_moved(
    database_url: str, context: None, owner: UUID, stranger: UUID, clock: Clock
) -> None:
    shop, elsewhere = make_shop(owner), make_shop(owner, name="Elsewhere", region="eu-west-1")
    make_shop(stranger, name="Not yours")
    assert last_step().before is None
    clock.advance(days=400)
    make_catalog("first", {})
    clock.advance(days=1)
    make_catalog("second", {QUEUE: "0.0000008"})
    found = last_step()
    assert (found.before and found.before.name, found.after.name, found.changed) == ("first", "second", 1)
    assert (found.added, found.removed, found.largest[0].key) == (0, 0, "sqs.standard")
    moves = moved_scenarios(owner, "first", "second")
    assert [move.id for move in moves.moved] == [shop.id]
    assert elsewhere.id not in {move.id for move in moves.moved}
    assert (moves.moved[0].difference, moves.moved[0].percent) == (Decimal("1.2"), Decimal(100))
    assert moves.priced == moves.total == 2


def test_a_price_that_vanished_makes_a_bill_unknown_not_free(owner: UUID, clock: Clock) -> None:
    make_shop(owner)
    clock.advance(days=400)
    make_catalog("without", {QUEUE: None})
    (move,) = moved_scenarios(owner, "2026-10-08", "without").moved
    assert (move.unpriced_after, move.is_unknown, move.was_unknown) == (1, True, False)
    assert last_step().removed > 0


def test_a_saved_estimate_is_priced_with_any_catalog(owner: UUID, clock: Clock) -> None:
    shop = make_shop(owner)
    before = estimate_scenario(owner, shop.id)
    clock.advance(days=400)
    make_catalog("dearer", {QUEUE: "0.0000008"})
    make_catalog("waiting", {QUEUE: "0.0000012"}, status="held")
    assert next(choice.name for choice in list_choices()) == "dearer"
    assert estimate_scenario(owner, shop.id).total == before.total * 2
    assert estimate_scenario(owner, shop.id, "waiting").total == before.total * 3
    again = estimate_scenario(owner, shop.id, before.catalog.name)
    assert (again.total, again.catalog) == (before.total, before.catalog)


def test_archived_scenarios_are_left_out(owner: UUID, clock: Clock) -> None:
    shop = make_shop(owner)
    with unit_of_work():
        set_status(owner, shop.id, "archived")
    clock.advance(days=400)
    make_catalog("dearer", {QUEUE: "0.0000008"})
    assert moved_scenarios(owner, "2026-10-08", "dearer").total == 0


def test_prices_older_than_forty_days_are_warned_of(owner: UUID) -> None:
    bill = estimate_scenario(owner, make_shop(owner).id)
    assert warnings_of(replace(bill, catalog_age_days=STALE_DAYS)) == ()
    (warning,) = warnings_of(replace(bill, catalog_age_days=STALE_DAYS + 1))
    assert "41 days old" in warning


def test_bedrock_is_as_old_as_its_own_last_look(owner: UUID) -> None:
    # A model whose price no refresh finds.
    bot = {"service": "bedrock", "settings": {"model": MODEL}, "usage": {"input_tokens": 1_000_000}}
    bill = estimate_scenario(owner, make_shop(owner, resources=[bot]).id)
    (line,) = bill.lines
    verified = last_day(line.price_as_of)
    fresh = replace(bill.catalog, published=verified + timedelta(days=STALE_DAYS))
    assert warnings_of(replace(bill, catalog=fresh, catalog_age_days=0)) == ()
    (warning,) = warnings_of(replace(bill, catalog=fresh, catalog_age_days=1))
    assert "Amazon Bedrock were last verified" in warning


def test_a_date_without_a_day_is_the_last_day_it_can_be() -> None:
    assert [last_day(stated).isoformat() for stated in ("2026-10-03", "2026-02", "2025")] == [
        "2026-10-03", "2026-02-28", "2025-12-31",
    ]  # fmt: skip


def test_every_region_can_be_searched(context: None) -> None:
    found = search_prices(PriceQuery(search="lambda.requests"))
    assert {item.price.region for item in found.items} == set(REGIONS)
