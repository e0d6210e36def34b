"""The API reference: public, complete, and light."""

import re

import pytest
from flask.testing import FlaskClient


@pytest.mark.parametrize("version", ["v1", "v2"])
def test_every_operation_has_a_page(client: FlaskClient, version: str) -> None:
    paths = client.get(f"/api/{version}/openapi.json").get_json()["paths"]
    guide = client.get(f"/api/{version}/docs").get_data(as_text=True)
    for methods in paths.values():
        for operation in methods.values():
            address = f"/api/{version}/docs/{operation['operationId']}"
            assert f'href="{address}"' in guide
            assert client.get(address).status_code == 200, address


def test_an_unknown_operation_is_not_found(client: FlaskClient) -> None:
    assert client.get("/api/v2/docs/teleport").status_code == 404


def test_a_page_says_parameters_body_answers_and_the_command(client: FlaskClient) -> None:
    text = client.get("/api/v2/docs/create_estimate").get_data(as_text=True)
    for said in (
        "EstimateDocument",
        "curl -i",
        "total_usd",
        "429",
        "Retry-After",
        "Every service, field by field",
    ):
        assert said in text


def test_the_form_that_tries_it_cannot_put_a_key_into_an_address(client: FlaskClient) -> None:
    """It is sent by script; a browser that sends it anyway finds no field with a name."""
    text = client.get("/api/v2/docs/list_scenarios").get_data(as_text=True)
    form = text[
        text.index("<form", text.index("data-try") - 60) : text.index("</form>", text.index("data-try"))
    ]
    assert "data-key" in form
    assert re.findall(r"<(?:input|select|textarea)[^>]* name=", form) == []


def test_the_reference_runs_under_the_policy_of_pages(client: FlaskClient) -> None:
    policy = client.get("/api/v2/docs").headers["Content-Security-Policy"]
    assert "unsafe" not in policy
    assert "script-src 'self' 'nonce-" in policy


def test_it_is_linked_from_every_page(client: FlaskClient) -> None:
    assert 'href="/api/v2/docs"' in client.get("/sign-in").get_data(as_text=True)


def test_its_style_and_script_are_light(client: FlaskClient) -> None:
    text = client.get("/api/v2/docs").get_data(as_text=True)
    weight = 0
    for address in re.findall(r'<(?:script|link)[^>]+(?:src|href)="([^"]+)"', text):
        with client.get(address) as file:
            weight += len(file.data)
    assert weight < 120_000
