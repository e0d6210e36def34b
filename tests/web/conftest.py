"""People with a browser: sessions, forms with their token, and htmx when asked for."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from html import unescape
from uuid import UUID

import pytest
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from tests.stack.pages import PageCheckingClient
from webapp.infra.db import unit_of_work
from webapp.pricing.document import parse_document
from webapp.services.accounts import register_account
from webapp.services.scenarios import ScenarioView, create_scenario, get_scenario

PASSWORD = "a long enough sentence"
_TOKEN = re.compile(r'name="csrf_token" value="([^"]+)"')


@dataclass(slots=True)
class Person:
    """Somebody with a browser of their own. `id` is None for a visitor."""

    client: FlaskClient
    id: UUID | None = None
    email: str = ""

    def get(self, path: str, *, htmx: bool = False) -> TestResponse:
        return self.client.get(path, headers=_headers(htmx))

    def post(self, path: str, form: dict[str, object] | None = None, *, htmx: bool = False) -> TestResponse:
        """Send a form as a page of ours would, with the token such a page carries."""
        sent = {"csrf_token": self.token(), **(form or {})}
        return self.client.post(path, data=sent, headers=_headers(htmx))

    def token(self) -> str:
        # Of the smallest page: every page carries the token, this one too.
        found = _TOKEN.search(self.client.get("/no-such-page").get_data(as_text=True))
        assert found is not None
        return unescape(found[1])

    def text(self, path: str) -> str:
        answer = self.get(path)
        assert answer.status_code == 200, answer.status
        return answer.get_data(as_text=True)


def _headers(htmx: bool) -> dict[str, str]:
    return {"HX-Request": "true"} if htmx else {}


@pytest.fixture
def visitor(app: Flask) -> Person:
    app.test_client_class = PageCheckingClient
    return Person(app.test_client())


@pytest.fixture
def sign_up(app: Flask) -> Callable[[str], Person]:
    """Make an account and sign it in through the form."""

    def made(email: str) -> Person:
        app.test_client_class = PageCheckingClient
        with app.app_context(), unit_of_work():
            account = register_account(email, PASSWORD, is_confirmed=True)
        person = Person(app.test_client(), account.id, email)
        assert person.post("/sign-in", {"email": email, "password": PASSWORD}).status_code == 303
        return person

    return made


@pytest.fixture
def ada(sign_up: Callable[[str], Person]) -> Person:
    return sign_up("ada@example.com")


@pytest.fixture
def stranger(sign_up: Callable[[str], Person]) -> Person:
    return sign_up("mallory@example.com")


@pytest.fixture
def admin(app: Flask) -> Person:
    """An administrator, the only one."""
    app.test_client_class = PageCheckingClient
    with app.app_context(), unit_of_work():
        account = register_account("root@example.com", PASSWORD, role="admin", is_confirmed=True)
    person = Person(app.test_client(), account.id, account.email)
    assert person.post("/sign-in", {"email": account.email, "password": PASSWORD}).status_code == 303
    return person


@dataclass(slots=True)
class Workshop:
    """Makes scenarios and looks at them behind the pages."""

    app: Flask
    owner_id: UUID

    def scenario(self, name: str = "Checkout", **others: object) -> ScenarioView:
        document = {
            "name": name,
            "region": "us-east-1",
            "traffic": {"volume": 1_000_000},
            "resources": [
                {"service": "sqs", "name": "Queue", "usage": {"requests": {"per": "events", "factor": 3}}}
            ],
        } | others
        with self.app.app_context(), unit_of_work():
            return create_scenario(self.owner_id, parse_document(document))

    def look(self, scenario: ScenarioView) -> ScenarioView:
        with self.app.app_context():
            return get_scenario(self.owner_id, scenario.id)


@pytest.fixture
def workshop(app: Flask, ada: Person) -> Workshop:
    assert ada.id is not None
    return Workshop(app, ada.id)
