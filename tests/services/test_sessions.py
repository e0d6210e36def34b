"""Sessions: a row decides, so what ended anywhere is over with the next request."""

from uuid import UUID

import pytest
from sqlalchemy import select

from tests.services.people import record_of
from tests.stack.application import Clock
from webapp.domain.errors import NotFound
from webapp.infra.caller import Caller, acting
from webapp.infra.db import db, unit_of_work
from webapp.models.session import OneTimeToken, Session
from webapp.services.account_administration import disable_account
from webapp.services.accounts import get_account
from webapp.services.mailed_links import issue_token
from webapp.services.sessions import (
    NewSession,
    begin_session,
    get_session,
    list_sessions,
    note_seen,
    recognise_session,
    renew_secret,
    revoke_session,
    revoke_sessions,
    sign_out,
    sweep_sessions,
)
from webapp.services.tokens import issue_tokens


def begin(account_id: UUID) -> NewSession:
    with unit_of_work():
        return begin_session(get_account(account_id), "password")


def is_alive(session: NewSession) -> bool:
    db.session.rollback()
    return recognise_session(session.secret) is not None


@pytest.mark.both_databases
def test_a_session_is_recognised_by_its_secret_of_which_only_a_hash_is_kept(
    database_url: str, owner: UUID
) -> None:
    new = begin(owner)
    live = recognise_session(new.secret)
    assert live is not None
    assert (live.id, live.account.id, live.is_due) == (new.id, owner, False)
    kept = db.session.get_one(Session, new.id)
    assert new.secret not in (kept.secret_hash, str(kept.id))
    assert recognise_session("") is recognise_session("\ud800\x00") is None


def test_it_remembers_where_it_began(owner: UUID) -> None:
    with acting(Caller(address="192.0.2.7", agent="Firefox/130 " + "x" * 400)):
        begin(owner)
    (card,) = list_sessions(owner)
    assert (card.address, card.kind, len(card.agent)) == ("192.0.2.7", "web", 300)
    assert record_of("SignedIn")[0]["session_kind"] == "web"


@pytest.mark.both_databases
def test_signing_out_everywhere_ends_what_a_thief_copied(database_url: str, owner: UUID) -> None:
    stolen, other = begin(owner), begin(owner)
    with unit_of_work():
        assert revoke_sessions(owner, "everywhere", spare=other.id) == 1
    assert not is_alive(stolen) and is_alive(other)
    assert record_of("SessionsRevoked") == [{"account_id": str(owner), "reason": "everywhere", "sessions": 1}]


def test_signing_out_everywhere_ends_api_clients_too(owner: UUID) -> None:
    with unit_of_work():
        issue_tokens(owner, "password")
    assert [card.kind for card in list_sessions(owner)] == ["api"]
    with unit_of_work():
        revoke_sessions(owner, "everywhere")
    assert list_sessions(owner) == ()


def test_a_renewed_secret_leaves_the_old_one_dead(owner: UUID) -> None:
    before = begin(owner)
    with unit_of_work():
        after = renew_secret(before.id)
    assert not is_alive(before)
    live = recognise_session(after)
    assert live is not None and live.id == before.id


def test_an_ended_session_is_not_renewed(owner: UUID) -> None:
    session = begin(owner)
    with unit_of_work():
        sign_out(owner, session.id)
    with pytest.raises(NotFound), unit_of_work():
        renew_secret(session.id)


def test_signing_out_is_recorded_once(owner: UUID) -> None:
    session = begin(owner)
    for _ in range(2):
        with unit_of_work():
            sign_out(owner, session.id)
    assert len(record_of("SignedOut")) == 1


def test_a_stranger_ends_and_sees_no_session(owner: UUID, stranger: UUID) -> None:
    session = begin(owner)
    for act in (get_session, revoke_session):
        with pytest.raises(NotFound):
            act(stranger, session.id)
    with unit_of_work():
        sign_out(stranger, session.id)
    assert is_alive(session)


@pytest.mark.parametrize(("days", "alive"), [(13.9, True), (14, False)])
def test_a_busy_session_ends_after_14_days(owner: UUID, clock: Clock, days: float, alive: bool) -> None:
    session = begin(owner)
    clock.advance(days=6.95)
    with unit_of_work():
        note_seen(session.id)
    clock.advance(days=6.9)
    with unit_of_work():
        note_seen(session.id)
    clock.advance(days=days - 6.95 - 6.9)
    assert is_alive(session) is alive


def test_a_session_unseen_for_7_days_is_over(owner: UUID, clock: Clock) -> None:
    session = begin(owner)
    clock.advance(days=7)
    assert not is_alive(session)
    assert list_sessions(owner) == ()


def test_last_seen_is_exact_to_a_minute_and_written_no_oftener(owner: UUID, clock: Clock) -> None:
    session = begin(owner)
    clock.advance(seconds=59)
    live = recognise_session(session.secret)
    assert live is not None and not live.is_due
    with unit_of_work():
        note_seen(session.id)
    assert list_sessions(owner)[0].last_seen_at < clock.moment
    clock.advance(seconds=1)
    live = recognise_session(session.secret)
    assert live is not None and live.is_due
    with unit_of_work():
        note_seen(session.id)
    assert list_sessions(owner)[0].last_seen_at == clock.moment


def test_a_disabled_account_is_out_at_once(owner: UUID) -> None:
    session = begin(owner)
    with unit_of_work():
        disable_account(owner)
    assert not is_alive(session)


@pytest.mark.both_databases
def test_the_sweep_removes_what_is_over_and_nothing_else(
    database_url: str, owner: UUID, clock: Clock
) -> None:
    revoked, unseen = begin(owner), begin(owner)
    with unit_of_work():
        sign_out(owner, revoked.id)
        issue_token(owner, "reset")
        kept = issue_tokens(owner, "password").session_id
    clock.advance(days=8.1)
    alive = begin(owner)
    with unit_of_work():
        assert sweep_sessions() == 3
    assert set(db.session.scalars(select(Session.id))) == {alive.id, kept}
    assert unseen.id not in (alive.id, kept)
    assert db.session.scalars(select(OneTimeToken)).all() == []
