"""Where the local stack keeps things, and the environment its processes run in. Standard library only."""

import fcntl
import os
import secrets
import socket
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import IO

CHECKOUT = Path(__file__).resolve().parents[2]
#: A Unix socket address holds 108 bytes with its closing zero (sun_path in unix(7)).
LONGEST_SOCKET_PATH = 107


class SetupFailed(Exception):
    """The stack cannot start; the message is one sentence for the person at the terminal."""


@dataclass(frozen=True, slots=True)
class Places:
    """One state folder (`var/` of a checkout). Nothing outside it is written, long socket paths excepted."""

    state: Path

    @property
    def venv_python(self) -> Path:
        return CHECKOUT / "var" / "venv" / "bin" / "python"

    @property
    def debian(self) -> Path:
        """Debian packages unpacked by an ordinary user, who cannot install them."""
        return CHECKOUT / "var" / "debian"

    @property
    def tools(self) -> Path:
        """Servers and checkers of Debian that are run by us alone, never installed."""
        return CHECKOUT / "var" / "tools"

    @property
    def logs(self) -> Path:
        return self.state / "log"

    @property
    def demo_env(self) -> Path:
        return self.state / "demo.env"

    def folder(self, name: str) -> Path:
        """The folder `name` of the state, made when absent. Raises SetupFailed when it cannot be written."""
        path = self.state / name
        try:
            path.mkdir(parents=True, exist_ok=True)
            with tempfile.TemporaryFile(dir=path):
                pass
        except OSError as error:
            raise SetupFailed(
                f"Cannot write to {path} ({error.strerror}): use a folder you own, with free space."
            ) from error
        return path


def socket_folder(places: Places) -> Path:
    """A folder short enough for Unix sockets: inside the state, else a fresh private one under /tmp."""
    folder = places.folder("run")
    if len(os.fsencode(folder / "broker.sock")) <= LONGEST_SOCKET_PATH:
        return folder
    return Path(tempfile.mkdtemp(prefix="mockupaws-", dir="/tmp"))


def secret_key(places: Places) -> str:
    """The secret of this checkout, made on the first start and readable by its owner only."""
    path = places.state / "secret.key"
    if not path.exists():
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(descriptor, "w", encoding="ascii") as file:
            file.write(secrets.token_urlsafe(48))
    return path.read_text(encoding="ascii").strip()


def hold_lock(places: Places) -> IO[str]:
    """Keep the state folder to one stack; two brokers on one append-only file would destroy it.

    The lock is held while the returned file is open. Raises SetupFailed when another process holds it.
    """
    file = (places.folder("run") / "stack.lock").open("a+", encoding="ascii")
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError as error:
        file.seek(0)
        holder = file.read().strip() or "unknown"
        file.close()
        raise SetupFailed(
            f"mockupAWS is already running from {places.state} (process {holder}): stop it first."
        ) from error
    file.seek(0)
    file.truncate()
    file.write(str(os.getpid()))
    file.flush()
    return file


def refuse_taken_port(host: str, port: int) -> None:
    """Raise SetupFailed when the web server could not listen on `host`:`port`."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family, socket.SOCK_STREAM) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
            probe.listen(1)
        except PermissionError as error:
            raise SetupFailed(
                f"Port {port} needs root: choose one above 1023, for example PORT=8000 make run."
            ) from error
        except OSError as error:
            raise SetupFailed(
                f"Port {port} on {host} cannot be used ({error.strerror}): "
                f"choose another, for example PORT={suggested_port(port)} make run."
            ) from error


def suggested_port(port: int) -> int:
    """A port to try instead of `port`, inside the range ordinary users may take."""
    return port + 1 if 1024 <= port < 65535 else 8001


def wanted_port() -> int:
    """The port of `PORT`, 8000 when unset. Raises SetupFailed for anything but 1 to 65535."""
    text = os.environ.get("PORT") or "8000"
    if not (text.isascii() and text.isdigit() and 1 <= int(text) <= 65535):
        raise SetupFailed(f"PORT is {text!r}: it has to be a number from 1 to 65535.")
    return int(text)


def library_environment(places: Places) -> dict[str, str]:
    """Variables that let programs find libraries, fonts and tools unpacked without root; often none."""
    root = places.debian
    if not root.is_dir():
        return {}
    inherited = os.environ.get("LD_LIBRARY_PATH", "")
    return {
        "LD_LIBRARY_PATH": ":".join([*library_folders(root), *([inherited] if inherited else [])]),
        "FONTCONFIG_FILE": str(root / "fonts.conf"),
        "PATH": f"{os.environ.get('PATH', os.defpath)}:{root / 'usr/bin'}",
    }


def library_folders(root: Path) -> list[str]:
    """Every folder under `root` that holds shared libraries; some packages keep theirs one level deeper."""
    found = {path.parent for pattern in ("lib*.so*", "*/lib*.so*") for path in _libraries(root, pattern)}
    return sorted(map(str, found))


def _libraries(root: Path, pattern: str) -> Iterator[Path]:
    yield from root.glob(f"usr/lib/*-linux-gnu*/{pattern}")
    yield from root.glob(f"lib/*-linux-gnu*/{pattern}")


def stack_environment(places: Places, sockets: Path, url: str) -> dict[str, str]:
    """The environment of every process of the local stack; its settings win over what the shell exports."""
    return os.environ | library_environment(places) | stack_settings(places, sockets, url)


def stack_settings(places: Places, sockets: Path, url: str) -> dict[str, str]:
    """The settings the local stack states: an SQLite database, two Valkey servers, one secret, plain http."""
    broker, cache = sockets / "broker.sock", sockets / "cache.sock"
    return {
        "MOCKUPAWS_ENV": "local",
        "SECRET_KEY": secret_key(places),
        "DATABASE_URL": f"sqlite:///{places.state / 'mockupaws.db'}",
        "REDIS_URL": f"unix://{cache}?db=0",
        "CELERY_BROKER_URL": f"redis+socket://{broker}?virtual_host=0",
        "STATE_DIR": str(places.state),
        "PUBLIC_URL": url,
        "SECURE_COOKIES": "false",
        "JSON_LOGGING": "false",
        "FLASK_APP": "wsgi",
        "PYTHONUNBUFFERED": "1",
    }
