"""Cross-site request forgery: no page that changes something does so without a token of the same session."""

from collections.abc import Iterator
from uuid import uuid4

import pytest
from flask import Flask

from tests.web.conftest import Person

HTMX = {"HX-Request": "true"}


def changing_addresses(app: Flask) -> Iterator[tuple[str, str]]:
    """Method and path of every page that takes more than a GET."""
    adapter = app.url_map.bind("localhost")
    for rule in app.url_map.iter_rules():
        module = app.view_functions[rule.endpoint].__module__
        for method in (rule.methods or set()) - {"GET", "HEAD", "OPTIONS"}:
            if module.startswith("webapp.web."):
                values = {name: uuid4() for name in rule.arguments}
                yield method, str(adapter.build(rule.endpoint, values, method=method))


@pytest.mark.parametrize("headers", [{}, HTMX], ids=["form", "htmx"])
def test_every_change_needs_a_token(app: Flask, ada: Person, headers: dict[str, str]) -> None:
    checked = 0
    for method, path in changing_addresses(app):
        answer = ada.client.open(path, method=method, data={"name": "forged"}, headers=headers)
        assert answer.status_code == 400, f"{method} {path}: {answer.status}"
        checked += 1
    assert checked > 30


def test_the_token_of_another_session_opens_nothing(app: Flask, ada: Person, stranger: Person) -> None:
    token = stranger.token()
    for method, path in changing_addresses(app):
        for sent in ({"data": {"csrf_token": token}}, {"headers": {"X-CSRFToken": token} | HTMX}):
            answer = ada.client.open(path, method=method, **sent)  # type: ignore[arg-type]
            assert answer.status_code == 400, f"{method} {path}: {answer.status}"


def test_over_tls_another_site_is_refused_even_with_a_token(ada: Person) -> None:
    answer = ada.client.post(
        "/theme",
        data={"csrf_token": ada.token(), "theme": "dark"},
        headers={"Referer": "https://evil.example/"},
        base_url="https://localhost",
    )
    assert answer.status_code == 400


def test_a_browser_session_changes_nothing_on_the_api(app: Flask, ada: Person) -> None:
    """So the API needs no token against forgery: it looks at no cookie."""
    adapter = app.url_map.bind("localhost")
    checked = 0
    for rule in app.url_map.iter_rules():
        operation = getattr(app.view_functions[rule.endpoint], "operation", None)
        if operation is None or operation.scope is None:
            continue
        for method in (rule.methods or set()) - {"HEAD", "OPTIONS"}:
            path = str(
                adapter.build(rule.endpoint, {name: uuid4() for name in rule.arguments}, method=method)
            )
            assert ada.client.open(path, method=method, json={}).status_code == 401, f"{method} {path}"
            checked += 1
    assert checked > 30
