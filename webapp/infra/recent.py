"""What this process looked up a moment ago, kept for a moment: a hot key is not asked for on every call."""

import threading
from datetime import datetime, timedelta
from typing import Generic, TypeVar

from webapp.infra.clock import now

V = TypeVar("V")


class Recent(Generic[V]):
    """Values by key, each for `seconds` at most; `forget_all` when something has changed here."""

    def __init__(self, seconds: float, most: int) -> None:
        self._age, self._most = timedelta(seconds=seconds), most
        self._values: dict[str, tuple[datetime, V]] = {}
        self._changes = 0
        self._lock = threading.Lock()

    def get(self, key: str) -> V | None:
        """The value kept under `key`, None when there is none or it is too old."""
        found = self._values.get(key)
        return found[1] if found is not None and now() < found[0] else None

    @property
    def changes(self) -> int:
        """Read it before looking up what is to be kept."""
        return self._changes

    def keep(self, key: str, value: V, changes: int) -> None:
        """Keep what was looked up, unless something has changed since `changes` was read."""
        with self._lock:
            if changes != self._changes:
                return
            if len(self._values) >= self._most:
                self._values.clear()
            self._values[key] = now() + self._age, value

    def forget(self, key: str) -> None:
        with self._lock:
            self._changes += 1
            self._values.pop(key, None)

    def forget_all(self) -> None:
        with self._lock:
            self._changes += 1
            self._values.clear()
