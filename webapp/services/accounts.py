"""Accounts: who there is. Signing in is `services.sign_in`, signing up by oneself `services.registration`."""

import re
import unicodedata
from dataclasses import dataclass
from datetime import datetime
from typing import cast
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError

from webapp.domain.activities import AccountRegistered, PasswordChanged
from webapp.domain.errors import Conflict, InvalidInput, NotFound, Problem, Unauthenticated
from webapp.domain.passwords import password_problems
from webapp.domain.plans import Plan, Role
from webapp.domain.words import N_, phrase
from webapp.infra.clock import now
from webapp.infra.db import attempt, db
from webapp.models.user import User
from webapp.services.activities import record
from webapp.services.passwords import hash_password, is_outdated, proves

MAX_EMAIL = 254
# Only what can be a mailbox at all: whether it exists is for a message to find out, and hosts inside a
# company ("ops@grafana") are hosts too.
_EMAIL = re.compile(r"[^\s@\x00-\x1f\x7f,;<>\"()]+@[^\s@\x00-\x1f\x7f,;<>\"()]+")


@dataclass(frozen=True, slots=True)
class Account:
    """Who somebody is. `email` is in lower case; `confirmed_at` is when a mailed link proved it."""

    id: UUID
    email: str
    role: Role = "user"
    plan: Plan = "free"
    created_at: datetime | None = None
    confirmed_at: datetime | None = None
    disabled_at: datetime | None = None
    has_second_factor: bool = False

    @property
    def is_admin(self) -> bool:
        return self.role == "admin"

    @property
    def is_confirmed(self) -> bool:
        return self.confirmed_at is not None


def register_account(
    email: str, password: str, *, role: Role = "user", plan: Plan = "free", is_confirmed: bool = False
) -> Account:
    """Open an account, without a mail to anybody.

    Raises InvalidInput (pointers /email, /password) and Conflict when the address, in any case, is taken.
    """
    address = normal_address(email)
    check_registration(address, password)
    if find_user(address) is not None:
        raise _taken()
    user = User(
        email=address,
        password_hash=hash_password(password),
        created_at=now(),
        role=role,
        plan=plan,
        confirmed_at=now() if is_confirmed else None,
    )
    try:
        with attempt():
            db.session.add(user)
    except IntegrityError as error:  # somebody took it between the look and the insert
        raise _taken() from error
    record(AccountRegistered(user.id, user.email))
    return account_of(user)


def authenticate(email: str, password: str) -> Account:
    """The account these words prove. Counts no tries: what strangers can reach calls `sign_in` instead.

    Raises Unauthenticated, with the same sentence and after the same work, for an unknown address and for a
    wrong password, so that nobody can find out who has an account.
    """
    return account_of(proven_user(find_user(normal_address(email)), password))


def proven_user(user: User | None, password: str) -> User:
    """`user`, when it exists and `password` is its. Raises Unauthenticated as `authenticate` does."""
    if not proves(user.password_hash if user is not None else None, password) or user is None:
        raise Unauthenticated(phrase(N_("This e-mail address and password do not belong together.")))
    if is_outdated(user.password_hash):
        user.password_hash = hash_password(password)
    return user


def get_account(account_id: UUID) -> Account:
    """The account `account_id`. Raises NotFound."""
    return account_of(get_user(account_id))


def find_account(email: str) -> Account | None:
    """The account with this address, in any case; None when there is none. For the command line."""
    user = find_user(normal_address(email))
    return None if user is None else account_of(user)


def set_password(account_id: UUID, password: str, how: str = "command") -> None:
    """Replace the password. Raises InvalidInput (pointer /password) and NotFound."""
    user = get_user(account_id)
    problems = password_problems(password, user.email)
    if problems:
        raise InvalidInput(problems)
    user.password_hash = hash_password(password)
    record(PasswordChanged(account_id, how))


def get_user(account_id: UUID) -> User:
    """The row of `account_id`, for services about accounts. Raises NotFound."""
    user = db.session.get(User, account_id)
    if user is None:
        raise NotFound(phrase(N_("There is no such account.")))
    return user


def find_user(address: str) -> User | None:
    """The row with this address, in the form `normal_address` gives it; None when there is none."""
    return db.session.scalar(select(User).where(User.email == address)) if _can_be_kept(address) else None


def account_of(user: User) -> Account:
    return Account(
        id=user.id,
        email=user.email,
        role=cast(Role, user.role),
        plan=cast(Plan, user.plan),
        created_at=user.created_at,
        confirmed_at=user.confirmed_at,
        disabled_at=user.disabled_at,
        has_second_factor=user.totp_confirmed_at is not None,
    )


def normal_address(email: str) -> str:
    """`email` as it is kept and compared."""
    return unicodedata.normalize("NFC", email.strip()).lower()


def check_registration(address: str, password: str) -> None:
    """Raises InvalidInput (pointers /email, /password) when no account could be opened with these."""
    problems = [*_email_problems(address), *password_problems(password, address)]
    if problems:
        raise InvalidInput(problems)


def check_address(address: str) -> None:
    """Raises InvalidInput (pointer /email) for what is no e-mail address."""
    problems = _email_problems(address)
    if problems:
        raise InvalidInput(problems)


def _taken() -> Conflict:
    return Conflict(phrase(N_("This e-mail address already has an account. Sign in instead.")))


def _email_problems(address: str) -> list[Problem]:
    if len(address) <= MAX_EMAIL and _EMAIL.fullmatch(address) and _can_be_kept(address):
        return []
    return [Problem("/email", phrase(N_("Write an e-mail address, like name@example.com.")))]


def _can_be_kept(address: str) -> bool:
    """No address has a NUL or half a character, and PostgreSQL refuses to look for one."""
    return "\x00" not in address and not any("\ud800" <= letter <= "\udfff" for letter in address)
