"""API keys: the secret is shown once, strangers cannot see or end them, a revoked one is dead."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from uuid import UUID

import pytest
from flask import Flask

from webapp.domain.errors import Conflict, InvalidInput, NotFound, Unauthenticated
from webapp.infra import clock
from webapp.infra.db import db
from webapp.models.api_key import ApiKey
from webapp.services import keys
from webapp.services.accounts import register_account
from webapp.services.keys import Identity, create_key, identify_key, is_well_formed, list_keys, revoke_key


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
    assert identity == Identity(owner, made.card.id, frozenset(("read", "ingest")))
    assert (made.card.name, made.card.scopes) == ("ci", ("read", "ingest"))


def test_only_a_hash_of_the_secret_is_kept(owner: UUID) -> None:
    made = create_key(owner, "ci", ["read"])
    kept = db.session.get_one(ApiKey, made.card.id)
    assert kept.key_hash == sha256(made.secret.encode()).hexdigest()
    assert made.secret.startswith(kept.prefix) and len(kept.prefix) == 9
    assert all(made.secret not in str(value) for value in vars(kept).values())


def test_a_secret_has_a_checksum_that_finds_typing_errors(owner: UUID) -> None:
    secret = create_key(owner, "ci", ["read"]).secret
    assert len(secret) == 41 and is_well_formed(secret)
    mistyped = secret[:10] + ("a" if secret[10] != "a" else "b") + secret[11:]
    for wrong in ("", "mk_", secret[:-1], secret + "a", mistyped, "é" * 41, "mk_" + "é" * 38):
        assert not is_well_formed(wrong)
        with pytest.raises(Unauthenticated):
            identify_key(wrong)


def test_a_well_formed_key_nobody_made_is_refused() -> None:
    with pytest.raises(Unauthenticated, match="not known"):
        identify_key(keys._new_secret())


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
    with pytest.raises(NotFound):
        revoke_key(stranger, made.card.id)
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
        ("ci", ["admin"], "/scopes"),
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
