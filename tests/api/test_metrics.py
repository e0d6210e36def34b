"""Metrics over HTTP: figures that agree with the bill, small summaries, series without gaps."""

from decimal import Decimal
from uuid import uuid4

import pytest

from tests.api.callers import LAMBDA, Caller, MakeCaller, pointers, problem
from tests.stack.application import Clock

QUEUE = {"service": "sqs", "name": "queue", "usage": {"requests": {"per": "chunks_64kb", "factor": 3}}}
#: The same every month, whatever the traffic.
BATCH = {"service": "sqs", "name": "batch", "usage": {"requests": 2_000_000}}


def send(caller: Caller, scenario_id: str, body: bytes) -> None:
    assert caller.post(f"/scenarios/{scenario_id}/ingest", data=body).status_code == 202


def series(caller: Caller, scenario_id: str, **query: str) -> dict[str, object]:
    response = caller.get(f"/scenarios/{scenario_id}/metrics/timeseries", query_string=query)
    assert response.status_code == 200, response.get_data(as_text=True)
    found: dict[str, object] = response.get_json()
    return found


def values(found: dict[str, object]) -> list[str]:
    points: list[dict[str, str]] = found["points"]  # type: ignore[assignment]
    return [point["value"] for point in points]


@pytest.mark.both_databases
def test_the_figures_are_those_of_the_bill(ada: Caller) -> None:
    volume = {"low": 500_000, "expected": 1_000_000, "high": 2_000_000}
    scenario_id = ada.new_scenario(
        traffic={"volume": volume, "average_payload_bytes": 100}, resources=[LAMBDA, QUEUE]
    )
    bill = ada.get(f"/scenarios/{scenario_id}/estimate").get_json()
    found = ada.get(f"/scenarios/{scenario_id}/metrics").get_json()
    assert (found["total_usd"], found["low_usd"], found["high_usd"]) == (
        bill["total_usd"],
        bill["low"],
        bill["high"],
    )
    assert [(row["service"], row["cost_usd"]) for row in found["by_service"]] == [
        (row["service"], row["cost_usd"]) for row in bill["by_service"]
    ]
    assert found["per_million_units_usd"] == found["total_usd"]
    assert Decimal(found["per_event_usd"]) * 1_000_000 == Decimal(found["total_usd"])
    assert found["traffic"]["measures"]["events"] == "1000000"
    assert [row["name"] for row in found["top_resources"]] == ["queue", "worker"]
    assert (found["unpriced"], found["resources"], found["recording"]) == (0, 2, None)
    assert found["catalog"]["name"] == bill["catalog"]["name"]


def test_what_has_no_price_costs_null_and_not_zero(ada: Caller) -> None:
    scenario_id = ada.new_scenario(traffic={}, resources=[LAMBDA])
    found = ada.get(f"/scenarios/{scenario_id}/metrics").get_json()
    assert (found["total_usd"], found["per_event_usd"], found["unpriced"]) == (None, None, 1)
    assert ada.get(f"/scenarios/{scenario_id}/metrics/summary").get_json()["total_usd"] is None


@pytest.mark.both_databases
def test_what_was_recorded_shows_with_its_pace_and_the_month_it_projects_to(
    ada: Caller, clock: Clock
) -> None:
    scenario_id = ada.new_scenario()
    send(ada, scenario_id, b"one\ntwo\n")
    found = ada.get(f"/scenarios/{scenario_id}/metrics", query_string={"refresh": "true"}).get_json()
    recording = ada.get(f"/scenarios/{scenario_id}/recording").get_json()
    assert found["recording"]["measures"] == recording["measures"]
    assert found["recording"]["events_per_minute"] == recording["events_per_minute"]
    assert found["recording"]["bill_so_far_usd"] == recording["bill_so_far"]["total_usd"]
    assert found["recording"]["projected_month_usd"] == recording["projected_month"]["total_usd"]
    assert found["traffic"]["source"] == "recorded"


def test_figures_are_kept_until_something_changes_or_a_refresh_is_asked_for(
    ada: Caller, clock: Clock
) -> None:
    path, kept = f"/scenarios/{ada.new_scenario()}/metrics", []
    for query in ({}, {}, {"refresh": "true"}, {}):
        for address in (path, f"{path}/summary", "/metrics/summary"):
            kept.append(ada.get(address, query_string=query).get_json()["computed_at"])
        clock.advance(seconds=1)
    first, refreshed = kept[0], kept[6]
    assert kept == [first] * 6 + [refreshed] * 6 and first != refreshed
    ada.patch(path.removesuffix("/metrics"), json={"name": "Renamed"})
    assert ada.get(path).get_json()["name"] == "Renamed"


def test_a_summary_stays_below_5_kb_whatever_the_scenario_holds(ada: Caller) -> None:
    long = "\x01" * 200
    resources = [LAMBDA | {"name": "\x01" * 100} for _ in range(1_000)]
    traffic = {
        "volume": {"low": "0.123456789012", "expected": "1234567890.123456789012", "high": "99999999999.5"},
        "unit": "u" * 40,
        "measures": {"events": 3, "u" * 40: 7},
    }
    sent = {"name": long, "description": "d" * 2_000, "resources": resources, "traffic": traffic}
    ids = [ada.new_scenario(**sent)] + [ada.new_scenario(name=long, traffic=traffic) for _ in range(5)]
    summary = ada.get(f"/scenarios/{ids[0]}/metrics/summary")
    assert summary.get_json()["resources"] == 1_000
    assert len(summary.get_data()) < 5_000
    account = ada.get("/metrics/summary")
    assert len(account.get_json()["biggest"]) == 5
    assert len(account.get_data()) < 5_000


@pytest.mark.both_databases
def test_an_account_is_summed_up_without_its_archive(ada: Caller, eve: Caller) -> None:
    small, big = ada.new_scenario(name="Small"), ada.new_scenario(name="Big", resources=[LAMBDA] * 3)
    old = ada.new_scenario(name="Old")
    ada.patch(f"/scenarios/{old}", json={"status": "archived"})
    send(ada, small, b"one\ntwo\n")
    eve.new_scenario()
    found = ada.get("/metrics/summary", query_string={"refresh": "true"}).get_json()
    assert found["scenarios"] == {"draft": 1, "running": 1, "completed": 0, "archived": 1}
    totals = [ada.get(f"/scenarios/{one}/estimate").get_json()["total_usd"] for one in (small, big)]
    assert Decimal(found["total_usd"]) == sum(Decimal(total) for total in totals)
    assert [row["name"] for row in found["biggest"]] == ["Big", "Small"]
    assert found["events_recorded"] == 2


@pytest.mark.both_databases
def test_a_series_has_no_gaps_and_begins_at_whole_buckets(ada: Caller, clock: Clock) -> None:
    scenario_id = ada.new_scenario()
    send(ada, scenario_id, b"a\nb\n")  # 09:26
    clock.advance(seconds=180)
    send(ada, scenario_id, b"c\n")  # 09:29
    clock.advance(seconds=60)  # 09:30
    found = series(ada, scenario_id, bucket="1m", **{"from": "2026-03-14T09:25:30Z"})
    assert values(found) == ["0", "2", "0", "0", "1", "0"]
    assert (found["since"], found["until"]) == ("2026-03-14T09:25:00Z", "2026-03-14T09:31:00Z")
    assert (found["total"], found["unit"]) == ("3", "events")
    hours = series(ada, scenario_id, bucket="1h")
    assert len(values(hours)) == 60 and values(hours)[-1] == "3"
    days = series(ada, scenario_id, metric="bytes", bucket="1d", **{"from": "2026-03-13", "to": "2026-03-15"})
    assert values(days) == ["0", "6"]
    elsewhere = {"from": "2026-03-14T11:20:00+02:00", "to": "2026-03-14T09:27:00Z"}
    assert values(series(ada, scenario_id, bucket="5m", **elsewhere)) == ["0", "3"]


@pytest.mark.both_databases
def test_the_costs_of_all_buckets_are_the_bill_so_far(ada: Caller, clock: Clock) -> None:
    scenario_id = ada.new_scenario(resources=[LAMBDA, QUEUE, BATCH], free_tier="always")
    for body in (b"a\nb\nc\n", b"x" * 200_000, b"", b"d\n"):
        if body:
            send(ada, scenario_id, body)
        clock.advance(seconds=60)
    so_far = ada.get(f"/scenarios/{scenario_id}/recording").get_json()["bill_so_far"]["total_usd"]
    since = {"from": "2026-03-14T09:26:00Z"}
    found = series(ada, scenario_id, metric="cost", bucket="1m", **since)
    costs = [Decimal(value) for value in values(found)]
    assert found["total"] == so_far and sum(costs) == Decimal(so_far) > 0
    assert costs[1] > costs[3] > 0, "the large event has four chunks, the small one has one"
    assert costs[2] == costs[4] == 0
    halves = [
        series(ada, scenario_id, metric="cost", bucket="1m", **since, to="2026-03-14T09:28:00Z"),
        series(ada, scenario_id, metric="cost", bucket="1m", **{"from": "2026-03-14T09:28:00Z"}),
    ]
    assert sum(Decimal(str(half["total"])) for half in halves) == Decimal(so_far)


@pytest.mark.parametrize(
    ("query", "pointer", "words"),
    [
        ({"metric": "clicks"}, "/metric", "chunks_64kb"),
        ({"bucket": "2m"}, "/bucket", "15m"),
        ({"from": "yesterday"}, "/from", "2026-11-24T10:00:00Z"),
        ({"from": "2026-03-14T09:00:00"}, "/from", "zone"),
        ({"from": "0001-01-01T00:00:00+14:00"}, "/from", "2000"),
        ({"from": "2026-03-15", "to": "2026-03-14"}, "/from", "before"),
        ({"from": "2027-01-01"}, "/from", "present"),
        ({"bucket": "1m", "from": "2026-03-01"}, "/bucket", "bucket=15m"),
        ({"bucket": "1d", "from": "2000-01-01"}, "/from", "shorter"),
        ({"since": "2026-03-01"}, "/since", "Known: metric, bucket, from, to"),
    ],
)
def test_a_wrong_series_is_named(
    ada: Caller, clock: Clock, query: dict[str, str], pointer: str, words: str
) -> None:
    path = f"/scenarios/{ada.new_scenario()}/metrics/timeseries"
    response = ada.get(path, query_string=query)
    assert pointers(response) == {pointer}
    assert words in problem(response)[1]


def test_a_flag_and_an_unknown_parameter_are_named(ada: Caller) -> None:
    response = ada.get("/metrics/summary", query_string={"refresh": "often", "fresh": "1"})
    assert pointers(response) == {"/refresh", "/fresh"}


@pytest.mark.parametrize("path", ["", "/summary", "/timeseries", "/timeseries?metric=cost"])
def test_a_stranger_gets_404(ada: Caller, eve: Caller, path: str) -> None:
    refused = problem(eve.get(f"/scenarios/{ada.new_scenario()}/metrics{path}"))
    assert refused == problem(eve.get(f"/scenarios/{uuid4()}/metrics{path}")) and refused[0] == 404


@pytest.mark.parametrize(
    "path", ["/metrics/summary", "/scenarios/{}/metrics", "/scenarios/{}/metrics/summary"]
)
def test_figures_need_the_scope_read(ada: Caller, make_caller: MakeCaller, path: str) -> None:
    address = path.format(ada.new_scenario())
    assert problem(make_caller("ada", "write", "ingest").get(address))[0] == 403
    assert problem(Caller(ada.client, ada.owner_id, ada.key_id).get(address))[0] == 401
