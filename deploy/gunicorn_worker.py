"""A process of the web server: takes its share of the connections, and ends without breaking one."""

import mmap
import time
from typing import Any

from gunicorn.workers.gthread import ThreadWorker  # type: ignore[import-untyped]

#: Processes that may live side by side, old and new ones of a reload together.
_PLACES = 256
#: How often, and how long each time, a process waits for one that holds fewer connections.
_WAITS, _WAIT_S = 10, 0.001

#: How many connections each process holds, and one more; 0 for none that takes any. Shared by all: they are
#: forked from the one that imports this.
_held = memoryview(mmap.mmap(-1, 4 * _PLACES)).cast("I")


class WebWorker(ThreadWorker):  # type: ignore[misc]
    """Leaves a connection to a process that holds fewer; stops listening when it is told to end.

    gunicorn's processes race for each connection, and connections are kept: of a proxy's thirty, one process
    often had all, and the other processor nothing to do.
    """

    _accepting = False

    @property
    def nr_conns(self) -> int:
        """Connections held; gunicorn counts them by this name."""
        return self._connections

    @nr_conns.setter
    def nr_conns(self, number: int) -> None:
        self._connections = number
        self._tell()

    def set_accept_enabled(self, enabled: bool) -> None:
        """At the end gunicorn goes on listening but takes nobody: who comes then waits, and is cut off."""
        super().set_accept_enabled(enabled)
        self._tell()
        if not self.alive:
            for listening in self.sockets:
                listening.close()

    def accept(self, listener: Any) -> None:
        """Take a connection, if it is still there when nobody else should have had it."""
        for _ in range(_WAITS):
            if not self._holds_more_than_another():
                break
            time.sleep(_WAIT_S)
        super().accept(listener)

    def _holds_more_than_another(self) -> bool:
        return any(0 < held <= self._connections for held in _held)

    def _tell(self) -> None:
        _held[self.age % _PLACES] = self._connections + 1 if self._accepting else 0


def forget(worker: Any) -> None:
    """Nobody waits for `worker` any more: it has ended, however it did."""
    _held[worker.age % _PLACES] = 0
