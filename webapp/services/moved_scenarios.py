"""What the last change of prices did: which prices became others, and which scenarios moved by how much."""

from dataclasses import dataclass, replace
from decimal import Decimal
from threading import Lock
from uuid import UUID

from sqlalchemy import ColumnElement, String, cast, func, select
from sqlalchemy.orm import InstrumentedAttribute, aliased

from webapp.infra.db import db
from webapp.models.catalog import CatalogPrice
from webapp.models.scenario import Scenario
from webapp.pricing.prices import Price
from webapp.services.catalog_changes import PriceChange, compare
from webapp.services.estimates import estimate_document, recorded_measures, recorded_traffic
from webapp.services.price_search import CatalogChoice, list_choices, price_of
from webapp.services.scenarios import ScenarioView, view_of

#: The latest scenarios of an owner that are priced twice; further ones are counted, not priced.
MOST_SCENARIOS = 200
#: Changed prices that are shown, those that moved most.
MOST_CHANGES = 100


@dataclass(frozen=True, slots=True)
class CatalogStep:
    """From the catalog `before` to `after`. Without `before` nothing was ever replaced."""

    before: CatalogChoice | None
    after: CatalogChoice
    changed: int
    added: int
    removed: int
    largest: tuple[PriceChange, ...]


@dataclass(frozen=True, slots=True)
class MovedScenario:
    """A scenario whose bill is another since the step. Money is USD a month, expected.

    `unpriced_before` and `unpriced_after` count its uses without a price; with nothing else in it, the bill
    was or is unknown.
    """

    id: UUID
    name: str
    region: str
    before: Decimal
    after: Decimal
    unpriced_before: int
    unpriced_after: int
    was_unknown: bool
    is_unknown: bool

    @property
    def difference(self) -> Decimal:
        return self.after - self.before

    @property
    def percent(self) -> Decimal | None:
        """The difference in percent of the bill before; None when that was nothing."""
        return self.difference * 100 / self.before if self.before else None


@dataclass(frozen=True, slots=True)
class MovedScenarios:
    """Those that moved, by the size of the move; `priced` of the owner's scenarios were looked at."""

    moved: tuple[MovedScenario, ...]
    priced: int
    total: int


#: Steps by the ids of their catalogs, which never change. Only the latest few are kept.
_steps: dict[tuple[UUID, UUID], CatalogStep] = {}
_lock = Lock()
_MOST_STEPS = 4


def last_step() -> CatalogStep:
    """From the catalog that was in use before to the one in use. Raises Unavailable without any."""
    accepted = [choice for choice in list_choices() if choice.status == "accepted"]
    after, before = accepted[0], accepted[1] if len(accepted) > 1 else None
    return CatalogStep(None, after, 0, 0, 0, ()) if before is None else step(before, after)


def step(before: CatalogChoice, after: CatalogChoice) -> CatalogStep:
    """What is different in `after`, and the prices that moved most."""
    known = _steps.get((before.id, after.id))
    if known is None:
        known = _compared(before, after)
        with _lock:
            while len(_steps) >= _MOST_STEPS:
                del _steps[next(iter(_steps))]
            _steps[before.id, after.id] = known
    return replace(known, before=before, after=after)


def _compared(before: CatalogChoice, after: CatalogChoice) -> CatalogStep:
    old, new = _changed_prices(before.id, after.id)
    changed = compare(old, new).changed
    by_size = sorted(changed, key=_by_size)
    added, removed = _only_in(after.id, before.id), _only_in(before.id, after.id)
    return CatalogStep(before, after, len(changed), added, removed, tuple(by_size[:MOST_CHANGES]))


def _by_size(change: PriceChange) -> tuple[bool, Decimal, str, str]:
    """The largest move first; one away from zero is larger than any."""
    return change.share is not None, -abs(change.share or Decimal(0)), change.key, change.region


Places = dict[tuple[str, str], Price]


def _changed_prices(before: UUID, after: UUID) -> tuple[Places, Places]:
    """Prices both catalogs have, stored differently: a handful out of 150,000, found by the database."""
    old, new = aliased(CatalogPrice), aliased(CatalogPrice)
    rows = db.session.execute(
        select(old, new)
        .join(new, (new.region == old.region) & (new.key == old.key))
        .where(old.catalog_id == before, new.catalog_id == after)
        .where((_text(old.tiers) != _text(new.tiers)) | (old.unit != new.unit))
    ).all()
    places = [((row[0].region, row[0].key), row) for row in rows]
    return {at: price_of(row[0]) for at, row in places}, {at: price_of(row[1]) for at, row in places}


def _text(column: InstrumentedAttribute[list[list[str | None]]]) -> ColumnElement[str]:
    # PostgreSQL cannot compare JSON.
    return cast(column, String)


def _only_in(here: UUID, there: UUID) -> int:
    other = aliased(CatalogPrice)
    same = (
        (other.catalog_id == there) & (other.region == CatalogPrice.region) & (other.key == CatalogPrice.key)
    )
    alone = select(func.count()).where(
        CatalogPrice.catalog_id == here, ~select(other.key).where(same).exists()
    )
    return db.session.scalar(alone) or 0


def moved_scenarios(owner_id: UUID, before: str, after: str) -> MovedScenarios:
    """The owner's scenarios, archived ones left out, priced with two catalogs by name."""
    mine = select(Scenario).where(Scenario.owner_id == owner_id, Scenario.status != "archived")
    total = db.session.scalar(select(func.count()).select_from(mine.subquery())) or 0
    rows = db.session.scalars(mine.order_by(Scenario.updated_at.desc(), Scenario.id).limit(MOST_SCENARIOS))
    views = [view_of(row) for row in rows]
    recorded = recorded_measures(tuple(view.id for view in views if view.traffic_source == "recorded"))
    moves = [_move(view, recorded.get(view.id, {}), before, after) for view in views]
    moved = [move for move in moves if move.difference or move.unpriced_before != move.unpriced_after]
    moved.sort(key=lambda move: (-abs(move.difference), move.name))
    return MovedScenarios(tuple(moved), len(views), total)


def _move(view: ScenarioView, recorded: dict[str, Decimal], before: str, after: str) -> MovedScenario:
    document = view.document
    if view.traffic_source == "recorded":
        document = replace(document, traffic=recorded_traffic(document.traffic, recorded))
    if document.traffic.volume is not None:
        month = replace(document.traffic.volume, low=None, high=None)
        document = replace(document, traffic=replace(document.traffic, volume=month))
    old, new = estimate_document(document, before), estimate_document(document, after)
    return MovedScenario(
        id=view.id,
        name=document.name,
        region=document.region,
        before=old.total,
        after=new.total,
        unpriced_before=len(old.unpriced),
        unpriced_after=len(new.unpriced),
        was_unknown=old.is_unknown,
        is_unknown=new.is_unknown,
    )
