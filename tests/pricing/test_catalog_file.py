"""The catalog file: what ships can be read, and a wrong one is refused with the reason."""

import json
from collections.abc import Callable
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest

from webapp.domain.regions import REGIONS
from webapp.pricing.catalog_file import CatalogError, load_catalog, shipped_catalog, shipped_catalogs
from webapp.pricing.prices import use_tiers

Row = dict[str, object]
Catalog = Callable[..., Path]

HEAD: Row = {
    "format": 1,
    "name": "2026-01-02",
    "published": "2026-01-02",
    "currency": "USD",
    "sources": {"S": "A price page, 2026-01-02"},
}
FLAT: Row = {"regions": ["us-east-1"], "usd": "0.015", "as_of": "2026-01", "source": "S"}


@pytest.fixture
def catalog(tmp_path: Path) -> Catalog:
    """Writes a catalog of one service with one price of the given rows; returns its folder."""

    def write(*rows: Row, head: Row = HEAD) -> Path:
        (tmp_path / "catalog.json").write_text(json.dumps(head))
        service = {"kinesis.shard_hour": {"unit": "ShardHour", "rows": list(rows)}}
        (tmp_path / "kinesis.json").write_text(json.dumps(service))
        return tmp_path

    return write


def _tiered(*tiers: list[str | None]) -> Row:
    return {key: value for key, value in FLAT.items() if key != "usd"} | {"tiers": list(tiers)}


def test_a_row_gives_each_of_its_regions_the_price(catalog: Catalog) -> None:
    prices = load_catalog(catalog(FLAT | {"regions": ["us-east-1", "eu-west-1"]}))
    price = prices.find("eu-west-1", "kinesis.shard_hour")
    assert price is not None
    assert (price.unit, price.as_of, price.source) == ("ShardHour", "2026-01", "A price page, 2026-01-02")
    assert [tier.usd for tier in price.tiers] == [Decimal("0.015")]
    assert prices.catalog.published == date(2026, 1, 2)


def test_a_region_without_a_row_has_no_price(catalog: Catalog) -> None:
    assert load_catalog(catalog(FLAT)).find("us-east-2", "kinesis.shard_hour") is None


def test_tiers_are_read_as_written(catalog: Catalog) -> None:
    prices = load_catalog(catalog(_tiered(["0", "100", "0.3"], ["100", None, "0.2"])))
    price = prices.find("us-east-1", "kinesis.shard_hour")
    assert price is not None
    assert [use.cost for use in use_tiers(price.tiers, Decimal(150))] == [Decimal("30.0"), Decimal("10.0")]


@pytest.mark.parametrize(
    ("row", "complaint"),
    [
        (_tiered(["0", "100", "0.3"], ["200", None, "0.2"]), "gap before the tier that starts at 200"),
        (_tiered(["0", "100", "0.3"], ["50", None, "0.2"]), "overlaps"),
        (_tiered(["0", None, "0.3"], ["100", None, "0.2"]), "gap|overlaps"),
        (_tiered(["0", "100", "0.3"]), "must be open"),
        (_tiered(["10", None, "0.3"]), "gap"),
        (_tiered(["0", "0", "0.3"], ["0", None, "0.2"]), "overlaps"),
        (FLAT | {"usd": "-0.01"}, "negative"),
        (FLAT | {"usd": 0.01}, "not a number written as a string"),
        (FLAT | {"usd": "NaN"}, "not a number"),
        (FLAT | {"usd": "Infinity"}, "not a number"),
        ({key: value for key, value in FLAT.items() if key != "usd"}, "not a number"),
        (FLAT | {"regions": ["us-east-9"]}, "unknown region 'us-east-9'"),
        (FLAT | {"regions": []}, "needs its regions"),
        (FLAT | {"source": "X"}, "source 'X' is not named"),
        (FLAT | {"as_of": "last year"}, "as_of 'last year'"),
    ],
)
def test_a_wrong_row_is_refused_by_name(catalog: Catalog, row: Row, complaint: str) -> None:
    with pytest.raises(CatalogError, match=complaint) as refused:
        load_catalog(catalog(row))
    assert "kinesis.json: kinesis.shard_hour" in str(refused.value)


def test_two_prices_in_one_region_are_refused(catalog: Catalog) -> None:
    with pytest.raises(CatalogError, match="two prices in us-east-1"):
        load_catalog(catalog(FLAT, FLAT))


def test_a_key_written_twice_does_not_hide_a_price(catalog: Catalog) -> None:
    folder = catalog(FLAT)
    entry = '"kinesis.shard_hour": {"unit": "ShardHour", "rows": []}'
    (folder / "kinesis.json").write_text(f"{{{entry}, {entry}}}")
    with pytest.raises(CatalogError, match="twice"):
        load_catalog(folder)


@pytest.mark.parametrize("head", [HEAD | {"format": 2}, HEAD | {"currency": "EUR"}])
def test_a_format_or_currency_we_cannot_read_is_refused(catalog: Catalog, head: Row) -> None:
    with pytest.raises(CatalogError, match="only format 1 in USD"):
        load_catalog(catalog(FLAT, head=head))


def test_a_catalog_without_a_date_is_refused(catalog: Catalog) -> None:
    with pytest.raises(CatalogError, match="published 'soon' is not a date"):
        load_catalog(catalog(FLAT, head=HEAD | {"published": "soon"}))


def test_broken_json_and_an_empty_folder_are_refused(catalog: Catalog, tmp_path: Path) -> None:
    folder = catalog(FLAT)
    (folder / "kinesis.json").write_text("{")
    with pytest.raises(CatalogError, match=r"kinesis\.json cannot be read"):
        load_catalog(folder)
    with pytest.raises(CatalogError, match=r"catalog\.json cannot be read"):
        load_catalog(tmp_path / "nowhere")


@pytest.mark.parametrize("folder", shipped_catalogs(), ids=lambda folder: str(folder.name))
def test_every_catalog_we_ship_can_be_read_and_is_named_by_its_folder(folder: Path) -> None:
    prices = load_catalog(folder)
    assert prices.catalog.name == folder.name == prices.catalog.published.isoformat()
    assert prices.prices


def test_the_newest_catalog_is_the_one_we_price_with() -> None:
    assert shipped_catalog().catalog.name == max(folder.name for folder in shipped_catalogs())


def test_free_allowances_are_not_hidden_in_tiers() -> None:
    """A $0 tier before a paid one would be free whatever free-tier policy a person picks."""
    hidden = [
        (price.region, price.key)
        for price in shipped_catalog().prices.values()
        if len(price.tiers) > 1 and price.tiers[0].usd == 0
    ]
    assert not hidden


@pytest.fixture
def table(tmp_path: Path) -> Callable[[dict[str, str]], Path]:
    """Writes a catalog of one price per instance type, in two regions."""

    def write(usd: dict[str, str]) -> Path:
        (tmp_path / "catalog.json").write_text(json.dumps(HEAD))
        rows = {"regions": ["eu-west-1", "us-east-1"], "as_of": "2026-01", "source": "S", "usd": usd}
        (tmp_path / "ec2.json").write_text(json.dumps({"ec2.*.linux": {"unit": "Hour", "tables": [rows]}}))
        return tmp_path

    return write


def test_a_table_prices_each_type_in_the_regions_that_have_it(
    table: Callable[[dict[str, str]], Path],
) -> None:
    prices = load_catalog(table({"m7g.large": "0.091 0.0816", "m9g.large": "- 0.0979"}))
    price = prices.find("us-east-1", "ec2.m9g.large.linux")
    assert price is not None
    assert [tier.usd for tier in price.tiers] == [Decimal("0.0979")]
    assert prices.find("eu-west-1", "ec2.m9g.large.linux") is None
    assert len(prices.prices) == 3


def test_a_table_row_with_a_figure_too_few_is_refused(table: Callable[[dict[str, str]], Path]) -> None:
    with pytest.raises(CatalogError, match=r"m7g.large has 1 figures for 2 regions"):
        load_catalog(table({"m7g.large": "0.091"}))


def test_a_global_price_holds_in_every_region(catalog: Catalog) -> None:
    prices = load_catalog(catalog(FLAT | {"regions": ["global"]}))
    assert {region for region, _ in prices.prices} == set(REGIONS)
