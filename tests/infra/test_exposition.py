"""What several processes share: the numbers of those that are gone stay, their gauges do not."""

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from deploy.local.places import CHECKOUT
from deploy.local.supervisor import die_with_parent
from webapp.infra.exposition import shared_registry

#: What a worker's child does: it counts a job and has a connection open, until it is ended.
_CHILD = """
from webapp.infra.metrics import jobs_started, pool_connections
jobs_started(task="some")
pool_connections(1, state="open")
print("counted", flush=True)
input()
"""


def _child(folder: Path) -> subprocess.Popen[str]:
    shared = os.environ | {"PROMETHEUS_MULTIPROC_DIR": str(folder)}
    child = subprocess.Popen(
        [sys.executable, "-c", _CHILD], cwd=CHECKOUT, env=shared, text=True,
        stdin=subprocess.PIPE, stdout=subprocess.PIPE, preexec_fn=die_with_parent,  # noqa: PLW1509
    )  # fmt: skip
    assert child.stdout is not None
    assert child.stdout.readline() == "counted\n"
    return child


@pytest.fixture
def children(tmp_path: Path) -> Iterator[list[subprocess.Popen[str]]]:
    started = [_child(tmp_path), _child(tmp_path)]
    yield started
    for child in started:
        child.kill()
        child.communicate()


def test_gauges_of_a_killed_process_are_forgotten(
    children: list[subprocess.Popen[str]], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PROMETHEUS_MULTIPROC_DIR", str(tmp_path))
    registry = shared_registry()
    assert registry is not None

    def told(name: str, **labels: str) -> float | None:
        return registry.get_sample_value(name, labels)

    assert told("mockupaws_db_pool_connections", state="open") == 2
    children[0].send_signal(signal.SIGKILL)
    children[0].wait()
    assert told("mockupaws_db_pool_connections", state="open") == 1
    assert told("mockupaws_started_jobs_total", task="some") == 2
