"""API keys: the secret is shown once, strangers cannot see or end them, a revoked one is dead."""

import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from uuid import UUID

import pytest
from flask import Flask
from sqlalchemy import event, func, select, update

from tests.stack.application import Clock
from webapp.domain.errors import Conflict, InvalidInput, NotFound, Unauthenticated
from webapp.infra import clock
from webapp.infra.db import db, unit_of_work
from webapp.infra.secret_texts import is_well_formed, new_secret
from webapp.models.api_key import ApiKey
from webapp.models.audit import AuditEntry
from webapp.models.user import User
from webapp.services import keys
from webapp.services.accounts import register_account
from webapp.services.identities import Identity, recent_identities
from webapp.services.keys import create_key, get_key, identify_key, list_keys, recall_key, revoke_key


@pytest.fixture(autouse=True)
def _in_the_app(app: Flask) -> Iterator[None]:
    with app.app_context():
        yield


@pytest.fixture
def owner() -> UUID:
    return register_account("ada@example.com", "correct horse").id


@pytest.mark.both_databases
def test_a_key_identifies_its_owner_and_scopes(owner: UUID) -> None:
    made = create_key(owner, " ci ", ["ingest", "read"])
    identity = identify_key(made.secret)
    assert identity == Identity("key", owner, made.card.id, frozenset(("read", "ingest")))
    assert (made.card.name, made.card.scopes) == ("ci", ("read", "ingest"))


def test_only_a_hash_of_the_secret_is_kept(owner: UUID) -> None:
    made = create_key(owner, "ci", ["read"])
    kept = db.session.get_one(ApiKey, made.card.id)
    assert kept.key_hash == sha256(made.secret.encode()).hexdigest()
    assert made.secret.startswith(kept.prefix) and len(kept.prefix) == 9
    assert all(made.secret not in str(value) for value in vars(kept).values())


def test_a_secret_has_a_checksum_that_finds_typing_errors(owner: UUID) -> None:
    secret = create_key(owner, "ci", ["read"]).secret
    assert len(secret) == 41 and is_well_formed(secret, "mk_")
    mistyped = secret[:10] + ("a" if secret[10] != "a" else "b") + secret[11:]
    for wrong in ("", "mk_", secret[:-1], secret + "a", mistyped, "é" * 41, "mk_" + "é" * 38):
        assert not is_well_formed(wrong, "mk_")
        with pytest.raises(Unauthenticated):
            identify_key(wrong)


def test_a_well_formed_key_nobody_made_is_refused() -> None:
    with pytest.raises(Unauthenticated, match="not known"):
        identify_key(new_secret("mk_"))


@pytest.mark.both_databases
def test_a_revoked_key_is_refused_and_stays_listed(owner: UUID) -> None:
    made = create_key(owner, "ci", ["read"])
    revoked = revoke_key(owner, made.card.id)
    assert revoked.revoked_at is not None
    assert revoke_key(owner, made.card.id) == revoked
    with pytest.raises(Unauthenticated, match="revoked"):
        identify_key(made.secret)
    assert list_keys(owner) == (revoked,)


def test_a_stranger_neither_sees_nor_ends_a_key(owner: UUID) -> None:
    made = create_key(owner, "ci", ["read"])
    stranger = register_account("eve@example.com", "correct horse").id
    assert list_keys(stranger) == ()
    for act in (revoke_key, get_key):
        with pytest.raises(NotFound):
            act(stranger, made.card.id)
    assert identify_key(made.secret).owner_id == owner


@pytest.mark.both_databases
def test_use_is_noted_at_most_once_a_minute(owner: UUID, monkeypatch: pytest.MonkeyPatch) -> None:
    secret = create_key(owner, "ci", ["read"]).secret
    noon = datetime(2026, 11, 24, 12, tzinfo=UTC)
    noted = []
    for seconds in (0, 59, 60, 61):
        monkeypatch.setattr(clock, "read", lambda at=noon + timedelta(seconds=seconds): at)
        identify_key(secret)
        noted.append(list_keys(owner)[0].last_used_at)
    assert noted == [noon, noon, noon + timedelta(seconds=60), noon + timedelta(seconds=60)]


@pytest.mark.parametrize(
    ("name", "scopes", "pointer"),
    [
        ("", ["read"], "/name"),
        ("x" * 81, ["read"], "/name"),
        ("ci", [], "/scopes"),
        ("ci", ["root"], "/scopes"),
    ],
)
def test_a_key_needs_a_name_and_known_scopes(owner: UUID, name: str, scopes: list[str], pointer: str) -> None:
    with pytest.raises(InvalidInput) as refused:
        create_key(owner, name, scopes)
    assert [problem.pointer for problem in refused.value.problems] == [pointer]


def test_an_account_has_a_bounded_number_of_keys_in_force(
    owner: UUID, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(keys, "MAX_KEYS", 2)
    first = create_key(owner, "one", ["read"])
    create_key(owner, "two", ["read"])
    with pytest.raises(Conflict):
        create_key(owner, "three", ["read"])
    revoke_key(owner, first.card.id)
    create_key(owner, "three", ["read"])


@pytest.mark.both_databases
def test_keys_made_side_by_side_stay_within_the_bound(
    app: Flask, owner: UUID, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(keys, "MAX_KEYS", 2)
    db.session.commit()
    together = threading.Barrier(8)

    def make(number: int) -> bool:
        with app.app_context():
            together.wait(timeout=10)
            try:
                with unit_of_work():
                    create_key(owner, f"key {number}", ["read"])
            except Conflict:
                return False
            return True

    with ThreadPoolExecutor(8) as pool:
        assert sum(pool.map(make, range(8))) == 2
    assert len(list_keys(owner)) == 2


def test_an_expired_key_is_refused_and_says_when(owner: UUID, clock: Clock) -> None:
    made = create_key(owner, "ci", ["read"], clock.moment + timedelta(days=30))
    clock.advance(days=29.99)
    assert identify_key(made.secret).owner_id == owner
    clock.advance(days=0.01)
    with pytest.raises(Unauthenticated, match="expired on 2026-04-13"):
        identify_key(made.secret)
    assert get_key(owner, made.card.id).is_expired and not get_key(owner, made.card.id).is_in_force


def test_an_expired_key_counts_no_more(owner: UUID, clock: Clock, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(keys, "MAX_KEYS", 1)
    create_key(owner, "short", ["read"], clock.moment + timedelta(days=1))
    with pytest.raises(Conflict):
        create_key(owner, "next", ["read"])
    clock.advance(days=1)
    create_key(owner, "next", ["read"])


def test_a_key_cannot_end_before_it_begins(owner: UUID, clock: Clock) -> None:
    with pytest.raises(InvalidInput) as refused:
        create_key(owner, "ci", ["read"], clock.moment)
    assert [problem.pointer for problem in refused.value.problems] == ["/expires_at"]


def _set(owner: UUID, **columns: object) -> None:
    with unit_of_work():
        for name, value in columns.items():
            setattr(db.session.get_one(User, owner), name, value)
    recent_identities.forget_all()  # as the acts of an administrator do


def test_only_an_administrator_has_keys_of_scope_admin(owner: UUID) -> None:
    with pytest.raises(InvalidInput, match="administrators") as refused:
        create_key(owner, "ops", ["admin"])
    assert [problem.pointer for problem in refused.value.problems] == ["/scopes"]
    _set(owner, role="admin")
    assert create_key(owner, "ops", ["admin"]).card.scopes == ("admin",)


def test_who_is_no_administrator_any_more_has_lost_the_scope_at_once(owner: UUID) -> None:
    _set(owner, role="admin")
    secret = create_key(owner, "ops", ["admin", "read"]).secret
    assert identify_key(secret).scopes == {"admin", "read"}
    _set(owner, role="user")
    assert identify_key(secret).scopes == {"read"}


def test_no_key_of_a_disabled_account_works(owner: UUID) -> None:
    secret = create_key(owner, "ci", ["read"]).secret
    _set(owner, disabled_at=datetime(2026, 11, 24, tzinfo=UTC))
    with pytest.raises(Unauthenticated, match="disabled"):
        identify_key(secret)
    _set(owner, disabled_at=None)
    assert identify_key(secret).owner_id == owner


def test_a_key_carries_the_plan_of_its_account(owner: UUID) -> None:
    secret = create_key(owner, "ci", ["read"]).secret
    _set(owner, plan="enterprise")
    assert identify_key(secret).plan == "enterprise"


@pytest.mark.both_databases
def test_the_life_of_a_key_is_in_the_audit(owner: UUID) -> None:
    with unit_of_work():
        made = create_key(owner, "ci", ["read"])
    for _ in range(2):
        with unit_of_work():
            identify_key(made.secret)
    for _ in range(2):
        with unit_of_work():
            revoke_key(owner, made.card.id)
    entries = db.session.scalars(
        select(AuditEntry).where(AuditEntry.subject_id == made.card.id).order_by(AuditEntry.seq)
    ).all()
    assert [entry.activity for entry in entries] == ["KeyCreated", "KeyFirstUsed", "KeyRevoked"]
    first_use = entries[1]
    assert (first_use.via, first_use.actor_id, first_use.credential_id) == ("key", owner, made.card.id)
    assert all(made.secret not in entry.details for entry in entries)


def test_a_key_that_was_not_made_leaves_no_trace(owner: UUID) -> None:
    db.session.commit()
    with pytest.raises(RuntimeError), unit_of_work():
        create_key(owner, "ci", ["read"])
        raise RuntimeError
    assert list_keys(owner) == ()
    made = select(func.count()).where(AuditEntry.activity == "KeyCreated")
    assert db.session.scalar(made) == 0


def test_recognising_a_key_in_use_takes_one_query(owner: UUID) -> None:
    secret = create_key(owner, "ci", ["read"]).secret
    identify_key(secret)
    recent_identities.forget_all()
    asked: list[str] = []

    def noted(*call: object) -> None:
        asked.append(str(call[2]))

    event.listen(db.engine, "before_cursor_execute", noted)
    try:
        assert recall_key(secret) is None
        known = identify_key(secret)
        assert recall_key(secret) == known
    finally:
        event.remove(db.engine, "before_cursor_execute", noted)
    assert len(asked) == 1, "and recalling it none"


def test_what_another_process_did_to_a_key_holds_within_a_second(
    owner: UUID, monkeypatch: pytest.MonkeyPatch
) -> None:
    secret = create_key(owner, "ci", ["read"]).secret
    identify_key(secret)
    db.session.execute(update(ApiKey).values(revoked_at=clock.now()))
    assert recall_key(secret) is not None
    later = clock.now() + timedelta(seconds=0.999)
    monkeypatch.setattr(clock, "read", lambda: later)
    assert recall_key(secret) is None
    with pytest.raises(Unauthenticated, match="revoked"):
        identify_key(secret)


@pytest.mark.both_databases
def test_a_key_revoked_here_is_dead_on_the_next_call(app: Flask, owner: UUID) -> None:
    with unit_of_work():
        new = create_key(owner, "ci", ["read"])
        identify_key(new.secret)
    with unit_of_work():
        revoke_key(owner, new.card.id)
    with pytest.raises(Unauthenticated, match="revoked"):
        identify_key(new.secret)


@pytest.mark.both_databases
def test_of_many_first_calls_at_once_one_is_the_first(app: Flask, owner: UUID) -> None:
    with unit_of_work():
        secret = create_key(owner, "ci", ["read"]).secret
    together = threading.Barrier(8)

    def call() -> None:
        with app.app_context():
            together.wait()
            with unit_of_work():
                identify_key(secret)

    callers = [threading.Thread(target=call) for _ in range(8)]
    for caller in callers:
        caller.start()
    for caller in callers:
        caller.join()
    first = select(func.count()).where(AuditEntry.activity == "KeyFirstUsed")
    assert db.session.scalar(first) == 1
