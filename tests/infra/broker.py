"""A broker that a test may start, freeze and kill."""

import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import redis

from deploy.local import valkey
from deploy.local.supervisor import die_with_parent
from webapp.domain.jobs import RENDER_REPORT


@dataclass(slots=True)
class Broker:
    """A real Valkey that is nobody else's. What it was given survives, as in production."""

    folder: Path
    server: subprocess.Popen[bytes] | None = None

    @property
    def url(self) -> str:
        """Celery's address of it."""
        return f"redis+socket://{self.socket}?virtual_host=0"

    @property
    def socket(self) -> Path:
        return self.folder / "s"

    def start(self) -> None:
        command = valkey.command(valkey.server_program(), self.socket, self.folder, valkey.BROKER_OPTIONS)
        self.server = subprocess.Popen(command, stdout=subprocess.DEVNULL, preexec_fn=die_with_parent)  # noqa: PLW1509
        assert valkey.wait_for(self.socket, seconds=20)

    def signal(self, number: int) -> None:
        assert self.server is not None
        self.server.send_signal(number)

    def kill(self) -> None:
        assert self.server is not None
        self.server.kill()
        self.server.wait()

    def waiting(self) -> int:
        with redis.Redis(unix_socket_path=str(self.socket)) as client:
            return int(client.llen(RENDER_REPORT.queue))


@contextmanager
def own_broker() -> Iterator[Broker]:
    """A broker of the test's own, not started yet; it is killed at the end."""
    prefix = "mockupaws-broker-"
    with tempfile.TemporaryDirectory(prefix=prefix, dir="/tmp", ignore_cleanup_errors=True) as folder:
        broker = Broker(Path(folder))
        yield broker
        if broker.server is not None:
            broker.kill()
