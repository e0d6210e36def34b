"""The audit's pages: administrators find, read and export what happened."""

import csv
import io
import json
from uuid import uuid4

import pytest
from flask import Flask

from tests.web.conftest import Person, Workshop
from webapp.domain.activities import Activity, PricesAccepted, ScenarioCreated, ScenarioUpdated
from webapp.domain.activity_words import ACTIVITY_WORDS
from webapp.infra.caller import Caller, acting
from webapp.infra.db import unit_of_work
from webapp.infra.logs import correlated
from webapp.services.activities import record
from webapp.services.scenarios import patch_scenario


def happen(app: Flask, *activities: Activity, caller: Caller | None = None, request: str = "req-1") -> None:
    with app.app_context(), acting(caller or Caller()), correlated(request), unit_of_work():
        for activity in activities:
            record(activity)


def test_only_administrators_see_it(app: Flask, visitor: Person, ada: Person) -> None:
    for path in ("/admin/audit", "/admin/audit/1", "/admin/audit/export.csv", "/admin/audit/export.jsonl"):
        assert visitor.get(path).status_code == 303, path
        assert ada.get(path).status_code == 404, path


def test_entries_are_listed_in_words_the_newest_first(app: Flask, admin: Person) -> None:
    scenario_id = uuid4()
    happen(app, PricesAccepted("2026-10-08"), ScenarioCreated(scenario_id, uuid4(), "Checkout"))
    text = admin.text("/admin/audit")
    table = text[text.index("<tbody>") :]
    assert table.index("Scenario created") < table.index("Prices accepted")
    assert "Checkout" in text


def test_the_filters_find_and_stay_in_the_address(app: Flask, admin: Person) -> None:
    happen(app, PricesAccepted("one"), caller=Caller("session", admin.id, address="198.51.100.7"))
    happen(app, PricesAccepted("two"), caller=Caller("key", uuid4(), address="203.0.113.5"), request="req-2")
    happen(app, ScenarioCreated(uuid4(), uuid4(), "Shop"), request="req-3")
    for query, hits in {
        "activity=PricesAccepted": 2,
        f"activity=PricesAccepted&actor={admin.email.upper()}": 1,
        f"activity=PricesAccepted&actor={admin.id}": 1,
        "actor=nobody@example.com": 0,
        "address=203.0.113.": 1,
        "address=%25": 0,
        "correlation_id=req-2": 1,
        f"subject={uuid4()}": 0,
        "activity=PricesAccepted&since=2000-01-01": 2,
        "until=2000-01-01": 0,
        "correlation_id=req-2&until=2999-01-01 10:00": 1,
    }.items():
        answer = admin.get(f"/admin/audit?{query}", htmx=True)
        assert answer.get_data(as_text=True).count("<tr><td") == hits, query
        assert answer.headers["HX-Push-Url"].startswith("/admin/audit?"), query


@pytest.mark.parametrize("query", ["subject=x", "since=yesterday", "until=2026-13-01"])
@pytest.mark.parametrize("htmx", [False, True])
def test_a_filter_that_cannot_be_read_says_so(admin: Person, query: str, htmx: bool) -> None:
    answer = admin.get(f"/admin/audit?{query}", htmx=htmx)
    assert answer.status_code == 422
    assert "Write a" in answer.get_data(as_text=True)


def test_nothing_found_says_what_to_do(admin: Person) -> None:
    assert "Clear the filters" in admin.text("/admin/audit?correlation_id=none")


def test_older_entries_are_on_the_next_page(app: Flask, admin: Person) -> None:
    happen(app, *(PricesAccepted(f"catalog {number}") for number in range(60)))
    first = admin.text("/admin/audit?activity=PricesAccepted")
    address = first.split('rel="next" href="')[1].split('"')[0].replace("&amp;", "&")
    second = admin.text(address)
    assert (first.count("<tr><td"), second.count("<tr><td")) == (50, 10)
    assert "These are the oldest that fit" in second


def test_an_entry_shows_what_became_different(app: Flask, admin: Person, workshop: Workshop) -> None:
    scenario = workshop.scenario()
    with app.app_context(), acting(Caller("session", workshop.owner_id, agent="Firefox")), unit_of_work():
        patch_scenario(workshop.owner_id, scenario.id, {"name": "<b>Till</b>", "region": "eu-west-1"})
    listed = admin.text("/admin/audit?activity=ScenarioUpdated")
    text = admin.text(listed.split('class="name" href="')[1].split('"')[0])
    assert "<del>Checkout</del>" in text
    assert "<ins>&lt;b&gt;Till&lt;/b&gt;</ins>" in text
    assert "<del>us-east-1</del>" in text
    assert "Firefox" in text
    assert str(scenario.id) in text


@pytest.mark.parametrize("path", ["/admin/audit/999999", f"/admin/audit/{2**80}", "/admin/audit/0"])
def test_an_entry_that_is_not_there_is_404(admin: Person, path: str) -> None:
    assert admin.get(path).status_code == 404


def test_an_export_respects_the_filters(app: Flask, admin: Person) -> None:
    formula = ScenarioUpdated(uuid4(), uuid4(), {"name": ("=1+1", "x")})
    happen(app, formula, PricesAccepted("ünïcode"), caller=Caller("key", agent="=cmd|'/c calc'!A1"))
    answer = admin.get("/admin/audit/export.csv?activity=PricesAccepted")
    assert "attachment" in answer.headers["Content-Disposition"]
    assert answer.headers["Cache-Control"] == "no-store"
    (row,) = csv.DictReader(io.StringIO(answer.get_data(as_text=True), newline=""))
    assert row["activity"] == "PricesAccepted"
    assert row["agent"] == "'=cmd|'/c calc'!A1", "a spreadsheet must not run it"
    lines = admin.get("/admin/audit/export.jsonl?correlation_id=req-1").get_data(as_text=True).splitlines()
    assert [json.loads(line)["activity"] for line in lines] == ["ScenarioUpdated", "PricesAccepted"]
    assert json.loads(lines[1])["details"] == {"catalog": "ünïcode"}


def test_an_export_streams(app: Flask, admin: Person) -> None:
    happen(app, *(PricesAccepted(f"catalog {number}") for number in range(2_500)))
    pieces = list(admin.get("/admin/audit/export.jsonl?activity=PricesAccepted").iter_encoded())
    assert len(pieces) >= 3
    assert sum(piece.count(b"\n") for piece in pieces) == 2_500


def test_a_filter_an_export_cannot_read_is_refused(admin: Person) -> None:
    assert admin.get("/admin/audit/export.csv?subject=x").status_code == 422


def test_reading_writes_nothing(app: Flask, admin: Person) -> None:
    before = admin.get("/admin/audit/export.jsonl").get_data()
    for path in ("/admin/audit", "/admin/audit/1", "/admin/audit/export.csv", "/scenarios", "/prices"):
        admin.get(path)
    assert admin.get("/admin/audit/export.jsonl").get_data() == before


def test_every_activity_has_words() -> None:
    assert {kind.__name__ for kind in Activity.__subclasses__()} == set(ACTIVITY_WORDS)


@pytest.mark.parametrize("before", ["9223372036854775808", "-1", "0", "soon"])
def test_a_place_there_cannot_be_is_the_beginning(admin: Person, before: str) -> None:
    assert admin.get(f"/admin/audit?before={before}").status_code == 200
