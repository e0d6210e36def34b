"""Sessions that were planted, links that lead away, hosts that are somebody else's."""

import re
from collections.abc import Callable
from urllib.parse import urlsplit

import pytest
from flask import Flask
from sqlalchemy import select

from tests.web.conftest import PASSWORD, Person
from webapp.infra.db import db
from webapp.models.mail import Mail

AWAY = (
    "https://evil.example",
    "//evil.example",
    "///evil.example",
    "/\\evil.example",
    "\\\\evil.example",
    "/\t/evil.example",
    "http:evil.example",
    "javascript:alert(1)",
    " //evil.example",
    "/%0d%0aLocation:%20https://evil.example",
)


def cookie(person: Person) -> str:
    """The session cookie a browser holds."""
    held = person.client.get_cookie("session")
    assert held is not None
    return held.value


def test_a_planted_session_is_not_the_one_somebody_signs_in_with(
    app: Flask, visitor: Person, sign_up: Callable[[str], Person]
) -> None:
    sign_up("victim@example.com")
    visitor.get("/sign-in")
    planted = cookie(visitor)
    victim = Person(app.test_client())
    victim.client.set_cookie("session", planted)
    answer = victim.post("/sign-in", {"email": "victim@example.com", "password": PASSWORD})
    assert answer.status_code == 303
    assert cookie(victim) != planted
    # Whoever planted it is still nobody.
    assert visitor.get("/scenarios").status_code == 303


def test_a_token_from_before_signing_in_is_worth_nothing_afterwards(
    visitor: Person, sign_up: Callable[[str], Person]
) -> None:
    sign_up("victim@example.com")
    before = visitor.token()
    visitor.post("/sign-in", {"email": "victim@example.com", "password": PASSWORD})
    answer = visitor.client.post("/theme", data={"theme": "dark", "csrf_token": before})
    assert answer.status_code == 400


@pytest.mark.parametrize("target", AWAY)
def test_no_next_leads_off_the_site(visitor: Person, ada: Person, target: str) -> None:
    form: dict[str, object] = {"email": ada.email, "password": PASSWORD, "next": target}
    for path in ("/theme", "/sign-in"):
        answer = visitor.post(path, form)
        assert answer.status_code == 303
        parts = urlsplit(answer.location)
        assert (parts.scheme, parts.netloc) == ("", "") and parts.path.startswith("/"), answer.location
        # What is encoded stays encoded: it is a path of ours that leads nowhere, and no header of its own.
        assert re.fullmatch(r"/[^/\\\s][^\\\s]*|/", answer.location), answer.location


@pytest.mark.parametrize("target", AWAY)
def test_the_sign_in_page_repeats_no_address_elsewhere(visitor: Person, target: str) -> None:
    page = visitor.client.get("/sign-in", query_string={"next": target}).get_data(as_text=True)
    assert 'value="https://evil' not in page and 'value="//' not in page and "javascript:" not in page


def test_a_mailed_link_names_our_address_whatever_host_was_asked(app: Flask, ada: Person) -> None:
    """An attacker who asks for somebody's reset under a host of theirs would otherwise be sent the token."""
    forged = {"Host": "203.0.113.9", "X-Forwarded-Host": "evil.example", "Forwarded": "host=evil.example"}
    visitor = app.test_client()
    page = visitor.get("/forgot-password", headers=forged).get_data(as_text=True)
    token = re.search(r'name="csrf_token" value="([^"]+)"', page)
    assert token is not None
    sent = {"email": ada.email, "csrf_token": token[1]}
    assert visitor.post("/forgot-password", data=sent, headers=forged).status_code < 400
    assert app.test_client().post(
        "/api/v2/auth/password/reset", json={"email": ada.email}, headers=forged
    ).status_code in (202, 429)
    with app.app_context():
        texts = list(db.session.scalars(select(Mail.text).where(Mail.kind == "reset")))
    assert texts
    for text in texts:
        assert "http://localhost/" in text
        assert "evil" not in text and "203.0.113.9" not in text


def test_no_page_repeats_the_host_it_was_asked_for(ada: Person) -> None:
    for path in ("/scenarios", "/keys", "/prices", "/services", "/nothing", "/api/v2/nothing"):
        answer = ada.client.get(path, headers={"Host": "203.0.113.9"})
        assert "203.0.113.9" not in answer.get_data(as_text=True) + str(answer.headers), path
