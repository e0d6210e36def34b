"""Access and refresh tokens: what a client that signed in over the API calls with.

An access token is short-lived; a refresh token is exchanged once for a new pair. One that comes a second time
has been copied, by a thief or from one: nobody can tell which, so the whole session ends. There is no grace
period: a client that refreshes twice at once, or lost the answer, signs in again.

All moments are written and compared by servers of ours against the row. A clock that is off shortens or
lengthens a token by as much and does nothing else: no token has a "not before".
"""

import logging
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import cast
from uuid import UUID, uuid4

from sqlalchemy import delete, select, update

from webapp.domain.activities import SessionsRevoked, SignedIn
from webapp.domain.errors import Unauthenticated
from webapp.domain.plans import Plan
from webapp.domain.words import N_, phrase
from webapp.infra.caller import current_caller
from webapp.infra.clock import now
from webapp.infra.db import db, in_any_case
from webapp.infra.secret_texts import hashed, is_well_formed, new_secret
from webapp.models.session import RefreshToken, Session
from webapp.models.user import User
from webapp.services.activities import record
from webapp.services.identities import Identity, refuse_disabled, scopes_of

ACCESS_MARK, REFRESH_MARK = "ma_", "mr_"
ACCESS_LASTS = timedelta(minutes=15)
#: A session that is refreshed lasts this long again.
REFRESH_LASTS = timedelta(days=30)

_SEEN_NOTED_EVERY = timedelta(minutes=1)
_log = logging.getLogger(__name__)
#: All that recognising an access token takes, in one query: what ends a session holds from the next call on.
_RECOGNISE = select(
    Session.id,
    Session.account_id,
    Session.secret_expires_at,
    Session.last_seen_at,
    Session.revoked_at,
    User.plan,
    User.role,
    User.disabled_at,
).join(User, User.id == Session.account_id)
_REFRESHABLE = (
    select(
        RefreshToken.id,
        RefreshToken.session_id,
        RefreshToken.expires_at,
        RefreshToken.used_at,
        Session.account_id,
        Session.revoked_at,
        User.disabled_at,
    )
    .join(Session, Session.id == RefreshToken.session_id)
    .join(User, User.id == Session.account_id)
)


@dataclass(frozen=True, slots=True)
class Tokens:
    """A pair just made. Both texts exist here only: their hashes are kept, they are not."""

    session_id: UUID
    account_id: UUID
    access_token: str
    access_expires_at: datetime
    refresh_token: str
    refresh_expires_at: datetime


def issue_tokens(account_id: UUID, method: str) -> Tokens:
    """Sign an API client in to an account that has proven itself by `method` (see activities.SignedIn)."""
    tokens = _new_pair(uuid4(), account_id)
    caller = current_caller()
    session = Session(
        id=tokens.session_id,
        account_id=account_id,
        kind="api",
        secret_hash=hashed(tokens.access_token),
        secret_expires_at=tokens.access_expires_at,
        created_at=now(),
        last_seen_at=now(),
        expires_at=tokens.refresh_expires_at,
        address=caller.address[:64],
        agent=caller.agent[:300],
    )
    db.session.add(session)
    db.session.flush()
    _keep(tokens)
    record(SignedIn(account_id, session.id, method, "api"))
    return tokens


def refresh_tokens(refresh_token: str) -> Tokens:
    """A new pair for `refresh_token`, which is used up by it; the former access token ends too.

    Of several calls with the same token at most one succeeds, and the others end the session. Raises
    Unauthenticated for a token that is unknown, used, expired, or of a session or account that has ended.
    """
    if not is_well_formed(refresh_token, REFRESH_MARK):
        raise Unauthenticated(phrase(N_("This is not a refresh token: it begins with mr_.")))
    link = db.session.execute(
        _REFRESHABLE.where(RefreshToken.token_hash == hashed(refresh_token))
    ).one_or_none()
    if link is None:
        raise Unauthenticated(phrase(N_("This refresh token is not known here. Sign in again.")))
    if link.revoked_at is not None:
        raise _session_over()
    if link.used_at is not None:
        raise _reused(link.account_id, link.session_id)
    if link.expires_at <= now():
        raise Unauthenticated(phrase(N_("This refresh token has expired. Sign in again.")))
    if link.disabled_at is not None:
        raise refuse_disabled()
    # Whoever changes the row first has the token; those at the same time wait for it here, and find it used.
    unused = update(RefreshToken).where(RefreshToken.id == link.id, RefreshToken.used_at.is_(None))
    if not db.session.execute(unused.values(used_at=now()).returning(RefreshToken.id)).all():
        raise _reused(link.account_id, link.session_id)
    tokens = _new_pair(link.session_id, link.account_id)
    _renew_session(tokens)
    _keep(tokens)
    return tokens


def renew_tokens(account_id: UUID, session_id: UUID) -> Tokens:
    """A new pair for a session that goes on, after a change of how its account is proven.

    The former access token ends; a former refresh token counts as used, so whoever sends it ends the session.
    Raises Unauthenticated when the session has ended meanwhile.
    """
    unused = update(RefreshToken).where(RefreshToken.session_id == session_id, RefreshToken.used_at.is_(None))
    db.session.execute(unused.values(used_at=now()))
    tokens = _new_pair(session_id, account_id)
    _renew_session(tokens)
    _keep(tokens)
    return tokens


def identify_access_token(token: str) -> Identity:
    """Whose session `token` belongs to, with every scope of the account. Notes that it was seen, each minute.

    Raises Unauthenticated for a text that is no access token, for one unknown or replaced, expired, of a
    session that has ended, and of a disabled account.
    """
    if token.startswith(REFRESH_MARK):
        raise Unauthenticated(
            phrase(
                N_("This is a refresh token. Exchange it at “POST /api/v2/auth/refresh” for an access token.")
            )
        )
    if not is_well_formed(token, ACCESS_MARK):
        raise Unauthenticated(
            phrase(N_("This is neither an API key (it begins with mk_) nor an access token (ma_)."))
        )
    session = db.session.execute(_RECOGNISE.where(Session.secret_hash == hashed(token))).one_or_none()
    if session is None:
        raise Unauthenticated(
            phrase(
                N_("This access token is not known here, or a refresh has replaced it. Use the newer one.")
            )
        )
    if session.revoked_at is not None:
        raise _session_over()
    if session.secret_expires_at is None or session.secret_expires_at <= now():
        raise Unauthenticated(phrase(N_("This access token has expired. Refresh it, or sign in again.")))
    if session.disabled_at is not None:
        raise refuse_disabled()
    if now() - session.last_seen_at >= _SEEN_NOTED_EVERY:
        due = update(Session).where(Session.id == session.id, Session.last_seen_at == session.last_seen_at)
        db.session.execute(due.values(last_seen_at=now()))
    scopes = frozenset(scopes_of(session.role))
    return Identity("token", session.account_id, session.id, scopes, cast(Plan, session.plan))


def _new_pair(session_id: UUID, account_id: UUID) -> Tokens:
    moment = now()
    return Tokens(
        session_id=session_id,
        account_id=account_id,
        access_token=new_secret(ACCESS_MARK),
        access_expires_at=moment + ACCESS_LASTS,
        refresh_token=new_secret(REFRESH_MARK),
        refresh_expires_at=moment + REFRESH_LASTS,
    )


def _keep(tokens: Tokens) -> None:
    """Add the refresh token to its session's chain; expired links, which prove nothing, go."""
    chain = delete(RefreshToken).where(RefreshToken.session_id == tokens.session_id)
    db.session.execute(chain.where(RefreshToken.expires_at <= now()))
    db.session.add(
        RefreshToken(
            session_id=tokens.session_id,
            token_hash=hashed(tokens.refresh_token),
            issued_at=now(),
            expires_at=tokens.refresh_expires_at,
        )
    )
    db.session.flush()


def _renew_session(tokens: Tokens) -> None:
    """Raises Unauthenticated when the session was ended meanwhile; the refresh is then undone."""
    alive = update(Session).where(Session.id == tokens.session_id, Session.revoked_at.is_(None))
    renewed = alive.values(
        secret_hash=hashed(tokens.access_token),
        secret_expires_at=tokens.access_expires_at,
        last_seen_at=now(),
        expires_at=tokens.refresh_expires_at,
    )
    if not db.session.execute(renewed.returning(Session.id)).all():
        raise _session_over()


def _reused(account_id: UUID, session_id: UUID) -> Unauthenticated:
    """The refusal of a token that was used before; its session ends although the call is refused."""
    in_any_case(lambda: _end_copied(account_id, session_id))
    return Unauthenticated(
        phrase(
            N_(
                "This refresh token was used before. Somebody may have copied it, so its session has ended. "
                "Sign in again."
            )
        )
    )


def _end_copied(account_id: UUID, session_id: UUID) -> None:
    alive = update(Session).where(Session.id == session_id, Session.revoked_at.is_(None))
    if db.session.execute(alive.values(revoked_at=now()).returning(Session.id)).all():
        record(SessionsRevoked(account_id, 1, "refresh-token-reused"))
        _log.warning("A refresh token was used twice: session %s of %s has ended.", session_id, account_id)


def _session_over() -> Unauthenticated:
    return Unauthenticated(phrase(N_("This session has ended. Sign in again.")))
