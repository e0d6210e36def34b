"""The cache is filled before anybody asks, by one process at a time."""

import time

import pytest
from flask import Flask
from sqlalchemy import update

from webapp.domain.jobs import WARM_CACHE
from webapp.infra.cache import tiers
from webapp.infra.cache_locks import alone
from webapp.infra.db import db, unit_of_work
from webapp.infra.jobs import RecordingDispatcher
from webapp.models.catalog import Catalog
from webapp.pricing.services import all_services
from webapp.services import warming
from webapp.services.caching import PRICES, ask_for_warming, forget
from webapp.services.demo import create_demo
from webapp.services.price_search import PriceQuery, search_prices
from webapp.services.prices import load_shipped_catalog
from webapp.services.warming import warm_cache


def _kept(tier: str) -> int:
    return len(list(tiers().client.scan_iter(match=f"mockupaws:{tier}:*")))


def test_warming_keeps_the_services_and_the_first_prices_of_each(app: Flask, context: None) -> None:
    assert warm_cache()
    assert _kept("L3") == len(all_services()) + 2
    for path in ("/services", "/prices", "/prices?service=lambda"):
        assert app.test_client().get(f"/api/v2{path}").headers["X-Cache"] == "HIT; tier=L3"


def test_warming_again_loads_nothing(context: None) -> None:
    warm_cache()
    loads = tiers().counts["L3"]["loads"]
    assert warm_cache()
    assert tiers().counts["L3"]["loads"] == loads


def test_lists_and_figures_of_the_demo_are_warm(app: Flask, context: None) -> None:
    with unit_of_work():
        key = create_demo(None).api_key
    warm_cache()
    client, headers = app.test_client(), {"X-API-Key": key}
    lists = ("/api/v2/scenarios", "/api/v1/scenarios", "/api/v2/metrics/summary")
    scenario = client.get(lists[0], headers=headers).get_json()["items"][0]["id"]
    for path in (*lists, f"/api/v2/scenarios/{scenario}/metrics"):
        assert client.get(path, headers=headers).headers["X-Cache"] == "HIT; tier=L1", path


def test_what_is_warm_says_the_same_as_what_is_loaded(app: Flask, context: None) -> None:
    with unit_of_work():
        key = create_demo(None).api_key
    warm_cache()

    def read() -> tuple[bytes, str]:
        answer = app.test_client().get("/api/v2/scenarios", headers={"X-API-Key": key})
        return answer.data, answer.headers["Link"]

    warm = read()
    tiers().client.flushdb()
    tiers().near.forget_all()
    assert read() == warm


def test_prices_accepted_while_one_warms_are_warmed_by_the_same(
    app: Flask, context: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[bool] = []

    def accept_in_the_middle(query: PriceQuery) -> object:
        if not asked:
            with unit_of_work():
                forget(PRICES)
            asked.append(warm_cache())  # what another process does with the job of the acceptance
        return search_prices(query)

    monkeypatch.setattr(warming, "search_prices", accept_in_the_middle)
    assert warm_cache()
    assert asked == [False]
    for path in ("/services", "/prices", *(f"/prices?service={code}" for code in all_services())):
        assert app.test_client().get(f"/api/v2{path}").headers["X-Cache"] == "HIT; tier=L3", path


def test_one_process_warms_at_a_time(context: None) -> None:
    with alone("warming", 60) as is_mine:
        assert is_mine
        assert not warm_cache()
        assert _kept("L3") == 0
    assert warm_cache()


def test_a_warmer_that_overran_takes_nobody_elses_turn(context: None) -> None:
    with alone("warming", 0.01):
        time.sleep(0.05)
        second = tiers().client.lock("mockupaws:alone:warming", timeout=60, thread_local=False)
        assert second.acquire(blocking=False)
    assert second.owned()


def test_prices_put_in_use_ask_for_it_after_the_commit(app: Flask, context: None) -> None:
    app.extensions["jobs"] = queue = RecordingDispatcher()
    with unit_of_work():
        db.session.execute(update(Catalog).values(digest="an older one", name="older"))
        load_shipped_catalog()
        assert queue.sent == []
    assert queue.sent == [(WARM_CACHE, ())]


def test_a_queue_that_is_away_stops_nobody(
    app: Flask, context: None, caplog: pytest.LogCaptureFixture
) -> None:
    app.extensions["jobs"] = RecordingDispatcher(away=True)
    with caplog.at_level("INFO"):
        ask_for_warming()
    assert "the cache is not warmed" in caplog.text
