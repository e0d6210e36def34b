"""`flask demo`: data for a first look, on local installations only."""

from pathlib import Path

import click
from flask.cli import AppGroup

from webapp.cli.refusals import in_one_sentence
from webapp.infra.config import current_settings
from webapp.infra.db import unit_of_work
from webapp.services.demo import DemoAccess, create_demo

demo = AppGroup("demo", help="Demo data for local use.")


@demo.command("create")
@click.option("--write-env", required=True, type=click.Path(dir_okay=False, path_type=Path), help="Where to.")
@click.option("--url", default=None, help="Address written into the file.")
def create(write_env: Path, url: str | None) -> None:
    """Create the demo account with a recorded scenario; a second call keeps what is there."""
    if current_settings().environment == "production":
        raise click.ClickException("The demo account exists only for local use; this is a production start.")
    with in_one_sentence(), unit_of_work():
        access = create_demo(_known(write_env))
    _write(write_env, access, url or current_settings().public_url)
    # Not the password itself: what a start prints is kept in a log.
    click.echo(f"{access.email} is there; its sign-in is in {write_env}.")


def _known(file: Path) -> DemoAccess | None:
    """What an earlier start wrote; the database keeps hashes only, so this file alone can tell."""
    if not file.exists():
        return None
    pairs = (line.partition("=") for line in file.read_text().splitlines())
    known = {name: value for name, _, value in pairs}
    parts = [known.get(f"MOCKUPAWS_{name}", "") for name in ("EMAIL", "PASSWORD", "API_KEY")]
    return DemoAccess(*parts) if all(parts) else None


def _write(file: Path, access: DemoAccess, url: str) -> None:
    file.parent.mkdir(parents=True, exist_ok=True)
    file.touch(mode=0o600)
    file.write_text(
        f"MOCKUPAWS_URL={url}\n"
        f"MOCKUPAWS_EMAIL={access.email}\n"
        f"MOCKUPAWS_PASSWORD={access.password}\n"
        f"MOCKUPAWS_API_KEY={access.api_key}\n"
    )
