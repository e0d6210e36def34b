"""Access and refresh tokens: short-lived, exchanged once, and a copy that is used ends everything."""

import threading
from collections.abc import Callable
from datetime import timedelta
from hashlib import sha256
from uuid import UUID

import pytest
from flask import Flask
from sqlalchemy import event, func, select, update

from tests.stack.application import Clock
from webapp.domain.errors import Unauthenticated
from webapp.infra import clock as application_clock
from webapp.infra.caller import Caller, acting
from webapp.infra.db import db, unit_of_work
from webapp.infra.secret_texts import is_well_formed, new_secret
from webapp.models.audit import AuditEntry
from webapp.models.session import RefreshToken, Session
from webapp.models.user import User
from webapp.services.identities import ORDINARY_SCOPES, Identity
from webapp.services.tokens import (
    ACCESS_LASTS,
    REFRESH_LASTS,
    Tokens,
    identify_access_token,
    issue_tokens,
    refresh_tokens,
)

CLIENT = Caller(address="192.0.2.7", agent="curl/8")


@pytest.fixture
def tokens(owner: UUID) -> Tokens:
    with acting(CLIENT), unit_of_work():
        return issue_tokens(owner, "password")


def refreshed(tokens: Tokens) -> Tokens:
    with unit_of_work():
        return refresh_tokens(tokens.refresh_token)


def refusal(act: Callable[[], object]) -> str:
    with pytest.raises(Unauthenticated) as refused, unit_of_work():
        act()
    return refused.value.message


def is_alive(tokens: Tokens) -> bool:
    try:
        with unit_of_work():
            identify_access_token(tokens.access_token)
    except Unauthenticated:
        return False
    return True


def test_signing_in_is_in_the_audit(tokens: Tokens, owner: UUID) -> None:
    entry = db.session.scalars(select(AuditEntry).where(AuditEntry.activity == "SignedIn")).one()
    assert (entry.subject_id, entry.address) == (owner, "192.0.2.7")
    assert '"method":"password"' in entry.details and '"session_kind":"api"' in entry.details


def revocations() -> list[AuditEntry]:
    db.session.expire_all()
    return list(db.session.scalars(select(AuditEntry).where(AuditEntry.activity == "SessionsRevoked")))


@pytest.mark.both_databases
def test_an_access_token_identifies_its_account_with_every_ordinary_scope(
    tokens: Tokens, owner: UUID
) -> None:
    identity = identify_access_token(tokens.access_token)
    assert identity == Identity("token", owner, tokens.session_id, frozenset(ORDINARY_SCOPES), "free")


def test_an_administrator_has_the_scope_admin_as_long_as_they_are_one(tokens: Tokens, owner: UUID) -> None:
    for role, has_it in (("admin", True), ("user", False)):
        with unit_of_work():
            db.session.execute(update(User).where(User.id == owner).values(role=role, plan="premium"))
        identity = identify_access_token(tokens.access_token)
        assert ("admin" in identity.scopes, identity.plan) == (has_it, "premium")


def test_only_hashes_are_kept(tokens: Tokens) -> None:
    session = db.session.get_one(Session, tokens.session_id)
    (link,) = db.session.scalars(select(RefreshToken))
    assert session.secret_hash == sha256(tokens.access_token.encode()).hexdigest()
    assert link.token_hash == sha256(tokens.refresh_token.encode()).hexdigest()
    kept = [str(value) for row in (session, link) for value in vars(row).values()]
    assert not [text for text in kept if tokens.access_token in text or tokens.refresh_token in text]


def test_the_session_says_where_it_began(tokens: Tokens) -> None:
    session = db.session.get_one(Session, tokens.session_id)
    assert (session.kind, session.address, session.agent) == ("api", "192.0.2.7", "curl/8")


def test_tokens_have_a_mark_and_a_checksum(tokens: Tokens) -> None:
    assert is_well_formed(tokens.access_token, "ma_") and is_well_formed(tokens.refresh_token, "mr_")
    assert not is_well_formed(tokens.access_token, "mr_")
    for wrong in ("", "ma_", tokens.access_token[:-1], "ma_" + "é" * 38, "mx_" + "a" * 38):
        assert "neither" in refusal(lambda wrong=wrong: identify_access_token(wrong))  # type: ignore[misc]
        assert "mr_" in refusal(lambda wrong=wrong: refresh_tokens(wrong))  # type: ignore[misc]
    assert "not known" in refusal(lambda: identify_access_token(new_secret("ma_")))
    assert "not known" in refusal(lambda: refresh_tokens(new_secret("mr_")))


def test_neither_token_stands_in_for_the_other(tokens: Tokens) -> None:
    assert "This is a refresh token" in refusal(lambda: identify_access_token(tokens.refresh_token))
    assert "not a refresh token" in refusal(lambda: refresh_tokens(tokens.access_token))


@pytest.mark.both_databases
def test_a_refresh_replaces_both_tokens(tokens: Tokens) -> None:
    newer = refreshed(tokens)
    assert newer.session_id == tokens.session_id
    assert newer.access_token != tokens.access_token and newer.refresh_token != tokens.refresh_token
    assert is_alive(newer)
    assert "replaced" in refusal(lambda: identify_access_token(tokens.access_token))
    assert is_alive(refreshed(newer))


@pytest.mark.both_databases
def test_a_refresh_token_used_twice_ends_the_session(tokens: Tokens, owner: UUID) -> None:
    newer = refreshed(tokens)
    assert "used before" in refusal(lambda: refresh_tokens(tokens.refresh_token))
    assert "ended" in refusal(lambda: identify_access_token(newer.access_token))
    assert "ended" in refusal(lambda: refresh_tokens(newer.refresh_token))
    (entry,) = revocations()
    assert entry.subject_id == owner
    assert '"reason":"refresh-token-reused"' in entry.details


def test_a_copy_used_again_and_again_is_told_once(tokens: Tokens, caplog: pytest.LogCaptureFixture) -> None:
    refreshed(tokens)
    for _ in range(3):
        refusal(lambda: refresh_tokens(tokens.refresh_token))
    assert len(revocations()) == 1
    assert [record.getMessage() for record in caplog.records if record.name == "webapp.services.tokens"] == [
        f"A refresh token was used twice: session {tokens.session_id} of {tokens.account_id} has ended."
    ]


def test_other_sessions_of_the_account_go_on(tokens: Tokens, owner: UUID) -> None:
    with unit_of_work():
        other = issue_tokens(owner, "password")
    refreshed(tokens)
    refusal(lambda: refresh_tokens(tokens.refresh_token))
    assert is_alive(other)


def test_a_refresh_that_fails_half_way_leaves_the_old_pair(tokens: Tokens) -> None:
    with pytest.raises(RuntimeError), unit_of_work():
        refresh_tokens(tokens.refresh_token)
        raise RuntimeError
    assert is_alive(tokens)
    assert is_alive(refreshed(tokens))


@pytest.mark.both_databases
def test_of_ten_refreshes_at_once_exactly_one_wins(app: Flask, tokens: Tokens) -> None:
    together = threading.Barrier(10)
    won: list[Tokens] = []
    refused: list[str] = []

    def call() -> None:
        with app.app_context():
            together.wait()
            try:
                with unit_of_work():
                    won.append(refresh_tokens(tokens.refresh_token))
            except Unauthenticated as error:
                refused.append(error.message)

    callers = [threading.Thread(target=call) for _ in range(10)]
    for caller in callers:
        caller.start()
    for caller in callers:
        caller.join()
    assert (len(won), len(refused)) == (1, 9)
    assert not is_alive(won[0]) and not is_alive(tokens)
    assert len(revocations()) == 1


def test_an_access_token_lasts_a_quarter_of_an_hour(owner: UUID, clock: Clock) -> None:
    with unit_of_work():
        tokens = issue_tokens(owner, "password")
    clock.advance(seconds=ACCESS_LASTS.total_seconds() - 1)
    assert is_alive(tokens)
    clock.advance(seconds=1)
    assert "expired" in refusal(lambda: identify_access_token(tokens.access_token))
    assert is_alive(refreshed(tokens))


def test_a_refresh_token_lasts_thirty_days_from_the_last_refresh(owner: UUID, clock: Clock) -> None:
    with unit_of_work():
        tokens = issue_tokens(owner, "password")
    clock.advance(seconds=REFRESH_LASTS.total_seconds() - 1)
    tokens = refreshed(tokens)
    assert tokens.refresh_expires_at == clock.moment + timedelta(days=30)
    clock.advance(seconds=REFRESH_LASTS.total_seconds())
    assert "expired" in refusal(lambda: refresh_tokens(tokens.refresh_token))


@pytest.mark.parametrize("skew_s", [-300, 300])
def test_a_server_whose_clock_is_off_changes_only_how_long_a_token_lasts(
    tokens: Tokens, monkeypatch: pytest.MonkeyPatch, skew_s: int
) -> None:
    right = application_clock.read
    monkeypatch.setattr(application_clock, "read", lambda: right() + timedelta(seconds=skew_s))
    assert is_alive(tokens)
    newer = refreshed(tokens)
    monkeypatch.setattr(application_clock, "read", right)
    assert is_alive(newer)
    assert is_alive(refreshed(newer))


def test_links_that_have_expired_leave_the_chain(owner: UUID, clock: Clock) -> None:
    with unit_of_work():
        tokens = issue_tokens(owner, "password")
    clock.advance(days=20)
    tokens = refreshed(tokens)
    clock.advance(days=20)
    refreshed(tokens)
    assert db.session.scalar(select(func.count()).select_from(RefreshToken)) == 2


@pytest.mark.both_databases
def test_a_revoked_session_is_over_at_once(tokens: Tokens, owner: UUID) -> None:
    assert is_alive(tokens)
    with unit_of_work():
        revoked = update(Session).where(Session.account_id == owner)
        db.session.execute(revoked.values(revoked_at=application_clock.now()))
    assert "ended" in refusal(lambda: identify_access_token(tokens.access_token))
    assert "ended" in refusal(lambda: refresh_tokens(tokens.refresh_token))


def test_a_disabled_account_keeps_nobody_in(tokens: Tokens, owner: UUID) -> None:
    with unit_of_work():
        db.session.execute(update(User).where(User.id == owner).values(disabled_at=application_clock.now()))
    assert "disabled" in refusal(lambda: identify_access_token(tokens.access_token))
    assert "disabled" in refusal(lambda: refresh_tokens(tokens.refresh_token))


def test_the_cookie_secret_of_a_browser_is_no_access_token(owner: UUID) -> None:
    moment = application_clock.now()
    secret = new_secret("ma_")
    with unit_of_work():
        db.session.add(
            Session(
                account_id=owner,
                kind="web",
                secret_hash=sha256(secret.encode()).hexdigest(),
                created_at=moment,
                last_seen_at=moment,
                expires_at=moment + timedelta(days=1),
            )
        )
    assert refusal(lambda: identify_access_token(secret))


def test_being_seen_is_noted_once_a_minute(owner: UUID, clock: Clock) -> None:
    with unit_of_work():
        tokens = issue_tokens(owner, "password")
    begun, seen = clock.moment, []
    for _ in range(4):
        clock.advance(seconds=30)
        with unit_of_work():
            identify_access_token(tokens.access_token)
        db.session.expire_all()
        seen.append((db.session.get_one(Session, tokens.session_id).last_seen_at - begun).seconds)
    assert seen == [0, 60, 60, 120]


def test_recognising_a_token_takes_one_query(tokens: Tokens) -> None:
    asked: list[str] = []

    def noted(*call: object) -> None:
        asked.append(str(call[2]))

    event.listen(db.engine, "before_cursor_execute", noted)
    try:
        identify_access_token(tokens.access_token)
    finally:
        event.remove(db.engine, "before_cursor_execute", noted)
    assert len(asked) == 1
