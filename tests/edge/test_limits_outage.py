"""Limits with Redis away: every process counts for itself, says so once, and nobody waits for it."""

import logging
import signal
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
import redis
from flask.testing import FlaskClient

from tests.infra.broker import Broker, own_broker
from tests.stack.databases import make_settings
from webapp.domain.plans import PLANS
from webapp.infra.windows import PAUSE_S
from webapp.settings import Settings

FREE = PLANS["free"]
#: What a request may take in all while Redis is frozen.
PATIENCE_S = 0.5


@pytest.fixture
def broker() -> Iterator[Broker]:
    with own_broker() as broker:
        broker.start()
        yield broker


@pytest.fixture
def settings(tmp_path: Path, broker: Broker) -> Settings:
    """Limits on, counted by a Redis that a test may freeze and kill."""
    address = f"unix://{broker.socket}?db=0"
    others = {"RATE_LIMITS_ENABLED": True, "REDIS_URL": address, "AUDIT_LOGGING_ENABLED": False}
    return make_settings(f"sqlite:///{tmp_path}/edge.db", tmp_path, **others)


def remaining(client: FlaskClient) -> int:
    """What the headers say is left after one more request."""
    return int(client.get("/api/v2/caller").headers["X-RateLimit-Remaining"])


def test_a_frozen_redis_holds_nobody_and_is_named_once(
    client: FlaskClient, broker: Broker, caplog: pytest.LogCaptureFixture
) -> None:
    assert remaining(client) == 99
    broker.signal(signal.SIGSTOP)
    with caplog.at_level(logging.INFO):
        spent = []
        for _ in range(FREE.burst + 1):
            begun = time.monotonic()
            response = client.get("/api/v2/caller")
            spent.append(time.monotonic() - begun)
        assert max(spent) < PATIENCE_S
        assert sorted(spent)[-2] < 0.1, "only the first pays for the outage"
        # This process goes on counting, and refusing, for itself.
        assert response.status_code == 429
        assert response.headers["X-RateLimit-Remaining"] == "90"
        broker.signal(signal.SIGCONT)
        time.sleep(PAUSE_S + 0.1)
        # What was counted before is still known; the request that was given up may have been counted late.
        assert remaining(client) in (97, 98)
    said = [record.levelname for record in caplog.records if record.name == "webapp.infra.windows"]
    assert said == ["WARNING", "INFO"]


def test_a_redis_that_died_and_came_back_is_used_again(
    client: FlaskClient, broker: Broker, caplog: pytest.LogCaptureFixture
) -> None:
    assert client.get("/api/v2/caller").status_code == 200
    broker.kill()
    with caplog.at_level(logging.WARNING):
        for expected in (99, 98, 97):
            begun = time.monotonic()
            assert remaining(client) == expected
            assert time.monotonic() - begun < PATIENCE_S
    assert [r.name for r in caplog.records].count("webapp.infra.windows") == 1
    broker.start()
    time.sleep(PAUSE_S + 0.1)
    with redis.Redis(unix_socket_path=str(broker.socket)) as server:
        before = len(list(server.scan_iter("limits:*")))
        client.get("/page")
        assert len(list(server.scan_iter("limits:*"))) == before + 1


def test_a_restart_between_two_requests_goes_unnoticed(
    client: FlaskClient, broker: Broker, caplog: pytest.LogCaptureFixture
) -> None:
    client.get("/page")
    broker.kill()
    broker.start()
    with caplog.at_level(logging.WARNING):
        assert client.get("/page").status_code == 200
    assert "webapp.infra.windows" not in [record.name for record in caplog.records]


def test_sixteen_threads_are_answered_while_redis_is_frozen(client: FlaskClient, broker: Broker) -> None:
    app = client.application
    client.get("/page")
    broker.signal(signal.SIGSTOP)
    spent: list[float] = []

    def ask() -> None:
        begun = time.monotonic()
        app.test_client().get("/page")
        spent.append(time.monotonic() - begun)

    threads = [threading.Thread(target=ask) for _ in range(16)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(spent) == 16 and max(spent) < PATIENCE_S
