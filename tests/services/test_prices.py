"""Catalogs in the database: loaded once, replaced by newer ones, missed clearly."""

import json
import shutil
from datetime import date
from pathlib import Path

import pytest
from sqlalchemy import delete

from webapp.domain.errors import Unavailable
from webapp.infra.db import db, unit_of_work
from webapp.models.catalog import Catalog
from webapp.pricing.catalog_file import load_catalog, shipped_catalogs
from webapp.services.prices import load_catalog_folder, load_shipped_catalog, price_list


@pytest.mark.both_databases
def test_the_database_prices_exactly_as_the_files(database_url: str, context: None) -> None:
    shipped = load_catalog(shipped_catalogs()[-1])
    stored = price_list("eu-west-1")
    assert stored.catalog == shipped.catalog
    assert stored.prices == {
        place: price for place, price in shipped.prices.items() if place[0] == "eu-west-1"
    }


def test_loading_the_same_files_again_changes_nothing(context: None) -> None:
    with unit_of_work():
        again = load_shipped_catalog()
    assert db.session.query(Catalog).count() == 1
    assert again.prices > 1_000


def test_a_newer_catalog_takes_over(context: None, tmp_path: Path) -> None:
    folder = tmp_path / "2027-01-01"
    shutil.copytree(shipped_catalogs()[-1], folder)
    head = json.loads((folder / "catalog.json").read_text()) | {
        "name": "2027-01-01",
        "published": "2027-01-01",
    }
    (folder / "catalog.json").write_text(json.dumps(head))
    with unit_of_work():
        load_catalog_folder(folder)
    assert price_list("eu-west-1").catalog.published == date(2027, 1, 1)


def test_without_a_catalog_the_answer_says_what_to_do(context: None) -> None:
    with unit_of_work():
        db.session.execute(delete(Catalog))
    with pytest.raises(Unavailable, match="flask prices load"):
        price_list("eu-west-1")
