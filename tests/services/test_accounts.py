"""Accounts: one per address, proven by a password, and no way to ask who has one."""

from collections.abc import Iterator
from uuid import uuid4

import pytest
from argon2 import PasswordHasher
from flask import Flask

from webapp.domain.errors import Conflict, InvalidInput, NotFound, Unauthenticated
from webapp.domain.passwords import COMMON, MIN_PASSWORD
from webapp.infra.db import db, unit_of_work
from webapp.models.user import User
from webapp.services import accounts
from webapp.services.accounts import authenticate, find_account, get_account, register_account, set_password

PASSWORD = "correct horse"


@pytest.fixture(autouse=True)
def _in_the_app(app: Flask) -> Iterator[None]:
    with app.app_context():
        yield


@pytest.mark.both_databases
def test_a_registered_account_signs_in_with_its_address_in_any_case() -> None:
    account = register_account(" Ada@Example.com ", PASSWORD)
    assert account.email == "ada@example.com"
    assert authenticate("ADA@example.COM", PASSWORD) == account
    assert get_account(account.id) == account == find_account("ada@EXAMPLE.com")


@pytest.mark.both_databases
def test_an_address_has_one_account_whatever_its_case() -> None:
    with unit_of_work():
        register_account("ada@example.com", PASSWORD)
    with pytest.raises(Conflict):
        register_account("ADA@EXAMPLE.COM", PASSWORD)


@pytest.mark.both_databases
def test_two_who_register_at_once_get_one_account(monkeypatch: pytest.MonkeyPatch) -> None:
    register_account("ada@example.com", PASSWORD)
    monkeypatch.setattr(accounts, "find_user", lambda address: None)  # the other was not there yet
    with pytest.raises(Conflict):
        register_account("ada@example.com", PASSWORD)
    monkeypatch.undo()
    assert authenticate("ada@example.com", PASSWORD).email == "ada@example.com"


@pytest.mark.both_databases
def test_an_unknown_address_and_a_wrong_password_read_the_same() -> None:
    register_account("ada@example.com", PASSWORD)
    sentences = set()
    for email, password in (
        ("ada@example.com", "wrong horse"),
        ("bob@example.com", PASSWORD),
        ("no\x00body@example.com", PASSWORD),
        ("ada@example.com", PASSWORD + "x" * 300),
    ):
        with pytest.raises(Unauthenticated) as refused:
            authenticate(email, password)
        sentences.add(refused.value.message)
    assert len(sentences) == 1


def test_an_unknown_address_costs_the_same_work_as_a_wrong_password(monkeypatch: pytest.MonkeyPatch) -> None:
    register_account("ada@example.com", PASSWORD)
    hashes: list[str] = []
    verify = PasswordHasher.verify

    def counted(self: PasswordHasher, kept: str, password: str) -> bool:
        hashes.append(kept)
        return verify(self, kept, password)

    monkeypatch.setattr(PasswordHasher, "verify", counted)
    for email in ("ada@example.com", "bob@example.com"):
        with pytest.raises(Unauthenticated):
            authenticate(email, "wrong horse")
    assert [kept.split("$")[1:4] for kept in hashes] == [["argon2id", "v=19", "m=19456,t=2,p=1"]] * 2


def test_a_new_password_replaces_the_old_one() -> None:
    account = register_account("ada@example.com", PASSWORD)
    set_password(account.id, "battery staple")
    assert authenticate("ada@example.com", "battery staple") == account
    with pytest.raises(Unauthenticated):
        authenticate("ada@example.com", PASSWORD)


def test_the_password_is_kept_as_argon2_only() -> None:
    account = register_account("ada@example.com", PASSWORD)
    user = db.session.get_one(User, account.id)
    assert user.password_hash.startswith("$argon2id$v=19$m=19456,t=2,p=1$")


@pytest.mark.parametrize(
    "email",
    ["", "ada", "ada@", "@example.com", "a b@example.com", "a@b@c", "a\x00@example.com", "a@" + "x" * 260],
)
def test_what_is_no_address_is_refused_by_field(email: str) -> None:
    with pytest.raises(InvalidInput) as refused:
        register_account(email, PASSWORD)
    assert [problem.pointer for problem in refused.value.problems] == ["/email"]


@pytest.mark.parametrize(
    "password", ["", "short", "x" * 257, "password", "PassWord123", "qwertyuiop", "My ADA@example.com!"]
)
def test_a_password_has_bounds(password: str) -> None:
    with pytest.raises(InvalidInput) as refused:
        register_account("ada@example.com", password)
    assert [problem.pointer for problem in refused.value.problems] == ["/password"]
    assert find_account("ada@example.com") is None


def test_the_name_in_an_address_is_no_password_either() -> None:
    with pytest.raises(InvalidInput, match="e-mail address"):
        register_account("lovelace@example.com", "Lovelace-1815")
    register_account("ada@example.com", "Canada in winter")  # three letters stand in too many words


def test_every_common_password_could_otherwise_be_chosen() -> None:
    assert len(COMMON) > 100
    assert {word for word in COMMON if len(word) < MIN_PASSWORD or word != word.casefold()} == set()


def test_half_a_character_is_a_password_like_any_other() -> None:
    account = register_account("ada@example.com", "half \ud83d a smile")
    assert authenticate("ada@example.com", "half \ud83d a smile") == account


def test_a_registration_that_is_undone_leaves_nothing() -> None:
    with pytest.raises(RuntimeError), unit_of_work():
        register_account("ada@example.com", PASSWORD)
        raise RuntimeError("something after it failed")
    assert find_account("ada@example.com") is None


def test_an_unknown_account_is_not_found() -> None:
    with pytest.raises(NotFound):
        get_account(uuid4())
