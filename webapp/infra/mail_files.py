"""Mails that were written as files instead of sent, read again."""

from email import message_from_bytes
from email.policy import default
from pathlib import Path
from uuid import UUID

#: Ours are a few kilobytes.
_LARGEST_BYTES = 1_000_000


def text_of_file(folder: Path, mail_id: UUID) -> str | None:
    """The plain text of the mail `mail_id` in `folder`; None when there is no such file, or none to read."""
    found = next(iter(folder.glob(f"*-{mail_id}.eml")), None)
    try:
        if found is None or found.stat().st_size > _LARGEST_BYTES:
            return None
        body = message_from_bytes(found.read_bytes(), policy=default).get_body(("plain",))
        return None if body is None else str(body.get_content())
    except (OSError, LookupError, ValueError):  # gone meanwhile, or not one of ours
        return None
