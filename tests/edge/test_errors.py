"""Refusals and failures: a problem document on the API, a page elsewhere, a stack trace nowhere."""

import logging
from uuid import UUID

import pytest
from flask import Blueprint, Flask, Response
from flask.testing import FlaskClient
from jinja2 import DictLoader

from webapp.domain.errors import NotFound
from webapp.edge.errors import Refusal, write_refusals
from webapp.infra.db import db

BROWSER = {"Accept": "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8"}


@pytest.fixture
def live(app: Flask) -> FlaskClient:
    """A client that sees what a browser sees when the code itself breaks."""
    app.config["PROPAGATE_EXCEPTIONS"] = False
    return app.test_client()


def test_a_wrong_field_is_named_in_a_problem_document(client: FlaskClient) -> None:
    response = client.get("/api/v2/fails/field", headers={"X-Correlation-ID": "abc-1"})
    assert (response.status_code, response.content_type) == (422, "application/problem+json")
    assert response.get_json() == {
        "type": "urn:mockupaws:problem:invalid-input",
        "title": "Some values are not right",
        "status": 422,
        "detail": "/region: “mars\ud800” is not known.",
        "instance": "/api/v2/fails/field",
        "correlation_id": "abc-1",
        "errors": [{"pointer": "/region", "detail": "“mars\ud800” is not known."}],
    }


@pytest.mark.parametrize(
    ("how", "status", "kind"),
    [
        ("state", 409, "conflict"),
        ("absent", 404, "not-found"),
        ("away", 503, "unavailable"),
        ("owner", 401, "unauthenticated"),
    ],
)
def test_each_refusal_has_its_status(client: FlaskClient, how: str, status: int, kind: str) -> None:
    response = client.get(f"/api/v2/fails/{how}")
    assert response.status_code == status
    assert response.get_json()["type"] == f"urn:mockupaws:problem:{kind}"


def test_an_unknown_api_route_is_a_problem_and_names_itself(client: FlaskClient) -> None:
    response = client.get("/api/v9/nothing")
    assert response.status_code == 404
    assert response.get_json()["instance"] == "/api/v9/nothing"


def test_a_wrong_method_says_which_are_right(client: FlaskClient) -> None:
    response = client.delete("/api/v2/owner")
    assert response.status_code == 405
    assert set(response.headers["Allow"].split(", ")) == {"GET", "HEAD", "OPTIONS"}
    assert response.get_json()["status"] == 405


def test_a_redirect_stays_one(client: FlaskClient) -> None:
    assert client.get("/api/v2/moved").status_code == 302


@pytest.mark.parametrize("path", ["/api/v2/fails/code", "/fails/code", "/api/v2/fails/query", "/fails/query"])
def test_no_detail_of_our_code_reaches_a_client(
    live: FlaskClient, path: str, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    if path.endswith("query"):
        monkeypatch.setattr("webapp.edge.errors._is_away", lambda error: False)
    response = live.get(path)
    assert response.status_code == 500
    for inside in ("Traceback", "secret", "RuntimeError", "sqlite", "nowhere"):
        assert inside not in response.get_data(as_text=True)
    assert any(record.exc_info for record in caplog.records)


@pytest.mark.parametrize("path", ["/api/v2/fails/database", "/fails/database", "/api/v2/fails/query"])
def test_a_database_that_is_away_is_said_to_be_away(client: FlaskClient, path: str) -> None:
    response = client.get(path)
    assert response.status_code == 503
    assert response.headers["Retry-After"] == "5"
    assert "SELECT" not in response.get_data(as_text=True)


def test_a_page_error_uses_its_template(app: Flask, client: FlaskClient) -> None:
    app.jinja_loader = DictLoader(
        {"errors/404.html": "<h1>{{ title }}</h1>{{ detail }} {{ correlation_id }}"}
    )
    response = client.get("/nothing", headers={"X-Correlation-ID": "abc-1"})
    assert response.status_code == 404
    assert response.get_data(as_text=True) == "<h1>Not found</h1>There is nothing at this address. abc-1"


def test_a_page_error_without_a_template_is_plain_text(client: FlaskClient) -> None:
    response = client.get("/nothing")
    assert (response.status_code, response.mimetype) == (404, "text/plain")
    assert "There is nothing at this address." in response.get_data(as_text=True)


@pytest.mark.parametrize(
    ("accept", "mimetype"),
    [
        (BROWSER, "text/html"),
        ({}, "application/problem+json"),
        ({"Accept": "*/*"}, "application/problem+json"),
        ({"Accept": "application/json"}, "application/problem+json"),
    ],
)
def test_a_browser_refused_a_page_of_the_api_sees_a_page(
    app: Flask, client: FlaskClient, accept: dict[str, str], mimetype: str
) -> None:
    def show() -> str:
        raise NotFound("There is no such operation.")

    pages = Blueprint("api_docs", __name__)
    pages.add_url_rule("/api/v9/docs", view_func=show)
    app.register_blueprint(pages)
    app.jinja_loader = DictLoader({"errors/404.html": "<p>{{ detail }}</p>"})
    response = client.get("/api/v9/docs", headers=accept)
    assert (response.status_code, response.mimetype) == (404, mimetype)
    assert "There is no such operation." in response.get_data(as_text=True)
    for elsewhere in ("/api/v9/nothing", "/api/v2/fails/absent"):
        assert client.get(elsewhere, headers=BROWSER).mimetype == "application/problem+json"


def test_a_face_writes_the_refusals_of_its_root_and_below_only(app: Flask, client: FlaskClient) -> None:
    def write(refusal: Refusal) -> Response:
        return Response(f"own {refusal.status}")

    write_refusals(app, "/api/v9", write)
    for path in ("/api/v9", "/api/v9/", "/api/v9/nothing"):
        assert client.get(path).get_data() == b"own 404"
    assert client.get("/api/v90").mimetype == "application/problem+json"


def test_a_broken_error_page_still_answers(
    app: Flask, client: FlaskClient, caplog: pytest.LogCaptureFixture
) -> None:
    app.jinja_loader = DictLoader({"errors/404.html": "{{ nothing.at.all }}"})
    with caplog.at_level(logging.ERROR):
        response = client.get("/nothing")
    assert (response.status_code, response.mimetype) == (404, "text/plain")
    assert "could not be made" in caplog.text


def test_the_error_page_of_a_dead_database_asks_it_nothing(
    app: Flask, owner_id: UUID, monkeypatch: pytest.MonkeyPatch
) -> None:
    app.jinja_loader = DictLoader({"errors/503.html": "{{ current_user.is_authenticated }}"})
    app.config["WTF_CSRF_ENABLED"] = False
    client = app.test_client()
    client.post("/sign-in", data={"email": "ada@example.com", "password": "correct horse"})
    response = client.get("/fails/database")
    assert response.get_data(as_text=True) == "False"
    # The session outlives the fault.
    assert client.get("/mine").get_data(as_text=True) == str(owner_id)


def test_a_failed_request_leaves_no_transaction_open(app: Flask, client: FlaskClient) -> None:
    client.get("/fails/query")
    with app.app_context():
        assert not db.session().in_transaction()
