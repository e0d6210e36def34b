"""`make flower` asks for its password everywhere, at its metrics too."""

import base64
import os
import subprocess
import sys
import urllib.error
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import pytest

from deploy.local.places import CHECKOUT
from deploy.local.supervisor import die_with_parent
from tests.stack.live import free_port
from tests.worker.conftest import wait_until

_PASSWORD = "only this test knows"


@pytest.fixture
def flower(broker_socket: Path, tmp_path: Path) -> Iterator[str]:
    """The address of Flower beside a stack whose broker is ours."""
    (tmp_path / "env").write_text(
        f"export CELERY_BROKER_URL='redis+socket://{broker_socket}?virtual_host=0'\n"
    )
    port = free_port()
    process = subprocess.Popen(
        [sys.executable, "-m", "deploy.local.flower"], cwd=CHECKOUT,
        env=os.environ
        | {"MOCKUPAWS_STATE": str(tmp_path), "FLOWER_PORT": str(port), "FLOWER_PASSWORD": _PASSWORD},
        preexec_fn=die_with_parent,  # noqa: PLW1509
    )  # fmt: skip
    address = f"http://127.0.0.1:{port}/flower"
    try:
        assert wait_until(lambda: _status(f"{address}/healthcheck") == 200, 30)
        yield address
    finally:
        process.kill()
        process.wait()


def _status(url: str, password: str = "") -> int:
    """0 while nobody answers."""
    credentials = base64.b64encode(f"admin:{password}".encode()).decode()
    headers = {"Authorization": f"Basic {credentials}"} if password else {}
    try:
        with urllib.request.urlopen(urllib.request.Request(url, headers=headers), timeout=5) as answer:
            return int(answer.status)
    except urllib.error.HTTPError as refusal:
        return refusal.code
    except OSError:
        return 0


def test_flower_shows_nothing_without_its_password(flower: str) -> None:
    for path in ("/", "/workers", "/api/workers", "/metrics"):
        assert _status(flower + path) == 401, path
        assert _status(flower + path, "a guess") == 401, path
    assert _status(f"{flower}/metrics", _PASSWORD) == 200
    assert _status(f"{flower}/workers", _PASSWORD) == 200


def test_nginx_hands_nobody_outside_the_metrics_of_flower() -> None:
    nginx = (CHECKOUT / "deploy/compose/nginx.conf").read_text()
    assert "location ^~ /flower/metrics {\n            return 404;\n" in nginx
