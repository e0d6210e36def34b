"""`make run`: the whole of mockupAWS on this machine until Ctrl-C.

Two Valkey servers, then database and demo, then web, worker and scheduler. Every child is supervised, and
every child stops when this process does. `--state` puts the data elsewhere than `var/`, which the tests use.
"""

import argparse
import contextlib
import http.client
import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from types import FrameType

from deploy.local import valkey
from deploy.local.places import (
    CHECKOUT,
    Places,
    SetupFailed,
    hold_lock,
    library_folders,
    refuse_taken_port,
    socket_folder,
    stack_environment,
    stack_settings,
    wanted_port,
)
from deploy.local.supervisor import Child, Supervisor

_PYTHON = sys.executable
#: How long the web server may take to answer for the first time.
_FIRST_ANSWER_S = 60.0


class Stopped(BaseException):
    """Someone asked the stack to end: Ctrl-C, SIGTERM, or a closed terminal."""


def _raise_stopped(number: int, frame: FrameType | None) -> None:
    raise Stopped


@dataclass(frozen=True, slots=True)
class Stack:
    """What the parts of the running stack share."""

    places: Places
    url: str
    sockets: Path
    environment: Mapping[str, str]
    supervisor: Supervisor

    def add(self, name: str, command: list[str], patience_s: float = 10.0) -> Child:
        log = self.places.folder("log") / f"{name}.log"
        return self.supervisor.add(Child(name, command, log, self.environment, CHECKOUT, patience_s))


def address(host: str, port: int) -> str:
    """What to type into a browser on this machine when the server listens on `host`:`port`."""
    shown = "127.0.0.1" if host in ("0.0.0.0", "::") else host  # noqa: S104 # nosec B104 # shown, not bound
    return f"http://{f'[{shown}]' if ':' in shown else shown}:{port}"


def run(places: Places, host: str, port: int) -> None:
    """Start everything and look after it until stopped. Raises SetupFailed when the start cannot succeed."""
    begun = time.monotonic()
    refuse_taken_port(host, port)
    with hold_lock(places), _sockets(places) as sockets:
        url = address(host, port)
        environment = stack_environment(places, sockets, url) | {
            "HOST": host,
            "PORT": str(port),
            "PROMETHEUS_MULTIPROC_DIR": str(_fresh_folder(places.folder("run") / "metrics")),
        }
        stack = Stack(places, url, sockets, environment, Supervisor(_say))
        try:
            _start(stack)
            _greet(stack, time.monotonic() - begun)
            while True:
                stack.supervisor.look_after()
                time.sleep(0.25)
        finally:
            _stop(stack)


def _fresh_folder(path: Path) -> Path:
    """`path`, empty: numbers of an earlier run would be added up with those of this one."""
    shutil.rmtree(path, ignore_errors=True)
    path.mkdir(parents=True)
    return path


def _start(stack: Stack) -> None:
    _start_valkeys(stack)
    write_shell_settings(stack)
    _prepare(stack)
    web = stack.add("web", [_PYTHON, "-m", "gunicorn", "-c", "deploy/gunicorn_conf.py", "wsgi:app"])
    _wait_until_it_answers(stack, web)  # alone on the processors it answers a second sooner
    celery = [_PYTHON, "-m", "celery", "-A", "tasks.app"]
    # Mingle and gossip ask other workers a second long at every start; there are none.
    worker = [
        *celery,
        "worker",
        "--concurrency",
        "2",
        "--without-mingle",
        "--without-gossip",
        "--loglevel",
        "INFO",
    ]
    # A warm stop lets a running report finish; what takes longer is delivered again at the next start.
    stack.add("worker", worker, patience_s=15.0)
    stack.add("scheduler", [*celery, "beat", "--pidfile=", "--loglevel", "INFO"])


def _start_valkeys(stack: Stack) -> None:
    server = valkey.server_program()
    for name, options in (("broker", valkey.BROKER_OPTIONS), ("cache", valkey.CACHE_OPTIONS)):
        unix_socket = stack.sockets / f"{name}.sock"
        unix_socket.unlink(missing_ok=True)
        folder = stack.places.folder(name)
        child = stack.add(name, valkey.command(server, unix_socket, folder, options))
        if not valkey.wait_for(unix_socket, seconds=20):
            raise SetupFailed(f"The embedded Valkey ({name}) did not start: {child.last_words()}")


def _prepare(stack: Stack) -> None:
    log = stack.places.folder("log") / "prepare.log"
    alone = {name: value for name, value in stack.environment.items() if name != "PROMETHEUS_MULTIPROC_DIR"}
    with log.open("w", encoding="utf-8") as output:
        done = subprocess.run(
            [_PYTHON, "-m", "deploy.local.prepare", stack.url], cwd=CHECKOUT, env=alone,
            stdin=subprocess.DEVNULL, stdout=output, stderr=output,
        )  # fmt: skip
    if done.returncode != 0:
        lines = log.read_text(encoding="utf-8", errors="replace").strip().splitlines() or ["no message"]
        raise SetupFailed(f"The database could not be prepared: {lines[-1]} (details in {log})")


def _wait_until_it_answers(stack: Stack, web: Child) -> None:
    deadline = time.monotonic() + _FIRST_ANSWER_S
    while not _answers(stack):
        if not web.alive():
            raise SetupFailed(f"The web server did not start: {web.last_words()} (details in {web.log})")
        if time.monotonic() > deadline:
            raise SetupFailed(
                f"The web server did not answer within {_FIRST_ANSWER_S:.0f} s (details in {web.log})."
            )
        time.sleep(0.05)


def _answers(stack: Stack) -> bool:
    connection = http.client.HTTPConnection(stack.url.removeprefix("http://"), timeout=10)
    try:
        connection.request("HEAD", "/")
        return connection.getresponse().status < 500
    except (OSError, http.client.HTTPException):
        return False
    finally:
        connection.close()


def _stop(stack: Stack) -> None:
    """Stop the people's side first, the servers it needs to say goodbye last."""
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, signal.SIG_IGN)
    if stack.supervisor.children:
        _say("Stopping ...")
    stack.supervisor.stop(("web", "worker", "scheduler"))
    stack.supervisor.stop()


def write_shell_settings(stack: Stack) -> None:
    """Write `var/env`: after `. var/env`, `flask ...` in that shell speaks to this very stack."""
    places = stack.places
    settings = stack_settings(places, stack.sockets, stack.url)
    lines = [f"export {name}={_quoted(value)}" for name, value in settings.items()]
    lines.append(f'export PATH={_quoted(str(places.venv_python.parent))}:"$PATH"')
    if (places.debian / "fonts.conf").exists():
        libraries = ":".join(library_folders(places.debian))
        lines.append(f"export LD_LIBRARY_PATH={_quoted(libraries)}")
        lines.append(f"export FONTCONFIG_FILE={_quoted(str(places.debian / 'fonts.conf'))}")
    path = places.state / "env"
    path.touch(mode=0o600, exist_ok=True)
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")


def _quoted(value: str) -> str:
    return "'" + value.replace("'", "'\\''") + "'"


def _greet(stack: Stack, seconds: float) -> None:
    demo = dict(
        line.removeprefix("export ").split("=", 1)
        for line in stack.places.demo_env.read_text(encoding="utf-8").splitlines()
        if "=" in line
    )
    _say(f"\nmockupAWS answers on {stack.url} (started in {seconds:.1f} s)")
    _say(f"  sign in as {demo['MOCKUPAWS_EMAIL']} with the password {demo['MOCKUPAWS_PASSWORD']}")
    _say(f"  for scripts: {stack.places.demo_env}; for the command line: . {stack.places.state / 'env'}")
    _say(f"  logs: {stack.places.folder('log')}; Ctrl-C stops everything\n")


@contextlib.contextmanager
def _sockets(places: Places) -> Iterator[Path]:
    folder = socket_folder(places)
    try:
        yield folder
    finally:
        for name in ("broker.sock", "cache.sock"):
            (folder / name).unlink(missing_ok=True)
        if folder.parent == Path("/tmp"):  # noqa: S108 # nosec B108 # mkdtemp made it
            folder.rmdir()


def _say(line: str) -> None:
    print(line, flush=True)


def main() -> int:
    parser = argparse.ArgumentParser(description="Run mockupAWS on this machine until Ctrl-C.")
    parser.add_argument(
        "--state", type=Path, default=CHECKOUT / "var", help="folder of all data (default: var/)"
    )
    arguments = parser.parse_args()
    os.umask(0o077)  # the database and the reports are for the person who started this, not for the machine
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, _raise_stopped)
    try:
        run(Places(arguments.state.resolve()), os.environ.get("HOST") or "127.0.0.1", wanted_port())
    except SetupFailed as failure:
        print(failure, file=sys.stderr)
        return 1
    except Stopped:
        return 0
    return 0


if __name__ == "__main__":
    sys.exit(main())
