"""Programs of the drill: started from their command, asked for their health, stopped as compose would."""

import os
import pwd
import shutil
import signal
import subprocess
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from deploy.local.places import CHECKOUT, Places, library_folders
from deploy.local.supervisor import die_with_parent


class StepFailed(Exception):
    """The drill ends here; the message says what was expected and what came."""


@dataclass(slots=True)
class Program:
    """One running service."""

    name: str
    command: list[str]
    environment: Mapping[str, str]
    log: Path
    account: pwd.struct_passwd | None = None
    process: subprocess.Popen[bytes] | None = field(default=None)

    def start(self) -> None:
        """Start it in a session of its own, its output in its log."""
        with self.log.open("ab") as output:
            if self.account is not None:  # nginx opens /dev/stdout anew, as itself
                os.fchown(output.fileno(), self.account.pw_uid, self.account.pw_gid)
            self.process = subprocess.Popen(
                self.command, stdin=subprocess.DEVNULL, stdout=output, stderr=output, cwd=CHECKOUT,
                env=dict(self.environment), start_new_session=True, preexec_fn=die_with_parent,
                **as_account(self.account),
            )  # fmt: skip

    def await_health(self, check: list[str], seconds: float) -> None:
        """Run the health check until it passes. Raises StepFailed when it does not within `seconds`."""
        deadline = time.monotonic() + seconds
        while True:
            done = subprocess.run(
                check, env=dict(self.environment), cwd=CHECKOUT, capture_output=True, text=True
            )
            if done.returncode == 0:
                return
            if not self.is_running:
                raise StepFailed(f"{self.name} ended by itself: {self.last_lines()}")
            if time.monotonic() > deadline:
                said = (done.stdout + done.stderr).strip()
                raise StepFailed(f"{self.name} is not healthy: {said}\n{self.last_lines()}")
            time.sleep(0.2)

    @property
    def is_running(self) -> bool:
        return self.process is not None and self.process.poll() is None

    def stop(self, signal_name: str, grace_s: float) -> int:
        """Ask it to end; its exit code. Raises StepFailed when it takes longer than its grace."""
        assert self.process is not None
        self.process.send_signal(signal.Signals[signal_name])
        try:
            return self.process.wait(grace_s)
        except subprocess.TimeoutExpired:
            raise StepFailed(f"{self.name} did not end within {grace_s:.0f} s: {self.last_lines()}") from None

    def kill(self) -> None:
        """End it and whatever it started, when it is still there."""
        if self.process is None:
            return
        try:
            os.killpg(self.process.pid, signal.SIGKILL)
        except (ProcessLookupError, PermissionError):
            return
        self.process.wait()

    def last_lines(self) -> str:
        """The end of its log."""
        return "\n".join(self.log.read_text(encoding="utf-8", errors="replace").splitlines()[-15:])


def as_account(account: pwd.struct_passwd | None) -> dict[str, Any]:
    """Arguments of subprocess that run a program as `account`, without root's other groups."""
    if account is None:
        return {}
    return {"user": account.pw_uid, "group": account.pw_gid, "extra_groups": []}


def server_account() -> pwd.struct_passwd | None:
    """Who servers run as, which refuse to be root; None when we are an ordinary user."""
    return pwd.getpwnam("nobody") if os.geteuid() == 0 else None


def tools_for(account: pwd.struct_passwd | None, places: Places, folder: Path) -> Places:
    """`places` with unpacked servers that `account` may read: a checkout of root may be closed to others."""
    copied = folder / "var"
    if account is None or not places.tools.is_dir():
        return places
    skipped = shutil.ignore_patterns("prometheus", "promtool", "share/doc")
    shutil.copytree(places.tools, copied / "tools", symlinks=True, ignore=skipped)
    return _Copied(copied)


class _Copied(Places):
    @property
    def tools(self) -> Path:
        return self.state / "tools"


def server_environment(places: Places) -> dict[str, str]:
    """Variables that let unpacked servers find their libraries."""
    folders = library_folders(places.tools) if places.tools.is_dir() else []
    return {"LD_LIBRARY_PATH": ":".join(folders), "LC_ALL": "C.UTF-8"} if folders else {"LC_ALL": "C.UTF-8"}
