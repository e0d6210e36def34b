"""The second factor: codes that work once, a secret nobody reads in the database, and a way back in."""

import re
from uuid import UUID

import pyotp
import pytest
from flask import Flask
from sqlalchemy import select

from tests.services.people import PASSWORD, code_in, enable_second_factor, mails, record_of, with_settings
from tests.stack.application import Clock
from webapp.domain.errors import Conflict, InvalidInput
from webapp.infra.db import db, unit_of_work
from webapp.models.session import RecoveryCode
from webapp.models.user import User
from webapp.services.accounts import get_account, get_user
from webapp.services.second_factor import (
    begin_setup,
    codes_left,
    disable,
    enable,
    get_setup,
    renew_recovery_codes,
    take_code,
)
from webapp.services.sign_in import sign_in


def take(account_id: UUID, code: str) -> str | None:
    with unit_of_work():
        return take_code(get_user(account_id), code)


def test_the_first_right_code_switches_it_on(owner: UUID, clock: Clock) -> None:
    with unit_of_work():
        begin_setup(owner)
    assert sign_in("ada@example.com", PASSWORD).outcome == "signed in"  # nothing is asked for yet
    with pytest.raises(InvalidInput) as refused, unit_of_work():
        enable(owner, "abcdef")
    assert refused.value.problems[0].pointer == "/code"
    assert not get_account(owner).has_second_factor
    setup = get_setup(owner)
    assert setup is not None
    with unit_of_work():
        codes = enable(owner, f" {code_in(pyotp.TOTP(setup.secret.replace(' ', '')), clock)} ")
    assert get_account(owner).has_second_factor
    assert len(codes) == len(set(codes)) == codes_left(owner) == 10
    assert record_of("SecondFactorEnabled") == [{"account_id": str(owner)}]
    assert [mail.kind for mail in mails()] == ["second-factor-changed"]


def test_what_an_app_needs_is_shown_as_picture_and_as_text(owner: UUID) -> None:
    with unit_of_work():
        begin_setup(owner)
    setup = get_setup(owner)
    assert setup is not None
    assert re.fullmatch(r"([A-Z2-7]{4} ){7}[A-Z2-7]{4}", setup.secret)
    assert setup.address.startswith("otpauth://totp/mockupAWS:ada%40example.com?secret=")
    assert setup.picture.startswith("<svg") and "style" not in setup.picture


def test_the_secret_is_kept_encrypted(owner: UUID, clock: Clock, app: Flask) -> None:
    factor = enable_second_factor(owner, clock)
    kept = db.session.scalar(select(User.totp_secret))
    assert kept is not None and factor.totp.secret not in kept
    # Under another SECRET_KEY it is lost: codes are wrong, recovery codes still work.
    with_settings(app, secret_key="another secret of thirty-two characters")
    clock.advance(seconds=60)
    assert take(owner, code_in(factor.totp, clock)) is None
    assert take(owner, factor.recovery_codes[0]) == "recovery-code"


@pytest.mark.parametrize(
    ("seconds", "taken"), [(-60, False), (-30, True), (0, True), (30, True), (60, False)]
)
def test_a_clock_may_be_off_by_one_step(owner: UUID, clock: Clock, seconds: int, taken: bool) -> None:
    totp = enable_second_factor(owner, clock).totp
    clock.advance(seconds=300)
    assert (take(owner, code_in(totp, clock, seconds=seconds)) == "totp") is taken


@pytest.mark.both_databases
def test_no_code_works_twice_nor_one_older_than_the_last(
    database_url: str, owner: UUID, clock: Clock
) -> None:
    totp = enable_second_factor(owner, clock).totp
    clock.advance(seconds=300)
    code, older = code_in(totp, clock), code_in(totp, clock, seconds=-30)
    assert take(owner, code) == "totp"
    assert take(owner, code) is take(owner, older) is None


@pytest.mark.both_databases
def test_a_recovery_code_works_once_however_it_is_typed(database_url: str, owner: UUID, clock: Clock) -> None:
    codes = enable_second_factor(owner, clock).recovery_codes
    assert take(owner, f" {codes[3].upper().replace('-', ' ')} ") == "recovery-code"
    assert take(owner, codes[3]) is None
    assert codes_left(owner) == 9


def test_recovery_codes_are_kept_as_hashes_only(owner: UUID, clock: Clock) -> None:
    codes = enable_second_factor(owner, clock).recovery_codes
    kept = set(db.session.scalars(select(RecoveryCode.code_hash)))
    assert not kept & {part for code in codes for part in (code, code.replace("-", ""))}


def test_new_recovery_codes_end_the_old_ones(owner: UUID, clock: Clock) -> None:
    old = enable_second_factor(owner, clock).recovery_codes
    with unit_of_work():
        new = renew_recovery_codes(owner)
    assert take(owner, old[0]) is None
    assert take(owner, new[0]) == "recovery-code"
    assert len(record_of("RecoveryCodesRenewed")) == 1


def test_switched_off_nothing_of_it_stays(owner: UUID, clock: Clock) -> None:
    factor = enable_second_factor(owner, clock)
    with unit_of_work():
        disable(owner)
    clock.advance(seconds=60)
    assert take(owner, code_in(factor.totp, clock)) is take(owner, factor.recovery_codes[0]) is None
    assert sign_in("ada@example.com", PASSWORD).outcome == "signed in"
    assert len(record_of("SecondFactorDisabled")) == 1


def test_one_in_force_is_not_set_up_again(owner: UUID, clock: Clock) -> None:
    enable_second_factor(owner, clock)
    with pytest.raises(Conflict), unit_of_work():
        begin_setup(owner)
    assert get_setup(owner) is None


def test_nothing_is_enabled_that_was_not_set_up(owner: UUID, stranger: UUID, clock: Clock) -> None:
    with pytest.raises(Conflict):
        enable(owner, "123456")
    with pytest.raises(Conflict):
        renew_recovery_codes(owner)
    codes = enable_second_factor(stranger, clock).recovery_codes
    assert take(owner, codes[0]) is None
