"""The second factor: codes of an authenticator app (TOTP, RFC 6238), and recovery codes to stand in."""

import base64
import io
import logging
import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from uuid import UUID

import pyotp
import segno
from cryptography.fernet import Fernet, InvalidToken
from sqlalchemy import ColumnElement, and_, delete, func, select, update

from webapp.domain.activities import RecoveryCodesRenewed, SecondFactorDisabled, SecondFactorEnabled
from webapp.domain.errors import Conflict, InvalidInput, Problem
from webapp.domain.words import N_, phrase
from webapp.infra.clock import now
from webapp.infra.config import current_settings
from webapp.infra.db import db
from webapp.models.session import RecoveryCode
from webapp.models.user import User
from webapp.services.accounts import get_user
from webapp.services.activities import record
from webapp.services.mailed_links import address_of
from webapp.services.mails import send_mail

STEP_S = 30
#: Steps a clock may be off, either way.
SKEW = 1
RECOVERY_CODES = 10
#: How authenticator apps name the account.
_ISSUER = "mockupAWS"
_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Setup:
    """What an authenticator app needs: `address` as a picture (SVG), or `secret`, shown in groups of four."""

    secret: str
    address: str
    picture: str


def begin_setup(account_id: UUID) -> None:
    """Make a secret to be set up; one made before and never proven ends. Signing in asks for nothing yet.

    Raises Conflict when a second factor is in force.
    """
    locked_in = _safe().encrypt(pyotp.random_base32().encode()).decode()
    if not _changed(account_id, User.totp_confirmed_at.is_(None), totp_secret=locked_in):
        raise _in_force()


def get_setup(account_id: UUID) -> Setup | None:
    """What is being set up; None when nothing is."""
    user = get_user(account_id)
    secret = _secret_of(user)
    if secret is None or user.totp_confirmed_at is not None:
        return None
    address = pyotp.TOTP(secret, name=user.email, issuer=_ISSUER).provisioning_uri()
    groups = " ".join(secret[start : start + 4] for start in range(0, len(secret), 4))
    return Setup(groups, address, _picture(address))


def enable(account_id: UUID, code: str) -> tuple[str, ...]:
    """Ask for codes from now on; the first one proves that the app has the secret. Returns recovery codes.

    Raises InvalidInput (pointer /code) and Conflict when nothing is being set up.
    """
    user = get_user(account_id)
    if user.totp_confirmed_at is not None:
        raise _in_force()
    if user.totp_secret is None:
        raise Conflict(phrase(N_("Nothing is being set up. Begin with the picture for your app.")))
    if not _take_totp(user, code):
        raise InvalidInput([Problem("/code", wrong_code())])
    still = and_(User.totp_confirmed_at.is_(None), User.totp_secret == user.totp_secret)
    if not _changed(account_id, still, totp_confirmed_at=now()):
        raise Conflict(phrase(N_("The second factor was changed meanwhile. Look at your account.")))
    record(SecondFactorEnabled(account_id))
    _tell(user, "enabled")
    return _new_codes(account_id)


def disable(account_id: UUID) -> None:
    """Ask for no more codes. Whoever calls it has made sure who asks, by password and code."""
    user = get_user(account_id)
    remove_factor(user)
    record(SecondFactorDisabled(account_id))
    _tell(user, "disabled")


def remove_factor(user: User) -> None:
    """Take secret and recovery codes away; nothing is recorded and nobody told."""
    user.totp_secret, user.totp_confirmed_at = None, None
    db.session.execute(delete(RecoveryCode).where(RecoveryCode.account_id == user.id))


def renew_recovery_codes(account_id: UUID) -> tuple[str, ...]:
    """New recovery codes; the former ones end. Raises Conflict without a second factor."""
    user = get_user(account_id)
    if user.totp_confirmed_at is None:
        raise Conflict(phrase(N_("Recovery codes stand in for a second factor, and there is none.")))
    codes = _new_codes(account_id)
    record(RecoveryCodesRenewed(account_id))
    _tell(user, "recovery-codes")
    return codes


def codes_left(account_id: UUID) -> int:
    """How many recovery codes are unused."""
    unused = select(func.count()).where(RecoveryCode.account_id == account_id, RecoveryCode.used_at.is_(None))
    return db.session.scalar(unused) or 0


def take_code(user: User, code: str) -> str | None:
    """Use `code` up: "totp" for one of the app, "recovery-code" for one of those; None when it is neither."""
    typed = "".join(letter for letter in code if letter.isalnum())
    if _take_totp(user, typed):
        return "totp"
    return "recovery-code" if _take_recovery_code(user.id, typed) else None


def wrong_code() -> str:
    return phrase(
        N_("This code is not right, or was used already. Take the one your app shows now; each works once.")
    )


def _take_totp(user: User, code: str) -> bool:
    """Whether `code` is right for now, give or take SKEW, and newer than the last one taken."""
    typed, secret = "".join(code.split()), _secret_of(user)
    if secret is None or not (typed.isascii() and typed.isdigit()):
        return False
    step = _matching_step(secret, typed, now())
    if step is None:
        return False
    # Of two who come with one code at the same moment, the row lets one through.
    return _changed(user.id, User.totp_last_step < step, totp_last_step=step)


def _matching_step(secret: str, typed: str, moment: datetime) -> int | None:
    present, totp = int(moment.timestamp()) // STEP_S, pyotp.TOTP(secret, interval=STEP_S)
    fitting = [
        step
        for step in range(present - SKEW, present + SKEW + 1)
        if secrets.compare_digest(totp.generate_otp(step), typed)
    ]
    return max(fitting, default=None)


def _take_recovery_code(account_id: UUID, typed: str) -> bool:
    unused = update(RecoveryCode).where(
        RecoveryCode.account_id == account_id,
        RecoveryCode.code_hash == _hash(typed),
        RecoveryCode.used_at.is_(None),
    )
    return bool(db.session.execute(unused.values(used_at=now()).returning(RecoveryCode.id)).all())


def _new_codes(account_id: UUID) -> tuple[str, ...]:
    db.session.execute(delete(RecoveryCode).where(RecoveryCode.account_id == account_id))
    plain = [base64.b32encode(secrets.token_bytes(10)).decode().lower() for _ in range(RECOVERY_CODES)]
    db.session.add_all(RecoveryCode(account_id=account_id, code_hash=_hash(code)) for code in plain)
    db.session.flush()
    return _in_groups(plain)


def _in_groups(codes: Sequence[str]) -> tuple[str, ...]:
    return tuple("-".join(code[start : start + 4] for start in range(0, 16, 4)) for code in codes)


def _hash(code: str) -> str:
    return sha256(code.lower().encode("utf-8", "surrogatepass")).hexdigest()


def _secret_of(user: User) -> str | None:
    """The secret in the clear; None without one, and for one that was locked in with another SECRET_KEY."""
    if user.totp_secret is None:
        return None
    try:
        return _safe().decrypt(user.totp_secret.encode()).decode()
    except InvalidToken:
        _log.warning("The second factor of account %s was made with another SECRET_KEY.", user.id)
        return None


def _safe() -> Fernet:
    return Fernet(base64.urlsafe_b64encode(current_settings().derived_key("totp")))


def _picture(address: str) -> str:
    """A QR code as SVG. Black on white in every theme: cameras want it so."""
    out = io.BytesIO()
    code = segno.make(address, error="m")
    code.save(
        out, kind="svg", scale=5, xmldecl=False, svgns=False, svgclass=None, lineclass=None, light="#fff"
    )
    return out.getvalue().decode()


def _tell(user: User, change: str) -> None:
    send_mail("second-factor-changed", user.email, user.id, link=address_of("/account"), change=change)


def _changed(account_id: UUID, still: ColumnElement[bool], **values: object) -> bool:
    """Change the account's row in one statement, if it `still` is what it was; whether it was."""
    account = update(User).where(User.id == account_id, still).values(**values)
    return bool(db.session.execute(account.returning(User.id)).all())


def _in_force() -> Conflict:
    return Conflict(phrase(N_("A second factor is in force already. Switch it off first.")))
