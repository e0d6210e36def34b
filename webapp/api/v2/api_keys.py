"""API keys: make one and see it once, list them, revoke one."""

from datetime import datetime
from uuid import UUID

from flask import Response, url_for

from webapp.api.answers import answer
from webapp.api.bodies import BodyReader
from webapp.api.contract import Answer, Body, operation
from webapp.api.idempotency import idempotent
from webapp.api.reading import read_object
from webapp.api.v2.blueprint import api
from webapp.api.v2.shapes.keys import (
    ApiKeyJson,
    ApiKeyListJson,
    MadeApiKeyJson,
    NewApiKeyJson,
    api_key_to_json,
    made_key_to_json,
)
from webapp.edge.callers import calling_as, calling_owner
from webapp.infra.db import unit_of_work
from webapp.services.keys import get_key, pass_on_key, revoke_key
from webapp.services.keys import list_keys as find_keys

_TAG = "API keys"


@api.get("/auth/api-keys")
@operation("Your API keys", tag=_TAG, scope="read", answers={200: Answer(ApiKeyListJson, "Newest first.")})
def list_api_keys() -> Response:
    """Revoked and expired ones stay in the list, so that it tells what there was."""
    cards = find_keys(calling_owner("read"))
    return answer({"items": [api_key_to_json(card) for card in cards]})


@api.post("/auth/api-keys")
@operation(
    "Make an API key",
    tag=_TAG,
    scope="write",
    body=Body(NewApiKeyJson, "Name, scopes and, if it shall end by itself, when."),
    answers={
        201: Answer(
            MadeApiKeyJson,
            "The key, told this once.",
            headers={"Location": "Address of what is known of it."},
        )
    },
    refusals={
        403: "The key lacks the scope this needs, or would pass on more than it has itself.",
        409: "The account has as many keys in force as it may have. Revoke one first.",
    },
    is_idempotent=True,
)
@idempotent(redact=("secret",))
def create_api_key() -> Response:
    """The answer holds the key in `secret`. It is kept as a hash only: nobody can show it again.

    An API key may make others for the scopes it has itself, to end when it does or before.
    """
    caller = calling_as("write")
    name, scopes, expires_at = _wishes()
    with unit_of_work():
        made = pass_on_key(caller, name, scopes, expires_at)
    location = url_for("api_v2.show_api_key", key_id=made.card.id)
    return answer(made_key_to_json(made), 201, {"Location": location})


@api.get("/auth/api-keys/<uuid:key_id>")
@operation("One API key", tag=_TAG, scope="read", answers={200: Answer(ApiKeyJson, "What is known of it.")})
def show_api_key(key_id: UUID) -> Response:
    """Its name, scopes, expiry and last use. The key itself cannot be shown again."""
    return answer(api_key_to_json(get_key(calling_owner("read"), key_id)))


@api.delete("/auth/api-keys/<uuid:key_id>")
@operation("Revoke an API key", tag=_TAG, scope="write", answers={204: Answer(description="It is revoked.")})
def revoke_api_key(key_id: UUID) -> Response:
    """Within a second every process refuses it, for good. Revoking it once more changes nothing."""
    owner_id = calling_owner("write")
    with unit_of_work():
        revoke_key(owner_id, key_id)
    return Response(status=204)


def _wishes() -> tuple[str, tuple[str, ...], datetime | None]:
    reader = BodyReader(read_object(), "name", "scopes", "expires_at")
    wishes = reader.text("name"), reader.words("scopes", most=20), reader.moment("expires_at")
    reader.check()
    return wishes
