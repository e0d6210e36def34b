"""How a receiver of webhooks knows that a post is ours: a secret of the budget, and what is made with it."""

import base64
import hmac
from datetime import datetime

from cryptography.fernet import Fernet, InvalidToken

from webapp.infra.config import current_settings
from webapp.infra.secret_texts import new_secret
from webapp.infra.webhook_post import WebhookRefused

#: How a signing secret begins.
MARK = "mw_"


def new_signing_secret() -> tuple[str, str]:
    """A new secret, as it is shown once and as it is stored. A hash could not sign."""
    secret = new_secret(MARK)
    return secret, _safe().encrypt(secret.encode()).decode()


def signature(secret: str, moment: datetime, body: bytes) -> str:
    """The header `X-MockupAWS-Signature`: when it was signed, and HMAC-SHA256 of "<time>.<body>".

    The time is in it so that a receiver can refuse an old post sent again by somebody else.
    """
    at = int(moment.timestamp())
    signed = hmac.digest(secret.encode(), f"{at}.".encode() + body, "sha256").hex()
    return f"t={at},v1={signed}"


def opened_secret(locked: str) -> str:
    """The secret stored as `locked`. Raises WebhookRefused for one that this installation cannot open."""
    try:
        return _safe().decrypt(locked.encode()).decode()
    except InvalidToken as error:
        reason = "The signing secret was made with another SECRET_KEY. Remove the address and set it again."
        raise WebhookRefused(reason) from error


def _safe() -> Fernet:
    return Fernet(base64.urlsafe_b64encode(current_settings().derived_key("webhook")))
