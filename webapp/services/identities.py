"""Who a key or a token proves somebody to be, and what it may do."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal
from uuid import UUID

from webapp.domain.errors import Unauthenticated
from webapp.domain.plans import Plan
from webapp.domain.words import N_, phrase
from webapp.infra.recent import Recent

Scope = Literal["read", "write", "ingest", "admin"]
SCOPES: tuple[Scope, ...] = ("read", "write", "ingest", "admin")
#: What every account may hold; "admin" is for administrators.
ORDINARY_SCOPES: tuple[Scope, ...] = ("read", "write", "ingest")


#: How long a process may go on with what it knows of a key or a token. A change made in this process holds
#: at once, one made elsewhere after this.
RECENT_S = 0.8


@dataclass(frozen=True, slots=True)
class Identity:
    """Whose account calls, proven by which key or session, and what it may do.

    `credential_id` is the key's (via "key") or the session's (via "token").
    """

    via: Literal["key", "token"]
    owner_id: UUID
    credential_id: UUID
    scopes: frozenset[Scope]
    plan: Plan = "free"


def in_order(scopes: Iterable[str]) -> tuple[Scope, ...]:
    """The known ones of `scopes`, each once, in the order of SCOPES."""
    held = frozenset(scopes)
    return tuple(scope for scope in SCOPES if scope in held)


def scopes_of(role: str) -> tuple[Scope, ...]:
    """Every scope an account of this role may hold."""
    return SCOPES if role == "admin" else ORDINARY_SCOPES


def held_scopes(scopes: Iterable[str], role: str) -> frozenset[Scope]:
    """What of `scopes` still counts: who is no administrator any more has lost "admin" at once."""
    return frozenset(in_order(scopes)) & frozenset(scopes_of(role))


def refuse_disabled() -> Unauthenticated:
    """The refusal of every credential of an account that an administrator keeps out."""
    return Unauthenticated(
        phrase(N_("This account is disabled. An administrator of this server can enable it."))
    )


#: Identities by the hash of what proved them.
recent_identities: Recent[Identity] = Recent(RECENT_S, most=10_000)
