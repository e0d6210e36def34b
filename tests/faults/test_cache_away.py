"""The cache frozen and restarted while people read and write: nobody waits, nothing fails."""

import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest
import redis
from flask import Flask

from deploy.local.places import CHECKOUT
from tests.faults.conftest import EMAIL, PASSWORD, Owner
from tests.faults.web import Caller, Heard, load, sign_in, web_server, worst
from tests.infra.broker import Broker
from tests.worker.conftest import worker_environment
from webapp.infra.db import db
from webapp.services.caching import remember
from webapp.settings import Settings

FROZEN_S = 10.0


def test_a_cache_frozen_for_ten_seconds_is_not_noticed(
    settings: Settings, owner: Owner, cache: Broker, tmp_path: Path
) -> None:
    path = f"/scenarios/{owner.scenario}"
    with web_server(settings, tmp_path) as server:
        caller, person = Caller(server, owner.key), sign_in(server, EMAIL, PASSWORD)
        asking: tuple[Callable[[], Heard], ...] = (
            lambda: caller.get("/scenarios?limit=20"),
            lambda: caller.get(f"{path}/metrics"),
            lambda: person.get("/scenarios"),
            lambda: person.get(path),
            lambda: caller.send("PATCH", path, {"description": f"{time.time()}"}),
        )
        for ask in asking:
            assert ask().status == 200
        with load(*asking) as heard:
            time.sleep(0.5)
            cache.signal(signal.SIGSTOP)
            time.sleep(FROZEN_S)
            cache.signal(signal.SIGCONT)
            time.sleep(3)
        assert {each.status for each in heard} == {200}, worst(heard)
        assert max(each.seconds for each in heard) < 1, worst(heard)
        assert len(heard) > 200
        # By itself: what is read twice comes from the cache, and requests are counted in one place again.
        assert caller.get(f"{path}/metrics").status == 200
        assert caller.get(f"{path}/metrics").headers["x-cache"] == "HIT; tier=L1"
        counts = [int(caller.get("/scenarios").headers["x-ratelimit-remaining"]) for _ in range(6)]
        assert counts == list(range(counts[0], counts[0] - 6, -1))


@pytest.mark.parametrize("reads_between", [0, 3])
def test_a_restarted_cache_is_used_again_at_once(app: Flask, cache: Broker, reads_between: int) -> None:
    loads: list[int] = []

    def source() -> int:
        loads.append(1)
        return 7

    with app.app_context():
        assert [remember("L1", ("t",), "n", source, int) for _ in range(2)] == [7, 7]
        cache.kill()
        assert [remember("L1", ("t",), "n", source, int) for _ in range(reads_between)] == [7] * reads_between
        cache.start()
        errors = app.extensions["cache_tiers"].counts["L1"].get("errors", 0)
        if reads_between:
            time.sleep(1.1)  # a cache that was found to be away is left alone for a second
        before = len(loads)
        assert [remember("L1", ("t",), "m", source, int) for _ in range(3)] == [7, 7, 7]
        assert len(loads) == before + 1
        assert app.extensions["cache_tiers"].counts["L1"].get("errors", 0) == errors
        db.session.remove()


_READER = """
import sys, threading, time
from webapp.factory import create_app
from webapp.infra.cache import tiers
from webapp.services.caching import remember

app = create_app()

def load():
    tiers().client.incr("loads")
    time.sleep(0.5)
    return 7

def read():
    with app.app_context():
        assert remember("L1", ("t",), "n", load, int) == 7

with app.app_context():
    server = tiers().client
    server.incr("ready")
    while int(server.get("ready")) < int(sys.argv[1]):
        time.sleep(0.01)
threads = [threading.Thread(target=read) for _ in range(25)]
for thread in threads:
    thread.start()
for thread in threads:
    thread.join()
"""


def test_a_hundred_readers_in_four_processes_load_a_cold_key_once(settings: Settings, cache: Broker) -> None:
    command = [sys.executable, "-c", _READER, "4"]
    readers = [
        subprocess.Popen(command, cwd=CHECKOUT, env=worker_environment(settings), stderr=subprocess.PIPE)
        for _ in range(4)
    ]
    said = [reader.communicate(timeout=60)[1].decode() for reader in readers]
    assert [reader.returncode for reader in readers] == [0] * 4, said
    assert not any("Traceback" in each for each in said), said
    with redis.Redis(unix_socket_path=str(cache.socket)) as server:
        assert server.get("loads") == b"1"
