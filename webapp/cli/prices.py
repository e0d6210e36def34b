"""`flask prices`: price catalogs."""

from pathlib import Path

import click
from flask.cli import AppGroup

from webapp.cli.price_text import diff_text, refresh_text, status_text
from webapp.cli.refusals import in_one_sentence
from webapp.infra.db import unit_of_work
from webapp.services.catalog_changes import accept_catalog, diff_catalogs, list_catalogs, refuse_catalog
from webapp.services.price_refresh import import_price_files, refresh_prices
from webapp.services.prices import load_catalog_folder, load_shipped_catalog
from webapp.services.refresh_runs import list_refreshes

prices = AppGroup("prices", help="Price catalogs.")


@prices.command("load")
@click.argument("folder", required=False, type=click.Path(exists=True, file_okay=False, path_type=Path))
def load(folder: Path | None) -> None:
    """Load the catalog in FOLDER, or the newest that ships with the project, and put it in use."""
    with in_one_sentence(), unit_of_work():
        card = load_catalog_folder(folder) if folder else load_shipped_catalog()
    click.echo(f"Catalog {card.name} of {card.published_on} is in use: {card.prices:,} prices.")


@prices.command("refresh")
@click.option("--service", default="", help="Only the offers this service is sold in (“sqs”).")
@click.option("--region", default="", help="Only this region (“eu-west-1”).")
def refresh(service: str, region: str) -> None:
    """Read what changed in the AWS Price List and put it in use, or hold it back for a person to accept."""
    with in_one_sentence():
        view = refresh_prices(service, region)
    click.echo(refresh_text(view))


@prices.command("import")
@click.argument(
    "files", nargs=-1, required=True, type=click.Path(exists=True, dir_okay=False, path_type=Path)
)
def import_files(files: tuple[Path, ...]) -> None:
    """Read offer files of the AWS Price List from disk, for machines without internet.

    FILES are index.json or index.csv of an offer, of one region or of all, as they are or gzipped.
    """
    with in_one_sentence():
        view = import_price_files(files)
    click.echo(refresh_text(view))


@prices.command("diff")
@click.argument("first")
@click.argument("second")
def diff(first: str, second: str) -> None:
    """What differs between the catalogs FIRST and SECOND."""
    with in_one_sentence(), unit_of_work():
        found = diff_catalogs(first, second)
    click.echo(diff_text(found))


@prices.command("status")
def status() -> None:
    """Catalogs, which one is in use, which ones wait for a person, and the latest refreshes."""
    with in_one_sentence(), unit_of_work():
        click.echo(status_text(list_catalogs(), list_refreshes(5)))


@prices.command("accept")
@click.argument("name")
@click.option("--anyway", is_flag=True, help="Even if another catalog was put in use since it was made.")
def accept(name: str, anyway: bool) -> None:
    """Put the catalog NAME in use: one that was held back, or an earlier one to return to."""
    with in_one_sentence(), unit_of_work():
        state = accept_catalog(name, anyway=anyway)
    click.echo(f"Catalog {state.name} of {state.published_on} is in use: {state.prices:,} prices.")


@prices.command("refuse")
@click.argument("name")
def refuse(name: str) -> None:
    """Put the held catalog NAME aside for good."""
    with in_one_sentence(), unit_of_work():
        state = refuse_catalog(name)
    click.echo(f"Catalog {state.name} is put aside.")
