"""Looking prices up: by service, region and key in any catalog, and one price across catalogs."""

from dataclasses import dataclass, replace
from datetime import date, datetime
from decimal import Decimal
from threading import Lock
from uuid import UUID

from sqlalchemy import Select, func, select

from webapp.domain.errors import InvalidInput, NotFound, Problem
from webapp.domain.words import N_, phrase
from webapp.infra.db import db
from webapp.models.catalog import Catalog, CatalogPrice
from webapp.pricing.commitments import find_price_key
from webapp.pricing.price_list.offered import service_of_keys
from webapp.pricing.prices import Price
from webapp.pricing.services import all_services
from webapp.services.caching import PRICES, cached
from webapp.services.prices import no_catalog, tiers_of

PAGE_SIZE = 50


@dataclass(frozen=True, slots=True)
class CatalogChoice:
    """A catalog one can look into or price with. `status` is "accepted", "held" or "refused"."""

    id: UUID
    name: str
    published_on: date
    status: str
    reasons: tuple[str, ...]
    accepted_at: datetime
    in_use: bool


@dataclass(frozen=True, slots=True)
class PriceQuery:
    """What to look for. Empty text means no filter; `page` counts from 1, `catalog` is a name."""

    search: str = ""
    service: str = ""
    region: str = ""
    catalog: str = ""
    page: int = 1


@dataclass(frozen=True, slots=True)
class FoundPrice:
    """A price with what it is called; `service` is empty for a key no service declares any more."""

    service: str
    label: str
    price: Price


@dataclass(frozen=True, slots=True)
class PricePage:
    """One page of prices of `catalog`, by key and region; `total` counts all that were found."""

    items: tuple[FoundPrice, ...]
    total: int
    page: int
    pages: int
    catalog: CatalogChoice

    def at(self, page: int) -> "PricePage":
        """This page, asked for as number `page`: an empty one when that lies after the last.

        Who reads pages until one is empty has to come to an end.
        """
        return self if page <= self.pages else replace(self, items=(), page=page)


@dataclass(frozen=True, slots=True)
class PastPrice:
    """What a price was in one catalog; `price` is None where it was unknown.

    `share` is the move of the first tier against the catalog before (0.1 is 10 % more), None without one.
    """

    catalog: CatalogChoice
    price: Price | None
    share: Decimal | None


@dataclass(frozen=True, slots=True)
class PriceStory:
    """One price now and in every catalog that has it otherwise, the newest first."""

    found: FoundPrice
    history: tuple[PastPrice, ...]


def list_choices() -> tuple[CatalogChoice, ...]:
    """Every catalog but refused ones, the one in use first, then the latest. Raises Unavailable for none."""
    rows = db.session.scalars(
        select(Catalog).where(Catalog.status != "refused").order_by(Catalog.accepted_at.desc(), Catalog.name)
    ).all()
    used = next((row.id for row in rows if row.status == "accepted"), None)
    if used is None:
        raise no_catalog()
    choices = [_choice(row, row.id == used) for row in rows]
    return tuple(sorted(choices, key=lambda choice: not choice.in_use))


def _choice(row: Catalog, in_use: bool) -> CatalogChoice:
    return CatalogChoice(
        row.id, row.name, row.published_on, row.status, tuple(row.reasons), row.accepted_at, in_use
    )


def find_choice(name: str) -> CatalogChoice:
    """The catalog called `name`, or the one in use without a name. Raises InvalidInput for an unknown one."""
    choices = list_choices()
    found = choices[0] if not name else next((choice for choice in choices if choice.name == name), None)
    if found is None:
        message = phrase(N_("There is no price catalog “%(name)s”."), name=name[:80])
        raise InvalidInput([Problem("/catalog", message)])
    return found


def search_prices(query: PriceQuery) -> PricePage:
    """The page asked for, or the last one when there are fewer.

    It is kept until another catalog is in use: by service and region for a day, what was found by words for
    minutes, for there is no end of words.
    """
    named = _named(query.catalog)
    found = _found_by_words(query, named) if query.search.strip() else _found_prices(query, named)
    items = tuple(found_price(price) for price in found.prices)
    return PricePage(items, found.total, found.page, found.pages, found.catalog)


@dataclass(frozen=True, slots=True)
class _Found:
    """A page without the names of its prices, which each reader reads in a language of their own."""

    prices: tuple[Price, ...]
    total: int
    page: int
    pages: int
    catalog: CatalogChoice


def _named(catalog: str) -> UUID | None:
    """Which catalog is meant, None for the one in use.

    Asked anew each time: a catalog may be refused or removed unheard, and what it holds stay kept.
    """
    return find_choice(catalog).id if catalog else None


@cached("L3", PRICES)
def _found_prices(query: PriceQuery, named: UUID | None) -> _Found:
    return _search(query)


@cached("L1", PRICES)
def _found_by_words(query: PriceQuery, named: UUID | None) -> _Found:
    return _search(query)


def _search(query: PriceQuery) -> _Found:
    catalog = find_choice(query.catalog)
    chosen = select(CatalogPrice).where(CatalogPrice.catalog_id == catalog.id)
    if query.region:
        chosen = chosen.where(CatalogPrice.region == query.region)
    if query.search.strip() or query.service:
        chosen = chosen.where(CatalogPrice.key.in_(_matching(catalog.id, query)))
    total = db.session.scalar(select(func.count()).select_from(chosen.subquery())) or 0
    pages = max(1, -(-total // PAGE_SIZE))
    page = min(max(query.page, 1), pages)
    return _Found(_page(chosen, page), total, page, pages, catalog)


def _page(chosen: Select[tuple[CatalogPrice]], page: int) -> tuple[Price, ...]:
    ordered = chosen.order_by(CatalogPrice.key, CatalogPrice.region)
    rows = db.session.scalars(ordered.limit(PAGE_SIZE).offset((page - 1) * PAGE_SIZE))
    return tuple(price_of(row) for row in rows)


def price_of(row: CatalogPrice) -> Price:
    """A stored price as the engine knows it."""
    return Price(row.key, row.region, row.unit, tiers_of(row.tiers), row.as_of, row.source)


def found_price(price: Price) -> FoundPrice:
    """`price` with the name its service gives it."""
    declared = find_price_key(price.key)
    label = declared.label if declared else price.key
    return FoundPrice(service_of_keys().get(price.key.partition("@")[0], ""), label, price)


#: Keys by catalog: a loaded catalog never changes. Only the latest few are kept.
_keys: dict[UUID, tuple[str, ...]] = {}
_lock = Lock()
_MOST_CATALOGS = 8


def _keys_of(catalog_id: UUID) -> tuple[str, ...]:
    known = _keys.get(catalog_id)
    if known is None:
        found = select(CatalogPrice.key).where(CatalogPrice.catalog_id == catalog_id).distinct()
        known = tuple(db.session.scalars(found))
        with _lock:
            while len(_keys) >= _MOST_CATALOGS:
                del _keys[next(iter(_keys))]
            _keys[catalog_id] = known
    return known


def _matching(catalog_id: UUID, query: PriceQuery) -> list[str]:
    """Keys of the catalog whose key, label or service has every word."""
    words = query.search.lower().split()[:10]
    return [key for key in _keys_of(catalog_id) if _matches(key, words, query.service)]


def _matches(key: str, words: list[str], service: str) -> bool:
    declaring = service_of_keys().get(key.partition("@")[0], "")
    if service and declaring != service:
        return False
    if not words:
        return True
    declared = find_price_key(key)
    name = all_services()[declaring].name if declaring else ""
    text = f"{key} {declared.label if declared else ''} {name}".lower()
    return all(word in text for word in words)


def prices_of_key(key: str, catalog: str = "") -> tuple[CatalogChoice, tuple[FoundPrice, ...]]:
    """What one key costs in every region of a catalog, by region; the catalog in use without a name.

    Kept as `search_prices` keeps. Raises InvalidInput (/catalog), and NotFound for a key without a price in
    that catalog.
    """
    found = _found_by_key(key, catalog, _named(catalog))
    return found.catalog, tuple(found_price(price) for price in found.prices)


@cached("L3", PRICES)
def _found_by_key(key: str, catalog: str, named: UUID | None) -> _Found:
    chosen = find_choice(catalog)
    rows = db.session.scalars(
        select(CatalogPrice)
        .where(CatalogPrice.catalog_id == chosen.id, CatalogPrice.key == key.replace("\x00", ""))
        .order_by(CatalogPrice.region)
    )
    found = tuple(price_of(row) for row in rows)
    if not found:
        message = N_("Catalog %(catalog)s knows no price “%(key)s”. GET /api/v2/prices finds them.")
        raise NotFound(phrase(message, catalog=chosen.name, key=key[:120]))
    return _Found(found, len(found), 1, 1, chosen)


def get_story(region: str, key: str) -> PriceStory:
    """One price in the catalog in use and its history. Raises NotFound when no catalog knows it."""
    choices = {choice.id: choice for choice in list_choices()}
    rows = db.session.scalars(
        select(CatalogPrice).where(
            CatalogPrice.catalog_id.in_(choices),
            CatalogPrice.region == region.replace("\x00", ""),
            CatalogPrice.key == key.replace("\x00", ""),
        )
    )
    prices = {row.catalog_id: price_of(row) for row in rows}
    if not prices:
        raise NotFound(phrase(N_("No catalog knows such a price.")))
    in_order = sorted(choices.values(), key=lambda choice: (choice.status == "held", choice.accepted_at))
    history = _history([(choice, prices.get(choice.id)) for choice in in_order])
    now_in_use = next(choice.id for choice in choices.values() if choice.in_use)
    latest = prices.get(now_in_use) or next(iter(prices.values()))
    return PriceStory(found_price(latest), tuple(reversed(history)))


def _history(found: list[tuple[CatalogChoice, Price | None]]) -> list[PastPrice]:
    """The catalogs in which the price became another, from the first that knew it."""
    story: list[PastPrice] = []
    for choice, price in found:
        before = story[-1].price if story else None
        if story and _is_same(before, price):
            continue
        if story or price is not None:
            story.append(PastPrice(choice, price, _move(before, price)))
    return story


def _is_same(before: Price | None, after: Price | None) -> bool:
    if before is None or after is None:
        return before is after
    return (before.unit, before.tiers) == (after.unit, after.tiers)


def _move(before: Price | None, after: Price | None) -> Decimal | None:
    if before is None or after is None or not before.tiers[0].usd:
        return None
    return after.tiers[0].usd / before.tiers[0].usd - 1
