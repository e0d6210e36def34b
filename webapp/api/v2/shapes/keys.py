"""What API keys look like."""

from datetime import datetime
from typing import Annotated, Literal, NotRequired
from uuid import UUID

from pydantic import ConfigDict, Field
from typing_extensions import TypedDict

from webapp.services.identities import ORDINARY_SCOPES, Scope
from webapp.services.keys import MAX_NAME, KeyCard, NewKey

KeyStatus = Literal["in_force", "expired", "revoked"]


class NewApiKeyJson(TypedDict):
    """The key that is wanted."""

    __pydantic_config__ = ConfigDict(extra="forbid")  # type: ignore[misc]  # pydantic reads it here

    name: Annotated[
        str,
        Field(
            min_length=1,
            max_length=MAX_NAME,
            pattern=r"\S",
            description="What will use it.",
            examples=["staging shipper"],
        ),
    ]
    scopes: Annotated[
        list[Scope],
        Field(
            min_length=1,
            max_length=20,
            description="What it may do; `admin` is for keys of administrators.",
            examples=[list(ORDINARY_SCOPES)],
        ),
    ]
    expires_at: NotRequired[
        Annotated[
            datetime | None,
            Field(
                description="From this moment on it is refused; null: never.",
                examples=["2030-01-31T12:00:00Z"],
            ),
        ]
    ]


class ApiKeyJson(TypedDict):
    """A key as its owner sees it; the key itself is shown once, by the POST that makes it."""

    id: UUID
    name: str
    prefix: Annotated[str, Field(description="How the key begins.", examples=["mk_3fA9xQ"])]
    scopes: list[Scope]
    status: KeyStatus
    created_at: datetime
    expires_at: Annotated[datetime | None, Field(description="Null: never.")]
    last_used_at: Annotated[datetime | None, Field(description="Exact to a minute; null: never.")]
    revoked_at: datetime | None


class MadeApiKeyJson(ApiKeyJson):
    """A key just made."""

    secret: Annotated[
        str | None,
        Field(
            description="The key. It is told this once; null when the request is sent again under its "
            "`Idempotency-Key`.",
            examples=["mk_3fA9xQ7Yc0VtB2mZr8LwKd5HnE1uJsPgaB3xYz"],
        ),
    ]


class ApiKeyListJson(TypedDict):
    """Every key of the account, revoked and expired ones too, newest first."""

    items: list[ApiKeyJson]


def api_key_to_json(card: KeyCard) -> ApiKeyJson:
    return {
        "id": card.id,
        "name": card.name,
        "prefix": card.prefix,
        "scopes": list(card.scopes),
        "status": _status(card),
        "created_at": card.created_at,
        "expires_at": card.expires_at,
        "last_used_at": card.last_used_at,
        "revoked_at": card.revoked_at,
    }


def made_key_to_json(made: NewKey) -> MadeApiKeyJson:
    return {**api_key_to_json(made.card), "secret": made.secret}


def _status(card: KeyCard) -> KeyStatus:
    if card.revoked_at is not None:
        return "revoked"
    return "expired" if card.is_expired else "in_force"
