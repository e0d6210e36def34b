"""Cached reads: told by a header, the same as loaded ones, and never older than the last change."""

from collections.abc import Callable
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import update

from tests.api.callers import LAMBDA, Caller
from webapp.factory import create_app
from webapp.infra.db import db, unit_of_work
from webapp.models.catalog import Catalog
from webapp.services.caching import PRICES, forget
from webapp.services.prices import load_shipped_catalog
from webapp.settings import Settings

#: Reads of the account as a whole, and of one scenario, with the tier each is kept in.
OF_THE_ACCOUNT = {"/scenarios?limit=20": "L1", "/metrics/summary": "L1", "/api/v1/scenarios": "L1"}
OF_A_SCENARIO = {
    "/scenarios/{}/metrics": "L1",
    "/scenarios/{}/metrics/summary": "L1",
    "/scenarios/{}/metrics/timeseries?bucket=1d": "L1",
    "/scenarios/{}/metrics/timeseries?metric=cost&bucket=1d": "L1",
    "/scenarios/{}/estimate": "L2",
    "/scenarios/{}/regions": "L2",
    "/api/v1/scenarios/{}/metrics": "L1",
}
READS = OF_THE_ACCOUNT | OF_A_SCENARIO
#: The first of those that share what is kept: the second is a hit at once.
_SHARING = {"/scenarios/{}/metrics/summary", "/api/v1/scenarios/{}/metrics"}
#: What is true of the moment it was computed at.
_OF_THE_MOMENT = ("computed_at", "events_per_minute")


def outcomes(caller: Caller, scenario: str, reads: dict[str, str] = READS) -> set[str]:
    """What the cache did for the reads that share nothing."""
    asked = [path for path in reads if path not in _SHARING]
    return {caller.get(path.format(scenario)).headers["X-Cache"].partition(";")[0] for path in asked}


def plain(answer: Any) -> Any:
    """What an answer says, without what is true of one moment only."""

    def told(value: Any) -> Any:
        if isinstance(value, dict):
            return {name: told(each) for name, each in value.items() if name not in _OF_THE_MOMENT}
        return [told(each) for each in value] if isinstance(value, list) else value

    assert answer.status_code == 200, answer.text
    return told(answer.get_json())


@pytest.mark.parametrize(("path", "tier"), READS.items())
def test_a_second_read_comes_from_the_cache_and_says_the_same(ada: Caller, path: str, tier: str) -> None:
    path = path.format(ada.new_scenario())
    loaded, kept = ada.get(path), ada.get(path)
    assert loaded.headers["X-Cache"] == f"MISS; tier={tier}"
    assert kept.headers["X-Cache"] == f"HIT; tier={tier}"
    assert loaded.get_json() == kept.get_json()
    assert loaded.headers.get("Link") == kept.headers.get("Link")


@pytest.mark.parametrize(("path", "tier"), OF_A_SCENARIO.items())
def test_a_stranger_gets_404_of_what_is_kept(ada: Caller, eve: Caller, path: str, tier: str) -> None:
    path = path.format(ada.new_scenario())
    assert ada.get(path).status_code == 200
    for _ in range(2):
        refused = eve.get(path)
        assert refused.status_code == 404
        assert "X-Cache" not in refused.headers


def test_reads_that_ask_no_cache_say_nothing(ada: Caller) -> None:
    assert "X-Cache" not in ada.get("/regions").headers
    assert "X-Cache" not in ada.post("/scenarios", json={}).headers


def test_parameters_in_any_order_ask_for_the_same(ada: Caller) -> None:
    ada.new_scenario()
    loaded = ada.get("/scenarios?limit=5&sort=name&tag=shop&tag=x")
    kept = ada.get("/scenarios?tag=x&sort=name&tag=shop&limit=5")
    assert kept.headers["X-Cache"] == "HIT; tier=L1"
    assert kept.data == loaded.data
    assert ada.get("/scenarios?limit=6&sort=name&tag=shop&tag=x").headers["X-Cache"] == "MISS; tier=L1"


@pytest.mark.parametrize(
    "path",
    ["/scenarios?limit=0", "/scenarios?nothing=1", "/api/v1/scenarios?page=0", "/prices?catalog=nobodys"],
)
def test_a_refused_query_says_nothing_of_the_cache(ada: Caller, path: str) -> None:
    for _ in range(2):
        refused = ada.get(path)
        assert refused.status_code == 422
        assert "X-Cache" not in refused.headers


def changes(caller: Caller, scenario: str, other: str) -> dict[str, Callable[[], Any]]:
    """Every kind of change to what the reads show."""
    path = f"/scenarios/{scenario}"
    sent = {"data": "one event\n", "content_type": "text/plain"}
    return {
        "patch": lambda: caller.patch(path, json={"region": "eu-central-1"}),
        "patch to the same": lambda: caller.patch(path, json={"name": "Orders"}),
        "put the same": lambda: caller.put(path, json=caller.get(path).get_json()),
        "put": lambda: caller.put(path, json={"name": "Bare", "region": "eu-west-1"}),
        "resource": lambda: caller.post(f"{path}/resources", json=LAMBDA | {"name": "second"}),
        "status": lambda: caller.post(f"{path}/status", json={"status": "completed"}),
        "ingest": lambda: caller.post(f"{path}/ingest", **sent),
        "v1": lambda: caller.put(f"/api/v1{path}", json={"name": "Renamed"}),
        "create": lambda: caller.post("/scenarios", json={"name": "Third", "region": "eu-west-1"}),
        "duplicate": lambda: caller.post(f"{path}/duplicate"),
        "delete another": lambda: caller.delete(f"/scenarios/{other}"),
        "patch another": lambda: caller.patch(f"/scenarios/{other}", json={"region": "eu-central-1"}),
        "ingest into another": lambda: caller.post(f"/scenarios/{other}/ingest", **sent),
    }


#: Those that change nothing of the scenario itself, and those that change nothing at all.
_NOTHING = {"patch to the same", "put the same"}
_ELSEWHERE = _NOTHING | {"create", "duplicate", "delete another", "patch another", "ingest into another"}
_CHANGES = (
    "patch", "patch to the same", "put", "put the same", "resource", "status", "ingest", "v1", "create",
    "duplicate", "delete another", "patch another", "ingest into another",
)  # fmt: skip


@pytest.mark.both_databases
@pytest.mark.parametrize("change", _CHANGES)
def test_every_change_is_seen_by_the_next_read(
    app: Flask, ada: Caller, monkeypatch: pytest.MonkeyPatch, change: str
) -> None:
    scenario, other = ada.new_scenario(), ada.new_scenario(name="Other")
    for _ in range(2):
        kept = outcomes(ada, scenario)
    assert kept == {"HIT"}
    assert changes(ada, scenario, other)[change]().status_code < 300
    of_it = {"HIT"} if change in _ELSEWHERE else {"MISS"}
    for path in READS:
        answer = ada.get(path.format(scenario))
        with monkeypatch.context() as switch:
            switch.setattr(app.extensions["cache_tiers"], "disabled", True)
            assert plain(answer) == plain(ada.get(path.format(scenario))), path
        if path not in _SHARING:
            wanted = {"MISS"} if path in OF_THE_ACCOUNT and change not in _NOTHING else of_it
            assert {answer.headers["X-Cache"].partition(";")[0]} == wanted, path


def test_a_deleted_scenario_is_gone_from_every_read(ada: Caller) -> None:
    scenario = ada.new_scenario()
    outcomes(ada, scenario)
    assert ada.delete(f"/scenarios/{scenario}").status_code == 204
    for path in OF_A_SCENARIO:
        assert ada.get(path.format(scenario)).status_code == 404
    for path in ("/scenarios?limit=20", "/api/v1/scenarios"):
        assert ada.get(path).get_json()["items"] == []


def test_what_no_kept_read_shows_leaves_all_kept(ada: Caller) -> None:
    scenario = ada.new_scenario()
    outcomes(ada, scenario)
    assert ada.post("/auth/api-keys", json={"name": "Another", "scopes": ["read"]}).status_code == 201
    assert ada.post(f"/scenarios/{scenario}/reports", json={"format": "csv"}).status_code == 202
    assert ada.post(f"/scenarios/{scenario}/share-links", json={"name": "Finance"}).status_code == 201
    assert outcomes(ada, scenario) == {"HIT"}


def test_a_budget_changes_the_page_of_the_list(ada: Caller) -> None:
    scenario = ada.new_scenario()
    outcomes(ada, scenario)
    assert ada.put(f"/scenarios/{scenario}/budget", json={"amount_usd": "5"}).status_code == 201
    assert outcomes(ada, scenario, OF_THE_ACCOUNT) == {"MISS"}


def test_one_accounts_change_leaves_anothers_reads_kept(ada: Caller, eve: Caller) -> None:
    mine = ada.new_scenario()
    outcomes(ada, mine)
    eve.new_scenario()
    assert outcomes(ada, mine) == {"HIT"}


def test_new_prices_are_seen_by_the_next_read(app: Flask, ada: Caller) -> None:
    scenario = ada.new_scenario()
    outcomes(ada, scenario)
    with app.app_context(), unit_of_work():
        db.session.execute(update(Catalog).values(digest="an older one", name="older"))
        load_shipped_catalog()
    assert outcomes(ada, scenario) == {"MISS"}


def test_a_refresh_computes_anew(ada: Caller) -> None:
    path = f"/scenarios/{ada.new_scenario()}/metrics"
    ada.get(path)
    first, again = ada.get(path), ada.get(f"{path}?refresh=true")
    assert first.headers["X-Cache"] == "HIT; tier=L1"
    assert again.get_json()["computed_at"] > first.get_json()["computed_at"]
    assert ada.get(path).get_json() == again.get_json()


def test_a_disabled_cache_changes_no_answer(settings: Settings, ada: Caller) -> None:
    scenario = ada.new_scenario()
    without = create_app(settings.model_copy(update={"cache_disabled": True})).test_client()
    loading = Caller(without, ada.owner_id, ada.key_id, ada.headers)
    for _ in range(2):
        assert outcomes(loading, scenario) == {"MISS"}
    for path in READS:
        assert plain(loading.get(path.format(scenario))) == plain(ada.get(path.format(scenario)))


@pytest.mark.parametrize(
    ("path", "tier"),
    [
        ("/services", "L3"),
        ("/services/lambda", "L3"),
        ("/prices", "L3"),
        ("/prices?service=sqs&region=eu-west-1&page=2", "L3"),
        ("/prices?search=fifo", "L1"),
        ("/prices?catalog={}", "L3"),
        ("/prices?catalog={}&search=fifo", "L1"),
        ("/prices/lambda.requests", "L3"),
        ("/prices/lambda.requests?catalog={}", "L3"),
        ("/catalogs/{}", "L3"),
    ],
)
def test_prices_and_services_are_kept_and_read_the_same(ada: Caller, path: str, tier: str) -> None:
    path = path.format(ada.get("/catalogs").get_json()["items"][0]["name"])
    loaded, kept = ada.get(path), ada.get(path)
    assert (loaded.headers["X-Cache"], kept.headers["X-Cache"]) == (f"MISS; tier={tier}", f"HIT; tier={tier}")
    assert loaded.data == kept.data


@pytest.mark.parametrize(
    "path", ["/prices?catalog=held", "/prices/lambda.requests?catalog=held", "/catalogs/held"]
)
def test_a_named_catalog_is_gone_as_soon_as_it_is_refused(app: Flask, ada: Caller, path: str) -> None:
    with app.app_context(), unit_of_work():
        db.session.execute(update(Catalog).values(digest="another", name="held"))
        load_shipped_catalog()
        db.session.execute(update(Catalog).where(Catalog.name == "held").values(status="held"))
    assert [ada.get(path).headers["X-Cache"] for _ in range(2)] == ["MISS; tier=L3", "HIT; tier=L3"]
    with app.app_context(), unit_of_work():
        # As the next refresh does with a held catalog nobody looked at: unheard.
        db.session.execute(update(Catalog).where(Catalog.name == "held").values(status="refused"))
    assert ada.get(path).status_code in (404, 422)


@pytest.mark.parametrize("path", ["/prices", "/prices/lambda.requests", "/services", "/prices?search=fifo"])
def test_prices_put_in_use_are_read_anew(app: Flask, ada: Caller, path: str) -> None:
    ada.get(path)
    with app.app_context(), unit_of_work():
        forget(PRICES)
    assert ada.get(path).headers["X-Cache"].startswith("MISS")


def test_an_estimate_is_kept_until_its_scenario_changes(ada: Caller) -> None:
    path = f"/scenarios/{ada.new_scenario()}"
    loaded, kept = ada.get(f"{path}/estimate"), ada.get(f"{path}/estimate")
    assert [each.headers["X-Cache"] for each in (loaded, kept)] == ["MISS; tier=L2", "HIT; tier=L2"]
    assert loaded.data == kept.data
    assert ada.patch(path, json={"region": "eu-central-1"}).status_code == 200
    changed = ada.get(f"{path}/estimate")
    assert changed.headers["X-Cache"] == "MISS; tier=L2"
    assert changed.get_json()["region"] == "eu-central-1"


def test_a_strangers_estimate_stays_hidden_when_it_is_kept(ada: Caller, eve: Caller) -> None:
    path = f"/scenarios/{ada.new_scenario()}/estimate"
    assert ada.get(path).status_code == 200
    assert eve.get(path).status_code == 404
