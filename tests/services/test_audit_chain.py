"""The audit's chain: whatever is done to it behind our back is seen, and the first broken entry named."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta, timezone
from uuid import uuid4

import pytest
from flask import Flask
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from tests.services.auditing import act, first_of, tamper
from webapp.domain.activities import ScenarioCreated, SuspiciousInput
from webapp.infra.caller import Caller, acting
from webapp.infra.db import db, unit_of_work
from webapp.infra.logs import correlated
from webapp.services.activities import record
from webapp.services.audit_chain import canonical, read_links
from webapp.services.audit_checkpoints import checkpoints_file, write_checkpoint
from webapp.services.audit_verify import verify_audit

pytestmark = pytest.mark.both_databases


def test_a_chain_of_acts_verifies(context: None) -> None:
    act(5)
    found = verify_audit()
    assert (found.findings, found.entries, found.first_seq, found.last_seq) == ((), 5, 1, 5)


def test_an_empty_audit_is_whole(context: None) -> None:
    assert verify_audit().is_whole


def test_an_entry_says_who_from_where_and_in_which_request(context: None) -> None:
    account, key, scenario = uuid4(), uuid4(), uuid4()
    caller = Caller("key", account, key, address="2001:db8::1", agent="curl/8\x00\n")
    with acting(caller), correlated("req-1"), unit_of_work():
        record(ScenarioCreated(scenario, account, "Ünïcode “shop” \x00"))
    (link,) = read_links(1, 1)
    said = dict(link.said)
    assert (said["via"], said["actor_id"], said["credential_id"]) == ("key", account, key)
    assert (said["subject_id"], said["address"], said["agent"]) == (scenario, "2001:db8::1", "curl/8  ")
    assert (said["correlation_id"], said["activity"]) == ("req-1", "ScenarioCreated")
    assert verify_audit().is_whole


def test_what_a_database_gives_back_is_written_the_same(
    context: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    moments = [
        datetime(2026, 3, 14, 9, 26, 53, 589793, tzinfo=UTC),
        datetime(2026, 3, 14, 9, 26, 53, 100000, tzinfo=UTC),
        datetime(2026, 3, 14, 9, 26, 53, tzinfo=UTC),
        datetime(2026, 3, 14, 11, 26, 53, 7, tzinfo=timezone(timedelta(hours=2))),
    ]
    for moment in moments:
        monkeypatch.setattr("webapp.infra.clock.read", lambda moment=moment: moment)
        act()
    db.session.expire_all()
    ats = [canonical({"at": link.said["at"]}) for link in read_links(1, 4)]
    assert ats == [
        '{"at":"2026-03-14T09:26:53.589793+00:00"}',
        '{"at":"2026-03-14T09:26:53.100000+00:00"}',
        '{"at":"2026-03-14T09:26:53.000000+00:00"}',
        '{"at":"2026-03-14T09:26:53.000007+00:00"}',
    ]
    assert verify_audit().is_whole


def test_half_a_surrogate_pair_does_not_stop_the_act(context: None) -> None:
    act(name="broken \ud800 text")
    assert verify_audit().is_whole


def test_an_act_that_fails_is_not_recorded(context: None) -> None:
    with pytest.raises(ZeroDivisionError), unit_of_work():
        record(ScenarioCreated(uuid4(), uuid4(), "never"))
        raise ZeroDivisionError
    assert verify_audit().entries == 0


def test_switched_off_nothing_is_written(app: Flask) -> None:
    app.extensions["settings"] = app.extensions["settings"].model_copy(
        update={"audit_logging_enabled": False}
    )
    with app.app_context():
        act()
        assert verify_audit().entries == 0
        assert write_checkpoint() is None


def test_several_acts_of_one_unit_of_work_stand_in_order(context: None) -> None:
    with unit_of_work():
        for name in ("first", "second", "third"):
            record(SuspiciousInput((name,), "query q"))
    details = [str(link.said["details"]) for link in read_links(1, 3)]
    assert [name in detail for name, detail in zip(("first", "second", "third"), details, strict=True)] == [
        True
    ] * 3
    assert verify_audit().is_whole


TAMPERING: dict[str, tuple[tuple[str, ...], int | None, str]] = {
    "a changed row": (
        ("UPDATE audit_entries SET address = '203.0.113.9' WHERE seq = 4",), 4, "was changed after",
    ),
    "a changed moment": (
        ("UPDATE audit_entries SET at = (SELECT at FROM audit_entries WHERE seq = 1) WHERE seq = 5",),
        5, "was changed after",
    ),
    "a deleted row": (("DELETE FROM audit_entries WHERE seq = 4",), 4, "is missing."),
    "the first rows deleted": (
        ("DELETE FROM audit_entries WHERE seq < 4",), 1, "is missing, and so is everything up to 3",
    ),
    "a deleted row, the rest moved up": (
        (
            "DELETE FROM audit_entries WHERE seq = 4",
            *(f"UPDATE audit_entries SET seq = {seq - 1} WHERE seq = {seq}" for seq in (5, 6, 7, 8)),
            "UPDATE audit_heads SET seq = 7 WHERE chain = 'main'",
        ),
        4, "was written as entry 5",
    ),
    "two rows swapped": (
        (
            "UPDATE audit_entries SET seq = 100 WHERE seq = 4",
            "UPDATE audit_entries SET seq = 4 WHERE seq = 6",
            "UPDATE audit_entries SET seq = 6 WHERE seq = 100",
        ),
        4, "was written as entry 6: entries were moved",
    ),
    "an unknown key": (
        ("UPDATE audit_entries SET key_id = 'ffffffff' WHERE seq = 4",), 4, "AUDIT_HMAC_FORMER_KEYS",
    ),
    "the last row deleted": (
        ("DELETE FROM audit_entries WHERE seq = 8",), 8, "the end of the chain was cut off",
    ),
    "the head gone": (
        ("DELETE FROM audit_heads WHERE chain = 'main'",), None, "The head of the chain is gone",
    ),
    "the head's MAC changed": (
        (f"UPDATE audit_heads SET mac = '{'a' * 64}' WHERE chain = 'main'",), 8, "the head disagrees",
    ),
    "the head put back": (
        (
            "UPDATE audit_heads SET seq = 6, mac = (SELECT mac FROM audit_entries WHERE seq = 6) "
            "WHERE chain = 'main'",
        ),
        8, "lies beyond the head",
    ),
}  # fmt: skip


@pytest.mark.parametrize("how", TAMPERING)
def test_tampering_is_seen_and_the_first_broken_entry_named(context: None, how: str) -> None:
    act(8)
    statements, seq, words = TAMPERING[how]
    tamper(*statements)
    broken, message = first_of(verify_audit())
    assert broken == seq
    assert words in message


CUT = (
    "DELETE FROM audit_entries WHERE seq > 6",
    "UPDATE audit_heads SET seq = 6, mac = (SELECT mac FROM audit_entries WHERE seq = 6) "
    "WHERE chain = 'main'",
)


def test_a_cut_tail_with_the_head_put_back_is_seen_by_the_checkpoint(context: None) -> None:
    act(8)
    write_checkpoint()
    tamper(*CUT)
    seq, message = first_of(verify_audit())
    assert seq == 7
    assert "checkpoint 1 saw entry 8" in message
    assert "the chain ends at 6" in message


def test_a_cut_tail_that_was_written_on_is_seen_by_the_checkpoint(context: None) -> None:
    act(8)
    write_checkpoint()
    tamper(*CUT)
    act(5)
    write_checkpoint()
    seq, message = first_of(verify_audit())
    assert seq == 8
    assert "is not the one that checkpoint 1 saw" in message


def test_without_a_checkpoint_the_same_cut_cannot_be_seen(context: None) -> None:
    """What checkpoints are for: this is the attack they close."""
    act(8)
    tamper(*CUT)
    assert verify_audit().is_whole


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE audit_entries SET address = 'x'",
        "DELETE FROM audit_entries",
        "DELETE FROM audit_heads",
        "UPDATE audit_heads SET seq = seq - 1",
        "TRUNCATE audit_entries",
        "TRUNCATE audit_heads",
    ],
)
def test_the_database_itself_refuses(context: None, statement: str) -> None:
    act(2)
    if statement.startswith("TRUNCATE") and db.engine.dialect.name == "sqlite":
        statement = statement.replace("TRUNCATE", "DELETE FROM")  # what SQLite has of it
    with pytest.raises(DBAPIError, match="only ever added to"), unit_of_work():
        db.session.execute(text(statement))
    assert verify_audit().entries == 2


def test_verification_may_begin_in_the_middle(context: None) -> None:
    act(8)
    tamper("UPDATE audit_entries SET agent = 'x' WHERE seq = 2")
    assert first_of(verify_audit())[0] == 2
    found = verify_audit(4)
    assert (found.is_whole, found.entries, found.first_seq) == (True, 5, 4)


def in_checkpoints(change: Callable[[list[str]], list[str]]) -> None:
    lines = checkpoints_file().read_text().splitlines(keepends=True)
    checkpoints_file().write_text("".join(change(lines)))


CHECKPOINT_TAMPERING: dict[str, tuple[Callable[[list[str]], list[str]], str]] = {
    "gone": (lambda lines: [], "is missing or empty; 3 checkpoints were written"),
    "put back": (lambda lines: lines[:1], "ends at number 1, but 3 were written"),
    "begun anew": (lambda lines: lines[2:], "Checkpoints 1 to 2 are missing"),
    "one taken out": (lambda lines: [lines[0], lines[2]], "Checkpoint 3 does not join on 1"),
    "one changed": (lambda lines: [lines[0].replace('"seq":2', '"seq":1'), *lines[1:]], "Line 1 of"),
}


@pytest.mark.parametrize("how", CHECKPOINT_TAMPERING)
def test_tampering_with_the_checkpoint_file_is_seen(context: None, how: str) -> None:
    for _ in range(3):
        act(2)
        write_checkpoint()
    assert verify_audit().checkpoints == 3
    change, words = CHECKPOINT_TAMPERING[how]
    in_checkpoints(change)
    assert words in first_of(verify_audit())[1]


@pytest.mark.parametrize("how", ["gone", "put back"])
def test_a_checkpoint_after_a_lost_file_does_not_hide_the_loss(context: None, how: str) -> None:
    for _ in range(3):
        act(2)
        write_checkpoint()
    in_checkpoints(CHECKPOINT_TAMPERING[how][0])
    act(2)
    write_checkpoint()
    assert not verify_audit().is_whole


def test_a_checkpoint_cut_off_while_it_was_written_is_no_alarm(context: None) -> None:
    act(2)
    write_checkpoint()
    whole = checkpoints_file().read_bytes()
    checkpoints_file().write_bytes(whole + b'{"number":2,"se')
    assert verify_audit().is_whole
    act(1)
    assert write_checkpoint() is not None
    found = verify_audit()
    assert (found.is_whole, found.checkpoints) == (True, 2)


def test_a_checkpoint_whose_commit_was_cut_off_is_built_upon(context: None) -> None:
    act(2)
    write_checkpoint()
    tamper(f"UPDATE audit_heads SET seq = 0, mac = '{'0' * 64}' WHERE chain = 'checkpoints'")
    assert verify_audit().is_whole
    act(2)
    write_checkpoint()
    found = verify_audit()
    assert (found.is_whole, found.checkpoints) == (True, 2)


def test_nothing_new_is_no_new_checkpoint(context: None) -> None:
    assert write_checkpoint() is None
    act()
    assert write_checkpoint() is not None
    assert write_checkpoint() is None


def test_a_checkpoint_is_said_on_the_security_log(context: None, caplog: pytest.LogCaptureFixture) -> None:
    act()
    with caplog.at_level("INFO", logger="webapp.security"):
        made = write_checkpoint()
    assert made is not None
    assert made.signature in caplog.text


def test_a_changed_key_is_known_by_its_former_text(app: Flask) -> None:
    settings = app.extensions["settings"]

    def use(**changes: str) -> None:
        app.extensions["settings"] = settings.model_copy(update=changes)

    with app.app_context():
        use(secret_key="the first secret " * 2)
        act(2)
        use(secret_key="the first secret " * 2, audit_hmac_key="a key of its own " * 2)
        act(2)
        write_checkpoint()
        assert verify_audit().is_whole, "the key derived from SECRET_KEY stays known"
        changed = {"secret_key": "the second secret " * 2, "audit_hmac_key": "another key " * 3}
        use(**changed)
        assert "AUDIT_HMAC_FORMER_KEYS" in first_of(verify_audit())[1]
        former = ",".join(["the first secret " * 2, "a key of its own " * 2])
        use(**changed, audit_hmac_former_keys=former)
        act(2)
        assert verify_audit().is_whole
