"""A real worker over a real broker, started and killed like in production."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest
import redis

from deploy.local.places import CHECKOUT
from deploy.local.supervisor import die_with_parent
from webapp.settings import Settings


@dataclass(slots=True)
class Worker:
    """A worker, and a scheduler beside it. `log` is what the worker wrote so far."""

    environment: dict[str, str]
    folder: Path
    process: subprocess.Popen[bytes] | None = field(default=None)
    scheduler: subprocess.Popen[bytes] | None = field(default=None)

    @property
    def log(self) -> str:
        return (self.folder / "worker.log").read_text(encoding="utf-8", errors="replace")

    def start(self) -> None:
        """Start it and wait until it takes jobs; the scheduler only once, it outlives a killed worker."""
        if self.scheduler is None:
            self.scheduler = self._run("scheduler.log", "beat", "--pidfile=")
        starts = self.log.count("ready.") if (self.folder / "worker.log").exists() else 0
        self.process = self._run("worker.log", "worker", "--concurrency", "1")
        assert wait_until(lambda: self.log.count("ready.") > starts, seconds=60), self.log

    def _run(self, log_name: str, *command: str) -> subprocess.Popen[bytes]:
        with (self.folder / log_name).open("ab") as log:
            return subprocess.Popen(
                [sys.executable, "-m", "celery", "-A", "tasks.app", *command, "--loglevel", "INFO"],
                stdin=subprocess.DEVNULL, stdout=log, stderr=log, cwd=CHECKOUT, env=self.environment,
                start_new_session=True, preexec_fn=die_with_parent,  # noqa: PLW1509
            )  # fmt: skip

    def children(self) -> list[int]:
        """Process ids of the pool."""
        assert self.process is not None
        path = Path(f"/proc/{self.process.pid}/task/{self.process.pid}/children")
        return [int(pid) for pid in path.read_text().split()]

    def kill(self) -> None:
        """Kill the worker and all it started, like a power cut."""
        if self.process is not None:
            os.killpg(self.process.pid, signal.SIGKILL)
            self.process.wait()

    def end(self) -> None:
        """Leave nothing running."""
        self.kill()
        if self.scheduler is not None:
            self.scheduler.kill()
            self.scheduler.wait()


def wait_until(what: Callable[[], bool], seconds: float) -> bool:
    """Whether `what` came true in time; looks often."""
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        if what():
            return True
        time.sleep(0.05)
    return what()


@pytest.fixture
def worker(settings: Settings, broker_socket: Path, tmp_path: Path) -> Iterator[Worker]:
    """A worker of the test's own application, not started yet, on an empty broker."""
    with redis.Redis(unix_socket_path=str(broker_socket)) as client:
        client.flushall()
    worker = Worker(worker_environment(settings), tmp_path)
    yield worker
    worker.end()


def worker_environment(settings: Settings) -> dict[str, str]:
    """What a process of the test's application is started with."""
    return os.environ | {
        "MOCKUPAWS_ENV": "test",
        "SECRET_KEY": settings.secret_key,
        "DATABASE_URL": settings.database_url,
        "REDIS_URL": settings.redis_url,
        "CELERY_BROKER_URL": settings.broker_url,
        "STATE_DIR": str(settings.state_dir),
        "REPORTS_PER_MINUTE": str(settings.reports_per_minute),
        "MAILS_PER_MINUTE": str(settings.mails_per_minute),
        "LOG_LEVEL": "INFO",
        "JSON_LOGGING": "false",
        "PYTHONUNBUFFERED": "1",
    }
