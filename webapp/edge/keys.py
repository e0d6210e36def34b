"""Who is calling: a program with an API key."""

from uuid import UUID

from flask import g, request

from webapp.domain.errors import Forbidden, Unauthenticated
from webapp.domain.words import N_, phrase
from webapp.infra.db import unit_of_work
from webapp.services.keys import Identity, Scope, identify_key

HEADER = "X-API-Key"


def calling_owner(scope: Scope) -> UUID:
    """Id of the account whose key called, when the key may `scope`.

    Raises Unauthenticated without a key or with one that is not in force, Forbidden when it lacks the scope.
    """
    identity = calling_key()
    if identity is None:
        raise Unauthenticated(
            phrase(N_("Send an API key as “X-API-Key: mk_…” or “Authorization: Bearer mk_…”."))
        )
    if scope not in identity.scopes:
        raise Forbidden(phrase(N_("This API key lacks the scope “%(scope)s”."), scope=scope))
    return identity.owner_id


def calling_key() -> Identity | None:
    """The key of this request, None without one. Raises Unauthenticated for one that is not in force."""
    secret = _sent_secret()
    if secret is None:
        return None
    with unit_of_work():
        identity = identify_key(secret)
    g.caller = f"{identity.owner_id}/{identity.key_id}"
    return identity


def _sent_secret() -> str | None:
    if HEADER in request.headers:
        return request.headers[HEADER].strip()
    kind, _, secret = request.headers.get("Authorization", "").partition(" ")
    return secret.strip() if kind.lower() == "bearer" else None
