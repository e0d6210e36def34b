"""What differs between two price catalogs, and whether a new one may replace the one in use."""

from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from uuid import UUID

from sqlalchemy import func, select

from webapp.domain.activities import PricesAccepted, PricesRefused
from webapp.domain.errors import Conflict, NotFound
from webapp.domain.words import N_, phrase
from webapp.infra.clock import now
from webapp.infra.db import db
from webapp.models.catalog import Catalog, CatalogPrice
from webapp.pricing.price_list.offered import service_of_keys
from webapp.pricing.prices import Price, Tier
from webapp.services.activities import record
from webapp.services.prices import catalog_in_use, catalog_prices

Place = tuple[str, str]
#: A price that moves by more than this share waits for a person.
LARGEST_MOVE = Decimal("0.30")
_EXAMPLES = 5
#: How long every catalog is kept.
_KEPT = timedelta(days=7)


@dataclass(frozen=True, slots=True)
class PriceChange:
    """One price in two catalogs; None where a catalog does not have it.

    `share` is the largest relative move of any tier (0.1 is 10 % more); None when there is nothing to divide.
    """

    region: str
    key: str
    before: Price | None
    after: Price | None
    share: Decimal | None


@dataclass(frozen=True, slots=True)
class CatalogDiff:
    """Prices only the second catalog has, only the first has, and both have but differently."""

    added: tuple[PriceChange, ...]
    removed: tuple[PriceChange, ...]
    changed: tuple[PriceChange, ...]

    @property
    def is_empty(self) -> bool:
        return not (self.added or self.removed or self.changed)


@dataclass(frozen=True, slots=True)
class CatalogState:
    """A catalog as an administrator sees it: `prices` counts its rows, `base` names what it was made from."""

    id: UUID
    name: str
    published_on: date
    status: str
    reasons: tuple[str, ...]
    base: str
    made_at: datetime | None
    accepted_at: datetime
    prices: int
    in_use: bool


def compare(before: Mapping[Place, Price], after: Mapping[Place, Price]) -> CatalogDiff:
    """What is different in `after`. Dates and sources are not: a price read again is the same price."""
    added = [PriceChange(*place, None, after[place], None) for place in sorted(after.keys() - before.keys())]
    removed = [
        PriceChange(*place, before[place], None, None) for place in sorted(before.keys() - after.keys())
    ]
    changed = [
        PriceChange(*place, before[place], after[place], _move(before[place].tiers, after[place].tiers))
        for place in sorted(before.keys() & after.keys())
        if (before[place].unit, before[place].tiers) != (after[place].unit, after[place].tiers)
    ]
    return CatalogDiff(tuple(added), tuple(removed), tuple(changed))


def _move(before: tuple[Tier, ...], after: tuple[Tier, ...]) -> Decimal | None:
    """The largest relative move at any monthly quantity; None when something cost nothing before."""
    moves = []
    for start in {tier.start for tier in (*before, *after)}:
        old, new = _usd_at(before, start), _usd_at(after, start)
        if old == 0 and new != 0:
            return None
        moves.append((new - old) / old if old else Decimal(0))
    return max(moves, key=abs)


def _usd_at(tiers: tuple[Tier, ...], quantity: Decimal) -> Decimal:
    return next(tier.usd for tier in reversed(tiers) if tier.start <= quantity)


def reasons_to_hold(
    before: Mapping[Place, Price], after: Mapping[Place, Price], vanished: Collection[Place]
) -> tuple[str, ...]:
    """Why a person should look before `after` replaces `before`; empty when it may.

    `vanished` are prices that were found in the price list before and are not any more.
    """
    diff = compare(before, after)
    zero = [change for change in (*diff.added, *diff.changed) if _became_free(change)]
    moved = [change for change in diff.changed if change not in zero and _jumped(change)]
    return tuple(
        reason
        for reason in (
            _said(N_("%(count)s prices are now zero: %(examples)s"), [_place(change) for change in zero]),
            _said(N_("%(count)s prices moved by more than 30 %%: %(examples)s"), [_moved(c) for c in moved]),
            _said(
                N_("%(count)s prices are no longer found in the price list: %(examples)s"),
                [f"{key} ({region})" for region, key in sorted(vanished)],
            ),
            _said(N_("%(count)s services have fewer prices: %(examples)s"), list(_fewer(before, after))),
        )
        if reason
    )


def _became_free(change: PriceChange) -> bool:
    was_free = change.before is not None and any(tier.usd == 0 for tier in change.before.tiers)
    return change.after is not None and not was_free and any(tier.usd == 0 for tier in change.after.tiers)


def _jumped(change: PriceChange) -> bool:
    return change.share is None or abs(change.share) > LARGEST_MOVE


def _fewer(before: Mapping[Place, Price], after: Mapping[Place, Price]) -> Iterable[str]:
    had, has = (
        Counter(service_of_keys().get(key, "") for _region, key in prices) for prices in (before, after)
    )
    for service, count in sorted(had.items()):
        if service and has[service] < count:
            yield f"{service} {count:,} → {has[service]:,}"


def _said(message: str, examples: Sequence[str]) -> str:
    if not examples:
        return ""
    shown = "; ".join(examples[:_EXAMPLES]) + (" …" if len(examples) > _EXAMPLES else "")
    return str(phrase(message, count=f"{len(examples):,}", examples=shown))


def _place(change: PriceChange) -> str:
    return f"{change.key} ({change.region})"


def _moved(change: PriceChange) -> str:
    return f"{_place(change)} {'from zero' if change.share is None else f'{change.share:+.0%}'}"


def diff_catalogs(first: str, second: str) -> CatalogDiff:
    """What differs between two catalogs by name. Raises NotFound."""
    return compare(catalog_prices(_catalog(first).id), catalog_prices(_catalog(second).id))


def list_catalogs() -> tuple[CatalogState, ...]:
    """Every catalog, the newest first."""
    rows = db.session.execute(select(CatalogPrice.catalog_id, func.count()).group_by(CatalogPrice.catalog_id))
    counts: dict[UUID, int] = dict(rows.tuples().all())
    catalogs = list(db.session.scalars(select(Catalog).order_by(Catalog.accepted_at.desc(), Catalog.name)))
    used = next((catalog.id for catalog in catalogs if catalog.status == "accepted"), None)
    return tuple(_state(catalog, counts.get(catalog.id, 0), catalog.id == used) for catalog in catalogs)


def accept_catalog(name: str, *, anyway: bool = False) -> CatalogState:
    """Put the catalog `name` in use: one that was held, or an earlier one to go back to.

    A held catalog knows nothing of what was accepted after it was made, so it is refused with Conflict once
    another is in use, unless `anyway`. Raises NotFound.
    """
    catalog = _catalog(name)
    used = catalog_in_use()
    if catalog.status != "accepted" and catalog.base not in ("", used.name) and not anyway:
        raise Conflict(
            phrase(
                N_(
                    "Catalog %(name)s was made from %(base)s, but %(used)s is in use now. Run a refresh "
                    "for a catalog that builds on it, or accept this one anyway."
                ),
                name=name,
                base=catalog.base,
                used=used.name,
            )
        )
    catalog.status, catalog.accepted_at = "accepted", now()
    db.session.flush()
    record(PricesAccepted(catalog.name))
    return _state(catalog, _count(catalog.id), True)


def refuse_catalog(name: str) -> CatalogState:
    """Put a held catalog aside; a refresh that finds the same prices will not bring it back.

    Raises NotFound, and Conflict for a catalog that was accepted before.
    """
    catalog = _catalog(name)
    if catalog.status == "accepted":
        raise Conflict(phrase(N_("Catalog %(name)s was accepted; accept another one instead."), name=name))
    catalog.status = "refused"
    db.session.flush()
    record(PricesRefused(catalog.name))
    return _state(catalog, _count(catalog.id), False)


def forget_old_catalogs() -> tuple[str, ...]:
    """Delete catalogs made by refreshes that nobody will go back to; their names.

    A full one has 150,000 prices, and some price of EC2 changes nearly every day. Kept are the one in
    use, what waits for a person, everything of the last days, the first of each month, and what was loaded
    from files.
    """
    used = catalog_in_use().id
    months: set[tuple[int, int]] = set()
    old = []
    for catalog in db.session.scalars(select(Catalog).where(Catalog.base != "").order_by(Catalog.made_at)):
        made = catalog.made_at or catalog.accepted_at
        month = (made.year, made.month)
        first = catalog.status == "accepted" and month not in months
        if first:
            months.add(month)
        if not first and catalog.id != used and catalog.status != "held" and now() - made > _KEPT:
            old.append(catalog)
    for catalog in old:
        db.session.delete(catalog)
    return tuple(catalog.name for catalog in old)


def _catalog(name: str) -> Catalog:
    found = db.session.scalar(select(Catalog).where(Catalog.name == name))
    if found is None:
        raise NotFound(phrase(N_("There is no catalog “%(name)s”. See: flask prices status"), name=name))
    return found


def _count(catalog_id: UUID) -> int:
    return db.session.scalar(select(func.count()).where(CatalogPrice.catalog_id == catalog_id)) or 0


def _state(catalog: Catalog, prices: int, in_use: bool) -> CatalogState:
    return CatalogState(
        catalog.id, catalog.name, catalog.published_on, catalog.status, tuple(catalog.reasons), catalog.base,
        catalog.made_at, catalog.accepted_at, prices, in_use,
    )  # fmt: skip
