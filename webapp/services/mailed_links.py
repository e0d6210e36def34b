"""Links that stand in mails: tokens that work once, in addresses of ours.

The host is PUBLIC_URL, never what a request said it was called for: a forged Host header would otherwise
mail somebody a link that hands its token to a stranger.
"""

import secrets
from datetime import timedelta
from hashlib import sha256
from typing import Literal
from urllib.parse import urlencode
from uuid import UUID

from sqlalchemy import ColumnElement, and_, select, update

from webapp.domain.errors import Gone
from webapp.domain.words import N_, phrase
from webapp.infra.clock import now
from webapp.infra.config import current_settings
from webapp.infra.db import begin_writing, db
from webapp.models.session import OneTimeToken
from webapp.services.mails import send_mail

Purpose = Literal["confirm", "reset"]
LASTS: dict[Purpose, timedelta] = {"confirm": timedelta(days=3), "reset": timedelta(hours=1)}


def address_of(path: str, **query: str) -> str:
    """The whole address of a page of ours."""
    address = current_settings().public_url.rstrip("/") + path
    return f"{address}?{urlencode(query)}" if query else address


def issue_token(account_id: UUID, purpose: Purpose) -> str:
    """A new token for a link; those issued before for the same purpose end."""
    end_tokens(account_id, purpose)
    token, moment = secrets.token_urlsafe(32), now()
    db.session.add(
        OneTimeToken(
            account_id=account_id,
            purpose=purpose,
            token_hash=_hash(token),
            created_at=moment,
            expires_at=moment + LASTS[purpose],
        )
    )
    db.session.flush()
    return token


def mail_nobody(kind: str, path: str) -> None:
    """As much work as mailing a link, and no mail: the time taken must not tell who has an account."""
    begin_writing()
    with db.session.begin_nested() as taken_back:
        send_mail(kind, "nobody@localhost", None, link=address_of(path, token=secrets.token_urlsafe(32)))
        taken_back.rollback()


def account_behind(token: str, purpose: Purpose) -> UUID:
    """Whose token it is, without using it up. Raises Gone as `redeem_token` does."""
    account_id = db.session.scalar(select(OneTimeToken.account_id).where(_usable(token, purpose)))
    if account_id is None:
        raise _gone()
    return account_id


def redeem_token(token: str, purpose: Purpose) -> UUID:
    """Use the token up; of several at once one succeeds. Returns the account's id.

    Raises Gone for a token unknown, used, too old, or replaced by a newer one.
    """
    unused = update(OneTimeToken).where(_usable(token, purpose)).values(used_at=now())
    account_id = db.session.scalar(unused.returning(OneTimeToken.account_id))
    if account_id is None:
        raise _gone()
    return account_id


def end_tokens(account_id: UUID, purpose: Purpose) -> None:
    """No link mailed for `purpose` so far works any more."""
    db.session.execute(
        update(OneTimeToken)
        .where(
            OneTimeToken.account_id == account_id,
            OneTimeToken.purpose == purpose,
            OneTimeToken.used_at.is_(None),
        )
        .values(used_at=now())
    )


def _usable(token: str, purpose: Purpose) -> ColumnElement[bool]:
    return and_(
        OneTimeToken.token_hash == _hash(token),
        OneTimeToken.purpose == purpose,
        OneTimeToken.used_at.is_(None),
        OneTimeToken.expires_at > now(),
    )


def _hash(token: str) -> str:
    return sha256(token.encode("utf-8", "surrogatepass")).hexdigest()


def _gone() -> Gone:
    return Gone(phrase(N_("This link was used already, or is too old. Ask for a new one.")))
