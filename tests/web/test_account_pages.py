"""One's account on pages: sessions that end at once, passwords that change, links that come by mail."""

from collections.abc import Callable

import pytest
from flask import Flask
from sqlalchemy import update

from tests.services.people import link_in, mails, with_settings
from tests.stack.application import Clock
from tests.web.conftest import PASSWORD, Person
from webapp.infra.db import db, unit_of_work
from webapp.models.user import User
from webapp.services.account_administration import disable_account
from webapp.services.accounts import find_account, get_account
from webapp.services.sessions import list_sessions
from webapp.services.tokens import issue_tokens

NEW = "battery staple staple"


def cookie(person: Person) -> str:
    found = person.client.get_cookie("session")
    assert found is not None
    return found.value


def thief_of(app: Flask, person: Person) -> Person:
    """Somebody with a copy of the cookie."""
    thief = Person(app.test_client())
    thief.client.set_cookie("session", cookie(person))
    assert thief.get("/scenarios").status_code == 200
    return thief


def is_in(person: Person) -> bool:
    return person.get("/scenarios").status_code == 200


def again(app: Flask, person: Person) -> Person:
    """The same person in another browser."""
    other = Person(app.test_client(), person.id, person.email)
    assert other.post("/sign-in", {"email": person.email, "password": PASSWORD}).location == "/scenarios"
    return other


def unconfirm(app: Flask, person: Person) -> None:
    with app.app_context(), unit_of_work():
        db.session.execute(update(User).where(User.id == person.id).values(confirmed_at=None))


# Sessions


@pytest.mark.parametrize("ending", ["/sign-out", "/account/sign-out-everywhere"])
def test_a_stolen_session_is_dead_after_signing_out(app: Flask, ada: Person, ending: str) -> None:
    thief = thief_of(app, ada)
    assert ada.post(ending).location == "/sign-in"
    assert not is_in(thief) and not is_in(ada)


def test_signing_out_here_leaves_other_browsers_alone(app: Flask, ada: Person) -> None:
    other = again(app, ada)
    ada.post("/sign-out")
    assert is_in(other)


def test_signing_in_takes_over_nothing_that_was_planted(app: Flask, ada: Person, stranger: Person) -> None:
    """Session fixation: the victim's browser holds the attacker's cookie and then signs in."""
    victim = Person(app.test_client())
    victim.client.set_cookie("session", cookie(stranger))
    planted = cookie(stranger)
    victim.post("/sign-in", {"email": ada.email, "password": PASSWORD})
    assert cookie(victim) != planted
    assert ada.email in victim.text("/account")
    assert stranger.get("/account").status_code == 303  # the session that was planted has ended


def test_a_changed_password_ends_every_other_session_and_renews_this_one(app: Flask, ada: Person) -> None:
    other, thief = again(app, ada), thief_of(app, ada)
    answer = ada.post("/account/password", {"present_password": PASSWORD, "password": NEW})
    assert answer.location == "/account"
    assert is_in(ada) and not is_in(other) and not is_in(thief)


def test_a_disabled_account_is_out_with_its_next_request(app: Flask, ada: Person) -> None:
    assert ada.id is not None
    with app.app_context(), unit_of_work():
        disable_account(ada.id)
    assert not is_in(ada)


def test_the_list_names_each_session_and_marks_this_one(app: Flask, ada: Person) -> None:
    assert ada.id is not None
    firefox = "Mozilla/5.0 (X11; Linux x86_64; rv:130.0) Gecko/20100101 Firefox/130.0"
    other = Person(app.test_client())
    form = {"csrf_token": other.token(), "email": ada.email, "password": PASSWORD}
    other.client.post("/sign-in", data=form, headers={"User-Agent": firefox})
    with app.app_context(), unit_of_work():
        issue_tokens(ada.id, "password")
    text = ada.text("/account")
    assert "Firefox on Linux" in text and "API client" in text and "127.0.0.1" in text
    assert text.count("This one") == 1
    assert text.count("End …") == 3


def test_one_session_can_be_ended(app: Flask, ada: Person) -> None:
    assert ada.id is not None
    with app.app_context():
        (first,) = list_sessions(ada.id)
    other = again(app, ada)
    path = f"/account/sessions/{first.id}/revoke"
    assert "has to sign in again" in other.text(path)
    assert other.post(path).location == "/account"
    assert is_in(other) and not is_in(ada)
    assert other.get(path).status_code == 404  # it is over


def test_ending_this_session_leads_to_sign_in(app: Flask, ada: Person) -> None:
    assert ada.id is not None
    with app.app_context():
        (own,) = list_sessions(ada.id)
    assert ada.post(f"/account/sessions/{own.id}/revoke").location == "/sign-in"
    assert not is_in(ada)


def test_a_visit_is_noted_once_a_minute(app: Flask, clock: Clock, ada: Person) -> None:
    assert ada.id is not None
    bob = again(app, ada)
    clock.advance(seconds=61)
    assert is_in(bob)
    with app.app_context():
        assert list_sessions(ada.id)[0].last_seen_at == clock.moment


# Password


@pytest.mark.parametrize(
    ("present", "new", "field", "told"),
    [
        ("wrong wrong", NEW, "present-password", "This is not your password."),
        (PASSWORD, "short", "password", "Use at least 8 characters."),
        (PASSWORD, "password123", "password", "everybody tries first"),
    ],
)
def test_a_refused_change_is_told_at_its_field(
    ada: Person, present: str, new: str, field: str, told: str
) -> None:
    answer = ada.post("/account/password", {"present_password": present, "password": new})
    text = answer.get_data(as_text=True)
    assert answer.status_code == 422
    assert f'id="field-{field}-error"' in text and told in text
    assert f'value="{present}"' not in text and f'value="{new}"' not in text


def test_guessing_the_present_password_locks_as_signing_in_does(ada: Person, visitor: Person) -> None:
    for _ in range(5):
        ada.post("/account/password", {"present_password": "wrong wrong", "password": NEW})
    answer = ada.post("/account/password", {"present_password": PASSWORD, "password": NEW})
    assert (answer.status_code, answer.headers["Retry-After"]) == (429, "2")
    answer = visitor.post("/sign-in", {"email": ada.email, "password": PASSWORD})
    assert answer.status_code == 429


def test_the_sixth_try_to_sign_in_answers_alike_for_everybody(
    visitor: Person, ada: Person, clock: Clock
) -> None:
    pages = []
    for email in (ada.email, "nobody@example.com"):
        for _ in range(5):
            assert visitor.post("/sign-in", {"email": email, "password": "wrong wrong"}).status_code == 422
        answer = visitor.post("/sign-in", {"email": email, "password": PASSWORD})
        assert (answer.status_code, answer.headers["Retry-After"]) == (429, "2")
        pages.append(answer.get_data(as_text=True).split("<h1>")[1].replace(email, "").split("csrf")[0])
    assert pages[0] == pages[1]
    assert "Wait 2 s" in pages[0]


def test_whoever_forgot_the_password_gets_a_link_that_works_once(
    app: Flask, visitor: Person, ada: Person
) -> None:
    same = [
        visitor.post("/forgot-password", {"email": email}).get_data(as_text=True).replace(email, "")
        for email in (ada.email, "nobody@example.com")
    ]
    assert same[0].split("<h1>")[1] == same[1].split("<h1>")[1]
    with app.app_context():
        address, token = link_in(mails("reset")[0])
    assert address == "http://localhost/reset-password"
    for _ in range(2):  # a program that checks mails opens the link, too
        page = visitor.get(f"/reset-password?token={token}")
        assert page.headers["Cache-Control"] == "no-store"
        assert page.headers["Referrer-Policy"] == "same-origin"
        text = page.get_data(as_text=True)
        assert text.count(token) == 1 and f'type="hidden" name="token" value="{token}"' in text
    refused = visitor.post("/reset-password", {"token": token, "password": "short"})
    assert refused.status_code == 422 and token in refused.get_data(as_text=True)
    assert visitor.post("/reset-password", {"token": token, "password": NEW}).location == "/sign-in"
    assert not is_in(visitor) and not is_in(ada)  # not signed in by it, and everybody else is out
    assert visitor.post("/sign-in", {"email": ada.email, "password": NEW}).location == "/scenarios"
    assert visitor.post("/reset-password", {"token": token, "password": NEW}).status_code == 410
    gone = visitor.get(f"/reset-password?token={token}")
    assert gone.status_code == 410 and "Ask for a new link" in gone.get_data(as_text=True)


def test_a_forged_host_gets_into_no_mail(app: Flask, visitor: Person, ada: Person) -> None:
    form = {"csrf_token": visitor.token(), "email": ada.email}
    visitor.client.post("/forgot-password", data=form, headers={"X-Forwarded-Host": "evil.example"})
    visitor.client.post("/forgot-password", data=form, headers={"Host": "evil.example"})
    with app.app_context():
        assert {link_in(mail)[0] for mail in mails("reset")} == {"http://localhost/reset-password"}
        assert "evil.example" not in "".join(mail.text + mail.html for mail in mails())


def test_what_is_no_address_is_told_at_its_field(visitor: Person) -> None:
    for path in ("/forgot-password", "/confirm/again"):
        answer = visitor.post(path, {"email": "ada"})
        assert answer.status_code == 422
        assert 'id="field-email-error"' in answer.get_data(as_text=True)
        assert 'value="ada"' in answer.get_data(as_text=True)


# Confirming


def test_an_unconfirmed_person_works_and_is_reminded_calmly(app: Flask, visitor: Person) -> None:
    visitor.post("/sign-up", {"email": "new@example.com", "password": PASSWORD})
    assert "Send the mail again" in visitor.text("/scenarios")
    assert visitor.post("/account/confirmation", {"next": "/keys"}).location == "/keys"
    with app.app_context():
        older, newer = (link_in(mail)[1] for mail in mails("confirm"))
    assert visitor.get(f"/confirm?token={older}").status_code == 410
    for _ in range(2):
        page = visitor.text(f"/confirm?token={newer}")
        assert "This address is mine" in page and f'type="hidden" name="token" value="{newer}"' in page
    before = cookie(visitor)
    assert visitor.post("/confirm", {"token": newer}).location == "/scenarios"
    assert cookie(visitor) != before
    assert "Send the mail again" not in visitor.text("/scenarios")
    assert visitor.post("/account/confirmation").location == "/account"
    assert "confirmed already" in visitor.text("/account")


def test_a_link_can_be_opened_in_another_browser(app: Flask, visitor: Person, ada: Person) -> None:
    unconfirm(app, ada)
    ada.post("/account/confirmation")
    with app.app_context():
        token = link_in(mails("confirm")[0])[1]
    assert visitor.post("/confirm", {"token": token}).location == "/sign-in"
    assert not is_in(visitor)
    assert visitor.post("/confirm", {"token": token}).status_code == 410


def test_where_confirming_comes_first_nobody_learns_who_has_an_account(
    app: Flask, visitor: Person, ada: Person
) -> None:
    with_settings(app, require_confirmed_email=True)
    same = [
        visitor.post("/sign-up", {"email": email, "password": NEW}).get_data(as_text=True).replace(email, "")
        for email in (ada.email, "free@example.com")
    ]
    assert same[0].split("<h1>")[1] == same[1].split("<h1>")[1]
    answer = visitor.post("/sign-in", {"email": "free@example.com", "password": NEW})
    assert answer.status_code == 403
    assert "/confirm/again?email=free" in answer.get_data(as_text=True)
    answer = visitor.post("/sign-in", {"email": "free@example.com", "password": "wrong wrong"})
    assert "/confirm/again" not in answer.get_data(as_text=True)
    visitor.post("/confirm/again", {"email": "free@example.com"})
    with app.app_context():
        token = link_in(mails("confirm")[-1])[1]
    visitor.post("/confirm", {"token": token})
    assert visitor.post("/sign-in", {"email": "free@example.com", "password": NEW}).location == "/scenarios"


# What a form may say


def test_nobody_gives_themselves_a_role_or_a_plan(
    app: Flask, visitor: Person, sign_up: Callable[[str], Person]
) -> None:
    """Mass assignment: fields no form of ours has are not read."""
    more = {
        "role": "admin",
        "plan": "enterprise",
        "confirmed": "true",
        "confirmed_at": "2026-01-01",
        "is_admin": "1",
    }
    visitor.post("/sign-up", {"email": "new@example.com", "password": PASSWORD, **more})
    bob = sign_up("bob@example.com")
    bob.post("/account/password", {"present_password": PASSWORD, "password": NEW, **more})
    with app.app_context():
        new, changed = find_account("new@example.com"), get_account(bob.id) if bob.id else None
    assert new is not None and changed is not None
    assert (new.role, new.plan, new.is_confirmed) == ("user", "free", False)
    assert (changed.role, changed.plan) == ("user", "free")


@pytest.mark.parametrize("elsewhere", ["https://evil.example", "//evil.example", "/\\evil.example"])
def test_the_banner_leads_nowhere_else(app: Flask, ada: Person, elsewhere: str) -> None:
    unconfirm(app, ada)
    assert ada.post("/account/confirmation", {"next": elsewhere}).location == "/account"
