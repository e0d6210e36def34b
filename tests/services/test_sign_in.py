"""Signing in: nobody learns who has an account, nobody tries for long, and no try slips past."""

from collections.abc import Callable, Iterator
from datetime import timedelta
from threading import Barrier, Thread
from uuid import UUID

import pyotp
import pytest
from argon2 import PasswordHasher
from flask import Flask
from sqlalchemy import select

from tests.services.people import PASSWORD, enable_second_factor, record_of, with_settings
from tests.stack.application import Clock
from webapp.domain.errors import Forbidden, InvalidInput, TooMany, Unauthenticated
from webapp.infra.db import db, unit_of_work
from webapp.models.session import SignInLock
from webapp.services import sign_in_locks
from webapp.services.account_administration import disable_account
from webapp.services.accounts import set_password
from webapp.services.sign_in import (
    AddressNotConfirmed,
    PendingSignIn,
    SignInTooSlow,
    WrongCode,
    finish_sign_in,
    prove_again,
    sign_in,
)
from webapp.services.sign_in_locks import FREE_TRIES, sweep_locks, wait_after

ADA, NOBODY = "ada@example.com", "nobody@example.com"


@pytest.fixture
def hashes(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[str]]:
    """What passwords were compared with, one entry a comparison."""
    seen: list[str] = []
    verify = PasswordHasher.verify

    def counted(self: PasswordHasher, kept: str, password: str | bytes) -> bool:
        seen.append(kept)
        return verify(self, kept, password)

    monkeypatch.setattr(PasswordHasher, "verify", counted)
    yield seen


def failures() -> list[int]:
    db.session.rollback()
    return list(db.session.scalars(select(SignInLock.failures)))


def fail(email: str = ADA, password: str = "not it at all") -> str:
    with pytest.raises((Unauthenticated, TooMany)) as refused:
        sign_in(email, password)
    return str(refused.value)


def all_at_once(app: Flask, count: int, act: Callable[[], object]) -> list[str]:
    """`act` in `count` threads that start together; the name of what each returned or raised."""
    start, ended = Barrier(count), list[str]()

    def run() -> None:
        with app.app_context():
            start.wait()
            try:
                ended.append(type(act()).__name__)
            except Exception as error:
                ended.append(type(error).__name__)

    threads = [Thread(target=run) for _ in range(count)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return ended


@pytest.mark.both_databases
def test_the_right_password_signs_in(database_url: str, owner: UUID) -> None:
    result = sign_in(" ADA@example.com ", PASSWORD)
    assert (result.outcome, result.account.id, result.method) == ("signed in", owner, "password")


@pytest.mark.both_databases
def test_the_sixth_try_waits_for_everybody_alike(database_url: str, owner: UUID, clock: Clock) -> None:
    told = {email: [fail(email) for _ in range(FREE_TRIES + 1)] for email in (ADA, NOBODY)}
    assert told[ADA] == told[NOBODY]
    assert "Wait 2 s" in told[ADA][-1]
    assert len(set(told[ADA][:-1])) == 1


def test_a_locked_try_is_refused_unseen_even_with_the_right_password(
    owner: UUID, clock: Clock, hashes: list[str]
) -> None:
    for _ in range(FREE_TRIES):
        fail()
    hashes.clear()
    with pytest.raises(TooMany) as refused:
        sign_in(ADA, PASSWORD)
    assert refused.value.retry_after_s == 2
    assert hashes == []
    assert failures() == [FREE_TRIES]  # impatience costs nothing


@pytest.mark.both_databases
def test_each_failure_doubles_the_wait_up_to_a_quarter_of_an_hour(
    database_url: str, owner: UUID, clock: Clock
) -> None:
    for _ in range(FREE_TRIES - 1):
        fail()
    waits = []
    for _ in range(12):
        assert "do not belong together" in fail()
        with pytest.raises(TooMany) as refused:
            sign_in(ADA, PASSWORD)
        waits.append(refused.value.retry_after_s)
        clock.advance(seconds=refused.value.retry_after_s)
    assert waits == [2, 4, 8, 16, 32, 64, 128, 256, 512, 900, 900, 900]
    assert sign_in(ADA, PASSWORD).outcome == "signed in"
    assert failures() == []


def test_a_day_without_a_failure_forgets_them(owner: UUID, clock: Clock) -> None:
    for _ in range(FREE_TRIES - 1):
        fail()
    clock.advance(days=1)
    fail()
    assert failures() == [1]
    clock.advance(days=1)
    with unit_of_work():
        assert sweep_locks() == 1


def test_the_longest_wait_is_reached_and_not_passed() -> None:
    assert wait_after(FREE_TRIES - 1) == timedelta(0)
    assert wait_after(10_000) == timedelta(minutes=15)


@pytest.mark.both_databases
def test_of_20_parallel_tries_only_the_free_ones_see_a_password(
    database_url: str, app: Flask, owner: UUID, clock: Clock, hashes: list[str]
) -> None:
    ended = all_at_once(app, 20, lambda: sign_in(ADA, "not it at all"))
    assert sorted(ended) == ["TooMany"] * (20 - FREE_TRIES) + ["Unauthenticated"] * FREE_TRIES
    assert len(hashes) == FREE_TRIES
    assert failures() == [FREE_TRIES]


@pytest.mark.both_databases
def test_20_parallel_failures_are_counted_as_20(
    database_url: str, app: Flask, owner: UUID, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sign_in_locks, "FREE_TRIES", 50)
    assert all_at_once(app, 20, lambda: sign_in(ADA, "not it at all")) == ["Unauthenticated"] * 20
    assert failures() == [20]


def test_nothing_kept_names_the_address_that_was_tried(owner: UUID) -> None:
    fail(NOBODY)
    lock = db.session.scalars(select(SignInLock)).one()
    assert len(lock.email_hash) == 64 and "nobody" not in lock.email_hash


def test_refusals_are_recorded_though_nothing_came_of_them(owner: UUID, clock: Clock) -> None:
    fail(ADA)
    fail(NOBODY)
    for _ in range(FREE_TRIES):
        fail(ADA)
    refused = record_of("SignInRefused")
    assert [entry["reason"] for entry in refused[:2]] == ["password", "unknown"]
    assert [entry["account_id"] for entry in refused[:2]] == [str(owner), None]
    assert refused[-1]["reason"] == "locked"
    assert "nobody@" not in str(refused)


def test_whoever_is_disabled_learns_it_by_the_right_password_only(owner: UUID) -> None:
    with unit_of_work():
        disable_account(owner)
    assert "do not belong together" in fail()
    with pytest.raises(Forbidden, match="disabled"):
        sign_in(ADA, PASSWORD)
    assert failures() == [1]  # the right password was no failure


def test_an_unconfirmed_address_is_let_in_unless_the_settings_forbid_it(app: Flask, owner: UUID) -> None:
    assert sign_in(ADA, PASSWORD).account.is_confirmed is False
    with_settings(app, require_confirmed_email=True)
    assert "do not belong together" in fail()
    with pytest.raises(AddressNotConfirmed):
        sign_in(ADA, PASSWORD)


@pytest.mark.parametrize("text", ["", "\x00", "\ud800", "a" * 100_000, "ada@example.com\x00"])
def test_any_text_is_an_address_nobody_has(owner: UUID, text: str) -> None:
    with pytest.raises(Unauthenticated):
        sign_in(text, text)


def test_inside_a_unit_of_work_a_failure_would_be_forgotten_so_it_refuses(owner: UUID) -> None:
    with pytest.raises(RuntimeError), unit_of_work():
        sign_in(ADA, PASSWORD)


# With a second factor


def code_of(totp: pyotp.TOTP, clock: Clock) -> str:
    return totp.at(clock.moment)


def half_signed_in() -> PendingSignIn:
    pending = sign_in(ADA, PASSWORD).pending
    assert pending is not None
    return pending


@pytest.fixture
def totp(owner: UUID, clock: Clock) -> pyotp.TOTP:
    made = enable_second_factor(owner, clock).totp
    clock.advance(seconds=60)
    return made


def test_a_password_alone_is_half_of_a_sign_in(owner: UUID, totp: pyotp.TOTP, clock: Clock) -> None:
    half = sign_in(ADA, PASSWORD)
    assert half.outcome == "second factor needed" and half.pending is not None
    assert failures() == [0]
    whole = finish_sign_in(half.pending, code_of(totp, clock))
    assert (whole.outcome, whole.method) == ("signed in", "totp")


@pytest.mark.both_databases
def test_password_and_code_can_come_together(
    database_url: str, owner: UUID, totp: pyotp.TOTP, clock: Clock
) -> None:
    assert sign_in(ADA, PASSWORD, code_of(totp, clock)).method == "totp"
    with pytest.raises(WrongCode):  # no code works twice
        sign_in(ADA, PASSWORD, code_of(totp, clock))


def test_wrong_codes_lock_and_the_right_password_between_them_does_not_unlock(
    owner: UUID, totp: pyotp.TOTP, clock: Clock
) -> None:
    for _ in range(FREE_TRIES):
        pending = half_signed_in()
        with pytest.raises(WrongCode):
            finish_sign_in(pending, "000000" if code_of(totp, clock) != "000000" else "000001")
    with pytest.raises(TooMany):
        finish_sign_in(pending, code_of(totp, clock))
    with pytest.raises(TooMany):
        sign_in(ADA, PASSWORD)


def test_the_code_has_to_follow_within_five_minutes(owner: UUID, totp: pyotp.TOTP, clock: Clock) -> None:
    half = sign_in(ADA, PASSWORD)
    assert half.pending is not None
    clock.advance(seconds=300)
    with pytest.raises(SignInTooSlow):
        finish_sign_in(half.pending, code_of(totp, clock))


def test_a_changed_password_ends_what_the_old_one_began(owner: UUID, totp: pyotp.TOTP, clock: Clock) -> None:
    half = sign_in(ADA, PASSWORD)
    with unit_of_work():
        set_password(owner, "battery staple staple")
    assert half.pending is not None
    with pytest.raises(SignInTooSlow):
        finish_sign_in(half.pending, code_of(totp, clock))


@pytest.mark.both_databases
def test_a_code_used_twice_at_once_works_once(
    database_url: str, app: Flask, owner: UUID, totp: pyotp.TOTP, clock: Clock
) -> None:
    code = code_of(totp, clock)
    ended = all_at_once(app, 4, lambda: sign_in(ADA, PASSWORD, code))
    assert sorted(ended) == ["SignInResult", "WrongCode", "WrongCode", "WrongCode"]


def test_proving_again_counts_as_trying(owner: UUID, clock: Clock) -> None:
    for _ in range(FREE_TRIES):
        with pytest.raises(InvalidInput) as refused:
            prove_again(owner, "not it at all")
        assert refused.value.problems[0].pointer == "/present_password"
    with pytest.raises(TooMany):
        prove_again(owner, PASSWORD)
