"""`flask prices`: price catalogs."""

from pathlib import Path

import click
from flask.cli import AppGroup

from webapp.cli.refusals import in_one_sentence
from webapp.infra.db import unit_of_work
from webapp.services.prices import load_catalog_folder, load_shipped_catalog

prices = AppGroup("prices", help="Price catalogs.")


@prices.command("load")
@click.argument("folder", required=False, type=click.Path(exists=True, file_okay=False, path_type=Path))
def load(folder: Path | None) -> None:
    """Load the catalog in FOLDER, or the newest that ships with the project, and put it in use."""
    with in_one_sentence(), unit_of_work():
        card = load_catalog_folder(folder) if folder else load_shipped_catalog()
    click.echo(f"Catalog {card.name} of {card.published_on} is in use: {card.prices:,} prices.")
