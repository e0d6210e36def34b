"""Signing in over the API: tokens, refreshing them, passwords, mails, and what tells a stranger nothing."""

import threading
from uuid import UUID

import pyotp
import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select, update
from werkzeug.test import TestResponse

from tests.api.callers import Caller, pointers, problem
from tests.api.people import PASSWORD, Person, mailed_tokens
from tests.stack.application import Clock
from webapp.infra.clock import now
from webapp.infra.db import db, unit_of_work
from webapp.models.audit import AuditEntry
from webapp.models.user import User
from webapp.services.second_factor import begin_setup, enable, get_setup
from webapp.settings import Settings

FACTOR_MISSING = "urn:mockupaws:problem:second-factor-required"


@pytest.fixture
def person(app: Flask, client: FlaskClient) -> Person:
    """Has an account and is not signed in."""
    grace = Person(client, "grace@example.com")
    assert grace.register().status_code == 201
    return grace


@pytest.fixture
def grace(person: Person) -> Person:
    """Is signed in."""
    assert person.sign_in().status_code == 200
    return person


def again(person: Person) -> Person:
    """The same person in another program."""
    other = Person(person.client, person.email, person.password)
    assert other.sign_in().status_code == 200
    return other


def is_in(person: Person) -> bool:
    return person.get("/auth/me").status_code == 200


def activities(app: Flask, name: str) -> list[AuditEntry]:
    with app.app_context():
        entries = select(AuditEntry).where(AuditEntry.activity == name).order_by(AuditEntry.seq)
        return list(db.session.scalars(entries))


# Register


@pytest.mark.both_databases
def test_an_account_is_opened_and_signs_in(client: FlaskClient) -> None:
    person = Person(client, "Grace@Example.com")
    made = person.register()
    account = made.get_json()
    assert made.status_code == 201
    assert (account["email"], account["role"], account["plan"]) == ("grace@example.com", "user", "free")
    assert account["confirmed_at"] is None and account["second_factor"] is False
    answer = person.sign_in()
    tokens = answer.get_json()
    assert (tokens["token_type"], tokens["expires_in"], tokens["refresh_expires_in"]) == (
        "Bearer",
        900,
        2_592_000,
    )
    assert tokens["account"] == account
    me = person.get("/auth/me").get_json()
    assert me == account | {
        "via": "token",
        "credential_id": me["credential_id"],
        "scopes": ["read", "write", "ingest"],
    }


def test_an_address_has_one_account(person: Person) -> None:
    assert problem(person.register())[0] == 409


@pytest.mark.parametrize(
    ("sent", "named"),
    [
        ({}, {"/email", "/password"}),
        ({"email": "grace@example.com", "password": "short"}, {"/password"}),
        ({"email": "nowhere", "password": PASSWORD}, {"/email"}),
        ({"email": 7, "password": ["x"]}, {"/email", "/password"}),
        ({"email": "a" * 10_001, "password": PASSWORD}, {"/email"}),
        ({"email": "a\x00@b.example", "password": PASSWORD}, {"/email"}),
        (
            {"email": "g@b.example", "password": PASSWORD, "role": "admin", "plan": "premium"},
            {"/role", "/plan"},
        ),
        ({"email": "g@b.example", "password": PASSWORD, "~/": 1}, {"/~0~1"}),
    ],
)
def test_every_wrong_field_is_named_and_nobody_makes_themselves_an_administrator(
    client: FlaskClient, sent: dict[str, object], named: set[str]
) -> None:
    answer = client.post("/api/v2/auth/register", json=sent)
    assert answer.status_code == 422 and pointers(answer) == named


@pytest.mark.parametrize(
    ("body", "kind", "status"),
    [
        (b"{", "application/json", 400),
        (b"[]", "application/json", 422),
        (b"email=a", "application/x-www-form-urlencoded", 415),
        (b'{"email": "\\ud800", "password": "x"}', "application/json", 400),
        (b'{"email": "' + b"a" * 1_100_000 + b'"}', "application/json", 413),
    ],
)
@pytest.mark.parametrize("route", ["login", "register", "refresh", "password/reset", "confirm"])
def test_a_broken_body_is_refused_in_words(
    client: FlaskClient, route: str, body: bytes, kind: str, status: int
) -> None:
    answer = client.post(f"/api/v2/auth/{route}", data=body, content_type=kind)
    assert problem(answer)[0] == status


# Sign in


def test_a_wrong_password_and_an_unknown_address_are_answered_alike(person: Person) -> None:
    wrong = problem(person.sign_in(password="something else"))
    assert wrong == problem(person.sign_in(email="nobody@example.com"))
    assert wrong[0] == 401


def test_answers_with_tokens_are_kept_by_no_cache(grace: Person) -> None:
    assert again(grace).sign_in().headers["Cache-Control"] == "no-store"
    assert grace.refresh().headers["Cache-Control"] == "no-store"


def test_signing_in_sets_no_cookie_and_a_cookie_means_nothing(app: Flask, grace: Person) -> None:
    assert "Set-Cookie" not in again(grace).sign_in().headers
    browser = app.test_client()
    app.config["WTF_CSRF_ENABLED"] = False
    signed_in = browser.post("/sign-in", data={"email": grace.email, "password": grace.password})
    assert signed_in.status_code == 303 and browser.get("/keys").status_code == 200
    assert browser.get("/api/v2/auth/me").status_code == 401
    assert browser.post("/api/v2/auth/logout").status_code == 401
    assert browser.post("/api/v2/auth/api-keys", json={"name": "x", "scopes": ["read"]}).status_code == 401


def test_a_signed_in_browser_needs_no_csrf_token_to_call_the_api(app: Flask, grace: Person) -> None:
    assert grace.post("/auth/logout").status_code == 204


def test_a_second_factor_is_asked_for_by_a_type_of_its_own(app: Flask, person: Person) -> None:
    codes, totp = _with_second_factor(app, person)
    for others in ({}, {"code": ""}, {"code": None}, {"code": "000000"}):
        answer = person.sign_in(**others)
        assert answer.status_code == 401
        assert answer.get_json()["type"] == FACTOR_MISSING
    wrong = person.sign_in(password="something else", code=totp.now())
    assert wrong.get_json()["type"] == "urn:mockupaws:problem:unauthenticated"
    # The code that switched it on was used up by that.
    assert person.sign_in(code=codes[0]).status_code == 200
    assert person.get("/auth/me").get_json()["second_factor"] is True
    assert person.sign_in(code=codes[0]).get_json()["type"] == FACTOR_MISSING


def _with_second_factor(app: Flask, person: Person) -> tuple[tuple[str, ...], pyotp.TOTP]:
    with app.app_context():
        account_id = db.session.scalars(select(User.id).where(User.email == person.email)).one()
        with unit_of_work():
            begin_setup(account_id)
        setup = get_setup(account_id)
        assert setup is not None
        totp = pyotp.TOTP(setup.secret.replace(" ", ""))
        with unit_of_work():
            return enable(account_id, totp.now()), totp


def test_who_tries_on_and_on_waits_whatever_they_send(person: Person) -> None:
    answers = [person.sign_in(password=f"guess number {n}") for n in range(30)]
    last = answers[-1]
    assert last.status_code == 429 and int(last.headers["Retry-After"]) > 0
    assert person.sign_in().status_code == 429


def test_a_disabled_account_does_not_sign_in_and_its_tokens_end(app: Flask, grace: Person) -> None:
    with app.app_context(), unit_of_work():
        db.session.execute(update(User).values(disabled_at=now()))
    for answer in (grace.get("/auth/me"), grace.refresh()):
        assert answer.status_code == 401 and "disabled" in answer.get_json()["detail"]
    assert grace.sign_in().status_code == 403


def test_an_administrator_signs_in_with_the_scope_admin(app: Flask, grace: Person) -> None:
    with app.app_context(), unit_of_work():
        db.session.execute(update(User).values(role="admin"))
    assert "admin" in grace.get("/auth/me").get_json()["scopes"]


def test_what_happened_is_in_the_audit_without_a_secret(app: Flask, grace: Person) -> None:
    grace.sign_in(password="something else")
    grace.post("/auth/logout")
    (signed_in,), (signed_out,) = activities(app, "SignedIn"), activities(app, "SignedOut")
    (refused,) = activities(app, "SignInRefused")
    assert '"session_kind":"api"' in signed_in.details
    assert (signed_out.via, signed_out.actor_id) == ("token", UUID(grace.tokens["account"]["id"]))
    assert '"reason":"password"' in refused.details
    for entry in (signed_in, signed_out, refused):
        assert grace.tokens["access_token"] not in entry.details and PASSWORD not in entry.details


# Tokens


@pytest.mark.both_databases
def test_a_refresh_gives_the_next_pair_and_ends_the_former(grace: Person) -> None:
    former = Person(grace.client, grace.email, tokens=grace.tokens)
    assert grace.refresh().status_code == 200
    assert set(grace.tokens) == {
        "token_type",
        "access_token",
        "expires_in",
        "refresh_token",
        "refresh_expires_in",
    }
    assert is_in(grace) and not is_in(former)


@pytest.mark.both_databases
def test_a_refresh_token_sent_twice_ends_the_session(app: Flask, grace: Person) -> None:
    thief = Person(grace.client, grace.email, tokens=grace.tokens)
    other = again(grace)
    assert grace.refresh().status_code == 200
    status, detail = problem(thief.refresh())
    assert status == 401 and "used before" in detail
    assert not is_in(grace) and grace.refresh().status_code == 401
    assert is_in(other)
    (entry,) = activities(app, "SessionsRevoked")
    assert '"reason":"refresh-token-reused"' in entry.details


@pytest.mark.both_databases
def test_of_ten_refreshes_at_once_one_is_answered(app: Flask, grace: Person) -> None:
    together, answers = threading.Barrier(10), []

    def call() -> None:
        client = app.test_client()
        together.wait()
        answers.append(
            client.post("/api/v2/auth/refresh", json={"refresh_token": grace.tokens["refresh_token"]})
        )

    callers = [threading.Thread(target=call) for _ in range(10)]
    for caller in callers:
        caller.start()
    for caller in callers:
        caller.join()
    assert sorted(answer.status_code for answer in answers) == [200, *[401] * 9]


def test_an_access_token_ends_after_a_quarter_of_an_hour(
    app: Flask, client: FlaskClient, clock: Clock
) -> None:
    person = Person(client, "grace@example.com")
    person.register()
    person.sign_in()
    clock.advance(seconds=899)
    assert is_in(person)
    clock.advance(seconds=1)
    status, detail = problem(person.get("/auth/me"))
    assert status == 401 and "expired" in detail
    assert person.refresh().status_code == 200 and is_in(person)
    clock.advance(days=30)
    assert "expired" in problem(person.refresh())[1]


@pytest.mark.parametrize("token", ["", "mr_nonsense", "x" * 300, None, 7])
def test_what_is_no_refresh_token_is_refused(client: FlaskClient, token: object) -> None:
    answer = client.post("/api/v2/auth/refresh", json={"refresh_token": token})
    assert answer.status_code in (401, 422)
    assert problem(answer)


# Sign out


@pytest.mark.both_databases
def test_signing_out_ends_this_session_at_once(grace: Person) -> None:
    other = again(grace)
    assert grace.post("/auth/logout").status_code == 204
    assert not is_in(grace) and grace.refresh().status_code == 401
    assert is_in(other)


@pytest.mark.both_databases
def test_a_stolen_session_is_over_after_signing_out_everywhere(grace: Person) -> None:
    stolen = again(grace)
    assert grace.post("/auth/logout", {"everywhere": True}).status_code == 204
    for person in (grace, stolen):
        assert not is_in(person) and person.refresh().status_code == 401
    assert grace.sign_in().status_code == 200


def test_everywhere_is_true_or_false(grace: Person) -> None:
    assert pointers(grace.post("/auth/logout", {"everywhere": "yes", "why": 1})) == {"/everywhere", "/why"}
    assert is_in(grace)


def test_an_api_key_has_no_session_to_end_and_no_password_to_change(ada: Caller) -> None:
    assert problem(ada.post("/auth/logout"))[0] == 403
    sent = {"current_password": "correct horse", "new_password": PASSWORD}
    assert problem(ada.post("/auth/password", json=sent))[0] == 403


def test_a_key_learns_whose_it_is_and_what_it_may_do(ada: Caller) -> None:
    me = ada.get("/auth/me").get_json()
    assert (me["via"], me["credential_id"], me["id"]) == ("key", str(ada.key_id), str(ada.owner_id))
    assert me["scopes"] == ["read", "write", "ingest"]


# Passwords


def _change(person: Person, current: str, new: str) -> TestResponse:
    answer = person.post("/auth/password", {"current_password": current, "new_password": new})
    if answer.status_code == 200:
        person.tokens, person.password = answer.get_json(), new
    return answer


@pytest.mark.both_databases
def test_a_changed_password_ends_every_other_session_and_every_token_before(grace: Person) -> None:
    other, before = again(grace), Person(grace.client, grace.email, tokens=grace.tokens)
    assert _change(grace, PASSWORD, "another long sentence").status_code == 200
    assert is_in(grace) and not is_in(other) and not is_in(before)
    assert grace.sign_in(password=PASSWORD).status_code == 401
    assert grace.sign_in().status_code == 200


def test_a_refresh_token_of_before_the_change_is_a_copy(grace: Person) -> None:
    before = Person(grace.client, grace.email, tokens=grace.tokens)
    _change(grace, PASSWORD, "another long sentence")
    assert before.refresh().status_code == 401
    assert not is_in(grace)


@pytest.mark.parametrize(
    ("current", "new", "named"),
    [
        ("something else", "another long sentence", {"/current_password"}),
        (PASSWORD, "short", {"/new_password"}),
        (PASSWORD, "password123", {"/new_password"}),
    ],
)
def test_a_refused_change_names_the_field_and_changes_nothing(
    grace: Person, current: str, new: str, named: set[str]
) -> None:
    assert pointers(_change(grace, current, new)) == named
    assert is_in(grace) and grace.sign_in().status_code == 200


@pytest.mark.both_databases
def test_a_forgotten_password_is_replaced_by_mail_once(app: Flask, grace: Person) -> None:
    assert grace.post("/auth/password/reset", {"email": grace.email}).status_code == 202
    (token,) = mailed_tokens(app, grace.email, "reset")
    sent = {"token": token, "password": "another long sentence"}
    assert pointers(grace.post("/auth/password/reset/confirm", sent | {"password": "short"})) == {"/password"}
    assert grace.post("/auth/password/reset/confirm", sent).status_code == 200
    assert problem(grace.post("/auth/password/reset/confirm", sent))[0] == 410
    assert not is_in(grace) and grace.sign_in().status_code == 401
    assert grace.sign_in(password="another long sentence").status_code == 200


def test_asking_for_a_mail_tells_nobody_who_has_an_account(app: Flask, person: Person) -> None:
    for path, kind in (("/auth/password/reset", "reset"), ("/auth/confirm/resend", "confirm")):
        known = person.post(path, {"email": person.email})
        unknown = person.post(path, {"email": "nobody@example.com"})
        assert known.status_code == unknown.status_code == 202
        assert known.get_data() == unknown.get_data()
        assert mailed_tokens(app, person.email, kind) and not mailed_tokens(app, "nobody@example.com", kind)


def test_an_address_is_confirmed_by_the_newest_link_once(app: Flask, person: Person) -> None:
    assert person.post("/auth/confirm/resend", {"email": person.email}).status_code == 202
    former, newer = mailed_tokens(app, person.email, "confirm")
    assert problem(person.post("/auth/confirm", {"token": former}))[0] == 410
    confirmed = person.post("/auth/confirm", {"token": newer})
    assert confirmed.status_code == 200 and confirmed.get_json()["confirmed_at"]
    assert problem(person.post("/auth/confirm", {"token": newer}))[0] == 410


def test_where_addresses_are_confirmed_first_registering_tells_nothing(
    app: Flask, client: FlaskClient, settings: Settings
) -> None:
    app.extensions["settings"] = settings.model_copy(update={"require_confirmed_email": True})
    person = Person(client, "grace@example.com")
    first, second = person.register(), person.register()
    assert first.status_code == second.status_code == 202
    assert first.get_data() == second.get_data()
    assert person.sign_in().status_code == 403
    (token,) = mailed_tokens(app, person.email, "confirm")
    assert person.post("/auth/confirm", {"token": token}).status_code == 200
    assert person.sign_in().status_code == 200
