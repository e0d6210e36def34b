"""Who is calling the API: a program with an API key, or a client with an access token. Never a cookie."""

from typing import Any
from uuid import UUID

from flask import g

from webapp.domain.errors import Forbidden, Unauthenticated
from webapp.domain.words import N_, phrase
from webapp.edge.current_request import current_request
from webapp.infra.caller import identify
from webapp.infra.db import unit_of_work
from webapp.services.identities import Identity, Scope
from webapp.services.keys import MARK as KEY_MARK
from webapp.services.keys import identify_key, recall_key
from webapp.services.tokens import identify_access_token

HEADER = "X-API-Key"
#: Nobody has looked yet; that nobody called is None.
_UNASKED: Any = object()


def calling_owner(scope: Scope) -> UUID:
    """Id of the account that called, when its key or token may `scope`.

    Raises Unauthenticated without either or with one that is not in force, Forbidden when it lacks the scope.
    """
    return calling_as(scope).owner_id


def calling_session(scope: Scope) -> Identity:
    """As `calling_as`, for what needs somebody who signed in. Raises Forbidden for an API key."""
    identity = calling_as(scope)
    if identity.via != "token":
        raise Forbidden(
            phrase(
                N_(
                    "This needs a sign-in: send an access token (from “POST /api/v2/auth/login”), "
                    "not an API key."
                )
            )
        )
    return identity


def calling_as(scope: Scope) -> Identity:
    """Who called, when the key or token may `scope`; raises as `calling_owner` does."""
    identity = calling_identity()
    if identity is None:
        raise Unauthenticated(
            phrase(
                N_(
                    "Send an API key as “X-API-Key: mk_…”, "
                    "or a key or an access token as “Authorization: Bearer …”."
                )
            )
        )
    if scope not in identity.scopes:
        raise Forbidden(_lacking(identity, scope))
    return identity


def calling_identity() -> Identity | None:
    """Who sent this request, None without key and token; looked up once a request, refusals too.

    Raises Unauthenticated for one that is not in force.
    """
    found: Identity | Unauthenticated | None = g.get("calling_identity", _UNASKED)
    if found is _UNASKED:
        found = g.calling_identity = _looked_up()
    if isinstance(found, Unauthenticated):
        raise found
    return found


def _looked_up() -> Identity | Unauthenticated | None:
    sent = _sent_secret()
    if sent is None:
        return None
    secret, is_key = sent
    identity = recall_key(secret) if is_key else None
    try:
        if identity is None:
            with unit_of_work():
                identity = identify_key(secret) if is_key else identify_access_token(secret)
    except Unauthenticated as error:
        return error
    identify(identity.via, identity.owner_id, identity.credential_id, identity.plan)
    return identity


def _sent_secret() -> tuple[str, bool] | None:
    """What was sent, and whether it is to be taken for an API key. The header made for keys goes first."""
    headers = current_request().headers
    if (key := headers.get(HEADER)) is not None:
        return key.strip(), True
    kind, _, secret = headers.get("Authorization", "").partition(" ")
    secret = secret.strip()
    return (secret, secret.startswith(KEY_MARK)) if kind.lower() == "bearer" else None


def _lacking(identity: Identity, scope: Scope) -> str:
    if identity.via == "token":
        return phrase(N_("Your account may not do this: it has no scope “%(scope)s”."), scope=scope)
    return phrase(N_("This API key lacks the scope “%(scope)s”."), scope=scope)
