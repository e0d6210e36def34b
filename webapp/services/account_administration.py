"""What an administrator does with accounts, on pages and on the command line. Each act is recorded."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import get_args
from uuid import UUID

from sqlalchemy import ColumnElement, func, select, update

from webapp.domain.activities import AccountChangedByAdmin
from webapp.domain.errors import Conflict, InvalidInput, NotFound, Problem
from webapp.domain.plans import Plan, Role
from webapp.domain.words import N_, phrase
from webapp.infra.clock import now
from webapp.infra.db import db
from webapp.models.session import Session
from webapp.models.user import User
from webapp.services.accounts import Account, account_of, find_user, get_user, normal_address
from webapp.services.activities import record
from webapp.services.mailed_links import end_tokens
from webapp.services.second_factor import remove_factor
from webapp.services.sessions import revoke_sessions
from webapp.services.sign_in_locks import forget_failures, hash_of

PAGE_SIZE = 50


@dataclass(frozen=True, slots=True)
class AccountRow:
    """One account in the list; `last_seen_at` is of its sessions, None when none is left."""

    account: Account
    last_seen_at: datetime | None


@dataclass(frozen=True, slots=True)
class AccountPage:
    """One page of accounts, by address; `page` counts from 1."""

    items: tuple[AccountRow, ...]
    total: int
    page: int
    pages: int


def list_accounts(search: str = "", role: str = "", plan: str = "", page: int = 1) -> AccountPage:
    """Accounts whose address holds `search`, of one role and plan when asked; the last page past the end."""
    chosen = _chosen(search, role, plan)
    total = db.session.scalar(select(func.count()).select_from(User).where(*chosen)) or 0
    pages = max(1, -(-total // PAGE_SIZE))
    page = min(max(page, 1), pages)
    last_seen = select(func.max(Session.last_seen_at)).where(Session.account_id == User.id).scalar_subquery()
    rows = db.session.execute(
        select(User, last_seen)
        .where(*chosen)
        .order_by(User.email)
        .limit(PAGE_SIZE)
        .offset((page - 1) * PAGE_SIZE)
    )
    return AccountPage(tuple(AccountRow(account_of(user), seen) for user, seen in rows), total, page, pages)


def count_by_plan() -> Mapping[str, int]:
    """How many accounts each plan has; a plan nobody has is not named."""
    counted = db.session.execute(select(User.plan, func.count()).group_by(User.plan))
    return dict(counted.tuples().all())


def set_role(account_id: UUID, role: str) -> Account:
    """Make somebody a user or an administrator. Every session ends: none keeps what it was opened for.

    Raises InvalidInput (pointer /role), NotFound, and Conflict for the last administrator.
    """
    _check_choice("/role", role, get_args(Role))
    user = get_user(account_id)
    if user.role == role:
        return account_of(user)
    if user.role == "admin":
        _leave_an_administrator(user)
    _note(user, "role", user.role, role)
    user.role = role
    revoke_sessions(account_id, "admin")
    return account_of(user)


def set_plan(account_id: UUID, plan: str) -> Account:
    """Give an account another plan, from its next request on. Raises InvalidInput (/plan) and NotFound."""
    _check_choice("/plan", plan, get_args(Plan))
    user = get_user(account_id)
    if user.plan != plan:
        _note(user, "plan", user.plan, plan)
        user.plan = plan
    return account_of(user)


def disable_account(account_id: UUID) -> Account:
    """Keep an account out: no sign-in, session, key or mailed link of it works from now on.

    Raises NotFound, and Conflict for the last administrator.
    """
    user = get_user(account_id)
    if user.disabled_at is None:
        if user.role == "admin":
            _leave_an_administrator(user)
        _note(user, "disabled", False, True)
        user.disabled_at = now()
        revoke_sessions(account_id, "admin")
        end_tokens(account_id, "reset")
        end_tokens(account_id, "confirm")
    return account_of(user)


def enable_account(account_id: UUID) -> Account:
    """Let an account in again; it signs in anew. Raises NotFound."""
    user = get_user(account_id)
    if user.disabled_at is not None:
        _note(user, "disabled", True, False)
        user.disabled_at = None
    return account_of(user)


def confirm_account(account_id: UUID) -> Account:
    """Vouch for the address of an account whose mail does not arrive. Raises NotFound."""
    user = get_user(account_id)
    if user.confirmed_at is None:
        _note(user, "confirmed", False, True)
        user.confirmed_at = now()
    return account_of(user)


def reset_second_factor(account_id: UUID) -> Account:
    """For who has lost app and recovery codes: the password alone signs in again. Every session ends.

    Raises NotFound, and Conflict when there is none.
    """
    user = get_user(account_id)
    if user.totp_confirmed_at is None:
        raise Conflict(phrase(N_("This account has no second factor.")))
    _note(user, "second_factor", True, False)
    remove_factor(user)
    revoke_sessions(account_id, "admin")
    forget_failures(hash_of(user.email))
    return account_of(user)


def end_sessions(account_id: UUID) -> int:
    """Sign an account out everywhere; how many sessions ended. Raises NotFound."""
    get_user(account_id)
    return revoke_sessions(account_id, "admin")


def find_by_email(email: str) -> Account:
    """The account with this address, in any case. Raises NotFound with a sentence that names it."""
    user = find_user(normal_address(email))
    if user is None:
        raise NotFound(phrase(N_("%(email)s has no account."), email=email))
    return account_of(user)


def _chosen(search: str, role: str, plan: str) -> tuple[ColumnElement[bool], ...]:
    words = normal_address(search.replace("\x00", "")).split()[:10]
    wanted = [User.email.contains(word, autoescape=True) for word in words]
    wanted += [User.role == role] if role else []
    wanted += [User.plan == plan] if plan else []
    return tuple(wanted)


def _leave_an_administrator(leaving: User) -> None:
    """Raises Conflict when nobody else could administer. Two who leave at once wait for each other here."""
    enabled = (User.role == "admin") & User.disabled_at.is_(None)
    # A change that changes nothing locks the rows, on SQLite the whole database, until the commit.
    lock = update(User).where(enabled).values(role=User.role)
    db.session.execute(lock, execution_options={"synchronize_session": False})
    others = select(func.count()).select_from(User).where(enabled, User.id != leaving.id)
    if leaving.disabled_at is None and not db.session.scalar(others):
        raise Conflict(
            phrase(
                N_("%(email)s is the only administrator left. Make another one first."), email=leaving.email
            )
        )


def _check_choice(pointer: str, value: str, known: tuple[str, ...]) -> None:
    if value not in known:
        message = phrase(N_("Choose one of: %(known)s."), known=", ".join(known))
        raise InvalidInput([Problem(pointer, message)])


def _note(user: User, what: str, before: object, after: object) -> None:
    record(AccountChangedByAdmin(user.id, {what: (before, after)}))
