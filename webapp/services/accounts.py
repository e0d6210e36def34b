"""Accounts: register, and prove who you are."""

import re
import unicodedata
from dataclasses import dataclass
from functools import cache
from uuid import UUID

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError
from sqlalchemy import select
from sqlalchemy.exc import IntegrityError

from webapp.domain.errors import Conflict, InvalidInput, NotFound, Problem, Unauthenticated
from webapp.domain.words import N_, phrase
from webapp.infra.clock import now
from webapp.infra.db import db
from webapp.models.user import User

MIN_PASSWORD = 8
#: argon2 reads it all; a longer one is only a way to take time.
MAX_PASSWORD = 256
MAX_EMAIL = 254
# Only what can be a mailbox at all: whether it exists is for a message to find out, and hosts inside a
# company ("ops@grafana") are hosts too.
_EMAIL = re.compile(r"[^\s@\x00-\x1f\x7f,;<>\"()]+@[^\s@\x00-\x1f\x7f,;<>\"()]+")

#: OWASP's first choice for argon2id with little memory, about 30 ms.
_HASHER = PasswordHasher(time_cost=2, memory_cost=19_456, parallelism=1)


@dataclass(frozen=True, slots=True)
class Account:
    """Who somebody is. `email` is in lower case."""

    id: UUID
    email: str


def register_account(email: str, password: str) -> Account:
    """Open an account.

    Raises InvalidInput (pointers /email, /password) and Conflict when the address, in any case, is taken.
    """
    address = _address(email)
    problems = [*_email_problems(address), *_password_problems(password)]
    if problems:
        raise InvalidInput(problems)
    if _found(address) is not None:
        raise _taken()
    user = User(email=address, password_hash=_HASHER.hash(password), created_at=now())
    try:
        with db.session.begin_nested():
            db.session.add(user)
    except IntegrityError as error:  # somebody took it between the look and the insert
        raise _taken() from error
    return _account(user)


def authenticate(email: str, password: str) -> Account:
    """The account these words prove.

    Raises Unauthenticated, with the same sentence and after the same work, for an unknown address and for a
    wrong password, so that nobody can find out who has an account.
    """
    user = _found(_address(email))
    kept = user.password_hash if user is not None else _hash_of_nobody()
    if not _proves(kept, password) or user is None:
        raise Unauthenticated(phrase(N_("This e-mail address and password do not belong together.")))
    if _HASHER.check_needs_rehash(kept):
        user.password_hash = _HASHER.hash(password)
    return _account(user)


def get_account(account_id: UUID) -> Account:
    """The account `account_id`. Raises NotFound."""
    user = db.session.get(User, account_id)
    if user is None:
        raise NotFound(phrase(N_("There is no such account.")))
    return _account(user)


def find_account(email: str) -> Account | None:
    """The account with this address, in any case; None when there is none. For the command line."""
    user = _found(_address(email))
    return None if user is None else _account(user)


def set_password(account_id: UUID, password: str) -> None:
    """Replace the password. Raises InvalidInput (pointer /password) and NotFound."""
    problems = _password_problems(password)
    if problems:
        raise InvalidInput(problems)
    user = db.session.get(User, account_id)
    if user is None:
        raise NotFound(phrase(N_("There is no such account.")))
    user.password_hash = _HASHER.hash(password)


def _proves(kept: str, password: str) -> bool:
    try:
        _HASHER.verify(kept, password[:MAX_PASSWORD])
    except (VerificationError, InvalidHashError):
        return False
    return len(password) <= MAX_PASSWORD


@cache
def _hash_of_nobody() -> str:
    return _HASHER.hash("no account has this password")


def _found(address: str) -> User | None:
    # A NUL cannot be in any address and PostgreSQL refuses to look for one.
    return None if "\x00" in address else db.session.scalar(select(User).where(User.email == address))


def _account(user: User) -> Account:
    return Account(user.id, user.email)


def _address(email: str) -> str:
    return unicodedata.normalize("NFC", email.strip()).lower()


def _taken() -> Conflict:
    return Conflict(phrase(N_("This e-mail address already has an account. Sign in instead.")))


def _email_problems(address: str) -> list[Problem]:
    if len(address) <= MAX_EMAIL and _EMAIL.fullmatch(address):
        return []
    return [Problem("/email", phrase(N_("Write an e-mail address, like name@example.com.")))]


def _password_problems(password: str) -> list[Problem]:
    if len(password) < MIN_PASSWORD:
        return [Problem("/password", phrase(N_("Use at least %(n)s characters."), n=MIN_PASSWORD))]
    if len(password) > MAX_PASSWORD:
        return [Problem("/password", phrase(N_("Use at most %(n)s characters."), n=MAX_PASSWORD))]
    return []
