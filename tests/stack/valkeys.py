"""Real Valkey servers for one test session: one for cache and limits, one for jobs, as in production."""

import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from deploy.local import valkey
from deploy.local.supervisor import die_with_parent


@pytest.fixture(scope="session")
def valkey_socket() -> Iterator[Path]:
    """Unix socket of the cache's server."""
    yield from _serve(valkey.CACHE_OPTIONS)


@pytest.fixture(scope="session")
def valkey_url(valkey_socket: Path) -> str:
    """redis-py address of the cache's server, as `REDIS_URL` holds it."""
    return f"unix://{valkey_socket}?db=0"


@pytest.fixture(scope="session")
def broker_socket() -> Iterator[Path]:
    """Unix socket of the broker's server."""
    yield from _serve(valkey.BROKER_OPTIONS)


@pytest.fixture(scope="session")
def broker_url(broker_socket: Path) -> str:
    """Celery's address of the broker's server, as `CELERY_BROKER_URL` holds it."""
    return f"redis+socket://{broker_socket}?virtual_host=0"


def _serve(options: tuple[str, ...]) -> Iterator[Path]:
    folder = Path(tempfile.mkdtemp(prefix="mockupaws-valkey-", dir="/tmp"))
    unix_socket = folder / "s"
    command = valkey.command(valkey.server_program(), unix_socket, folder, options)
    with (folder / "log").open("wb") as log:
        server = subprocess.Popen(command, stdout=log, stderr=log, preexec_fn=die_with_parent)
    try:
        if not valkey.wait_for(unix_socket, seconds=20):
            pytest.fail(f"Valkey did not start: {(folder / 'log').read_text(errors='replace')}")
        yield unix_socket
    finally:
        server.terminate()
        server.wait(20)
        shutil.rmtree(folder, ignore_errors=True)
