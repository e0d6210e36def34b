"""The OpenAPI documents: complete, valid, and true of what stands in them."""

import re
from collections import Counter
from collections.abc import Iterator
from typing import Any
from uuid import UUID

import jsonschema_rs
import pytest
from flask import Flask
from flask.testing import FlaskClient
from schemathesis.specs.openapi.definitions import OPENAPI_31

from tests.api.callers import Caller
from tests.stack.contracts import document
from webapp.api.openapi.answers import answer_of
from webapp.api.openapi.routes import path_of
from webapp.api.openapi.versions import VERSIONS
from webapp.pricing.services import all_services

Document = dict[str, Any]


@pytest.fixture(params=list(VERSIONS))
def version(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture
def openapi(app: Flask, version: str) -> Document:
    return document(app, version)


def _operations(openapi: Document) -> Iterator[tuple[str, str, Document]]:
    for path, methods in openapi["paths"].items():
        for method, operation in methods.items():
            yield method.upper(), path, operation


def _answers(openapi: Document, operation: Document) -> Document:
    return {status: answer_of(openapi, operation, status) for status in operation["responses"]}


def test_every_route_is_in_exactly_one_document_and_nothing_else_is(app: Flask) -> None:
    served = {
        (method, path_of(rule))
        for rule in app.url_map.iter_rules()
        if rule.rule.startswith("/api/")
        for method in (rule.methods or set()) - {"HEAD", "OPTIONS"}
    }
    described = Counter(
        (method, path) for name in VERSIONS for method, path, _ in _operations(document(app, name))
    )
    assert set(described) == served
    assert [route for route, times in described.items() if times > 1] == []


def test_the_document_is_valid(openapi: Document) -> None:
    errors = jsonschema_rs.Draft202012Validator(OPENAPI_31).iter_errors(openapi)
    assert [f"{error.instance_path}: {error.message[:200]}" for error in errors] == []


def test_every_schema_is_valid_json_schema_and_every_reference_leads_somewhere(openapi: Document) -> None:
    components = openapi["components"]
    for name, schema in components["schemas"].items():
        assert "__" not in name, "two shapes have this name"
        assert jsonschema_rs.meta.is_valid(schema), name
    for reference in _references(openapi):
        room, _, name = reference.removeprefix("#/components/").partition("/")
        assert name in components[room], reference


def _references(value: object) -> Iterator[str]:
    if isinstance(value, dict):
        if isinstance(value.get("$ref"), str):
            yield value["$ref"]
        for item in value.values():
            yield from _references(item)
    elif isinstance(value, list):
        for item in value:
            yield from _references(item)


def test_every_example_is_what_its_schema_says(openapi: Document) -> None:
    wrong = []
    for method, path, operation in _operations(openapi):
        parts = {"body": operation.get("requestBody", {})} | _answers(openapi, operation)
        for part, said in parts.items():
            for kind, content in said.get("content", {}).items():
                if not kind.endswith("json") or "example" not in content:
                    continue
                schema = content["schema"] | {"components": openapi["components"]}
                validator = jsonschema_rs.Draft202012Validator(schema, validate_formats=True)
                wrong += [
                    f"{method} {path} {part}: {error.instance_path} {error.message[:200]}"
                    for error in validator.iter_errors(content["example"])
                ]
    assert wrong == []


def test_names_of_operations_are_unique(openapi: Document) -> None:
    names = Counter(operation["operationId"] for _, _, operation in _operations(openapi))
    assert [name for name, times in names.items() if times > 1] == []


def test_every_operation_is_explained(openapi: Document) -> None:
    tags = {tag["name"] for tag in openapi["tags"] if tag["description"]}
    for method, path, operation in _operations(openapi):
        where = f"{method} {path}"
        assert operation["summary"], where
        assert set(operation["tags"]) <= tags, where
        for answer in _answers(openapi, operation).values():
            assert answer["description"], where
        for parameter in operation["parameters"]:
            assert parameter["in"] == "path" or parameter["description"], where


def test_every_operation_names_its_refusals(openapi: Document, version: str) -> None:
    for method, path, operation in _operations(openapi):
        said, where = set(operation["responses"]), f"{method} {path}"
        assert {"405", "429", "500", "503"} <= said, where
        if operation["security"]:
            refusals = {"401"} if {} in operation["security"] else {"401", "403"}
            assert refusals <= said, where
        if "{" in path:
            assert "404" in said, where
        if "requestBody" in operation:
            assert {"400", "413", "415", "422"} <= said, where
        for status in ("429", "503"):
            answer = _answers(openapi, operation)[status]
            is_refusal = VERSIONS[version].problem_media_type in answer["content"]
            assert not is_refusal or "Retry-After" in answer["headers"], where


def test_a_key_or_a_token_opens_what_needs_a_scope(openapi: Document) -> None:
    for _, _, operation in _operations(openapi):
        is_open = {} in operation["security"]
        for way in filter(None, operation["security"]):
            [(scheme, scopes)] = way.items()
            assert scheme in openapi["components"]["securitySchemes"]
            assert scopes == [] if is_open else scopes[0] in ("read", "write", "ingest", "admin")


def test_where_an_api_key_is_always_refused_the_document_names_tokens_only(app: Flask, ada: Caller) -> None:
    openapi, for_sessions, said = document(app, "v2"), set(), set()
    for method, path, operation in _operations(openapi):
        if operation["security"] and all("apiKey" not in way for way in operation["security"]):
            said.add(path)
        if operation["security"] and path.startswith("/api/v2/auth/"):
            body = _example(operation)
            answer = ada.call(method, re.sub(r"{\w+}", str(UUID(int=7)), path), json=body)
            if answer.status_code == 403:
                for_sessions.add(path)
    assert said == for_sessions == {"/api/v2/auth/logout", "/api/v2/auth/password"}


def test_where_a_key_is_checked_but_not_needed_the_document_says_so(app: Flask, client: FlaskClient) -> None:
    checked, said = set(), set()
    for method, path, operation in _operations(document(app, "v2")):
        if {} in operation["security"]:
            said.add(path)
        if {} in operation["security"] or not operation["security"]:
            address, sent = re.sub(r"{\w+}", "sqs", path), _example(operation)
            with_a_bad_key = client.open(address, method=method, headers={"X-API-Key": "mk_x"}, json=sent)
            without = client.open(address, method=method, json=sent)
            if with_a_bad_key.status_code == 401 != without.status_code:
                checked.add(path)
    assert said == checked == {"/api/v2/estimates"}


def _example(operation: Document) -> object:
    """The example of the JSON an operation takes."""
    content = operation.get("requestBody", {}).get("content", {})
    return content.get("application/json", {}).get("example")


@pytest.mark.parametrize("headers", [{}, {"X-API-Key": "mk_wrong"}, {"Authorization": "Bearer wrong"}])
def test_what_needs_a_scope_is_closed_to_strangers(
    client: FlaskClient, openapi: Document, headers: dict[str, str]
) -> None:
    opened = []
    for method, path, operation in _operations(openapi):
        if not operation["security"] or {} in operation["security"]:
            continue
        address = re.sub(r"{\w+}", str(UUID(int=7)), path)
        status = client.open(address, method=method, headers=headers, json=_example(operation)).status_code
        if status != 401:
            opened.append(f"{method} {path}: {status}")
    assert opened == []


def test_every_service_is_a_kind_of_resource(app: Flask) -> None:
    """Adding a service is adding one file: the document follows."""
    schemas = document(app, "v2")["components"]["schemas"]
    mapping = schemas["Resource"]["discriminator"]["mapping"]
    assert set(mapping) == set(all_services())
    for code, service in all_services().items():
        properties = schemas[mapping[code].rpartition("/")[2]]["properties"]
        assert set(properties["settings"]["properties"]) == {setting.name for setting in service.settings}
        assert set(properties["usage"]["properties"]) == {usage.name for usage in service.usage}


def test_settings_carry_bounds_units_defaults_and_help(app: Flask) -> None:
    schemas = document(app, "v2")["components"]["schemas"]
    memory = schemas["LambdaResource"]["properties"]["settings"]["properties"]["memory_mb"]
    assert {"type": "integer", "minimum": 128, "maximum": 10240} in memory["anyOf"]
    assert memory["default"] == 128
    assert "MB" in memory["description"]


def test_it_is_public_and_may_be_kept_for_a_while(client: FlaskClient, version: str) -> None:
    response = client.get(f"/api/{version}/openapi.json")
    assert response.status_code == 200
    assert response.headers["Cache-Control"] == "public, max-age=300"
    again = client.get(f"/api/{version}/openapi.json", headers={"If-None-Match": response.headers["ETag"]})
    assert (again.status_code, again.get_data()) == (304, b"")


def test_it_names_this_installation(openapi: Document) -> None:
    assert [server["url"] for server in openapi["servers"]] == ["http://localhost"]
