"""Links in mails work once, for a while, and for one account; asking for one tells nobody who has it."""

from threading import Barrier, Thread
from uuid import UUID

import pytest
from argon2 import PasswordHasher
from flask import Flask
from sqlalchemy import event

from tests.services.people import PASSWORD, link_in, mails, record_of, with_settings
from tests.stack.application import Clock
from webapp.domain.errors import Conflict, Gone, InvalidInput, Unauthenticated
from webapp.infra.db import db, unit_of_work
from webapp.services.account_administration import disable_account
from webapp.services.accounts import authenticate, find_account, get_account
from webapp.services.mailed_links import account_behind
from webapp.services.password_changes import change_password, request_reset, reset_password
from webapp.services.registration import confirm_email, register, send_confirmation, send_confirmation_to
from webapp.services.sessions import begin_session, list_sessions
from webapp.services.sign_in import sign_in

ADA, NEW = "ada@example.com", "battery staple staple"


def ask(email: str = ADA) -> str:
    """Ask for a new password; the token mailed."""
    with unit_of_work():
        request_reset(email)
    return link_in(mails("reset")[-1])[1]


def reset(token: str, password: str = NEW) -> UUID:
    with unit_of_work():
        return reset_password(token, password).id


@pytest.mark.both_databases
def test_a_reset_ends_every_session_confirms_the_address_and_is_told(database_url: str, owner: UUID) -> None:
    with unit_of_work():
        begin_session(get_account(owner), "password")
    assert reset(ask()) == owner
    assert sign_in(ADA, NEW).account.is_confirmed
    with pytest.raises(Unauthenticated):
        authenticate(ADA, PASSWORD)
    assert list_sessions(owner) == ()
    assert len(mails("password-changed")) == 1
    assert record_of("PasswordChanged")[-1] == {"account_id": str(owner), "how": "reset"}
    assert len(record_of("PasswordResetRequested")) == len(record_of("EmailConfirmed")) == 1


@pytest.mark.both_databases
def test_a_token_works_once(database_url: str, owner: UUID) -> None:
    token = ask()
    reset(token)
    with pytest.raises(Gone):
        reset(token, "another sentence here")


@pytest.mark.both_databases
def test_a_token_used_twice_at_once_works_once(database_url: str, app: Flask, owner: UUID) -> None:
    token, start, ended = ask(), Barrier(2), list[str]()

    def use(password: str) -> None:
        with app.app_context():
            start.wait()
            try:
                reset(token, password)
                ended.append(password)
            except Gone:
                ended.append("gone")

    threads = [Thread(target=use, args=(f"sentence number {number}",)) for number in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    (winner,) = set(ended) - {"gone"}
    assert "gone" in ended
    assert authenticate(ADA, winner).id == owner


def test_a_token_lasts_an_hour(owner: UUID, clock: Clock) -> None:
    token = ask()
    clock.advance(seconds=3_600)
    with pytest.raises(Gone):
        reset(token)


def test_a_newer_link_ends_the_older_one(owner: UUID) -> None:
    older, newer = ask(), ask()
    with pytest.raises(Gone):
        reset(older)
    assert reset(newer) == owner


def test_a_changed_password_ends_links_mailed_before(owner: UUID) -> None:
    token = ask()
    change_password(owner, PASSWORD, NEW)
    with pytest.raises(Gone):
        reset(token, "another sentence here")


def test_looking_at_a_link_does_not_use_it_up(owner: UUID) -> None:
    token = ask()
    assert account_behind(token, "reset") == account_behind(token, "reset") == owner


def test_a_refused_password_leaves_the_link_working(owner: UUID) -> None:
    token = ask()
    for password in ("short", "password123", "I am ada@example.com", "x" * 257):
        with pytest.raises(InvalidInput):
            reset(token, password)
    assert reset(token) == owner


def test_a_link_works_for_its_purpose_only(owner: UUID) -> None:
    token = ask()
    with pytest.raises(Gone), unit_of_work():
        confirm_email(token)
    with pytest.raises(Gone):
        reset("\ud800" + token)


def test_a_disabled_account_gets_and_uses_no_link(owner: UUID) -> None:
    token = ask()
    with unit_of_work():
        disable_account(owner)
        request_reset(ADA)
    assert len(mails("reset")) == 1
    with pytest.raises(Gone):
        reset(token)


def test_a_reset_lets_the_owner_in_whom_a_stranger_locked_out(owner: UUID) -> None:
    for _ in range(5):
        with pytest.raises(Unauthenticated):
            sign_in(ADA, "not it at all")
    reset(ask())
    assert sign_in(ADA, NEW).outcome == "signed in"


def test_links_lead_to_the_public_address(app: Flask, owner: UUID) -> None:
    with_settings(app, public_url="https://bill.example/")
    ask()
    assert link_in(mails("reset")[0])[0] == "https://bill.example/reset-password"


def test_asking_costs_the_same_for_an_address_nobody_has(
    owner: UUID, monkeypatch: pytest.MonkeyPatch
) -> None:
    statements: list[str] = []
    event.listen(db.engine, "before_cursor_execute", lambda *told: statements.append(told[2].split()[0]))
    costs = {}
    for email in (ADA, "nobody@example.com"):
        statements.clear()
        with unit_of_work():
            request_reset(email)
        costs[email] = statements.copy()
    # Only what needs an account is missing: ending its older links, and the new one.
    assert abs(len(costs[ADA]) - len(costs["nobody@example.com"])) <= 2
    assert len(mails("reset")) == 1
    assert [entry["account_id"] for entry in record_of("PasswordResetRequested")] == [str(owner), None]


def test_what_is_no_address_is_told_so(owner: UUID) -> None:
    for ask_for in (request_reset, send_confirmation_to):
        with pytest.raises(InvalidInput):
            ask_for("ada")


# Registering and confirming


@pytest.mark.both_databases
def test_a_new_account_is_mailed_a_link_that_confirms_it_once(database_url: str, context: None) -> None:
    with unit_of_work():
        account = register(ADA, PASSWORD)
    assert account is not None and not account.is_confirmed
    address, token = link_in(mails("confirm")[0])
    assert address == "http://localhost/confirm"
    with unit_of_work():
        assert confirm_email(token).is_confirmed
    with pytest.raises(Gone), unit_of_work():
        confirm_email(token)
    assert [mail.kind for mail in mails()] == ["confirm", "welcome"]
    assert len(record_of("AccountRegistered")) == len(record_of("EmailConfirmed")) == 1


def test_a_link_to_confirm_lasts_three_days_and_can_be_had_again(owner: UUID, clock: Clock) -> None:
    with unit_of_work():
        send_confirmation(owner)
    clock.advance(days=3)
    with pytest.raises(Gone), unit_of_work():
        confirm_email(link_in(mails("confirm")[0])[1])
    with unit_of_work():
        send_confirmation_to(" ADA@example.com ")
    with unit_of_work():
        confirm_email(link_in(mails("confirm")[1])[1])
    with pytest.raises(Conflict):
        send_confirmation(owner)


def test_asking_again_mails_nobody_who_has_nothing_to_confirm(owner: UUID) -> None:
    with unit_of_work():
        send_confirmation_to("nobody@example.com")
    assert mails() == []


def test_a_taken_address_is_refused_where_that_is_no_secret(owner: UUID) -> None:
    with pytest.raises(Conflict), unit_of_work():
        register(ADA, PASSWORD)


@pytest.mark.both_databases
def test_where_addresses_are_confirmed_first_a_taken_one_answers_like_a_free_one(
    database_url: str, app: Flask, owner: UUID, monkeypatch: pytest.MonkeyPatch
) -> None:
    with_settings(app, require_confirmed_email=True)
    hashed: list[object] = []
    make = PasswordHasher.hash

    def counted(self: PasswordHasher, password: str | bytes) -> str:
        hashed.append(password)
        return make(self, password)

    monkeypatch.setattr(PasswordHasher, "hash", counted)
    with unit_of_work():
        taken = register(ADA, NEW)
    with unit_of_work():
        free = register("free@example.com", NEW)
    assert taken is free is None
    assert len(hashed) == 2  # the same work
    assert [(mail.kind, mail.recipient) for mail in mails()] == [
        ("already-registered", ADA),
        ("confirm", "free@example.com"),
    ]
    assert authenticate(ADA, PASSWORD).id == owner  # nothing was changed
    assert find_account("free@example.com") is not None


def test_no_account_means_no_mail_either(context: None) -> None:
    with pytest.raises(RuntimeError), unit_of_work():
        register(ADA, PASSWORD)
        raise RuntimeError("something else failed")
    assert mails() == [] and find_account(ADA) is None


# Changing it oneself


def test_a_change_asks_for_the_present_password_and_spares_this_session(owner: UUID) -> None:
    with unit_of_work():
        here, there = (begin_session(get_account(owner), "password") for _ in range(2))
    with pytest.raises(InvalidInput) as refused:
        change_password(owner, "not it at all", NEW, spare=here.id)
    assert refused.value.problems[0].pointer == "/present_password"
    change_password(owner, PASSWORD, NEW, spare=here.id)
    assert [card.id for card in list_sessions(owner)] == [here.id]
    assert there.id != here.id
    assert len(mails("password-changed")) == 1
    assert record_of("PasswordChanged") == [{"account_id": str(owner), "how": "changed"}]
