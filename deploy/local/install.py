"""Set-up from a fresh clone: virtual environment, pinned packages, system libraries. Standard library only.

`python -m deploy.local.install run|test`; quick when nothing changed since the last time.
"""

import hashlib
import os
import subprocess
import sys
import sysconfig
from pathlib import Path

from deploy.local import debian
from deploy.local.places import CHECKOUT, Places, SetupFailed, refuse_taken_port, wanted_port

_HERE = Path(__file__).resolve().parent
_REQUIREMENTS = {"run": _HERE / "requirements.txt", "test": _HERE / "requirements-test.txt"}
#: What pip prints -> what the person has to know. The first match is told.
_PIP_TROUBLES = (
    (("No space left on device",), "the disk is full"),
    (
        (
            "NewConnectionError",
            "NameResolutionError",
            "Temporary failure in name resolution",
            "ReadTimeoutError",
            "ProxyError",
            "ConnectTimeoutError",
        ),
        "the package index cannot be reached; check the network and try again",
    ),
    (
        ("command 'gcc' failed", "command 'cc' failed", "'gcc'", "linker `cc` not found", "Failed to build"),
        "a package has no ready-made build for this machine and there is no C compiler; install Debian's "
        "build-essential and python3-dev, or use Python 3.11 to 3.13",
    ),
    (
        ("No matching distribution found",),
        "a pinned package does not exist for this Python; use 3.11 to 3.13",
    ),
)


def main(purpose: str) -> None:
    """Provide everything `purpose` ("run" or "test") needs. Raises SetupFailed."""
    places = Places(CHECKOUT / "var")
    places.folder("log")
    if purpose == "run":  # said before a minute of installing, not after
        refuse_taken_port(os.environ.get("HOST") or "127.0.0.1", wanted_port())
    _provide_packages(places, purpose)
    parts = debian.FOR_RUNNING if purpose == "run" else debian.FOR_RUNNING + debian.FOR_TESTING
    debian.provide(places, parts, _say)


def _provide_packages(places: Places, purpose: str) -> None:
    stamp = places.state / "venv" / f"installed-{purpose}"
    wanted = _fingerprint(purpose)
    if stamp.exists() and stamp.read_text(encoding="ascii") == wanted and _works(places.venv_python):
        return
    if not _works(places.venv_python):
        _say("Creating the virtual environment in var/venv ...")
        _create_venv(places)
    _say("Installing the pinned Python packages, about a minute ...")
    _pip_install(places, _REQUIREMENTS[purpose])
    stamp.write_text(wanted, encoding="ascii")


def _fingerprint(purpose: str) -> str:
    """Changes with any pinned package and with the Python that runs them."""
    digest = hashlib.sha256(sys.version.encode())
    for path in (CHECKOUT / "requirements.txt", *sorted(_HERE.glob("requirements*.txt"))):
        digest.update(path.read_bytes())
    return f"{purpose} {digest.hexdigest()}"


def _works(python: Path) -> bool:
    return (
        python.exists() and subprocess.run([python, "-c", "import pip"], capture_output=True).returncode == 0
    )


def _create_venv(places: Places) -> None:
    wheels = None if _has_ensurepip() else _pip_from_debian(places)
    venv = [sys.executable, "-m", "venv", "--clear", str(places.venv_python.parents[1])]
    done = subprocess.run(
        venv if wheels is None else [*venv, "--without-pip"], capture_output=True, text=True
    )
    if done.returncode == 0 and wheels is not None:
        done = _bootstrap_pip(places, wheels)
    if done.returncode != 0:
        last = (done.stdout + done.stderr).strip().splitlines()[-1:] or ["no message"]
        raise SetupFailed(f"The virtual environment could not be created with {sys.executable}: {last[0]}")


def _has_ensurepip() -> bool:
    """Debian splits this module off; asked anew each time because root may just have installed it."""
    return (
        subprocess.run([sys.executable, "-c", "import ensurepip, venv"], capture_output=True).returncode == 0
    )


def _pip_from_debian(places: Places) -> Path | None:
    """Debian keeps pip for virtual environments in packages of its own.

    As root the package is installed and None returned; else the folder of the unpacked pip wheel.
    """
    if not Path(sys.executable).resolve().is_relative_to("/usr/bin"):
        raise SetupFailed(
            f"{sys.executable} was built without ensurepip: use another with PYTHON=/path/to/python."
        )
    version = sysconfig.get_python_version()
    if os.geteuid() == 0:
        debian.obtain(places, (f"python{version}-venv",), "the Python module venv")
        return None
    debian.obtain(places, ("python3-pip-whl",), "pip for virtual environments")
    return places.debian / "usr/share/python-wheels"


def _bootstrap_pip(places: Places, wheels: Path) -> subprocess.CompletedProcess[str]:
    """Let the pip wheel install itself, as ensurepip would."""
    wheel = next(iter(sorted(wheels.glob("pip-*.whl"))), None)
    if wheel is None:
        raise SetupFailed(f"No pip was found in {wheels}: install python3-venv as root.")
    command = [str(places.venv_python), f"{wheel}/pip", "install", "--no-index", str(wheel)]
    return subprocess.run(command, capture_output=True, text=True)


def _pip_install(places: Places, requirements: Path) -> None:
    log = places.logs / "pip.log"
    command = [
        str(places.venv_python), "-m", "pip", "install", "--disable-pip-version-check", "--no-input",
        "--prefer-binary", "--retries", "2", "--timeout", "30", "-r", str(requirements),
    ]  # fmt: skip
    with log.open("w", encoding="utf-8") as output:
        done = subprocess.run(command, stdin=subprocess.DEVNULL, stdout=output, stderr=output, cwd=CHECKOUT)
    if done.returncode != 0:
        raise SetupFailed(
            f"The Python packages could not be installed: {pip_trouble(log)} (details in {log})."
        )


def pip_trouble(log: Path) -> str:
    """What pip's log comes to, for the person at the terminal; the details stay in the log."""
    text = log.read_text(encoding="utf-8", errors="replace")
    for signs, meaning in _PIP_TROUBLES:
        if any(sign in text for sign in signs):
            return meaning
    return "pip stopped with an error"


def _say(line: str) -> None:
    print(line, flush=True)


if __name__ == "__main__":
    try:
        main(sys.argv[1])
    except SetupFailed as failure:
        print(failure, file=sys.stderr)
        sys.exit(1)
    except KeyboardInterrupt:
        sys.exit(130)
