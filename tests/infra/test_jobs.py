"""Jobs over a real broker that comes, freezes, dies and comes back: never a hang, never a wrong answer."""

import signal
import subprocess
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
import redis

from deploy.local import valkey
from deploy.local.supervisor import die_with_parent
from tests.stack.databases import make_settings
from webapp.domain.errors import Unavailable
from webapp.domain.jobs import RENDER_REPORT
from webapp.infra.jobs import BrokerDispatcher, broker_dispatcher

#: More than any answer may take, frozen broker or not; a hang would be tens of seconds.
PATIENCE_S = 2.0


@dataclass(slots=True)
class Broker:
    """A broker that a test may start, freeze and kill. What it was given survives, as in production."""

    folder: Path
    server: subprocess.Popen[bytes] | None = None

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
            return int(client.llen(RENDER_REPORT.queue))  # type: ignore[arg-type]


@pytest.fixture
def broker() -> Iterator[Broker]:
    with tempfile.TemporaryDirectory(
        prefix="mockupaws-broker-", dir="/tmp", ignore_cleanup_errors=True
    ) as folder:
        broker = Broker(Path(folder))
        yield broker
        if broker.server is not None:
            broker.kill()


@pytest.fixture
def dispatcher(broker: Broker, tmp_path: Path) -> BrokerDispatcher:
    url = f"redis+socket://{broker.socket}?virtual_host=0"
    return broker_dispatcher(make_settings("sqlite://", tmp_path, CELERY_BROKER_URL=url))


def _refused_in_time(dispatcher: BrokerDispatcher) -> None:
    begun = time.monotonic()
    with pytest.raises(Unavailable, match="job queue is away"):
        dispatcher.send(RENDER_REPORT, "id")
    assert dispatcher.is_away()
    assert time.monotonic() - begun < PATIENCE_S


def test_a_broker_that_never_came_is_noticed_at_once(dispatcher: BrokerDispatcher) -> None:
    _refused_in_time(dispatcher)


def test_a_job_waits_in_its_queue(broker: Broker, dispatcher: BrokerDispatcher) -> None:
    broker.start()
    assert not dispatcher.is_away()
    dispatcher.send(RENDER_REPORT, "id")
    assert broker.waiting() == 1


def test_a_frozen_broker_does_not_hold_a_page(broker: Broker, dispatcher: BrokerDispatcher) -> None:
    broker.start()
    dispatcher.send(RENDER_REPORT, "id")
    broker.signal(signal.SIGSTOP)
    _refused_in_time(dispatcher)
    broker.signal(signal.SIGCONT)
    assert not dispatcher.is_away()
    dispatcher.send(RENDER_REPORT, "id")


def test_a_broker_that_comes_back_is_used_at_once(broker: Broker, dispatcher: BrokerDispatcher) -> None:
    broker.start()
    dispatcher.send(RENDER_REPORT, "before")
    broker.kill()
    _refused_in_time(dispatcher)
    broker.start()
    dispatcher.send(RENDER_REPORT, "after")
    broker.kill()  # and once more, with nobody noticing that it was away
    broker.start()
    dispatcher.send(RENDER_REPORT, "later")
    assert broker.waiting() >= 2
