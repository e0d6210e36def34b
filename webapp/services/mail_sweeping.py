"""Tidies the outbox: mails that are long over go, and their files where no mail server takes them."""

import re
import time
from pathlib import Path

from sqlalchemy import delete, func

from webapp.domain.mails import KEPT
from webapp.infra.clock import now
from webapp.infra.config import current_settings
from webapp.infra.db import db, unit_of_work
from webapp.infra.files import remove_quietly
from webapp.models.mail import Mail

#: What `infra.mail` calls its files, and the part of one a full disk left behind. The folder may hold others.
_OURS = re.compile(r"\.?[0-9]{8}T[0-9]{6}Z-[a-z-]+-[0-9a-f-]{36}\.eml(\.[a-z0-9_]+\.part)?")


def sweep_mails() -> int:
    """Delete mails that were sent or given up longer than KEPT ago, and files as old; how many files went.

    A mail that still waits stays, whatever its age.
    """
    ended = func.coalesce(Mail.sent_at, Mail.due_at)
    with unit_of_work():
        db.session.execute(delete(Mail).where(Mail.status.in_(("sent", "failed")), ended < now() - KEPT))
    folder = current_settings().mail_dir
    if not folder.is_dir():
        return 0
    return sum(remove_quietly(path) for path in folder.iterdir() if _is_over(path))


def _is_over(path: Path) -> bool:
    if not _OURS.fullmatch(path.name):
        return False
    try:
        return time.time() - path.stat().st_mtime > KEPT.total_seconds()
    except FileNotFoundError:  # another sweep was faster
        return False
