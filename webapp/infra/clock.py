"""The one clock. Tests travel by replacing `read`."""

from collections.abc import Callable
from datetime import UTC, datetime

#: Where the time is read; a test may put another function here.
read: Callable[[], datetime] = lambda: datetime.now(UTC)  # noqa: E731 - a replaceable name, not a function of ours


def now() -> datetime:
    """The present moment, aware, UTC."""
    return read()
