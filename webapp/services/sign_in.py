"""Signing in: one function for the pages and the API, so that neither is the weaker door.

Each function here opens its own units of work, one after the other, and is called outside of any: a try is
counted and committed before its password is looked at (see services.sign_in_locks).
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from hashlib import sha256
from typing import Literal
from uuid import UUID

from webapp.domain.activities import SignInRefused
from webapp.domain.errors import DomainError, Forbidden, InvalidInput, Problem, TooMany, Unauthenticated
from webapp.domain.words import N_, phrase
from webapp.infra.clock import now
from webapp.infra.config import current_settings
from webapp.infra.db import in_any_case, is_unit_of_work_open, unit_of_work
from webapp.models.user import User
from webapp.services.accounts import Account, account_of, find_user, get_user, normal_address, proven_user
from webapp.services.activities import record
from webapp.services.passwords import proves
from webapp.services.second_factor import take_code, wrong_code
from webapp.services.sign_in_locks import Try, count_try, forget_failures, give_back, hash_of

#: From the right password to the right code.
PENDING_LASTS = timedelta(minutes=5)


class WrongCode(Unauthenticated):
    """The password was right and the code was not."""


class SignInTooSlow(Unauthenticated):
    """Between password and code passed too much time, or the password was changed: begin again."""


class AddressNotConfirmed(Forbidden):
    """The password was right; REQUIRE_CONFIRMED_EMAIL wants the address confirmed first."""


@dataclass(frozen=True, slots=True)
class PendingSignIn:
    """A right password that still lacks its code. It is no session and opens nothing.

    `mark` depends on the password kept, so that a changed one ends it.
    """

    account_id: UUID
    mark: str
    began_at: datetime


@dataclass(frozen=True, slots=True)
class SignInResult:
    """What came of a sign-in that was not refused.

    "signed in": `method` ("password", "totp", "recovery-code") proved it; begin a session.
    "second factor needed": the password was right; ask for a code and call `sign_in` again with it, or
    `finish_sign_in` with `pending`.
    """

    outcome: Literal["signed in", "second factor needed"]
    account: Account
    method: str = "password"
    pending: PendingSignIn | None = None


def sign_in(email: str, password: str, code: str = "") -> SignInResult:
    """Prove who somebody is. `code` is of the second factor, or a recovery code; it is ignored without one.

    Raises Unauthenticated, after the same work for an unknown address and a wrong password; WrongCode;
    TooMany while the address waits, whatever was sent; Forbidden for a disabled account and
    AddressNotConfirmed, both only after the right password.
    """
    address = normal_address(email)
    tried = _counted(address)
    with unit_of_work():
        user = find_user(address)
        try:
            proven_user(user, password)
        except Unauthenticated:
            _refused(user, tried, "unknown" if user is None else "password")
            raise
        assert user is not None
        _check_welcome(user, tried)
        if user.totp_confirmed_at is not None and not code.strip():
            give_back(tried)
            pending = PendingSignIn(user.id, _mark(user), now())
            return SignInResult("second factor needed", account_of(user), pending=pending)
        return _proven(user, code, tried)


def finish_sign_in(pending: PendingSignIn, code: str) -> SignInResult:
    """The second page of a sign-in. Raises WrongCode, SignInTooSlow, TooMany and Forbidden."""
    if not now() - PENDING_LASTS < pending.began_at <= now():
        raise _too_slow()
    with unit_of_work():
        address = get_user(pending.account_id).email
    tried = _counted(address)
    with unit_of_work():
        user = get_user(pending.account_id)
        if _mark(user) != pending.mark:
            raise _too_slow()
        _check_welcome(user, tried)
        return _proven(user, code, tried)


def prove_again(account_id: UUID, password: str, code: str | None = None) -> None:
    """Make sure that it is still the same person before something changes that keeps others out.

    With `code` the second factor is asked for too, where there is one. Wrong ones count as tries to sign in.
    Raises InvalidInput (pointers /present_password, /code) and TooMany.
    """
    with unit_of_work():
        address = get_user(account_id).email
    tried = _counted(address)
    with unit_of_work():
        user = get_user(account_id)
        if not proves(user.password_hash, password):
            _refused(user, tried, "password")
            raise InvalidInput([Problem("/present_password", phrase(N_("This is not your password.")))])
        if code is not None and user.totp_confirmed_at is not None and take_code(user, code) is None:
            _refused(user, tried, "totp")
            raise InvalidInput([Problem("/code", wrong_code())])
        give_back(tried)


def _counted(address: str) -> Try:
    if is_unit_of_work_open():
        raise RuntimeError("Inside a unit of work a try would be forgotten with the failure of that.")
    with unit_of_work():
        try:
            return count_try(address)
        except TooMany:
            in_any_case(lambda: record(SignInRefused(None, hash_of(address), "locked")))
            raise


def _check_welcome(user: User, tried: Try) -> None:
    """Raises for somebody who has the right password and may not come in; that is no failure to count."""
    refusal: DomainError | None = None
    if user.disabled_at is not None:
        message = N_("This account is disabled. An administrator of this server can enable it.")
        refusal = Forbidden(phrase(message))
    elif user.confirmed_at is None and current_settings().require_confirmed_email:
        refusal = AddressNotConfirmed(
            phrase(N_("Confirm your e-mail address first: open the link in the mail we have sent you."))
        )
    if refusal is not None:
        _refused(user, tried, "disabled" if user.disabled_at else "unconfirmed")
        in_any_case(lambda: give_back(tried))
        raise refusal


def _proven(user: User, code: str, tried: Try) -> SignInResult:
    method: str | None = "password"
    if user.totp_confirmed_at is not None:
        method = take_code(user, code)
        if method is None:
            _refused(user, tried, "totp")
            raise WrongCode(wrong_code())
    forget_failures(tried.email_hash)
    return SignInResult("signed in", account_of(user), method or "")


def _refused(user: User | None, tried: Try, reason: str) -> None:
    """The unit of work will be undone; this is kept of it."""
    activity = SignInRefused(None if user is None else user.id, tried.email_hash, reason)
    in_any_case(lambda: record(activity))


def _mark(user: User) -> str:
    return sha256(user.password_hash.encode()).hexdigest()[:32]


def _too_slow() -> SignInTooSlow:
    return SignInTooSlow(phrase(N_("That took too long. Sign in again.")))
