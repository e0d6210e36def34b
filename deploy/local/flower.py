"""`make flower`: Flower beside the running stack of `make run`, for this machine only and behind a password.

Standard library only. FLOWER_PASSWORD and FLOWER_PORT choose; without a password one is made and shown.
"""

import os
import secrets
import shlex
import sys
from pathlib import Path

from deploy.local.places import CHECKOUT, Places, SetupFailed, refuse_taken_port

_USER = "admin"


def stack_broker(places: Places) -> str:
    """Celery's address of the running stack's broker. Raises SetupFailed when no stack has been started."""
    env = places.state / "env"
    if not env.exists():
        raise SetupFailed("There is no stack to look at: start it with make run first.")
    for line in env.read_text(encoding="utf-8").splitlines():
        name, _, value = line.removeprefix("export ").partition("=")
        if name == "CELERY_BROKER_URL":
            broker = shlex.split(value)[0]
            if not Path(broker.removeprefix("redis+socket://").partition("?")[0]).exists():
                raise SetupFailed("The stack is not running: start it with make run first.")
            return broker
    raise SetupFailed(f"{env} names no broker: start the stack anew with make run.")


def main(places: Places) -> None:
    """Become Flower. Raises SetupFailed."""
    broker = stack_broker(places)
    port = int(os.environ.get("FLOWER_PORT") or 5555)
    refuse_taken_port("127.0.0.1", port)
    password = os.environ.get("FLOWER_PASSWORD") or secrets.token_urlsafe(18)
    print(f"Flower answers on http://127.0.0.1:{port}/flower/; Ctrl-C stops it")
    print(f"  sign in as {_USER} with the password {password}", flush=True)
    environment = {name: value for name, value in os.environ.items() if not name.startswith("FLOWER_")}
    environment |= {
        "CELERY_BROKER_URL": broker,
        "FLOWER_ADDRESS": "127.0.0.1",
        "FLOWER_PORT": str(port),
        "FLOWER_URL_PREFIX": "flower",
        "FLOWER_CONF": str(CHECKOUT / "deploy" / "flower_config.py"),
        # By its environment: a command line is for everybody on this machine to read.
        "FLOWER_BASIC_AUTH": f"{_USER}:{password}",
    }
    os.execve(sys.executable, [sys.executable, "-m", "celery", "flower"], environment)  # noqa: S606 # nosec B606


if __name__ == "__main__":
    try:
        main(Places(Path(os.environ.get("MOCKUPAWS_STATE") or CHECKOUT / "var").resolve()))
    except SetupFailed as failure:
        print(failure, file=sys.stderr)
        sys.exit(1)
