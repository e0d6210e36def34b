"""`flask users`: an administrator on the command line."""

import re
from uuid import UUID

import pytest
from click.testing import Result
from flask import Flask

from tests.services.people import enable_second_factor, record_of
from tests.stack.application import Clock
from webapp.infra.db import unit_of_work
from webapp.services.accounts import Account, authenticate, find_account, get_account
from webapp.services.sessions import begin_session, list_sessions

PASSWORD = "correct horse battery"


@pytest.fixture
def ada(app: Flask) -> UUID:
    assert (
        users(app, "create", "Ada@Example.com", "--password", PASSWORD).output
        == "ada@example.com can sign in.\n"
    )
    return account(app).id


def users(app: Flask, *arguments: str) -> Result:
    return app.test_cli_runner().invoke(args=["users", *arguments])


def account(app: Flask, email: str = "ada@example.com") -> Account:
    with app.app_context():
        found = find_account(email)
    assert found is not None
    return found


def test_create_makes_an_administrator_with_a_plan(app: Flask) -> None:
    users(app, "create", "root@example.com", "--password", PASSWORD, "--admin", "--plan", "enterprise")
    made = account(app, "root@example.com")
    assert (made.role, made.plan, made.is_confirmed) == ("admin", "enterprise", True)
    with app.app_context():
        assert record_of("AccountRegistered")[0]["email"] == "root@example.com"


@pytest.mark.parametrize(
    ("arguments", "code", "told"),
    [
        (["create", "ada@example.com", "--password", "short"], 1, "/password: Use at least 8 characters."),
        (["create", "ada@example.com", "--password", PASSWORD], 1, "already has an account"),
        (["show", "bob@example.com"], 1, "Error: bob@example.com has no account."),
        (["set-plan", "ada@example.com", "platinum"], 2, "'platinum' is not one of"),
        (["reset-second-factor", "ada@example.com"], 1, "has no second factor"),
    ],
)
def test_a_refusal_is_a_sentence_and_an_exit_code(
    app: Flask, ada: UUID, arguments: list[str], code: int, told: str
) -> None:
    done = users(app, *arguments)
    assert done.exit_code == code
    assert told in done.output and "Traceback" not in done.output


def test_list_and_show(app: Flask, ada: UUID) -> None:
    users(app, "create", "eve@example.com", "--password", PASSWORD, "--plan", "premium")
    listed = users(app, "list").output
    assert re.search(r"ada@example.com +user +free +confirmed +off +never", listed)
    assert "2 in all, page 1 of 1." in listed
    assert "ada@" not in users(app, "list", "--plan", "premium").output
    assert "No account fits." in users(app, "list", "--search", "zoe").output
    shown = users(app, "show", "ADA@example.com").output
    assert str(ada) in shown and re.search(r"Sessions +0", shown)


def test_plan_role_and_door(app: Flask, ada: UUID) -> None:
    assert (
        users(app, "set-plan", "ada@example.com", "premium").output
        == "ada@example.com has the plan premium.\n"
    )
    assert (
        users(app, "set-role", "ada@example.com", "admin").output == "ada@example.com has the role admin.\n"
    )
    refused = users(app, "disable", "ada@example.com")
    assert (refused.exit_code, "only administrator left" in refused.output) == (1, True)
    users(app, "create", "root@example.com", "--password", PASSWORD, "--admin")
    assert users(app, "disable", "ada@example.com").output == "ada@example.com is disabled.\n"
    assert account(app).disabled_at is not None
    assert users(app, "enable", "ada@example.com").exit_code == 0
    assert account(app).disabled_at is None


def test_a_new_password_ends_every_session(app: Flask, ada: UUID) -> None:
    with app.app_context():
        with unit_of_work():
            begin_session(get_account(ada), "password")
        assert users(app, "set-password", "ada@example.com", "--password", "battery staple").exit_code == 0
        assert authenticate("ada@example.com", "battery staple").id == ada
        assert list_sessions(ada) == ()


def test_sign_out_and_a_lost_second_factor(app: Flask, ada: UUID, clock: Clock) -> None:
    with app.app_context():
        enable_second_factor(ada, clock)
        with unit_of_work():
            begin_session(get_account(ada), "totp")
    assert "on, 10 recovery codes left" in users(app, "show", "ada@example.com").output
    assert users(app, "sign-out", "ada@example.com").output == "ada@example.com: 1 session ended.\n"
    assert users(app, "reset-second-factor", "ada@example.com").exit_code == 0
    assert not account(app).has_second_factor
