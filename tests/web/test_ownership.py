"""Every page of a person is theirs: a visitor signs in first, a stranger finds and changes nothing."""

from collections.abc import Iterator
from uuid import uuid4

import pytest
from flask import Flask
from werkzeug.routing import Rule

from tests.web.conftest import Person, Workshop
from webapp.infra.db import unit_of_work
from webapp.services.keys import create_key
from webapp.services.reports import request_report
from webapp.services.sessions import list_sessions
from webapp.services.sharing import create_share_link

OPEN = {"accounts", "mailed_links", "services", "prices", "shared"}
#: Parts of an address that are one of a few words.
WORDS = {"kind": "csv"}
#: A form every write would take.
FORM: dict[str, object] = {
    "service": "sqs",
    "name": "Mine now",
    "region": "eu-west-1",
    "status": "archived",
    "free_tier": "none",
    "traffic_source": "declared",
}


def rules(app: Flask) -> Iterator[tuple[Rule, str]]:
    """Every rule and method of the pages behind a sign-in."""
    for rule in app.url_map.iter_rules():
        room = rule.endpoint.partition(".")[0]
        if not rule.rule.startswith("/api") and "." in rule.endpoint and room not in OPEN:
            for method in {"GET", "POST"} & (rule.methods or set()):
                yield rule, method


def address(app: Flask, rule: Rule, **ids: object) -> str:
    wanted = {name: ids.get(name) or WORDS.get(name) or uuid4() for name in rule.arguments}
    with app.test_request_context():
        return str(app.url_map.bind("localhost").build(rule.endpoint, wanted))


def is_page(app: Flask, rule: Rule) -> bool:
    return app.view_functions[rule.endpoint].__module__.startswith("webapp.web.")


def test_a_visitor_is_sent_to_sign_in_from_every_page(app: Flask, visitor: Person) -> None:
    checked = 0
    for rule, method in rules(app):
        if not is_page(app, rule):
            continue
        path = address(app, rule)
        answer = visitor.get(path) if method == "GET" else visitor.post(path, FORM)
        assert answer.status_code == 303, f"{method} {path}: {answer.status}"
        assert answer.location.startswith("/sign-in"), path
        checked += 1
    assert checked > 25


def test_a_stranger_finds_nothing_and_changes_nothing(
    app: Flask, workshop: Workshop, stranger: Person
) -> None:
    scenario = workshop.scenario()
    with app.app_context(), unit_of_work():
        report_id = request_report(workshop.owner_id, scenario.id).id
        key_id = create_key(workshop.owner_id, "laptop", ["read"]).card.id
        link_id = create_share_link(workshop.owner_id, scenario.id, "the board").card.id
        session_id = list_sessions(workshop.owner_id)[0].id
    ids = {
        "scenario_id": scenario.id,
        "resource_id": scenario.resource_ids[0],
        "report_id": report_id,
        "key_id": key_id,
        "link_id": link_id,
        "session_id": session_id,
    }
    checked = 0
    for rule, method in rules(app):
        if not is_page(app, rule) or not rule.arguments:
            continue
        path = address(app, rule, **ids)
        answer = stranger.get(path) if method == "GET" else stranger.post(path, FORM)
        assert answer.status_code == 404, f"{method} {path}: {answer.status}"
        checked += 1
    assert checked > 20
    assert workshop.look(scenario) == scenario
    with app.app_context():
        assert list_sessions(workshop.owner_id)[0].id == session_id


@pytest.mark.parametrize("htmx", [False, True])
def test_a_signed_out_htmx_request_goes_to_sign_in_as_a_whole_page(visitor: Person, htmx: bool) -> None:
    answer = visitor.get("/scenarios", htmx=htmx)
    if htmx:
        assert answer.status_code == 401
        assert answer.headers["HX-Redirect"].startswith("/sign-in")
    else:
        assert answer.location == "/sign-in?next=/scenarios"
