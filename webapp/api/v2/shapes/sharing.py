"""What share links look like."""

from datetime import datetime
from typing import Annotated, Literal, NotRequired
from uuid import UUID

from pydantic import Field
from typing_extensions import TypedDict

from webapp.services.sharing import DEFAULT_LIFETIME_DAYS, LinkCard


class NewShareLinkJson(TypedDict):
    """A link as it is asked for."""

    name: Annotated[str, Field(description="Who will have it.", examples=["the board"], max_length=80)]
    expires_in_days: NotRequired[
        Annotated[
            Literal[7, 30, 90] | None,
            Field(
                description=f"Without it, {DEFAULT_LIFETIME_DAYS}; null is until it is revoked.",
                examples=[30],
            ),
        ]
    ]


class ShareLinkJson(TypedDict):
    """A link as its scenario's owner sees it afterwards."""

    id: UUID
    scenario_id: UUID
    name: str
    prefix: Annotated[str, Field(description="How its token begins.", examples=["ms_4fK9aQ"])]
    status: Literal["in_force", "expired", "revoked"]
    created_at: datetime
    expires_at: Annotated[datetime | None, Field(description="null: until it is revoked.")]
    revoked_at: datetime | None
    last_opened_at: Annotated[datetime | None, Field(description="Exact to a minute.")]


class MadeShareLinkJson(ShareLinkJson):
    """A link just made."""

    url: Annotated[
        str | None,
        Field(
            description="What to pass on. Shown in this answer only: a repeated one has null.",
            examples=["https://costs.example.com/shared/ms_…"],
        ),
    ]


class ShareLinksJson(TypedDict):
    """All links of a scenario, newest first, ended ones too."""

    items: list[ShareLinkJson]


def share_link_to_json(card: LinkCard) -> ShareLinkJson:
    return {
        "id": card.id,
        "scenario_id": card.scenario_id,
        "name": card.name,
        "prefix": card.prefix,
        "status": "revoked" if card.revoked_at else "expired" if card.is_expired else "in_force",
        "created_at": card.created_at,
        "expires_at": card.expires_at,
        "revoked_at": card.revoked_at,
        "last_opened_at": card.last_opened_at,
    }


def made_share_link_to_json(card: LinkCard, url: str) -> MadeShareLinkJson:
    return {**share_link_to_json(card), "url": url}
