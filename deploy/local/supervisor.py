"""Child processes kept alive together and stopped together. Standard library only."""

import contextlib
import ctypes
import os
import signal
import subprocess
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

#: Seconds until a crashed child is started again: doubled for each crash in a row.
FIRST_PAUSE_S, LONGEST_PAUSE_S = 1.0, 30.0
#: A child that lived this long was healthy; its next crash counts as the first.
HEALTHY_S = 60.0
#: Larger logs are set aside as `name.log.1` when a child starts.
LARGEST_LOG_BYTES = 10_000_000
_PR_SET_PDEATHSIG = 1
_libc = ctypes.CDLL(None, use_errno=True)


def die_with_parent() -> None:
    """Ask Linux to stop this child when the launcher is killed without a chance to say goodbye."""
    _libc.prctl(_PR_SET_PDEATHSIG, signal.SIGTERM)


@dataclass(slots=True)
class Child:
    """One program of the stack. `patience_s` is how long it may take to stop before it is killed."""

    name: str
    command: list[str]
    log: Path
    environment: Mapping[str, str]
    folder: Path
    patience_s: float = 10.0
    process: subprocess.Popen[bytes] | None = None
    started_at: float = 0.0
    crashes: int = 0
    next_start_at: float = field(default=0.0)

    def start(self) -> None:
        """Start the program in a session of its own: the terminal's Ctrl-C reaches the launcher alone."""
        if self.log.exists() and self.log.stat().st_size > LARGEST_LOG_BYTES:
            self.log.replace(self.log.with_suffix(".log.1"))
        with self.log.open("ab") as output:
            self.process = subprocess.Popen(
                self.command, stdin=subprocess.DEVNULL, stdout=output, stderr=output, cwd=self.folder,
                env=dict(self.environment), start_new_session=True, preexec_fn=die_with_parent,
            )  # fmt: skip
        self.started_at = time.monotonic()

    def alive(self) -> bool:
        return self.process is not None and self.process.poll() is None

    def signal(self, number: int) -> None:
        if self.process is not None and self.alive():
            self.process.send_signal(number)

    def kill_all(self) -> None:
        """Kill the child and whatever it left behind in its session."""
        if self.process is not None:
            with contextlib.suppress(ProcessLookupError, PermissionError):
                os.killpg(self.process.pid, signal.SIGKILL)
            self.process.wait()

    def last_words(self) -> str:
        """The last line of its log, for the terminal."""
        with self.log.open("rb") as file:
            file.seek(max(0, self.log.stat().st_size - 4000))
            lines = file.read().decode(errors="replace").strip().splitlines()
        return lines[-1].strip() if lines else "it said nothing"


@dataclass(slots=True)
class Supervisor:
    """Children in the order they were added; they stop in the reverse order. `say` writes to the terminal."""

    say: Callable[[str], None]
    children: list[Child] = field(default_factory=list)

    def add(self, child: Child) -> Child:
        """Start `child` and look after it from now on."""
        self.children.append(child)  # first, so that a stop in this very moment still finds it
        child.start()
        return child

    def look_after(self) -> None:
        """Name and restart every child that ended. Call it a few times a second."""
        for child in self.children:
            if child.alive():
                continue
            if child.process is not None:
                self._note_crash(child, child.process.returncode)
            if time.monotonic() >= child.next_start_at:
                child.start()
                self.say(f"{child.name} started again.")

    def _note_crash(self, child: Child, code: int) -> None:
        child.kill_all()
        child.process = None
        if time.monotonic() - child.started_at > HEALTHY_S:
            child.crashes = 0
        pause = min(FIRST_PAUSE_S * 2**child.crashes, LONGEST_PAUSE_S)
        child.crashes += 1
        child.next_start_at = time.monotonic() + pause
        self.say(f"{child.name} stopped ({_how(code)}): {child.last_words()}")
        self.say(f"{child.name} starts again in {pause:.0f} s; its log is {child.log}.")

    def stop(self, names: tuple[str, ...] = ()) -> None:
        """Stop the named children, all when none is named: politely together, then by force one by one."""
        leaving = [child for child in reversed(self.children) if not names or child.name in names]
        for child in leaving:
            child.signal(signal.SIGTERM)
        deadline = time.monotonic()
        for child in leaving:
            if child.process is not None:
                with contextlib.suppress(subprocess.TimeoutExpired):
                    child.process.wait(max(0.1, deadline + child.patience_s - time.monotonic()))
            child.kill_all()
            self.children.remove(child)


def _how(code: int) -> str:
    return f"killed by {signal.Signals(-code).name}" if code < 0 else f"exit code {code}"
