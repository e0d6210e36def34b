"""Files that are there whole or not at all."""

import contextlib
import errno
import os
import tempfile
from pathlib import Path

from webapp.domain.errors import Unavailable
from webapp.domain.words import N_, phrase

_NO_ROOM = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG)


def write_whole(path: Path, content: bytes) -> None:
    """Write `content` to `path` at once: readers see the old file or the new one, never a part.

    Makes missing folders. Raises Unavailable, and leaves nothing behind, when the disk refuses.
    """
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        _replace(path, content)
    except OSError as error:
        raise Unavailable(_reason(error)) from error


def _replace(path: Path, content: bytes) -> None:
    descriptor, temporary = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.", suffix=".part")
    try:
        with os.fdopen(descriptor, "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        Path(temporary).replace(path)
    except BaseException:
        with contextlib.suppress(OSError):
            Path(temporary).unlink()
        raise


def _reason(error: OSError) -> str:
    if error.errno in _NO_ROOM:
        return phrase(N_("The server's disk is full. Ask its operator to free space, then try again."))
    return phrase(N_("The server cannot write the file. Ask its operator to look at the reports folder."))


def remove_quietly(path: Path) -> bool:
    """Remove the file at `path`; whether there was one to remove."""
    try:
        path.unlink()
    except FileNotFoundError:
        return False
    return True


def sync_folder(folder: Path) -> None:
    """Have the disk keep which files are in `folder`, should the power fail now. Raises OSError."""
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
