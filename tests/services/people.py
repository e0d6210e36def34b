"""What tests about accounts share: a second factor that is on, settings that differ, mails, the record."""

import json
import re
from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from uuid import UUID

import pyotp
from flask import Flask
from sqlalchemy import select

from tests.stack.application import Clock
from webapp.infra.db import db, unit_of_work
from webapp.models.audit import AuditEntry
from webapp.models.mail import Mail
from webapp.services.second_factor import begin_setup, enable, get_setup

#: Of the accounts tests/services/conftest.py makes.
PASSWORD = "correct horse battery"
_TOKEN = re.compile(r"(https?://\S+?)\?token=([\w-]+)")


@dataclass(frozen=True, slots=True)
class SecondFactor:
    """An authenticator app and the recovery codes on paper."""

    totp: pyotp.TOTP
    recovery_codes: tuple[str, ...]


def enable_second_factor(account_id: UUID, clock: Clock) -> SecondFactor:
    """Switch the second factor of the account on; the code of this moment is used up by it."""
    with unit_of_work():
        begin_setup(account_id)
    setup = get_setup(account_id)
    assert setup is not None
    totp = pyotp.TOTP(setup.secret.replace(" ", ""))
    with unit_of_work():
        return SecondFactor(totp, enable(account_id, totp.at(clock.moment)))


def code_in(totp: pyotp.TOTP, clock: Clock, **offset: float) -> str:
    """What the app shows `offset` from now."""
    return totp.at(clock.moment + timedelta(**offset))


def with_settings(app: Flask, **changes: object) -> None:
    """Give the application other settings, by the names of their fields."""
    app.extensions["settings"] = app.extensions["settings"].model_copy(update=changes)


def mails(kind: str = "") -> list[Mail]:
    """The outbox, oldest first; of one kind when asked."""
    db.session.rollback()
    found = db.session.scalars(select(Mail).order_by(Mail.created_at))
    return [mail for mail in found if kind in ("", mail.kind)]


def link_in(mail: Mail) -> tuple[str, str]:
    """(address without query, token) of the link in a mail."""
    found = _TOKEN.search(mail.text)
    assert found is not None, mail.text
    return found[1], found[2]


def record_of(activity: str) -> list[dict[str, Any]]:
    """What the audit holds of one kind of activity, oldest first."""
    db.session.rollback()
    entries = select(AuditEntry).where(AuditEntry.activity == activity).order_by(AuditEntry.seq)
    return [json.loads(entry.details) for entry in db.session.scalars(entries)]
