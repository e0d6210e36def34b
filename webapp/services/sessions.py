"""Sessions: who is signed in where. A row decides: one ended anywhere is over with the next request."""

import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta
from hashlib import sha256
from typing import Literal, cast
from uuid import UUID, uuid4

from sqlalchemy import bindparam, delete, or_, select, update

from webapp.domain.activities import SessionsRevoked, SignedIn, SignedOut
from webapp.domain.errors import NotFound
from webapp.domain.plans import Plan, Role
from webapp.domain.words import N_, phrase
from webapp.infra.caller import current_caller
from webapp.infra.clock import now
from webapp.infra.db import UtcDateTime, db
from webapp.models.session import OneTimeToken, Session
from webapp.models.user import User
from webapp.services.accounts import Account
from webapp.services.activities import record
from webapp.services.sign_in_locks import sweep_locks

#: A browser signs in anew after this long, however busy it was; and after this long without a visit.
LASTS = timedelta(days=14)
LASTS_UNSEEN = timedelta(days=7)
SEEN_NOTED_EVERY = timedelta(minutes=1)
#: A session that has ended is kept this long, so that a client is told why it is refused.
_KEPT_AFTER_END = timedelta(days=1)

Kind = Literal["web", "api"]
#: All that recognising a browser takes, in one query, written once: every request of a person asks it.
_RECOGNISE = (
    select(
        Session.id,
        Session.last_seen_at,
        User.id,
        User.email,
        User.role,
        User.plan,
        User.created_at,
        User.confirmed_at,
        User.totp_confirmed_at,
    )
    .join(User, User.id == Session.account_id)
    .where(
        Session.secret_hash == bindparam("secret_hash"),
        Session.kind == "web",
        Session.revoked_at.is_(None),
        Session.expires_at > bindparam("moment", type_=UtcDateTime),
        Session.last_seen_at > bindparam("unseen_since", type_=UtcDateTime),
        User.disabled_at.is_(None),
    )
)


@dataclass(frozen=True, slots=True)
class NewSession:
    """A session just begun or renewed. `secret` exists here only; its hash is kept."""

    id: UUID
    account: Account
    secret: str


@dataclass(frozen=True, slots=True)
class LiveSession:
    """Whose session a secret opened. `is_due`: it was last noted as seen a minute ago or more."""

    id: UUID
    account: Account
    is_due: bool


@dataclass(frozen=True, slots=True)
class SessionCard:
    """One session as its owner sees it. `agent` is the User-Agent it began with."""

    id: UUID
    kind: Kind
    address: str
    agent: str
    created_at: datetime
    last_seen_at: datetime


def begin_session(account: Account, method: str) -> NewSession:
    """Sign a browser in to `account`, which has just proven itself by `method` (see activities.SignedIn)."""
    caller, secret, moment = current_caller(), secrets.token_urlsafe(32), now()
    session = Session(
        id=uuid4(),
        account_id=account.id,
        kind="web",
        secret_hash=_hash(secret),
        created_at=moment,
        last_seen_at=moment,
        expires_at=moment + LASTS,
        address=caller.address[:64],
        agent=caller.agent[:300],
    )
    db.session.add(session)
    db.session.flush()
    record(SignedIn(account.id, session.id, method, "web"))
    return NewSession(session.id, account, secret)


def recognise_session(secret: str) -> LiveSession | None:
    """The browser session `secret` opens; None for one unknown, ended, too old, or of a disabled account."""
    moment = now()
    asked = {"secret_hash": _hash(secret), "moment": moment, "unseen_since": moment - LASTS_UNSEEN}
    found = db.session.execute(_RECOGNISE, asked).one_or_none()
    if found is None:
        return None
    session_id, last_seen_at, account_id, email, role, plan, created_at, confirmed_at, totp_confirmed_at = (
        found
    )
    account = Account(
        id=account_id,
        email=email,
        role=cast(Role, role),
        plan=cast(Plan, plan),
        created_at=created_at,
        confirmed_at=confirmed_at,
        has_second_factor=totp_confirmed_at is not None,
    )
    return LiveSession(session_id, account, moment - last_seen_at >= SEEN_NOTED_EVERY)


def note_seen(session_id: UUID) -> None:
    """The session is in use; exact to a minute."""
    moment = now()
    due = update(Session).where(Session.id == session_id, Session.last_seen_at <= moment - SEEN_NOTED_EVERY)
    db.session.execute(due.values(last_seen_at=moment), execution_options={"synchronize_session": False})


def renew_secret(session_id: UUID) -> str:
    """Give a session a new secret, for every change of what one may do; the former one opens nothing.

    Raises NotFound when the session has ended meanwhile.
    """
    secret = secrets.token_urlsafe(32)
    alive = update(Session).where(Session.id == session_id, Session.revoked_at.is_(None))
    if not db.session.execute(alive.values(secret_hash=_hash(secret)).returning(Session.id)).all():
        raise _no_such_session()
    return secret


def list_sessions(account_id: UUID) -> tuple[SessionCard, ...]:
    """Every session of the account that is alive, of browsers and API clients, the last seen first."""
    moment = now()
    alive = (
        select(Session)
        .where(Session.account_id == account_id, Session.revoked_at.is_(None), Session.expires_at > moment)
        .where(or_(Session.kind != "web", Session.last_seen_at > moment - LASTS_UNSEEN))
        .order_by(Session.last_seen_at.desc(), Session.id)
    )
    return tuple(_card(session) for session in db.session.scalars(alive))


def get_session(account_id: UUID, session_id: UUID) -> SessionCard:
    """One live session of the account. Raises NotFound for a stranger's, and for one that has ended."""
    found = next((card for card in list_sessions(account_id) if card.id == session_id), None)
    if found is None:
        raise _no_such_session()
    return found


def sign_out(account_id: UUID, session_id: UUID) -> None:
    """End the session somebody acts in; once more does nothing."""
    if _end(account_id, session_id):
        record(SignedOut(account_id, session_id))


def revoke_session(account_id: UUID, session_id: UUID) -> None:
    """End one session of the account, of whatever kind. Raises NotFound as `get_session` does."""
    get_session(account_id, session_id)
    if _end(account_id, session_id):
        record(SessionsRevoked(account_id, 1, "one"))


def revoke_sessions(account_id: UUID, reason: str, spare: UUID | None = None) -> int:
    """End every session of the account but `spare`; how many. See activities.SessionsRevoked for `reason`."""
    alive = update(Session).where(Session.account_id == account_id, Session.revoked_at.is_(None))
    if spare is not None:
        alive = alive.where(Session.id != spare)
    ended = len(db.session.execute(alive.values(revoked_at=now()).returning(Session.id)).all())
    if ended:
        record(SessionsRevoked(account_id, ended, reason))
    return ended


def sweep_sessions() -> int:
    """Remove what has ended a day ago or more: sessions, mailed links, counters of tries. How many rows."""
    over = now() - _KEPT_AFTER_END
    unseen = (Session.kind == "web") & (Session.last_seen_at <= over - LASTS_UNSEEN)
    sessions = delete(Session).where(or_(Session.expires_at <= over, Session.revoked_at <= over, unseen))
    links = delete(OneTimeToken).where(OneTimeToken.expires_at <= over)
    removed = len(db.session.scalars(sessions.returning(Session.id)).all())
    return removed + len(db.session.scalars(links.returning(OneTimeToken.id)).all()) + sweep_locks()


def _end(account_id: UUID, session_id: UUID) -> bool:
    alive = update(Session).where(
        Session.id == session_id, Session.account_id == account_id, Session.revoked_at.is_(None)
    )
    return bool(db.session.execute(alive.values(revoked_at=now()).returning(Session.id)).all())


def _hash(secret: str) -> str:
    return sha256(secret.encode("utf-8", "surrogatepass")).hexdigest()


def _card(session: Session) -> SessionCard:
    return SessionCard(
        id=session.id,
        kind=cast(Kind, session.kind),
        address=session.address,
        agent=session.agent,
        created_at=session.created_at,
        last_seen_at=session.last_seen_at,
    )


def _no_such_session() -> NotFound:
    return NotFound(phrase(N_("There is no such session; it may have ended.")))
