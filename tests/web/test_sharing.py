"""The tab with a scenario's share links, and the page one opens."""

import logging
import re
from collections.abc import Callable
from html import unescape

import pytest
from flask import Flask

from tests.stack.application import Clock
from tests.web.conftest import Person, Workshop
from tests.web.test_ownership import FORM, address
from webapp.infra.db import unit_of_work
from webapp.infra.secret_texts import new_secret
from webapp.services.keys import create_key
from webapp.services.reports import request_report
from webapp.services.scenarios import ScenarioView, delete_scenario, set_status
from webapp.services.sharing import list_share_links

_LINK = re.compile(r'<code id="share-link">http://localhost(/shared/ms_[0-9A-Za-z]{38})</code>')
_ANY = "<h1>This link does not open anything</h1>"


def _path(scenario: ScenarioView, rest: str = "") -> str:
    return f"/scenarios/{scenario.id}/share{rest}"


def _share(person: Person, scenario: ScenarioView, lifetime: str = "30", *, htmx: bool = False) -> str:
    """Path of a new link, as the page shows it this once."""
    wishes: dict[str, object] = {"name": "the board", "expires_in_days": lifetime}
    made = person.post(_path(scenario), wishes, htmx=htmx)
    assert made.status_code == 201
    found = _LINK.search(made.get_data(as_text=True))
    assert found is not None
    return found[1]


@pytest.fixture
def scenario(workshop: Workshop) -> ScenarioView:
    return workshop.scenario(description="What the <b>shop</b> sends.")


@pytest.mark.parametrize("htmx", [False, True])
def test_a_link_is_made_and_shown_once(ada: Person, scenario: ScenarioView, htmx: bool) -> None:
    path = _share(ada, scenario, htmx=htmx)
    listed = ada.text(_path(scenario))
    assert path not in listed
    assert path.removeprefix("/shared/")[:9] in listed
    assert "the board" in listed


def test_the_page_shows_the_bill_with_every_formula(
    ada: Person, visitor: Person, scenario: ScenarioView
) -> None:
    text = unescape(visitor.text(_share(ada, scenario)))
    named = ("Checkout", "What the <b>shop</b> sends.", "Queue", "US East (N. Virginia)", "Prices as of")
    figures = ("$1.20", "3,000,000", "1,000,000", "A month has 730 hours.")
    assert [said for said in named + figures if said not in text] == []
    assert 'class="formula"' in text


def test_the_page_is_kept_and_found_by_nobody(ada: Person, visitor: Person, scenario: ScenarioView) -> None:
    for path in (_share(ada, scenario), "/shared/ms_guessed"):
        headers = visitor.get(path).headers
        assert headers["Cache-Control"] == "no-store"
        assert headers["X-Robots-Tag"] == "noindex, nofollow"
        assert headers["Referrer-Policy"] == "no-referrer"
        assert "Set-Cookie" not in headers


def test_the_page_leads_to_the_front_door_only(ada: Person, visitor: Person, scenario: ScenarioView) -> None:
    text = visitor.text(_share(ada, scenario))
    led_to = set(re.findall(r'(?:href|action|src|hx-[a-z]+)="([^"]*)"', text))
    assert {place.partition("?")[0] for place in led_to if not place.startswith("#")} == {
        "/", "/sign-in", "/static/app.css", "/static/favicon.svg",
    }  # fmt: skip
    assert "<form" not in text
    assert "<script" not in text
    assert str(scenario.id) not in text
    assert ada.email not in text


def test_every_link_that_opens_nothing_shows_the_same_page(
    app: Flask, ada: Person, visitor: Person, workshop: Workshop, scenario: ScenarioView, clock: Clock
) -> None:
    revoked, expired, deleted = _share(ada, scenario), _share(ada, scenario, "7"), ""
    gone = workshop.scenario("Gone")
    deleted = _share(ada, gone)
    with app.app_context():
        link = next(
            card for card in list_share_links(workshop.owner_id, scenario.id) if card.prefix in revoked
        )
    assert ada.post(_path(scenario, f"/{link.id}/revoke")).status_code == 303
    with app.app_context(), unit_of_work():
        delete_scenario(workshop.owner_id, gone.id)
    clock.advance(days=8)
    nowhere = [revoked, expired, deleted, f"/shared/{new_secret('ms_')}", "/shared/ms_short", "/shared/x%00y"]
    answers = [visitor.get(path) for path in nowhere]
    assert [answer.status_code for answer in answers] == [404] * 6
    assert len({answer.get_data() for answer in answers}) == 1
    assert _ANY in answers[0].get_data(as_text=True)


def test_an_archived_scenario_is_still_shown(
    app: Flask, ada: Person, visitor: Person, workshop: Workshop, scenario: ScenarioView
) -> None:
    path = _share(ada, scenario)
    with app.app_context(), unit_of_work():
        set_status(workshop.owner_id, scenario.id, "archived")
    assert "$1.20" in visitor.text(path)
    assert "New share link" in ada.text(_path(scenario))


def test_a_scenario_without_resources_has_a_page_too(
    ada: Person, visitor: Person, workshop: Workshop
) -> None:
    empty = workshop.scenario("Empty", resources=[])
    assert "This scenario has no resources yet." in visitor.text(_share(ada, empty, "never"))


def test_revoking_asks_first_and_then_holds(ada: Person, visitor: Person, scenario: ScenarioView) -> None:
    path = _share(ada, scenario)
    found = re.search(rf'href="({_path(scenario)}/[0-9a-f-]+/revoke)"', ada.text(_path(scenario)))
    assert found is not None
    asked = ada.text(found[1])
    assert "Revoke “the board”?" in unescape(asked)
    assert visitor.get(path).status_code == 200
    assert ada.post(found[1]).location == _path(scenario)
    assert visitor.get(path).status_code == 404
    assert "Revoked" in ada.text(_path(scenario))


@pytest.mark.parametrize(
    "wishes", [{"name": ""}, {"name": "board", "expires_in_days": "3650"}, {"name": "x" * 81}]
)
def test_a_refused_form_keeps_what_was_typed(
    ada: Person, scenario: ScenarioView, wishes: dict[str, object]
) -> None:
    refused = ada.post(_path(scenario), {"expires_in_days": "7", **wishes}, htmx=True)
    assert refused.status_code == 422
    assert f'value="{wishes["name"]}"' in refused.get_data(as_text=True)
    assert 'aria-invalid="true"' in refused.get_data(as_text=True)


def test_a_link_opens_nothing_else(app: Flask, visitor: Person, sign_up: Callable[[str], Person]) -> None:
    """Every rule there is, asked by somebody who holds a link and whatever visiting it left behind."""
    owner = sign_up("zebra@example.com")
    assert owner.id is not None
    workshop = Workshop(app, owner.id)
    scenario = workshop.scenario("Zebra crossing")
    path = _share(owner, scenario)
    token = path.removeprefix("/shared/")
    with app.app_context(), unit_of_work():
        (link,) = list_share_links(workshop.owner_id, scenario.id)
        ids = {
            "scenario_id": scenario.id,
            "resource_id": scenario.resource_ids[0],
            "report_id": request_report(workshop.owner_id, scenario.id).id,
            "key_id": create_key(workshop.owner_id, "laptop", ["read"]).card.id,
            "link_id": link.id,
        }
    assert visitor.get(path).status_code == 200
    headers = {"X-API-Key": token, "Authorization": f"Bearer {token}"}
    checked = 0
    for rule in app.url_map.iter_rules():
        if rule.endpoint == "shared.show":
            continue
        where = address(app, rule, **ids)
        for method in sorted({"GET", "POST", "PUT", "PATCH", "DELETE"} & (rule.methods or set())):
            answer = visitor.client.open(
                where, method=method, data=FORM | {"csrf_token": visitor.token()}, headers=headers
            )
            assert b"zebra" not in answer.data.lower(), where
            if ids.keys() & rule.arguments:
                assert answer.status_code in (303, 401, 404, 415), f"{method} {where}: {answer.status}"
                assert answer.status_code != 303 or answer.location.startswith("/sign-in"), where
            checked += 1
    assert checked > 80
    assert workshop.look(scenario) == scenario
    for method in ("POST", "PUT", "PATCH", "DELETE"):
        assert visitor.client.open(path, method=method).status_code in (400, 405)


def test_the_token_is_in_no_log_line(
    ada: Person, visitor: Person, scenario: ScenarioView, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    path = _share(ada, scenario)
    token = path.removeprefix("/shared/")
    shapes = ("/shared/{}", "/shared/{}/", "/shared/{}/more", "//shared/{}", "/SHARED/{}", "/scenarios/{}")
    for tried in [shape.format(token) for shape in shapes] + [path[:-1]]:
        visitor.get(tried)
        visitor.client.post(tried)
    lines = [str(record.__dict__) for record in caplog.records]
    assert not any(token[3:30] in line for line in lines)
    assert any("'path': '/shared/...'" in line for line in lines)
