"""Share links: show one scenario to people without an account."""

from uuid import UUID

from flask import Response, url_for

from webapp.api.answers import answer
from webapp.api.contract import Answer, Body, operation
from webapp.api.idempotency import idempotent
from webapp.api.reading import read_object
from webapp.api.v2.blueprint import api
from webapp.api.v2.shapes.sharing import (
    MadeShareLinkJson,
    NewShareLinkJson,
    ShareLinksJson,
    made_share_link_to_json,
    share_link_to_json,
)
from webapp.domain.errors import InvalidInput
from webapp.edge.callers import calling_owner
from webapp.infra.config import current_settings
from webapp.infra.db import unit_of_work
from webapp.pricing.reading import Reader, known_fields
from webapp.services.sharing import (
    DEFAULT_LIFETIME_DAYS,
    MAX_LINKS,
    MAX_NAME,
    create_share_link,
    revoke_share_link,
)
from webapp.services.sharing import list_share_links as find_share_links

_TAG = "Share links"


@api.get("/scenarios/<uuid:scenario_id>/share-links")
@operation(
    "The share links of a scenario",
    tag=_TAG,
    scope="read",
    answers={200: Answer(ShareLinksJson, "Newest first, expired and revoked ones too.")},
)
def list_share_links(scenario_id: UUID) -> Response:
    cards = find_share_links(calling_owner("read"), scenario_id)
    return answer({"items": [share_link_to_json(card) for card in cards]})


@api.post("/scenarios/<uuid:scenario_id>/share-links")
@operation(
    "Share a scenario",
    tag=_TAG,
    scope="write",
    body=Body(NewShareLinkJson, "Who it is for, and how long it works."),
    answers={201: Answer(MadeShareLinkJson, "The link, with its `url` this one time.")},
    refusals={409: f"The scenario has {MAX_LINKS} links in force."},
    is_idempotent=True,
)
@idempotent(redact=("url",))
def share(scenario_id: UUID) -> Response:
    """Whoever has the `url` sees the scenario and its bill, as they are at that moment, in a browser.

    No account is needed; nothing can be changed and nothing else reached. Only a hash of the link is kept.
    """
    owner_id = calling_owner("write")
    name, days = _wishes()
    with unit_of_work():
        made = create_share_link(owner_id, scenario_id, name, days)
    url = f"{current_settings().public_url}{url_for('shared.show', token=made.token)}"
    return answer(made_share_link_to_json(made.card, url), 201)


@api.delete("/scenarios/<uuid:scenario_id>/share-links/<uuid:link_id>")
@operation(
    "Revoke a share link",
    tag=_TAG,
    scope="write",
    answers={204: Answer(description="It opens nothing any more; once more changes nothing.")},
)
def unshare(scenario_id: UUID, link_id: UUID) -> Response:
    owner_id = calling_owner("write")
    with unit_of_work():
        revoke_share_link(owner_id, scenario_id, link_id)
    return Response(status=204)


def _wishes() -> tuple[str, object]:
    """Name and lifetime as sent; the service checks the lifetime."""
    sent, reader = read_object(), Reader()
    known_fields(reader, "", sent, ("name", "expires_in_days"))
    name = reader.text("/name", sent.get("name"), maximum=MAX_NAME)
    if reader.problems:
        raise InvalidInput(reader.problems)
    return name, sent.get("expires_in_days", DEFAULT_LIFETIME_DAYS)
