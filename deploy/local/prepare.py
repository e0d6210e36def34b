"""Bring the database, the prices and the demo account up to date, in one process to start quickly.

`python -m deploy.local.prepare URL`: runs the same commands a person would type, each safe to repeat.
"""

import os
import sys
from pathlib import Path

from webapp.factory import create_app


def main(url: str) -> None:
    """Migrate, load the shipped prices, make the demo account whose sign-in goes to `demo.env`."""
    demo_env = Path(os.environ["STATE_DIR"]) / "demo.env"
    commands = (
        ("db", "upgrade"),
        ("prices", "load"),
        ("demo", "create", "--write-env", str(demo_env), "--url", url),
    )
    cli = create_app().cli
    for command in commands:
        cli.main(args=list(command), prog_name="flask", standalone_mode=False)


if __name__ == "__main__":
    main(sys.argv[1])
