"""What accounts, tokens and the bodies that ask for them look like."""

from datetime import datetime
from typing import Annotated, Literal, NotRequired
from uuid import UUID

from pydantic import ConfigDict, Field
from typing_extensions import TypedDict

from webapp.domain.passwords import MAX_PASSWORD, MIN_PASSWORD
from webapp.domain.plans import Plan, Role
from webapp.services.accounts import MAX_EMAIL, Account
from webapp.services.identities import Identity, Scope, in_order
from webapp.services.tokens import ACCESS_LASTS, REFRESH_LASTS, Tokens

#: Ours have 41 characters and fewer; anything near that is refused as unknown, not as too long.
MAX_TOKEN = 200
MAX_CODE = 64
_STRICT = ConfigDict(extra="forbid")

Email = Annotated[
    str,
    Field(
        min_length=3,
        max_length=MAX_EMAIL,
        pattern=r"""^[^\s@\x00-\x1f\x7f,;<>"()]+@[^\s@\x00-\x1f\x7f,;<>"()]+$""",
        description="Upper and lower case are the same.",
        examples=["ada@example.com"],
    ),
]
#: A password that is to be kept.
NewPassword = Annotated[
    str,
    Field(
        min_length=MIN_PASSWORD,
        max_length=MAX_PASSWORD,
        description="Refused when it is one of the first guesses or holds the name in the address.",
        examples=["correct horse battery staple"],
    ),
]
Password = Annotated[str, Field(max_length=MAX_PASSWORD, examples=["correct horse battery staple"])]
MailedToken = Annotated[
    str, Field(max_length=MAX_TOKEN, description="What stands behind `token=` in the mailed link.")
]


class CredentialsJson(TypedDict):
    """A new account."""

    __pydantic_config__ = _STRICT  # type: ignore[misc]  # pydantic reads it here

    email: Email
    password: NewPassword


class SignInJson(TypedDict):
    """Who signs in."""

    __pydantic_config__ = _STRICT  # type: ignore[misc]  # pydantic reads it here

    email: Email
    password: Password
    code: NotRequired[
        Annotated[
            str | None,
            Field(
                max_length=MAX_CODE,
                description="Of the second factor, or a recovery code; left aside by accounts without one.",
                examples=["123456"],
            ),
        ]
    ]


class RefreshJson(TypedDict):
    """The refresh token of the last answer."""

    __pydantic_config__ = _STRICT  # type: ignore[misc]  # pydantic reads it here

    refresh_token: Annotated[
        str, Field(max_length=MAX_TOKEN, examples=["mr_3fA9xQ7Yc0VtB2mZr8LwKd5HnE1uJsPgaB3xYz"])
    ]


class SignOutJson(TypedDict):
    """What ends."""

    __pydantic_config__ = _STRICT  # type: ignore[misc]  # pydantic reads it here

    everywhere: NotRequired[
        Annotated[bool, Field(description="Every session of the account, in browsers too, not only this.")]
    ]


class PasswordChangeJson(TypedDict):
    """The present password and the next one."""

    __pydantic_config__ = _STRICT  # type: ignore[misc]  # pydantic reads it here

    current_password: Password
    new_password: NewPassword


class AddressJson(TypedDict):
    """Where a mail is to go."""

    __pydantic_config__ = _STRICT  # type: ignore[misc]  # pydantic reads it here

    email: Email


class PasswordResetJson(TypedDict):
    """The mailed proof, and the new password."""

    __pydantic_config__ = _STRICT  # type: ignore[misc]  # pydantic reads it here

    token: MailedToken
    password: NewPassword


class ConfirmationJson(TypedDict):
    """The mailed proof."""

    __pydantic_config__ = _STRICT  # type: ignore[misc]  # pydantic reads it here

    token: MailedToken


class AccountJson(TypedDict):
    """An account, as its owner sees it."""

    id: UUID
    email: str
    role: Role
    plan: Annotated[Plan, Field(description="What limits its requests.")]
    created_at: datetime | None
    confirmed_at: Annotated[
        datetime | None, Field(description="When a mailed link proved the address; null: not yet.")
    ]
    second_factor: Annotated[bool, Field(description="Whether signing in takes a code.")]


class CallerJson(AccountJson):
    """The account, and what this call was made with."""

    via: Annotated[Literal["key", "token"], Field(description="An API key, or the token of a sign-in.")]
    credential_id: Annotated[UUID, Field(description="Id of the key, or of the session.")]
    scopes: Annotated[list[Scope], Field(description="What it may do.")]


class MailSentJson(TypedDict):
    """What happens now. The same for every address, so that nobody learns who has an account."""

    detail: str


class TokensJson(TypedDict):
    """A pair of tokens. Both are told this once."""

    token_type: Literal["Bearer"]
    access_token: Annotated[
        str,
        Field(
            description="Sent as `Authorization: Bearer ...`.",
            examples=["ma_3fA9xQ7Yc0VtB2mZr8LwKd5HnE1uJsPgaB3xYz"],
        ),
    ]
    expires_in: Annotated[int, Field(description="Seconds.", examples=[int(ACCESS_LASTS.total_seconds())])]
    refresh_token: Annotated[
        str,
        Field(
            description="Exchanged once for the next pair.",
            examples=["mr_3fA9xQ7Yc0VtB2mZr8LwKd5HnE1uJsPgaB3xYz"],
        ),
    ]
    refresh_expires_in: Annotated[
        int, Field(description="Seconds.", examples=[int(REFRESH_LASTS.total_seconds())])
    ]


class SignedInJson(TokensJson):
    """The first pair, and whose it is."""

    account: AccountJson


def account_to_json(account: Account) -> AccountJson:
    return {
        "id": account.id,
        "email": account.email,
        "role": account.role,
        "plan": account.plan,
        "created_at": account.created_at,
        "confirmed_at": account.confirmed_at,
        "second_factor": account.has_second_factor,
    }


def caller_to_json(account: Account, identity: Identity) -> CallerJson:
    return {
        **account_to_json(account),
        "via": identity.via,
        "credential_id": identity.credential_id,
        "scopes": list(in_order(identity.scopes)),
    }


def tokens_to_json(tokens: Tokens) -> TokensJson:
    return {
        "token_type": "Bearer",
        "access_token": tokens.access_token,
        "expires_in": int(ACCESS_LASTS.total_seconds()),
        "refresh_token": tokens.refresh_token,
        "refresh_expires_in": int(REFRESH_LASTS.total_seconds()),
    }


def signed_in_to_json(tokens: Tokens, account: Account) -> SignedInJson:
    return {**tokens_to_json(tokens), "account": account_to_json(account)}
