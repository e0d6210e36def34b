"""Reads a versioned price catalog from its folder, and refuses one that is wrong.

A catalog is a folder named by its date: `catalog.json` says what it is and names its sources, every other
`*.json` holds the prices of one service. A price row holds for all its `regions`:

    {"kinesis.shard_hour": {"unit": "ShardHour", "rows": [
      {"regions": ["us-east-1", "us-west-2"], "usd": "0.015", "as_of": "2026-10-03", "source": "Q"}]}}

`tiers` ([[from, to or null, usd], ...], cumulative per month) replaces `usd` where the price falls with
volume. A price that exists once per instance type is a table instead of rows, "*" in its key standing for
the type; each type has one figure per region, "-" where it is unknown:

    {"ec2.*.linux": {"unit": "Hour", "tables": [
      {"regions": ["eu-west-1", "us-west-2"], "as_of": "2025-11-04", "source": "C2", "usd": {
        "m7g.large": "0.0911 0.0816",
        "m8g.large": "- 0.08976"}}]}}

`"regions": ["global"]` is for services that have no region, like CloudFront and Route 53: the price is the
same wherever the scenario is. Numbers are strings, USD. A region without a row has an unknown price, never
that of a neighbour.
"""

import json
import re
from collections.abc import Iterator, Mapping
from datetime import date
from decimal import Decimal, InvalidOperation
from functools import cache
from pathlib import Path

from webapp.domain.regions import REGIONS
from webapp.pricing.prices import CatalogRef, Price, PriceList, Tier

FORMAT = 1
#: Stands for every region in a row of a service that has none.
GLOBAL = "global"
CATALOGS = Path(__file__).parent / "catalogs"
_PRECISE_DATE = re.compile(r"\d{4}(-\d{2}(-\d{2})?)?")


class CatalogError(Exception):
    """A catalog file says something impossible; the message names file, price and what is wrong."""


@cache
def shipped_catalogs() -> tuple[Path, ...]:
    """Folders of the catalogs that ship with the project, newest last."""
    return tuple(sorted(path.parent for path in CATALOGS.glob("*/catalog.json")))


@cache
def shipped_catalog() -> PriceList:
    """The newest catalog that ships with the project, read once per process."""
    return load_catalog(shipped_catalogs()[-1])


def load_catalog(folder: Path) -> PriceList:
    """The price list in `folder`. Raises CatalogError for the first thing wrong with it."""
    head = _object(_read(folder / "catalog.json"), "catalog.json")
    if head.get("format") != FORMAT or head.get("currency") != "USD":
        raise CatalogError(f"{folder.name}/catalog.json: only format {FORMAT} in USD can be read.")
    sources = {key: str(text) for key, text in _object(head.get("sources"), "sources").items()}
    prices: dict[tuple[str, str], Price] = {}
    for path in sorted(folder.glob("*.json")):
        if path.name != "catalog.json":
            for price in _prices_of(path, sources):
                if (price.region, price.key) in prices:
                    raise CatalogError(f"{path.name}: {price.key} has two prices in {price.region}.")
                prices[price.region, price.key] = price
    return PriceList(CatalogRef(str(head.get("name")), _published(head)), prices)


def _prices_of(path: Path, sources: Mapping[str, str]) -> Iterator[Price]:
    for key, raw in _object(_read(path), path.name).items():
        where = f"{path.name}: {key}"
        entry = _object(raw, where)
        unit, rows, tables = entry.get("unit"), entry.get("rows", []), entry.get("tables", [])
        if not isinstance(unit, str) or not isinstance(rows, list) or not isinstance(tables, list):
            raise CatalogError(f"{where}: the unit is text, rows and tables are lists.")
        if not unit or not (rows or tables):
            raise CatalogError(f"{where} needs a unit and at least one row.")
        for row in rows:
            yield from _row_prices(key, unit, _object(row, where), sources, where)
        for table in tables:
            yield from _table_prices(key, unit, _object(table, where), sources, where)


def _row_prices(
    key: str, unit: str, row: Mapping[str, object], sources: Mapping[str, str], where: str
) -> Iterator[Price]:
    tiers = _tiers(row, where)
    regions, as_of, source = _provenance(row, sources, where)
    for region in regions:
        yield Price(key, region, unit, tiers, as_of, source)


def _table_prices(
    key: str, unit: str, table: Mapping[str, object], sources: Mapping[str, str], where: str
) -> Iterator[Price]:
    regions, as_of, source = _provenance(table, sources, where)
    known: dict[str, tuple[Tier, ...]] = {}
    for name, figures in _object(table.get("usd"), where).items():
        columns = str(figures).split()
        if len(columns) != len(regions):
            raise CatalogError(f"{where}: {name} has {len(columns)} figures for {len(regions)} regions.")
        named = key.replace("*", name)
        for region, usd in zip(regions, columns, strict=True):
            if usd != "-":
                if usd not in known:
                    known[usd] = (Tier(Decimal(0), None, _number(usd, where)),)
                yield Price(named, region, unit, known[usd], as_of, source)


def _provenance(
    row: Mapping[str, object], sources: Mapping[str, str], where: str
) -> tuple[list[str], str, str]:
    """Regions a row or table speaks of, its date and its source in words."""
    as_of, source = str(row.get("as_of")), str(row.get("source"))
    if source not in sources:
        raise CatalogError(f"{where}: source {source!r} is not named in catalog.json.")
    if not _PRECISE_DATE.fullmatch(as_of):
        raise CatalogError(f"{where}: as_of {as_of!r} is not a year, month or day.")
    regions = row.get("regions")
    if not isinstance(regions, list) or not regions:
        raise CatalogError(f"{where}: a row needs its regions.")
    if regions == [GLOBAL]:
        return list(REGIONS), as_of, sources[source]
    for region in regions:
        if region not in REGIONS:
            raise CatalogError(f"{where}: unknown region {region!r}.")
    return regions, as_of, sources[source]


def _tiers(row: Mapping[str, object], where: str) -> tuple[Tier, ...]:
    raw = row["tiers"] if "tiers" in row else [["0", None, row.get("usd")]]
    if not isinstance(raw, list) or not raw or not all(isinstance(t, list) and len(t) == 3 for t in raw):
        raise CatalogError(f"{where}: tiers are a list of [from, to, usd].")
    tiers = tuple(
        Tier(_number(start, where), None if end is None else _number(end, where), _number(usd, where))
        for start, end, usd in raw
    )
    _check_chain(tiers, where)
    return tiers


def _check_chain(tiers: tuple[Tier, ...], where: str) -> None:
    """Tiers run from zero without gap or overlap, and the last one has no end."""
    expected: Decimal | None = Decimal(0)
    for tier in tiers:
        if expected is None or tier.start > expected:
            raise CatalogError(f"{where}: gap before the tier that starts at {tier.start}.")
        if tier.start < expected or (tier.end is not None and tier.end <= tier.start):
            raise CatalogError(f"{where}: the tier that starts at {tier.start} overlaps another.")
        expected = tier.end
    if expected is not None:
        raise CatalogError(f"{where}: the last tier ends at {expected}; it must be open.")


def _number(raw: object, where: str) -> Decimal:
    try:
        number = Decimal(raw) if isinstance(raw, str) else Decimal("NaN")
    except InvalidOperation:
        number = Decimal("NaN")
    if not number.is_finite():
        raise CatalogError(f"{where}: {raw!r} is not a number written as a string.")
    if number < 0:
        raise CatalogError(f"{where}: {raw} is negative.")
    return number


def _published(head: Mapping[str, object]) -> date:
    try:
        return date.fromisoformat(str(head.get("published")))
    except ValueError:
        raise CatalogError(f"catalog.json: published {head.get('published')!r} is not a date.") from None


def _object(value: object, where: str) -> Mapping[str, object]:
    if not isinstance(value, dict):
        raise CatalogError(f"{where} must be an object.")
    return value


def _read(path: Path) -> object:
    try:
        return json.loads(path.read_text("utf-8"), object_pairs_hook=_no_twins)
    except (OSError, ValueError) as error:
        raise CatalogError(f"{path.name} cannot be read: {error}") from error


def _no_twins(pairs: list[tuple[str, object]]) -> dict[str, object]:
    """A key given twice would silently hide the first price."""
    found = dict(pairs)
    if len(found) != len(pairs):
        raise ValueError(f"a name is given twice among {sorted(name for name, _ in pairs)}")
    return found
