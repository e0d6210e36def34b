"""JSON bodies that are none: each refused with its place, none with a stack trace."""

import gzip

import pytest
from flask.testing import FlaskClient

from tests.api.callers import DOCUMENT, Caller, pointers, problem


@pytest.mark.parametrize(
    ("body", "sentence"),
    [
        (b"", "This is not JSON: Expecting value at line 1, column 1."),
        (b'{"region":\n "us-east-1",}', "line 2, column 14"),
        (b'{"region": "us-east-1"', "line 1, column 23"),
        (b"[1, 2", "line 1, column 6"),
        (b"\xff\xfe{\x00", "Byte 1 of the JSON is not UTF-8."),
        (b'{"name": "\xe9"}', "Byte 11 of the JSON is not UTF-8."),
        (b'{"name": "\\ud800", "region": "us-east-1"}', "half of a surrogate pair"),
        (b"[" * 200_000, "nested too deeply"),
        (b'{"a":' * 100_000, "nested too deeply"),
    ],
)
def test_broken_json_is_refused_with_its_place(client: FlaskClient, body: bytes, sentence: str) -> None:
    status, detail = problem(client.post("/api/v2/estimates", data=body, content_type="application/json"))
    assert status == 400
    assert sentence in detail


@pytest.mark.parametrize("body", [b"[]", b"3", b"null", b'"text"', b"true"])
@pytest.mark.parametrize("path", ["/estimates", "/scenarios"])
def test_json_that_is_no_object_is_refused(ada: Caller, path: str, body: bytes) -> None:
    response = ada.post(path, data=body, content_type="application/json")
    assert (response.status_code, pointers(response)) == (422, {""})


@pytest.mark.parametrize(
    "content_type", [None, "text/plain", "application/x-www-form-urlencoded", "multipart/form-data"]
)
def test_only_json_is_read_as_json(client: FlaskClient, content_type: str | None) -> None:
    response = client.post("/api/v2/estimates", data=b"{}", content_type=content_type)
    assert problem(response) == (415, "Send JSON, with the header Content-Type: application/json.")


def test_a_vendor_type_and_a_charset_are_json_too(client: FlaskClient) -> None:
    for content_type in ("application/json; charset=utf-8", "application/vnd.mockupaws+json"):
        response = client.post(
            "/api/v2/estimates", data=b'{"region": "us-east-1"}', content_type=content_type
        )
        assert response.status_code == 200


def test_compressed_json_is_not_read(client: FlaskClient) -> None:
    response = client.post(
        "/api/v2/estimates",
        data=gzip.compress(b"{}"),
        content_type="application/json",
        headers={"Content-Encoding": "gzip"},
    )
    assert problem(response)[0] == 415


@pytest.mark.parametrize("name", ["x" * 201, "nul\x00byte", 3, ["a"]])
def test_text_that_cannot_be_kept_is_named(ada: Caller, name: object) -> None:
    assert "/name" in pointers(ada.post("/scenarios", json=DOCUMENT | {"name": name}))


def test_any_script_may_be_a_name(ada: Caller) -> None:
    name = "Ordini però 注文 🛒 <script>alert(1)</script>"
    assert ada.get(f"/scenarios/{ada.new_scenario(name=name)}").get_json()["name"] == name


@pytest.mark.parametrize(
    "path", ["/nothing", "/scenarios/not-a-uuid", "/scenarios/1", "/reports/x/status", "/scenarios/"]
)
def test_what_is_not_there_is_a_problem_document(ada: Caller, path: str) -> None:
    assert problem(ada.get(path))[0] == 404


def test_a_wrong_method_is_a_problem_document(ada: Caller) -> None:
    response = ada.call("POST", f"/scenarios/{ada.new_scenario()}", json={})
    assert problem(response)[0] == 405
    assert set(response.headers["Allow"].split(", ")) == {"GET", "HEAD", "OPTIONS", "PUT", "PATCH", "DELETE"}
