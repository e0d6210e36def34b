"""API keys: made once, kept as a hash, recognised on every call."""

import secrets
import string
import zlib
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from hashlib import sha256
from typing import Literal
from uuid import UUID

from sqlalchemy import func, select

from webapp.domain.errors import Conflict, InvalidInput, NotFound, Problem, Unauthenticated
from webapp.domain.words import N_, phrase
from webapp.infra.clock import now
from webapp.infra.db import db
from webapp.models.api_key import ApiKey

Scope = Literal["read", "write", "ingest"]
SCOPES: tuple[Scope, ...] = ("read", "write", "ingest")
MAX_NAME = 80
#: Keys in force per account.
MAX_KEYS = 50

_MARK = "mk_"
_ALPHABET = string.digits + string.ascii_uppercase + string.ascii_lowercase
_RANDOM_CHARS = 32  # 190 bits
_CHECKSUM_CHARS = 6  # a CRC-32 in base 62
_SHOWN_CHARS = len(_MARK) + 6
_USE_NOTED_EVERY = timedelta(minutes=1)


@dataclass(frozen=True, slots=True)
class KeyCard:
    """A key as its owner sees it afterwards; `prefix` is how the secret begins."""

    id: UUID
    name: str
    prefix: str
    scopes: tuple[Scope, ...]
    created_at: datetime
    last_used_at: datetime | None
    revoked_at: datetime | None


@dataclass(frozen=True, slots=True)
class NewKey:
    """A key just made. `secret` exists here only: show it now."""

    card: KeyCard
    secret: str


@dataclass(frozen=True, slots=True)
class Identity:
    """Whose key called, and what it may do."""

    owner_id: UUID
    key_id: UUID
    scopes: frozenset[Scope]


def create_key(owner_id: UUID, name: str, scopes: Iterable[str]) -> NewKey:
    """Make a key. Raises InvalidInput (/name, /scopes) and Conflict past MAX_KEYS keys in force."""
    wanted = frozenset(scopes)
    problems = [*_name_problems(name.strip()), *_scope_problems(wanted)]
    if problems:
        raise InvalidInput(problems)
    if _in_force(owner_id) >= MAX_KEYS:
        raise Conflict(phrase(N_("An account has at most %(n)s keys. Revoke one first."), n=MAX_KEYS))
    secret = _new_secret()
    key = ApiKey(
        owner_id=owner_id,
        name=name.strip(),
        prefix=secret[:_SHOWN_CHARS],
        key_hash=_hash(secret),
        scopes=list(_ordered(wanted)),
        created_at=now(),
    )
    db.session.add(key)
    db.session.flush()
    return NewKey(_card(key), secret)


def list_keys(owner_id: UUID) -> tuple[KeyCard, ...]:
    """Every key of `owner_id`, revoked ones too, newest first."""
    keys = select(ApiKey).where(ApiKey.owner_id == owner_id).order_by(ApiKey.created_at.desc(), ApiKey.id)
    return tuple(_card(key) for key in db.session.scalars(keys))


def revoke_key(owner_id: UUID, key_id: UUID) -> KeyCard:
    """End a key for good; once more does nothing. Raises NotFound for a stranger's key."""
    key = db.session.scalar(select(ApiKey).where(ApiKey.id == key_id, ApiKey.owner_id == owner_id))
    if key is None:
        raise NotFound(phrase(N_("There is no such API key.")))
    if key.revoked_at is None:
        key.revoked_at = now()
        db.session.flush()
    return _card(key)


def identify_key(secret: str) -> Identity:
    """Whose key `secret` is. Notes its use, at most once a minute.

    Raises Unauthenticated for a text that is no key, and for a key unknown or revoked.
    """
    if not is_well_formed(secret):
        raise Unauthenticated(phrase(N_("This is not an API key: it begins with mk_ and is 41 characters.")))
    key = db.session.scalar(select(ApiKey).where(ApiKey.key_hash == _hash(secret)))
    if key is None:
        raise Unauthenticated(phrase(N_("This API key is not known here.")))
    if key.revoked_at is not None:
        raise Unauthenticated(phrase(N_("This API key has been revoked.")))
    if key.last_used_at is None or now() - key.last_used_at >= _USE_NOTED_EVERY:
        key.last_used_at = now()
    return Identity(key.owner_id, key.id, frozenset(_ordered(key.scopes)))


def is_well_formed(secret: str) -> bool:
    """Whether `secret` has the shape of a key and its checksum holds: finds typing errors early."""
    body, checksum = secret[len(_MARK) : -_CHECKSUM_CHARS], secret[-_CHECKSUM_CHARS:]
    if not secret.startswith(_MARK) or len(body) != _RANDOM_CHARS or not body.isascii():
        return False
    return checksum == _checksum(body)


def _new_secret() -> str:
    body = "".join(secrets.choice(_ALPHABET) for _ in range(_RANDOM_CHARS))
    return f"{_MARK}{body}{_checksum(body)}"


def _checksum(body: str) -> str:
    number, digits = zlib.crc32(body.encode()), ""
    for _ in range(_CHECKSUM_CHARS):
        number, digit = divmod(number, len(_ALPHABET))
        digits = _ALPHABET[digit] + digits
    return digits


def _hash(secret: str) -> str:
    return sha256(secret.encode()).hexdigest()


def _in_force(owner_id: UUID) -> int:
    keys = select(func.count()).where(ApiKey.owner_id == owner_id, ApiKey.revoked_at.is_(None))
    return db.session.scalar(keys) or 0


def _ordered(scopes: Iterable[str]) -> tuple[Scope, ...]:
    held = frozenset(scopes)
    return tuple(scope for scope in SCOPES if scope in held)


def _card(key: ApiKey) -> KeyCard:
    return KeyCard(
        id=key.id,
        name=key.name,
        prefix=key.prefix,
        scopes=_ordered(key.scopes),
        created_at=key.created_at,
        last_used_at=key.last_used_at,
        revoked_at=key.revoked_at,
    )


def _name_problems(name: str) -> list[Problem]:
    if not name:
        return [Problem("/name", phrase(N_("Give the key a name, so that you know later what uses it.")))]
    if len(name) > MAX_NAME or "\x00" in name:
        return [Problem("/name", phrase(N_("Use at most %(n)s characters."), n=MAX_NAME))]
    return []


def _scope_problems(scopes: frozenset[str]) -> list[Problem]:
    known = ", ".join(SCOPES)
    if not scopes:
        return [Problem("/scopes", phrase(N_("Choose at least one of: %(scopes)s."), scopes=known))]
    if scopes - set(SCOPES):
        message = phrase(N_("Only these scopes exist: %(scopes)s."), scopes=known)
        return [Problem("/scopes", message)]
    return []
