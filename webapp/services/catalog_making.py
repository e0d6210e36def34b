"""Makes a catalog out of the one in use and what was read in offer files."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from hashlib import sha256
from uuid import UUID

from sqlalchemy import delete, insert, select

from webapp.domain.activities import PricesAccepted
from webapp.domain.money import plain
from webapp.domain.regions import REGIONS
from webapp.infra.clock import now
from webapp.infra.db import db
from webapp.models.catalog import Catalog, CatalogOffer
from webapp.pricing.declaration import PriceKey
from webapp.pricing.price_list.offer import Match, PriceListError
from webapp.pricing.price_list.offered import free_quantities, keys_by_offer
from webapp.pricing.price_list.tiers import tiers_of
from webapp.pricing.prices import Price, Tier
from webapp.services.activities import record
from webapp.services.price_files import FileRead, Gathered, Seen
from webapp.services.prices import store_prices
from webapp.services.refresh_runs import RefreshProblem

Place = tuple[str, str]


@dataclass(slots=True)
class Draft:
    """A catalog in the making. It begins as the one in use, so what cannot be read keeps its last good price.

    `vanished` are prices the price list had before and has not, or not clearly, any more.
    """

    prices: dict[Place, Price]
    seen: dict[tuple[str, str], Seen]
    vanished: set[Place] = field(default_factory=set)
    problems: list[RefreshProblem] = field(default_factory=list)
    prices_read: int = 0
    _found: set[str] = field(default_factory=set)
    _absent: dict[str, RefreshProblem] = field(default_factory=dict)
    #: Equal tiers are kept once.
    _chains: dict[tuple[Tier, ...], tuple[Tier, ...]] = field(default_factory=dict)

    def take(self, gathered: Gathered, as_of: date) -> None:
        """Put everything that was gathered in its place."""
        self.problems += gathered.problems
        for offer, region in gathered.withdrawn:
            self._withdraw(offer, region)
        for file in gathered.files:
            self._take_file(file, as_of.isoformat())
        # Not every instance type is sold everywhere; one that is sold nowhere is a selector gone wrong.
        self.problems += [problem for key, problem in self._absent.items() if key not in self._found]

    def _withdraw(self, offer: str, region: str) -> None:
        """A region that left the price list: its prices go, once a person has agreed."""
        for key in self.seen.pop((offer, region)).keys:
            if self.prices.pop((region, key), None) is not None:
                self.vanished.add((region, key))

    def _take_file(self, file: FileRead, as_of: str) -> None:
        before = self.seen.get((file.offer, file.region))
        if file.reading is None:
            self._confirm(before.keys if before else (), _regions(file.region), as_of)
            return
        if file.reading.damaged:
            said = f"{file.reading.damaged:,} rows have not the columns of the header and were passed."
            self.problems.append(RefreshProblem("file", file.offer, _regions(file.region), "", said))
        found_before = frozenset(before.keys) if before else frozenset()
        matches = _by_place(file.reading.matches)
        found: dict[str, None] = {}
        for region in _regions(file.region):
            for price_key in keys_by_offer()[file.offer]:
                key = price_key.key
                answering = matches.get((region, key), ()) + matches.get(("", key), ())
                if self._take_price(file, region, price_key, answering, as_of):
                    found[key] = None
                elif key in found_before and (region, key) in self.prices:
                    self.vanished.add((region, key))
        self.seen[file.offer, file.region] = Seen(file.version, file.selectors, tuple(found))

    def _confirm(self, keys: Iterable[str], regions: Iterable[str], as_of: str) -> None:
        for place in ((region, key) for region in regions for key in keys):
            if place in self.prices:
                self.prices[place] = replace(self.prices[place], as_of=as_of)

    def _take_price(
        self, file: FileRead, region: str, price_key: PriceKey, matches: tuple[Match, ...], as_of: str
    ) -> bool:
        """Whether exactly one product answers to `price_key`, with rates we understand."""
        try:
            tiers = _tiers(price_key, matches)
        except PriceListError as error:
            self._problem(file, region, price_key, len(matches), str(error))
            return False
        where = f"{file.offer} {file.region or 'all regions'}"
        source = f"AWS Price List, {where}, version {file.version}, SKU {matches[0].sku}"
        tiers = self._chains.setdefault(tiers, tiers)
        price = Price(price_key.key, region, price_key.unit, tiers, as_of, source)
        self.prices[region, price_key.key] = price
        self.prices_read += 1
        self._found.add(price_key.key)
        return True

    def _problem(self, file: FileRead, region: str, price_key: PriceKey, matches: int, message: str) -> None:
        kind = "several" if matches > 1 else "price" if matches else "none"
        if (region, price_key.key) in self.prices:
            said = f"{message}; the last good price is kept"
            self.problems.append(RefreshProblem(kind, file.offer, (region,), price_key.key, said))
        elif matches:
            said = f"{message}; it stays unpriced"
            self.problems.append(RefreshProblem(kind, file.offer, (region,), price_key.key, said))
        else:
            said = f"{message} in any region read; it stays unpriced"
            self._absent[price_key.key] = RefreshProblem(kind, file.offer, (), price_key.key, said)


def _tiers(price_key: PriceKey, matches: tuple[Match, ...]) -> tuple[Tier, ...]:
    if not matches:
        raise PriceListError("no product answers to the selector")
    if len(matches) > 1:
        skus = ", ".join(sorted(match.sku for match in matches)[:5])
        raise PriceListError(f"{len(matches)} products answer to the selector: {skus}")
    try:
        return tiers_of(matches[0].rates, price_key.unit, free_quantities().get(price_key.key, frozenset()))
    except PriceListError as error:
        raise PriceListError(f"product {matches[0].sku} {error}") from error


def grouped(problems: Iterable[RefreshProblem]) -> Iterator[RefreshProblem]:
    """The same problem in many regions said once."""
    together: dict[tuple[str, str, str, str], list[str]] = {}
    for problem in problems:
        name = (problem.kind, problem.offer, problem.key, problem.message)
        together.setdefault(name, []).extend(problem.regions)
    for (kind, offer, key, message), regions in together.items():
        yield RefreshProblem(kind, offer, tuple(sorted(set(regions))), key, message)


def digest_of(prices: Mapping[Place, Price]) -> str:
    """The same for catalogs that price everything the same, whenever they were read."""
    content = sha256()
    for (region, key), price in sorted(prices.items()):
        tiers = [(plain(t.start), t.end and plain(t.end), plain(t.usd, 18)) for t in price.tiers]
        content.update(repr((region, key, price.unit, tiers)).encode())
    return content.hexdigest()


def seen_by(catalog_id: UUID) -> dict[tuple[str, str], Seen]:
    """Versions of offer files a catalog was read from, by (offer, region)."""
    rows = db.session.scalars(select(CatalogOffer).where(CatalogOffer.catalog_id == catalog_id))
    return {(row.offer, row.region): Seen(row.version, row.selectors, tuple(row.keys)) for row in rows}


def keep_seen(catalog_id: UUID, seen: Mapping[tuple[str, str], Seen]) -> None:
    """Replace what is known of the versions a catalog was read from."""
    db.session.execute(delete(CatalogOffer).where(CatalogOffer.catalog_id == catalog_id))
    rows = [
        {
            "catalog_id": catalog_id, "offer": offer, "region": region, "version": known.version,
            "selectors": known.selectors, "keys": list(known.keys),
        }
        for (offer, region), known in seen.items()
    ]  # fmt: skip
    if rows:
        db.session.execute(insert(CatalogOffer), rows)


def store_catalog(
    draft: Draft, base: Catalog, published: date, digest: str, reasons: tuple[str, ...]
) -> Catalog:
    """Write the draft as a catalog: accepted when there is no reason against it, else held for a person."""
    catalog = Catalog(
        name=_free_name(now().date().isoformat()), published_on=published, digest=digest,
        status="held" if reasons else "accepted", reasons=list(reasons), base=base.name, made_at=now(),
        accepted_at=now(),
    )  # fmt: skip
    db.session.add(catalog)
    db.session.flush()
    store_prices(catalog.id, draft.prices.values())
    keep_seen(catalog.id, draft.seen)
    if not reasons:
        record(PricesAccepted(catalog.name))
    return catalog


def _free_name(day: str) -> str:
    """The day, and a number from the second catalog of a day on."""
    taken = set(db.session.scalars(select(Catalog.name).where(Catalog.name.startswith(day))))
    names = (day if number == 1 else f"{day}.{number}" for number in range(1, len(taken) + 2))
    return next(name for name in names if name not in taken)


def _by_place(matches: Iterable[Match]) -> dict[Place, tuple[Match, ...]]:
    found: dict[Place, tuple[Match, ...]] = {}
    for match in matches:
        found[match.region, match.key] = (*found.get((match.region, match.key), ()), match)
    return found


def _regions(region: str) -> tuple[str, ...]:
    """The regions a file prices: its own, or every one."""
    return (region,) if region else tuple(REGIONS)
