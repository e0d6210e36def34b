"""A key of the audit that was replaced signs nothing any more, whoever has it."""

from datetime import UTC, datetime, timedelta

import pytest
from flask import Flask
from sqlalchemy import text

from tests.services.auditing import act, first_of, tamper
from tests.stack.application import Clock
from webapp.infra.db import db
from webapp.services.audit_chain import CHAIN, read_head, read_links, sign
from webapp.services.audit_checkpoints import write_checkpoint
from webapp.services.audit_keys import OVERLAP, KeyOrder
from webapp.services.audit_verify import verify_audit
from webapp.settings import Settings

NOON = datetime(2026, 3, 14, 12, tzinfo=UTC)
SECRET = "the first secret " * 2
OWN = "a key of its own " * 2


def use(app: Flask, **changes: str) -> None:
    settings = app.extensions["settings"]
    assert isinstance(settings, Settings)
    app.extensions["settings"] = settings.model_copy(update=changes)


@pytest.mark.parametrize(
    ("signed", "in_turn"),
    [
        ("1 1 2 2 P P", True),
        ("P P P", True),
        ("1 2 1 P", True),  # within the overlap
        ("1 2 . 1", False),
        ("P . 1", False),  # never met before, and the present one was there already
        ("1 P . 1", False),
        ("1 P 1 P", True),
        ("2 . . P . P", True),
    ],
)
def test_keys_only_move_forward(signed: str, in_turn: bool) -> None:
    order, at = KeyOrder(present="P"), NOON
    answers = []
    for key in signed.split():
        at += timedelta(minutes=1)
        if key == ".":
            at += OVERLAP
        else:
            answers.append(order.is_in_turn(key, at))
    assert all(answers[:-1]) and answers[-1] is in_turn


def test_dating_an_entry_back_does_not_help() -> None:
    order = KeyOrder(present="P")
    assert order.is_in_turn("1", NOON) and order.is_in_turn("P", NOON)
    assert order.is_in_turn("P", NOON + OVERLAP * 2)
    assert not order.is_in_turn("1", NOON)


def test_who_has_the_former_key_cannot_rewrite_the_newest_entry(app: Flask, clock: Clock) -> None:
    """SECRET_KEY signed the audit until AUDIT_HMAC_KEY was set; it has leaked with the sessions it signs."""
    with app.app_context():
        use(app, secret_key=SECRET)
        act(3)
        former = app.extensions["settings"].audit_key
        use(app, audit_hmac_key=OWN)
        act(2)
        clock.advance(days=1)
        act(2)
        write_checkpoint()
        act(1)
        assert verify_audit().is_whole
        head = read_head(CHAIN)
        assert head is not None
        _forge(head[0], former)
        seq, message = first_of(verify_audit())
    assert seq == head[0] and "another key had replaced it" in message


def _forge(seq: int, key: bytes) -> None:
    """Write the newest entry anew, with another address and a key that is known."""
    (link,) = read_links(seq, seq)
    (first,) = read_links(1, 1)
    said = dict(link.said) | {"address": "203.0.113.9", "key_id": first.key_id}
    mac = sign(said, key)
    db.session.rollback()
    tamper(
        f"UPDATE audit_entries SET address = '203.0.113.9', key_id = '{first.key_id}', mac = '{mac}' "
        f"WHERE seq = {seq}",
        f"UPDATE audit_heads SET mac = '{mac}' WHERE chain = 'main'",
    )


def test_entries_of_hours_without_any_checkpoint_are_not_passed_as_whole(app: Flask, clock: Clock) -> None:
    with app.app_context():
        act(2)
        assert verify_audit().is_whole  # just written: the checkpoint is still to come
        clock.advance(seconds=3600)
        act(1)
        found = verify_audit()
        assert not found.is_whole and "no checkpoint although" in str(found.findings[0].message)
        write_checkpoint()
        assert verify_audit().is_whole


@pytest.mark.parametrize("table", ["audit_entries", "audit_heads"])
def test_sqlite_replaces_no_row_either(app: Flask, table: str) -> None:
    with app.app_context():
        act(2)
        with pytest.raises(Exception, match="only ever added to"):
            db.session.execute(text(f"INSERT OR REPLACE INTO {table} SELECT * FROM {table}"))
        db.session.rollback()
        assert verify_audit().entries == 2
