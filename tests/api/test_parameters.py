"""The query string is held to the contract of the route: what it does not name is refused, everywhere."""

import re
from uuid import UUID

import pytest
from flask import Flask
from flask.testing import FlaskClient

from tests.api.callers import Caller, MakeCaller, pointers
from tests.stack.contracts import document
from webapp.infra.db import unit_of_work
from webapp.services.account_administration import set_role

#: Probes, and pages about the API: who asks for them adds what defeats caches on the way.
_OPEN = ("/api/v2/health", "/api/v2/docs", "/api/v2/openapi.json")


def _routes(app: Flask) -> list[tuple[str, str, list[str]]]:
    """Method, address and query parameters (those that are no list) of every route held to its contract."""
    return [
        (method.upper(), re.sub(r"{\w+}", str(UUID(int=7)), path), _single(operation))
        for path, methods in document(app, "v2")["paths"].items()
        for method, operation in methods.items()
        if not path.startswith(_OPEN)
    ]


def _single(operation: dict[str, list[dict[str, object]]]) -> list[str]:
    return [
        str(parameter["name"])
        for parameter in operation["parameters"]
        if parameter["in"] == "query" and "array" not in str(parameter["schema"])
    ]


@pytest.fixture
def all_scopes(app: Flask, make_caller: MakeCaller) -> Caller:
    """A key that lacks nothing: what is refused is refused for its parameters."""
    caller = make_caller("root", "read")
    with app.app_context(), unit_of_work():
        set_role(caller.owner_id, "admin")
    return make_caller("root", "read", "write", "ingest", "admin")


def test_a_parameter_no_route_knows_is_named_by_every_route(app: Flask, all_scopes: Caller) -> None:
    ignored = []
    for method, address, _ in _routes(app):
        answer = all_scopes.call(method, address, query_string={"catalgo": "zz"}, json={})
        if answer.status_code != 422 or pointers(answer) != {"/catalgo"}:
            ignored.append(f"{method} {address}: {answer.status_code}")
    assert ignored == []


def test_a_parameter_that_comes_twice_is_named_by_every_route(app: Flask, all_scopes: Caller) -> None:
    taken = []
    for method, address, names in _routes(app):
        for name in names:
            answer = all_scopes.call(method, address, query_string=[(name, "1"), (name, "2")])
            if answer.status_code != 422 or pointers(answer) != {f"/{name}"}:
                taken.append(f"{method} {address}?{name}: {answer.status_code}")
    assert taken == []


def test_a_list_may_come_twice(ada: Caller) -> None:
    assert ada.get("/scenarios?tag=shop&tag=eu").status_code == 200


def test_who_may_not_come_in_learns_that_first(client: FlaskClient, make_caller: MakeCaller) -> None:
    assert client.get("/api/v2/auth/me?zz=1").status_code == 401
    assert make_caller("ada", "write").get("/auth/me?zz=1").status_code == 403


def test_version_1_leaves_them_aside_as_ever(ada: Caller) -> None:
    assert ada.get("/api/v1/auth/me?zz=1").status_code == 200
    assert ada.get("/api/v1/scenarios?page=1&page=2").status_code == 200
