"""Forms that are open twice: whoever saves second is told before they replace what the first one saved.

A form carries a digest of the values it was filled from. It covers those of the form alone, so that a change
elsewhere in the scenario stops nobody.
"""

import json
from collections.abc import Mapping
from hashlib import sha256

from webapp.domain.errors import InvalidInput, Problem
from webapp.domain.words import N_, phrase

#: Name of the hidden field.
FIELD = "seen"


class Overtaken(InvalidInput):
    """Somebody saved the same form meanwhile. `present` is the digest of what is saved now."""

    def __init__(self, present: str) -> None:
        message = N_(
            "Somebody changed this while you had it open, so nothing of yours is saved yet. "
            "Save again to replace their values with those below, or open this page anew to see theirs."
        )
        super().__init__([Problem("", phrase(message))])
        self.present = present


def digest_of(values: object) -> str:
    """A short digest of values that JSON can write."""
    return sha256(json.dumps(values, sort_keys=True, default=str).encode()).hexdigest()[:16]


def check_seen(typed: Mapping[str, str], present: str) -> None:
    """Raise Overtaken when `typed` comes from a form filled with other values than those saved now.

    Call it where the values are locked. A form without the field is taken as it is.
    """
    if typed.get(FIELD, present) not in ("", present):
        raise Overtaken(present)


def seen_in(typed: Mapping[str, str], error: InvalidInput | None = None) -> str:
    """What a form that is shown again carries: as before, or what is saved now once its writer was told."""
    return error.present if isinstance(error, Overtaken) else typed.get(FIELD, "")
