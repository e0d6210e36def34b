"""The end of version 1: announced on every answer, explained, and kept on its day unless it is put off."""

from datetime import UTC, date, datetime

import pytest
from flask import Flask
from flask.testing import FlaskClient

from tests.api.callers import Caller
from tests.stack.application import Clock
from webapp.api.moves import MOVES
from webapp.settings import Settings

NOBODY = "00000000-0000-0000-0000-000000000000"
PAST = datetime(2027, 1, 1, tzinfo=UTC)


def put_off(app: Flask, until: date) -> None:
    settings = app.extensions["settings"]
    assert isinstance(settings, Settings)
    app.extensions["settings"] = settings.model_copy(update={"api_v1_extended_until": until})


def test_every_answer_announces_the_end(ada: Caller) -> None:
    for path in ("/scenarios", f"/scenarios/{NOBODY}", "/scenarios?page=0", "/nothing", "/openapi.json"):
        answer = ada.get(f"/api/v1{path}")
        assert answer.headers["Deprecation"] == "@1793491200"
        assert answer.headers["Sunset"] == "Thu, 31 Dec 2026 23:59:59 GMT"
        links = ", ".join(answer.headers.getlist("Link"))
        assert 'rel="successor-version"' in links
        assert '</api/deprecation>; rel="deprecation"' in links
    for path in ("/scenarios", "/nothing", "/api/deprecation"):
        assert "Deprecation" not in ada.get(path).headers


@pytest.mark.parametrize(
    ("method", "path", "successor"),
    [
        ("GET", "/scenarios?page=2", "/api/v2/scenarios"),
        ("PUT", f"/scenarios/{NOBODY}", f"/api/v2/scenarios/{NOBODY}"),
        ("HEAD", f"/reports/{NOBODY}/download", f"/api/v2/reports/{NOBODY}/download"),
        ("GET", f"/scenarios/{NOBODY}/reports", f"/api/v2/reports?scenario_id={NOBODY}"),
        ("POST", "/ingest", f"/api/v2/scenarios/{NOBODY}/ingest"),
        ("GET", "/nothing", "/api/v2/openapi.json"),
    ],
)
def test_the_link_leads_to_what_takes_the_place(ada: Caller, method: str, path: str, successor: str) -> None:
    answer = ada.call(method, f"/api/v1{path}", headers={"X-Scenario-ID": NOBODY})
    assert answer.headers.getlist("Link")[0] == f'<{successor}>; rel="successor-version"'


def test_the_path_says_which_scenario_is_meant_and_the_header_only_where_it_does_not(ada: Caller) -> None:
    other = {"X-Scenario-ID": "11111111-1111-1111-1111-111111111111"}
    for path in (f"/scenarios/{NOBODY}", f"/scenarios/{NOBODY}/metrics"):
        link = ada.get(f"/api/v1{path}", headers=other).headers.getlist("Link")[0]
        assert link == f'</api/v2{path}>; rel="successor-version"'


def test_its_root_is_refused_in_its_words(client: FlaskClient, clock: Clock) -> None:
    for path in ("/api/v1", "/api/v1/"):
        assert client.get(path).get_json() == {"detail": "There is nothing at this address."}
    clock.moment = PAST
    over = client.get("/api/v1")
    assert over.status_code == 410 and set(over.get_json()) == {"detail"}


def test_nothing_a_caller_wrote_gets_into_the_link(ada: Caller) -> None:
    named = {"X-Scenario-ID": '>; rel="next", <x'}
    answer = ada.post("/api/v1/ingest", headers=named)
    assert answer.headers.getlist("Link")[0] == '</api/v2/openapi.json>; rel="successor-version"'


def test_every_route_has_a_successor_that_exists(app: Flask) -> None:
    served = {
        (method, rule.rule.replace("<uuid:", "{").replace(">", "}"))
        for rule in app.url_map.iter_rules()
        for method in rule.methods or ()
    }
    old = {each for each in served if each[1].startswith("/api/v1/") and each[0] not in ("HEAD", "OPTIONS")}
    described = {("GET", path) for _, path in old if "openapi" in path or "/docs" in path}
    assert {(move.method, move.path) for move in MOVES} == old - described
    assert {(move.new_method, move.new_path.partition("?")[0]) for move in MOVES} <= served


def test_it_answers_until_the_last_second_and_410_from_then_on(ada: Caller, clock: Clock) -> None:
    scenario_id = ada.new_scenario()
    clock.moment = PAST.replace(year=2026, month=12, day=31, hour=23, minute=59, second=59)
    assert ada.get("/api/v1/scenarios").status_code == 200
    clock.moment = PAST
    over = ada.get(f"/api/v1/scenarios/{scenario_id}")
    assert over.status_code == 410
    assert over.get_json() == {
        "detail": "Version 1 of the API ended on 2026-12-31. "
        f"Use /api/v2/scenarios/{scenario_id}; /api/deprecation explains the move."
    }
    assert over.headers.getlist("Link")[0].startswith(f"</api/v2/scenarios/{scenario_id}>")
    for path in ("/ingest", "/auth/login", "/nothing"):
        assert ada.post(f"/api/v1{path}").status_code == 410
    assert ada.get(f"/scenarios/{scenario_id}").status_code == 200


def test_its_descriptions_outlive_it(client: FlaskClient, clock: Clock) -> None:
    clock.moment = PAST
    assert client.get("/api/v1/openapi.json").status_code == 200
    found = client.get("/api/deprecation").get_json()
    assert (found["ended"], found["sunset_at"]) == (True, "2026-12-31T23:59:59Z")


def test_configuration_puts_the_end_off(app: Flask, ada: Caller, clock: Clock) -> None:
    put_off(app, date(2027, 3, 31))
    clock.moment = PAST
    answer = ada.get("/api/v1/scenarios")
    assert (answer.status_code, answer.headers["Sunset"]) == (200, "Wed, 31 Mar 2027 23:59:59 GMT")
    clock.moment = datetime(2027, 4, 1, tzinfo=UTC)
    assert ada.get("/api/v1/scenarios").status_code == 410


def test_an_extension_before_the_sunset_shortens_nothing(app: Flask, ada: Caller, clock: Clock) -> None:
    put_off(app, date(2026, 1, 1))
    assert ada.get("/api/v1/scenarios").headers["Sunset"] == "Thu, 31 Dec 2026 23:59:59 GMT"


def test_the_move_is_told_route_by_route_as_json_and_as_a_page(client: FlaskClient, clock: Clock) -> None:
    found = client.get("/api/deprecation")
    assert found.is_json and "Accept" in found.headers["Vary"]
    routes = found.get_json()["routes"]
    assert len(routes) == len(MOVES)
    page = client.get("/api/deprecation", headers={"Accept": "text/html,*/*;q=0.8"})
    assert page.mimetype == "text/html"
    text = page.get_data(as_text=True)
    assert text.count("</tr>") == len(routes) + 1
    for path in ("/scenarios/{id}/metrics", "/reports?scenario_id={id}", "/reports/{id}/download"):
        assert f"<code>{path}</code>" in text
    assert "31 Dec 2026" in text and "292 days are left" in text
    clock.moment = PAST
    assert "Version 1 ended on 31 Dec 2026" in client.get(
        "/api/deprecation", headers={"Accept": "text/html"}
    ).get_data(as_text=True)
