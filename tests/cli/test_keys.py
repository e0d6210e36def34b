"""`flask keys`: made and told once, listed without a secret, ended for good."""

from datetime import timedelta
from uuid import uuid4

import pytest
from click.testing import Result
from flask import Flask
from sqlalchemy import select, update

from tests.stack.application import Clock
from webapp.domain.errors import Unauthenticated
from webapp.infra.db import db, unit_of_work
from webapp.models.audit import AuditEntry
from webapp.models.user import User
from webapp.services.accounts import find_account, register_account
from webapp.services.keys import KeyCard, create_key, identify_key, list_keys

ADA = "ada@example.com"


def run(app: Flask, *arguments: str) -> Result:
    return app.test_cli_runner().invoke(args=["keys", *arguments])


@pytest.fixture(autouse=True)
def _ada(app: Flask) -> None:
    with app.app_context(), unit_of_work():
        register_account(ADA, "correct horse battery")


def keys_of_ada(app: Flask) -> tuple[KeyCard, ...]:
    with app.app_context():
        ada = find_account(ADA)
        assert ada is not None
        return list_keys(ada.id)


def works(app: Flask, secret: str) -> bool:
    with app.app_context(), unit_of_work():
        try:
            identify_key(secret)
        except Unauthenticated:
            return False
    return True


def test_a_key_is_printed_alone_and_works(app: Flask) -> None:
    done = run(app, "create", ADA, "ci", "--scope", "read")
    assert done.exit_code == 0 and done.output.startswith("mk_") and len(done.output.strip()) == 41
    assert works(app, done.output.strip())
    (key,) = keys_of_ada(app)
    assert (key.name, key.scopes, key.expires_at) == ("ci", ("read",), None)


def test_without_scopes_a_key_has_the_ordinary_ones(app: Flask) -> None:
    assert run(app, "create", ADA, "ci").exit_code == 0
    assert keys_of_ada(app)[0].scopes == ("read", "write", "ingest")


def test_a_key_can_end_by_itself(app: Flask, clock: Clock) -> None:
    secret = run(app, "create", ADA, "ci", "--expires-in-days", "30").output.strip()
    assert keys_of_ada(app)[0].expires_at == clock.moment + timedelta(days=30)
    clock.advance(days=30)
    assert not works(app, secret)


def test_a_key_of_scope_admin_is_for_administrators(app: Flask) -> None:
    refused = run(app, "create", ADA, "ops", "--scope", "admin")
    assert refused.exit_code == 1 and "administrators" in refused.output
    with app.app_context(), unit_of_work():
        db.session.execute(update(User).values(role="admin"))
    assert run(app, "create", ADA, "ops", "--scope", "admin").exit_code == 0


@pytest.mark.parametrize("days", ["0", "-1", "40000", "soon"])
def test_an_impossible_lifetime_is_refused(app: Flask, days: str) -> None:
    refused = run(app, "create", ADA, "ci", "--expires-in-days", days)
    assert refused.exit_code == 2 and "--expires-in-days" in refused.output
    assert keys_of_ada(app) == ()


def test_the_list_tells_everything_but_the_secret(app: Flask, clock: Clock) -> None:
    secret = run(app, "create", ADA, "ci", "--expires-in-days", "1").output.strip()
    assert works(app, secret)
    clock.advance(seconds=1)
    run(app, "create", ADA, "laptop", "--scope", "read")
    clock.advance(days=2)
    listed = run(app, "list", ADA).output
    heading, laptop, ci = listed.splitlines()
    assert heading.split() == ["Begins", "with", "Name", "Scopes", "State", "Expires", "Last", "used", "Id"]
    assert {"laptop", "in force", "never"} <= {part.strip() for part in laptop.split("  ")}
    assert {"ci", "expired", "2026-03-15", "2026-03-14 09:26"} <= {part.strip() for part in ci.split("  ")}
    assert ci.startswith(secret[:9]) and secret not in listed


def test_an_account_without_keys_says_how_to_make_one(app: Flask) -> None:
    assert run(app, "list", ADA).output == (
        f"{ADA} has no API key. Create one with: flask keys create {ADA} NAME\n"
    )


@pytest.mark.parametrize("how", ["id", "prefix"])
def test_a_revoked_key_is_dead_at_once(app: Flask, how: str) -> None:
    secret = run(app, "create", ADA, "ci").output.strip()
    other = run(app, "create", ADA, "laptop").output.strip()
    key = next(key for key in keys_of_ada(app) if key.name == "ci")
    done = run(app, "revoke", ADA, str(key.id) if how == "id" else key.prefix)
    assert (done.exit_code, done.output) == (
        0,
        f"{key.prefix}… “ci” is revoked: within a second it is refused everywhere.\n",
    )
    assert not works(app, secret) and works(app, other)
    assert "revoked" in run(app, "list", ADA).output


def test_what_the_command_did_is_in_the_audit(app: Flask) -> None:
    run(app, "create", ADA, "ci")
    run(app, "revoke", ADA, str(keys_of_ada(app)[0].id))
    with app.app_context():
        entries = db.session.scalars(
            select(AuditEntry).where(AuditEntry.activity.like("Key%")).order_by(AuditEntry.seq)
        ).all()
    assert [(entry.activity, entry.via) for entry in entries] == [
        ("KeyCreated", "command"),
        ("KeyRevoked", "command"),
    ]


def test_a_key_of_somebody_else_is_not_of_this_account(app: Flask) -> None:
    with app.app_context(), unit_of_work():
        eve = register_account("eve@example.com", "correct horse battery").id
        made = create_key(eve, "hers", ["read"])
    for key in (str(made.card.id), made.card.prefix, str(uuid4()), "mk_"):
        refused = run(app, "revoke", ADA, key)
        assert refused.exit_code == 1 and f"flask keys list {ADA}" in refused.output
    assert works(app, made.secret)


@pytest.mark.parametrize("command", [("create", "ci"), ("list",), ("revoke", "mk_123456")])
def test_a_command_for_nobody_says_what_to_do(app: Flask, command: tuple[str, ...]) -> None:
    done = run(app, command[0], "nobody@example.com", *command[1:])
    assert done.exit_code == 1
    assert "flask users create nobody@example.com" in done.output
