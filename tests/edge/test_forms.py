"""Forms of pages: limits that say themselves, and a sender that breaks off is told so."""

import io
from typing import NoReturn

import pytest
from flask import Flask
from flask.testing import FlaskClient

from webapp.edge.forms import MAX_FIELDS, MAX_FORM_BYTES

URLENCODED = "application/x-www-form-urlencoded"


@pytest.fixture
def client(app: Flask) -> FlaskClient:
    app.config["WTF_CSRF_ENABLED"] = False
    app.add_url_rule("/form", view_func=lambda: "taken", methods=["POST"], endpoint="form")
    return app.test_client()


class BrokenOff(io.BytesIO):
    """What a server's reader does when the last chunk never comes."""

    def read(self, size: int | None = -1) -> NoReturn:
        raise RuntimeError("ChunkMissingTerminator")

    readinto = readline = read  # type: ignore[assignment]


def test_an_ordinary_form_is_taken(client: FlaskClient) -> None:
    assert client.post("/form", data={"name": "x" * 10_000}).status_code == 200


@pytest.mark.parametrize("content_type", [URLENCODED, "multipart/form-data; boundary=x"])
def test_a_form_too_large_is_refused_with_its_limit(client: FlaskClient, content_type: str) -> None:
    response = client.post("/form", data=b"a" * (MAX_FORM_BYTES + 1), content_type=content_type)
    assert response.status_code == 413
    assert "256 KB" in response.get_data(as_text=True)


def test_a_chunked_form_too_large_is_refused_too(client: FlaskClient) -> None:
    body = io.BytesIO(b"name=" + b"a" * (MAX_FORM_BYTES + 1))
    environ = {"wsgi.input_terminated": True}
    response = client.post("/form", input_stream=body, content_type=URLENCODED, environ_base=environ)
    assert response.status_code == 413


def test_a_form_of_thousands_of_fields_is_refused(client: FlaskClient) -> None:
    response = client.post("/form", data="&".join(["a=1"] * (MAX_FIELDS + 1)), content_type=URLENCODED)
    assert response.status_code == 413
    assert "1,000 fields" in response.get_data(as_text=True)


@pytest.mark.parametrize("content_type", [URLENCODED, "multipart/form-data; boundary=x"])
def test_a_form_cut_short_is_a_bad_request(client: FlaskClient, content_type: str) -> None:
    environ = {"wsgi.input_terminated": True}
    response = client.post("/form", input_stream=BrokenOff(), content_type=content_type, environ_base=environ)
    assert response.status_code == 400
    assert "broke off" in response.get_data(as_text=True)
