"""API keys: made once, kept as a hash, recognised on every call."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import cast
from uuid import UUID

from sqlalchemy import bindparam, func, or_, select, update

from webapp.domain.activities import KeyCreated, KeyFirstUsed, KeyRevoked
from webapp.domain.errors import Conflict, Forbidden, InvalidInput, NotFound, Problem, Unauthenticated
from webapp.domain.plans import Plan
from webapp.domain.words import N_, phrase
from webapp.infra.caller import acting, current_caller
from webapp.infra.clock import now
from webapp.infra.db import begin_writing, db
from webapp.infra.secret_texts import hashed, is_well_formed, new_secret
from webapp.models.api_key import ApiKey
from webapp.models.user import User
from webapp.services.activities import record
from webapp.services.identities import (
    SCOPES,
    Identity,
    Scope,
    held_scopes,
    in_order,
    recent_identities,
    refuse_disabled,
    scopes_of,
)

#: How a key begins.
MARK = "mk_"
MAX_NAME = 80
#: Keys in force per account.
MAX_KEYS = 50

_SHOWN_CHARS = len(MARK) + 6
_USE_NOTED_EVERY = timedelta(minutes=1)
#: All that recognising a key takes, in one query: revoking, disabling and demoting hold from the next call
#: of this process, and within RECENT_S of any other.
_RECOGNISE = (
    select(
        ApiKey.id,
        ApiKey.owner_id,
        ApiKey.scopes,
        ApiKey.expires_at,
        ApiKey.last_used_at,
        ApiKey.revoked_at,
        User.plan,
        User.role,
        User.disabled_at,
    )
    .join(User, User.id == ApiKey.owner_id)
    .where(ApiKey.key_hash == bindparam("key_hash"))
)


@dataclass(frozen=True, slots=True)
class KeyCard:
    """A key as its owner sees it afterwards; `prefix` is how the secret begins.

    `is_expired` is as of when the card was made; `expires_at` None means never.
    """

    id: UUID
    name: str
    prefix: str
    scopes: tuple[Scope, ...]
    created_at: datetime
    expires_at: datetime | None
    last_used_at: datetime | None
    revoked_at: datetime | None
    is_expired: bool

    @property
    def is_in_force(self) -> bool:
        return self.revoked_at is None and not self.is_expired


@dataclass(frozen=True, slots=True)
class NewKey:
    """A key just made. `secret` exists here only: show it now."""

    card: KeyCard
    secret: str


def create_key(
    owner_id: UUID, name: str, scopes: Iterable[str], expires_at: datetime | None = None
) -> NewKey:
    """Make a key that works until `expires_at`, without one until it is revoked.

    Raises InvalidInput (/name, /scopes, /expires_at), Conflict past MAX_KEYS keys in force, and NotFound for
    an account that is not there.
    """
    name, wanted = name.strip(), frozenset(scopes)
    problems = [
        *_name_problems(name),
        *_scope_problems(wanted, _role_of(owner_id)),
        *_expiry_problems(expires_at),
    ]
    if problems:
        raise InvalidInput(problems)
    if _in_force(owner_id) >= MAX_KEYS:
        raise Conflict(phrase(N_("An account has at most %(n)s keys. Revoke one first."), n=MAX_KEYS))
    secret = new_secret(MARK)
    key = ApiKey(
        owner_id=owner_id,
        name=name,
        prefix=secret[:_SHOWN_CHARS],
        key_hash=hashed(secret),
        scopes=list(in_order(wanted)),
        created_at=now(),
        expires_at=expires_at,
    )
    db.session.add(key)
    db.session.flush()
    record(KeyCreated(key.id, owner_id, name, in_order(wanted)))
    return NewKey(_card(key), secret)


def pass_on_key(
    maker: Identity, name: str, scopes: Iterable[str], expires_at: datetime | None = None
) -> NewKey:
    """Make a key for the account of `maker`. A key passes on what it has itself, for as long, and no more.

    Else one that fell into wrong hands would turn into one that may do anything. Raises as `create_key`
    does, and Forbidden.
    """
    wanted = frozenset(scopes)
    if maker.via == "key":
        if wanted & frozenset(SCOPES) - maker.scopes:
            own = ", ".join(in_order(maker.scopes))
            raise Forbidden(
                phrase(N_("This API key may pass on only its own scopes: %(scopes)s."), scopes=own)
            )
        end = get_key(maker.owner_id, maker.credential_id).expires_at
        if end is not None and (expires_at is None or expires_at > end):
            until = end.isoformat(timespec="seconds")
            raise Forbidden(phrase(N_("A key made by this one ends when it does, at %(when)s."), when=until))
    return create_key(maker.owner_id, name, wanted, expires_at)


def list_keys(owner_id: UUID) -> tuple[KeyCard, ...]:
    """Every key of `owner_id`, revoked and expired ones too, newest first."""
    keys = select(ApiKey).where(ApiKey.owner_id == owner_id).order_by(ApiKey.created_at.desc(), ApiKey.id)
    return tuple(_card(key) for key in db.session.scalars(keys))


def get_key(owner_id: UUID, key_id: UUID) -> KeyCard:
    """One key. Raises NotFound for a stranger's key."""
    return _card(_own(owner_id, key_id))


def revoke_key(owner_id: UUID, key_id: UUID) -> KeyCard:
    """End a key for good; once more does nothing. Raises NotFound for a stranger's key."""
    key = _own(owner_id, key_id)
    if key.revoked_at is None:
        key.revoked_at = now()
        db.session.flush()
        record(KeyRevoked(key.id, owner_id))
    return _card(key)


def recall_key(secret: str) -> Identity | None:
    """Whose key `secret` is, when the database was asked a moment ago; None when it has to be asked."""
    return recent_identities.get(hashed(secret))


def identify_key(secret: str) -> Identity:
    """Whose key `secret` is, as the database says. Notes its use, at most once a minute.

    Raises Unauthenticated for a text that is no key, for a key unknown, revoked or expired, and for every
    key of a disabled account.
    """
    if not is_well_formed(secret, MARK):
        raise Unauthenticated(phrase(N_("This is not an API key: it begins with mk_ and is 41 characters.")))
    key_hash, changes = hashed(secret), recent_identities.changes
    key = db.session.execute(_RECOGNISE, {"key_hash": key_hash}).one_or_none()
    if key is None:
        raise Unauthenticated(phrase(N_("This API key is not known here.")))
    if key.revoked_at is not None:
        raise Unauthenticated(phrase(N_("This API key has been revoked.")))
    if key.expires_at is not None and key.expires_at <= now():
        day = f"{key.expires_at:%Y-%m-%d}"
        raise Unauthenticated(phrase(N_("This API key expired on %(day)s. Make a new one."), day=day))
    if key.disabled_at is not None:
        raise refuse_disabled()
    plan = cast(Plan, key.plan)
    identity = Identity("key", key.owner_id, key.id, held_scopes(key.scopes, key.role), plan)
    if key.last_used_at is None:
        _note_first_use(identity)
    elif now() - key.last_used_at >= _USE_NOTED_EVERY:
        _note_use(identity)
    if key.expires_at is None:
        recent_identities.keep(key_hash, identity, changes)
    return identity


def _note_first_use(identity: Identity) -> None:
    # Of several first calls at once, one changes the row and says so.
    unused = update(ApiKey).where(ApiKey.id == identity.credential_id, ApiKey.last_used_at.is_(None))
    if not db.session.execute(unused.values(last_used_at=now()).returning(ApiKey.id)).all():
        return
    user = replace(
        current_caller(),
        via="key",
        account_id=identity.owner_id,
        credential_id=identity.credential_id,
        plan=identity.plan,
    )
    with acting(user):
        record(KeyFirstUsed(identity.credential_id, identity.owner_id))


def _note_use(identity: Identity) -> None:
    due = update(ApiKey).where(
        ApiKey.id == identity.credential_id, ApiKey.last_used_at <= now() - _USE_NOTED_EVERY
    )
    db.session.execute(due.values(last_used_at=now()))


def _own(owner_id: UUID, key_id: UUID) -> ApiKey:
    key = db.session.scalar(select(ApiKey).where(ApiKey.id == key_id, ApiKey.owner_id == owner_id))
    if key is None:
        raise NotFound(phrase(N_("There is no such API key.")))
    return key


def _role_of(owner_id: UUID) -> str:
    """The account's role. Its row is locked, so that keys made side by side are counted one after another."""
    begin_writing()
    account = select(User.role).where(User.id == owner_id).with_for_update(key_share=True)
    role = db.session.scalar(account)
    if role is None:
        raise NotFound(phrase(N_("There is no such account.")))
    return role


def _in_force(owner_id: UUID) -> int:
    keys = select(func.count()).where(
        ApiKey.owner_id == owner_id,
        ApiKey.revoked_at.is_(None),
        or_(ApiKey.expires_at.is_(None), ApiKey.expires_at > now()),
    )
    return db.session.scalar(keys) or 0


def _card(key: ApiKey) -> KeyCard:
    return KeyCard(
        id=key.id,
        name=key.name,
        prefix=key.prefix,
        scopes=in_order(key.scopes),
        created_at=key.created_at,
        expires_at=key.expires_at,
        last_used_at=key.last_used_at,
        revoked_at=key.revoked_at,
        is_expired=key.expires_at is not None and key.expires_at <= now(),
    )


def _name_problems(name: str) -> list[Problem]:
    if not name:
        return [Problem("/name", phrase(N_("Give the key a name, so that you know later what uses it.")))]
    if len(name) > MAX_NAME or "\x00" in name:
        return [Problem("/name", phrase(N_("Use at most %(n)s characters."), n=MAX_NAME))]
    return []


def _scope_problems(scopes: frozenset[str], role: str) -> list[Problem]:
    known = ", ".join(scopes_of(role))
    if not scopes:
        return [Problem("/scopes", phrase(N_("Choose at least one of: %(scopes)s."), scopes=known))]
    if scopes - set(SCOPES):
        return [Problem("/scopes", phrase(N_("Only these scopes exist: %(scopes)s."), scopes=known))]
    if scopes - set(scopes_of(role)):
        return [Problem("/scopes", phrase(N_("The scope “admin” is for keys of administrators.")))]
    return []


def _expiry_problems(expires_at: datetime | None) -> list[Problem]:
    if expires_at is not None and expires_at <= now():
        return [Problem("/expires_at", phrase(N_("This moment has passed. Choose a later one.")))]
    return []
