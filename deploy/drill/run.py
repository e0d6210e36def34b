"""`make drill`: the production stack of docker-compose.yml as processes of this machine, from start to end.

It ends with "drill passed" or with the first step that failed. Nothing stays behind.
"""

import argparse
import os
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from types import FrameType

from deploy.drill import sight, steps
from deploy.drill.catchers import Collector, MailCatcher
from deploy.drill.client import Client
from deploy.drill.processes import StepFailed, server_account, tools_for
from deploy.drill.stack import Stack, free_ports
from deploy.drill.steps import Drill
from deploy.local import debian
from deploy.local.places import CHECKOUT, Places, SetupFailed

#: Seconds after which the drill gives up, wherever it is.
_LONGEST_S = 300
_USE: tuple[tuple[str, Callable[[Drill], str]], ...] = (
    ("TLS and headers", steps.tls_and_headers),
    ("metrics", sight.metrics_stay_inside),
    ("account and key", steps.account_and_key),
    ("mail", sight.mail_arrives),
    ("scenario and events", steps.scenario_and_events),
    ("sizes", steps.sizes),
    ("report", steps.report),
    ("trace", sight.trace_is_one),
    ("Prometheus", sight.prometheus_asks),
    ("Grafana", sight.grafana_is_read),
    ("addresses and logs", steps.addresses_and_logs),
    ("Flower", steps.flower_asks),
    ("two Redis", steps.memories),
    ("PgBouncer", steps.few_connections),
    ("worker drains", steps.worker_drains),
    ("web drains", steps.web_drains),
    ("everything ends", steps.rest_ends),
    ("logs", sight.logs_are_clean),
)


class _Timer:
    """Says each step with how long it took."""

    def __init__(self) -> None:
        self.step = "preparation"
        self.begun = time.monotonic()

    def __call__(self, step: str, work: Callable[[], str]) -> None:
        self.step, begun = step, time.monotonic()
        said = work()
        print(f"{time.monotonic() - begun:6.1f} s  {step:<20} {said}", flush=True)


def main(keep: bool) -> int:
    """Run the drill; the exit code."""
    root = Path(tempfile.mkdtemp(prefix="mockupaws-drill-", dir="/tmp"))  # nosec B108 # mkdtemp
    timer, stack = _Timer(), None
    catchers: list[MailCatcher | Collector] = []
    _give_up_after(_LONGEST_S)
    try:
        stack = _prepare(root, timer)
        mails, traces = MailCatcher(stack.ports["mailcatcher"]), Collector(stack.ports["collector"])
        for catcher in (mails, traces):
            catcher.start()
            catchers.append(catcher)
        _bring_up(stack, timer)
        outside = Client(stack.ports["nginx"], root / "tls" / "fullchain.pem")
        drill = Drill(stack, outside, mails, traces)
        for name, step in _USE:
            timer(name, lambda step=step: step(drill))  # type: ignore[misc]
    except (StepFailed, SetupFailed, OSError, KeyboardInterrupt) as failure:
        print(f"drill FAILED at {timer.step}: {str(failure) or type(failure).__name__}", file=sys.stderr)
        return 1
    finally:
        signal.alarm(0)
        if stack is not None:
            stack.stop_all()
        for catcher in catchers:
            catcher.stop()
        if keep:
            print(f"kept: {root}", flush=True)
        else:
            shutil.rmtree(root, ignore_errors=True)
    print(f"drill passed in {time.monotonic() - timer.begun:.0f} s")
    return 0


def _prepare(root: Path, timer: _Timer) -> Stack:
    root.chmod(0o755)
    places = Places(CHECKOUT / "var")
    debian.provide(places, debian.FOR_TESTING, lambda line: print(line, flush=True))
    account = server_account()
    stack = Stack(root, places, tools_for(account, places, root), account, free_ports())
    for name in ("env", "state", "tls"):
        (root / name).mkdir()
    timer("secrets", lambda: _write_secrets(stack))
    timer("certificate", lambda: _write_certificate(stack))
    return stack


def _write_secrets(stack: Stack) -> str:
    script = CHECKOUT / "deploy/compose/make-env.sh"
    address = f"https://localhost:{stack.ports['nginx']}"
    _run([str(script), address, str(stack.root / "env")])
    # What docker-compose.yml says beside the mail catcher; and every request is traced.
    _set(
        stack.root / "env/app.env",
        {"SMTP_HOST": "mailcatcher", "SMTP_PORT": "1025", "SMTP_STARTTLS": "false",
         "OTLP_ENDPOINT": "http://collector:4318", "TRACE_SAMPLE_RATIO": "1"},
    )  # fmt: skip
    return f"five env files for {address}, by deploy/compose/make-env.sh; mails and traces are caught"


def _set(env_file: Path, wanted: Mapping[str, str]) -> None:
    """Give variables of an env file their values. Raises StepFailed for one that does not stand there."""
    text = env_file.read_text(encoding="utf-8")
    for name, value in wanted.items():
        text, count = re.subn(rf"^{name}=.*$", f"{name}={value}", text, flags=re.MULTILINE)
        if count != 1:
            raise StepFailed(f"{env_file.name} does not name {name} any more: the drill has to follow it.")
    env_file.write_text(text, encoding="utf-8")


def _write_certificate(stack: Stack) -> str:
    folder = stack.root / "tls"
    _run(
        ["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes",
         "-days", "2", "-subj", "/CN=localhost", "-addext", "subjectAltName=DNS:localhost",
         "-keyout", str(folder / "privkey.pem"), "-out", str(folder / "fullchain.pem")]
    )  # fmt: skip
    if stack.account is not None:
        os.chown(folder / "privkey.pem", stack.account.pw_uid, stack.account.pw_gid)
    return "self-signed for localhost; the client believes this one alone"


def _run(command: list[str]) -> None:
    done = subprocess.run(command, capture_output=True, text=True)
    if done.returncode != 0:
        raise StepFailed(f"{command[0]}: {done.stderr.strip()}")


def _bring_up(stack: Stack, timer: _Timer) -> None:
    for name in ("postgres", "pgbouncer", "cache", "broker"):
        timer(name, lambda name=name: _started(stack, name))  # type: ignore[misc]
    timer("migrate", lambda: stack.run("migrate").strip().splitlines()[-1])
    watcher = ("prometheus",) if debian.server_path(stack.places, "prometheus") else ()
    for name in ("web", "worker", "beat", "flower", "nginx", *watcher):
        timer(name, lambda name=name: _started(stack, name))  # type: ignore[misc]


def _started(stack: Stack, name: str) -> str:
    stack.start(name)
    return f"healthy: {' '.join(stack.service(name).command)[:90]}"


def _give_up_after(seconds: int) -> None:
    def give_up(number: int, frame: FrameType | None) -> None:
        raise StepFailed(f"the drill took longer than {seconds} s")

    def stop(number: int, frame: FrameType | None) -> None:
        raise KeyboardInterrupt

    signal.signal(signal.SIGALRM, give_up)
    signal.signal(signal.SIGTERM, stop)
    signal.alarm(seconds)


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description="Prove docker-compose.yml without a Docker engine.")
    parser.add_argument("--keep", action="store_true", help="Leave the folder with logs and data behind.")
    sys.exit(main(parser.parse_args().keep))
