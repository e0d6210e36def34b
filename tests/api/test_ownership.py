"""Every route of the API, walked by those who may not: a visitor, a stranger, and a key without the scope.

What a route needs is read from its own contract, so a new route is walked the day it appears.
"""

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any
from uuid import UUID, uuid4

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select
from werkzeug.routing import Rule
from werkzeug.test import TestResponse

from tests.api.callers import DOCUMENT, Caller, MakeCaller
from tests.api.people import Person
from webapp.api.contract import Operation
from webapp.api.openapi.generator import openapi_of
from webapp.infra.db import Base, db
from webapp.infra.jobs import RecordingDispatcher
from webapp.services.identities import ORDINARY_SCOPES, SCOPES

#: What is noted of callers themselves, and changes with every call they make.
_OF_CALLERS = {"last_used_at", "last_seen_at"}
#: Written about an act (a key's first use, by the stranger themselves), not by it.
_TABLES_LEFT_ASIDE = {"audit_entries", "audit_heads", "cache_tags"}


@dataclass(frozen=True, slots=True)
class Route:
    """One method of one address, and what it says of itself."""

    rule: Rule
    method: str
    operation: Operation

    def __str__(self) -> str:
        return f"{self.method} {self.rule.rule}"


@dataclass(slots=True)
class Belongings:
    """Ids of what somebody has, by the name routes give the argument."""

    ids: dict[str, object]

    def address(self, app: Flask, route: Route) -> str:
        unknown = route.rule.arguments - set(self.ids)
        assert not unknown, (
            f"{route} takes {sorted(unknown)}: this walk knows no id of it. Make one in `belongings_of`."
        )
        wanted = {name: self.ids[name] for name in route.rule.arguments}
        return str(app.url_map.bind("localhost").build(route.rule.endpoint, wanted, method=route.method))


def routes(app: Flask) -> Iterator[Route]:
    """Every route under /api that asks who is calling."""
    for rule in app.url_map.iter_rules():
        if not rule.rule.startswith("/api/"):
            continue
        said = getattr(app.view_functions[rule.endpoint], "operation", None)
        assert isinstance(said, Operation), f"{rule.rule} does not say its contract: put @operation on it."
        if said.scope is None:
            continue
        for method in sorted((rule.methods or set()) - {"HEAD", "OPTIONS"}):
            yield Route(rule, method, said)


def body_of(app: Flask, route: Route) -> dict[str, Any]:
    """What the documents show as an example, so that nothing but the caller is wrong with the request."""
    if route.operation.body is None:
        return {}
    version = route.rule.rule.split("/")[2]
    path = route.rule.rule
    for name in route.rule.arguments:
        path = path.replace(f"<uuid:{name}>", f"{{{name}}}")
    content = openapi_of(app, version).document["paths"][path][route.method.lower()]["requestBody"]["content"]
    if "application/json" in content and "example" in content["application/json"]:
        return {"json": content["application/json"]["example"]}
    return {"data": b"one event\n", "content_type": "text/plain"}


@pytest.fixture
def ada(make_caller: MakeCaller, queue: RecordingDispatcher) -> Caller:
    return make_caller("ada", *ORDINARY_SCOPES)


def belongings_of(owner: Caller) -> Belongings:
    """One of everything that has an id."""
    scenario_id = owner.new_scenario()
    document = owner.get(f"/scenarios/{scenario_id}").get_json()
    report = owner.post(f"/scenarios/{scenario_id}/reports").get_json()
    link = owner.post(f"/scenarios/{scenario_id}/share-links", json={"name": "board"}).get_json()
    return Belongings(
        {
            "scenario_id": scenario_id,
            "resource_id": document["resources"][0]["id"],
            "report_id": report["id"],
            "link_id": link["id"],
            "key_id": owner.key_id,
        }
    )


def kept(app: Flask) -> dict[str, list[str]]:
    """Every row of every table, without what is noted of callers."""
    rows: dict[str, list[str]] = {}
    with app.app_context():
        for table in Base.metadata.sorted_tables:
            if table.name not in _TABLES_LEFT_ASIDE:
                columns = [column for column in table.columns if column.name not in _OF_CALLERS]
                found = db.session.execute(select(*columns)).all()
                rows[table.name] = sorted(json.dumps(list(row), default=str) for row in found)
    return rows


def walk(
    app: Flask,
    has: Belongings,
    call: Callable[[Route, str, dict[str, Any]], TestResponse],
    expected: Callable[[Route], int],
    *,
    wanted: Callable[[Route], bool] = lambda route: True,
) -> int:
    """Call every wanted route; how many there were. Every answer that is another one is named."""
    before, wrong, walked = kept(app), [], 0
    for route in routes(app):
        if not wanted(route):
            continue
        address = has.address(app, route)
        answer = call(route, address, body_of(app, route))
        if answer.status_code != expected(route):
            wrong.append(f"{route}: {answer.status_code} {answer.get_data(as_text=True)[:200]}")
        walked += 1
    assert not wrong, "\n".join(wrong)
    assert kept(app) == before
    return walked


def takes_ids(route: Route) -> bool:
    return bool(route.rule.arguments)


def test_a_visitor_is_asked_who_they_are_by_every_route_with_a_scope(
    app: Flask, client: FlaskClient, ada: Caller
) -> None:
    has = belongings_of(ada)
    walked = walk(
        app,
        has,
        lambda route, address, sent: client.open(address, method=route.method, **sent),
        lambda route: 401,
    )
    assert walked > 50


def test_a_key_without_the_scope_is_refused_by_every_route(
    app: Flask, ada: Caller, make_caller: MakeCaller
) -> None:
    """Ada's own things, and still 403: the scope is asked before anything is looked for."""
    has = belongings_of(ada)
    lacking = {
        scope: make_caller("ada", *(other for other in ORDINARY_SCOPES if other != scope)) for scope in SCOPES
    }

    def call(route: Route, address: str, sent: dict[str, Any]) -> TestResponse:
        assert route.operation.scope is not None
        return lacking[route.operation.scope].call(route.method, address, **sent)

    assert walk(app, has, call, lambda route: 403) > 50


@pytest.mark.both_databases
def test_a_stranger_with_a_key_finds_and_changes_nothing(app: Flask, ada: Caller, eve: Caller) -> None:
    has = belongings_of(ada)
    walked = walk(
        app,
        has,
        lambda route, address, sent: eve.call(route.method, address, **sent),
        lambda route: 404,
        wanted=takes_ids,
    )
    assert walked > 30


def test_a_stranger_with_a_token_finds_and_changes_nothing(
    app: Flask, client: FlaskClient, ada: Caller
) -> None:
    has = belongings_of(ada)
    mallory = Person(client, "mallory@example.com")
    mallory.register()
    assert mallory.sign_in().status_code == 200
    walked = walk(
        app,
        has,
        lambda route, address, sent: client.open(
            address, method=route.method, headers=mallory.headers, **sent
        ),
        lambda route: 404,
        wanted=takes_ids,
    )
    assert walked > 30


def test_what_is_not_there_is_answered_like_what_is_somebody_elses(
    app: Flask, ada: Caller, eve: Caller
) -> None:
    theirs = belongings_of(ada)
    nowhere = Belongings({name: uuid4() for name in theirs.ids})
    for route in filter(takes_ids, routes(app)):
        sent = body_of(app, route)
        strange = eve.call(route.method, theirs.address(app, route), **sent).get_json()
        missing = eve.call(route.method, nowhere.address(app, route), **sent).get_json()
        assert strange["detail"] == missing["detail"], str(route)


def test_a_thing_of_somebody_else_is_not_found_under_ones_own_scenario(
    app: Flask, ada: Caller, eve: Caller
) -> None:
    has = belongings_of(ada)
    has.ids["scenario_id"] = eve.new_scenario()
    walked = walk(
        app,
        has,
        lambda route, address, sent: eve.call(route.method, address, **sent),
        lambda route: 404,
        wanted=lambda route: len(route.rule.arguments) > 1,
    )
    assert walked >= 5


def test_an_id_in_a_body_a_header_or_a_query_opens_no_more_than_one_in_a_path(
    app: Flask, ada: Caller, eve: Caller
) -> None:
    has = belongings_of(ada)
    scenario_id, own_id = str(has.ids["scenario_id"]), eve.new_scenario()
    before = kept(app)
    compared = eve.post("/compare", json={"items": [{"scenario_id": own_id}, {"scenario_id": scenario_id}]})
    assert compared.status_code in (404, 422)
    assert "Orders" not in compared.get_data(as_text=True)
    sent = eve.post(
        "/api/v1/ingest",
        data=b"one event\n",
        content_type="text/plain",
        headers={"X-Scenario-ID": scenario_id},
    )
    assert sent.status_code == 404
    listed = eve.get(f"/reports?scenario_id={scenario_id}")
    assert listed.status_code == 404 or listed.get_json()["items"] == []
    assert kept(app) == before
    many = eve.post(
        "/scenarios/bulk",
        json={
            "operations": [
                {"op": "update", "id": scenario_id, "changes": {"name": "Mine now"}},
                {"op": "delete", "id": scenario_id},
            ]
        },
    )
    assert [item["status"] for item in many.get_json()["results"]] == [404, 404]
    assert kept(app)["scenarios"] == before["scenarios"]


def test_a_scenario_made_under_a_foreign_name_is_ones_own(app: Flask, ada: Caller, eve: Caller) -> None:
    made = eve.post("/scenarios", json=DOCUMENT | {"owner_id": str(ada.owner_id)})
    assert made.status_code == 422
    mine = eve.new_scenario(id=str(UUID(int=1)))
    assert mine != str(UUID(int=1))
    assert ada.get(f"/scenarios/{mine}").status_code == 404
