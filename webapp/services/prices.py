"""Price catalogs in the database: loading a shipped one, and the price list of a region for an estimate."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from hashlib import sha256
from itertools import islice
from pathlib import Path
from threading import Lock
from uuid import UUID

from sqlalchemy import Row, func, insert, select

from webapp.domain.activities import PricesAccepted
from webapp.domain.errors import InvalidInput, Problem, Unavailable
from webapp.domain.money import plain
from webapp.domain.regions import REGIONS
from webapp.domain.words import N_, phrase
from webapp.infra.clock import now
from webapp.infra.db import db
from webapp.models.catalog import Catalog, CatalogPrice
from webapp.pricing.catalog_file import load_catalog, shipped_catalogs
from webapp.pricing.prices import CatalogRef, Price, PriceList, Tier
from webapp.services.activities import record


@dataclass(frozen=True, slots=True)
class CatalogCard:
    """A catalog as an administrator sees it: `prices` counts its price rows."""

    id: UUID
    name: str
    published_on: date
    prices: int


#: Price rows written or read at once.
_BATCH = 2_000
#: Price lists by (catalog, region). A loaded catalog never changes, so they are kept for the process's life.
_lists: dict[tuple[UUID, str], PriceList] = {}
_lock = Lock()
#: A few catalogs in every region.
_MOST_LISTS = 5 * len(REGIONS)
_COLUMNS = select(Catalog.id, Catalog.name, Catalog.published_on)


def load_shipped_catalog() -> CatalogCard:
    """Load the newest catalog that ships with the project; loading the same files again changes nothing."""
    return load_catalog_folder(shipped_catalogs()[-1])


def load_catalog_folder(folder: Path) -> CatalogCard:
    """Load the catalog in `folder` and put it in use. Raises ValueError when its files are not sound."""
    digest = _digest(folder)
    known = db.session.scalar(select(Catalog).where(Catalog.digest == digest))
    if known is not None:
        return _card(known)
    prices = load_catalog(folder)
    catalog = Catalog(
        name=_free_name(prices.catalog.name, digest),
        published_on=prices.catalog.published,
        digest=digest,
        accepted_at=now(),
    )
    db.session.add(catalog)
    db.session.flush()
    store_prices(catalog.id, prices.prices.values())
    record(PricesAccepted(catalog.name))
    return _card(catalog)


def store_prices(catalog_id: UUID, prices: Iterable[Price]) -> None:
    """Write the prices of a catalog that was just made."""
    rows = (_row(catalog_id, price) for price in prices)
    while batch := list(islice(rows, _BATCH)):
        db.session.execute(insert(CatalogPrice), batch)


def catalog_prices(catalog_id: UUID) -> dict[tuple[str, str], Price]:
    """Every price of a catalog, by (region, key)."""
    rows = db.session.execute(
        select(
            CatalogPrice.region, CatalogPrice.key, CatalogPrice.unit, CatalogPrice.tiers, CatalogPrice.as_of,
            CatalogPrice.source,
        ).where(CatalogPrice.catalog_id == catalog_id),
        execution_options={"yield_per": _BATCH},
    )  # fmt: skip
    # 150,000 prices say few different things: each is kept once, which halves the memory of a refresh.
    said: dict[str, str] = {}
    tiers: dict[str, tuple[Tier, ...]] = {}
    prices = {}
    for region, key, unit, steps, as_of, source in rows:
        region, key, unit, as_of = (said.setdefault(text, text) for text in (region, key, unit, as_of))  # noqa: PLW2901
        chain = tiers.setdefault(repr(steps), tiers_of(steps))
        prices[region, key] = Price(key, region, unit, chain, as_of, source)
    return prices


def catalog_in_use() -> Catalog:
    """The accepted catalog that was put in use last. Raises Unavailable when none is loaded."""
    catalog = db.session.scalar(
        select(Catalog).where(Catalog.status == "accepted").order_by(Catalog.accepted_at.desc()).limit(1)
    )
    if catalog is None:
        raise no_catalog()
    return catalog


def no_catalog() -> Unavailable:
    return Unavailable(phrase(N_("No price catalog is loaded. An administrator runs: flask prices load")))


def _free_name(name: str, digest: str) -> str:
    """`name`, told apart by its digest when files of that name were loaded before with other content."""
    taken = db.session.scalar(select(Catalog.id).where(Catalog.name == name))
    return name if taken is None else f"{name}-{digest[:8]}"


def _digest(folder: Path) -> str:
    content = sha256()
    for file in sorted(folder.glob("*.json")):
        content.update(file.name.encode() + b"\0" + file.read_bytes())
    return content.hexdigest()


def _row(catalog_id: UUID, price: Price) -> dict[str, object]:
    tiers = [[plain(t.start), None if t.end is None else plain(t.end), plain(t.usd, 18)] for t in price.tiers]
    return {
        "catalog_id": catalog_id,
        "region": price.region,
        "key": price.key,
        "unit": price.unit,
        "tiers": tiers,
        "as_of": price.as_of,
        "source": price.source,
    }


def _card(catalog: Catalog) -> CatalogCard:
    count = db.session.scalar(select(func.count()).where(CatalogPrice.catalog_id == catalog.id))
    return CatalogCard(catalog.id, catalog.name, catalog.published_on, count or 0)


def price_list(region: str, catalog: str = "") -> PriceList:
    """Prices of `region` in the catalog in use, or in the one called `catalog`.

    Raises Unavailable when none is loaded and InvalidInput for a name no catalog has.
    """
    chosen = _named(catalog) if catalog else _in_use()
    known = _lists.get((chosen.id, region))
    if known is not None:
        return known
    found = _read(CatalogRef(chosen.name, chosen.published_on), chosen.id, region)
    with _lock:
        # Re-pricing with one old catalog after the other must not fill the memory.
        while len(_lists) >= _MOST_LISTS:
            del _lists[next(iter(_lists))]
        _lists[(chosen.id, region)] = found
    return found


def _in_use() -> Row[tuple[UUID, str, date]]:
    accepted = _COLUMNS.where(Catalog.status == "accepted").order_by(Catalog.accepted_at.desc())
    found = db.session.execute(accepted.limit(1)).one_or_none()
    if found is None:
        raise no_catalog()
    return found


def _named(name: str) -> Row[tuple[UUID, str, date]]:
    found = db.session.execute(_COLUMNS.where(Catalog.name == name.replace("\x00", ""))).one_or_none()
    if found is None:
        message = phrase(N_("There is no price catalog “%(name)s”."), name=name[:80])
        raise InvalidInput([Problem("/catalog", message)])
    return found


def _read(ref: CatalogRef, catalog_id: UUID, region: str) -> PriceList:
    # Columns, not objects: thousands of instance prices are read in a third of the time.
    rows = db.session.execute(
        select(
            CatalogPrice.key, CatalogPrice.unit, CatalogPrice.tiers, CatalogPrice.as_of, CatalogPrice.source
        ).where(CatalogPrice.catalog_id == catalog_id, CatalogPrice.region == region)
    )
    prices = {
        (region, key): Price(key, region, unit, tiers_of(tiers), as_of, source)
        for key, unit, tiers, as_of, source in rows
    }
    return PriceList(ref, prices)


def tiers_of(rows: list[list[str | None]]) -> tuple[Tier, ...]:
    """Tiers as a row of `CatalogPrice` keeps them."""
    return tuple(
        Tier(Decimal(start or 0), None if end is None else Decimal(end), Decimal(usd or 0))
        for start, end, usd in rows
    )
