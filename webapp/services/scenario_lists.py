"""The list of a person's scenarios: search, filters, sort, pages, and what each one costs."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from decimal import Decimal
from typing import Any, Literal
from uuid import UUID

from sqlalchemy import ColumnElement, Select, func, or_, select
from sqlalchemy.orm import selectinload

from webapp.domain.budgets import BudgetUse, Figure
from webapp.domain.scenarios import Status
from webapp.infra.db import db
from webapp.models.scenario import Scenario, ScenarioTag
from webapp.pricing.estimate import Estimate
from webapp.services.budgets import budgets_of, use_of
from webapp.services.caching import PRICES, cached
from webapp.services.estimates import estimate_document, recorded_measures, recorded_traffic
from webapp.services.scenarios import ScenarioView, view_of

Sort = Literal["updated", "-updated", "name", "-name", "created", "-created", "region", "-region"]
SORTS: tuple[Sort, ...] = ("-updated", "updated", "name", "-name", "-created", "created", "region", "-region")
PAGE_SIZES = (10, 20, 50, 100)
#: Loads what a bill needs with the rows, instead of row by row.
WHOLE = (selectinload(Scenario.resources), selectinload(Scenario.tags))

_COLUMNS: dict[str, Any] = {
    "updated": Scenario.updated_at,
    "created": Scenario.created_at,
    "name": func.lower(Scenario.name),
    "region": Scenario.region,
}


@dataclass(frozen=True, slots=True)
class ScenarioQuery:
    """What to list. Empty text means no filter; archived scenarios appear only when asked for by status.

    Every tag of `tags` must be there. `page` counts from 1; `page_size` rows a page, at most 100.
    """

    search: str = ""
    region: str = ""
    status: str = ""
    tag: str = ""
    tags: tuple[str, ...] = ()
    created_after: datetime | None = None
    updated_after: datetime | None = None
    sort: Sort = "-updated"
    page: int = 1
    page_size: int = 20

    @property
    def is_descending(self) -> bool:
        return self.sort.startswith("-")


@dataclass(frozen=True, slots=True)
class ScenarioCard:
    """One row: `total` is the expected monthly bill in USD, without its `unpriced` uses.

    `is_unknown`: nothing in it has a price, so the total is no amount. `budget` is there when it has one.
    """

    id: UUID
    name: str
    description: str
    region: str
    status: Status
    tags: tuple[str, ...]
    resources: int
    total: Decimal
    unpriced: int
    is_unknown: bool
    created_at: datetime
    updated_at: datetime
    budget: BudgetUse | None = None


@dataclass(frozen=True, slots=True)
class ScenarioPage:
    """One page of cards; `tags` and `regions` are what the filters can offer this owner."""

    items: tuple[ScenarioCard, ...]
    total: int
    page: int
    pages: int
    tags: tuple[str, ...]
    regions: tuple[str, ...]


@cached("L1", PRICES)
def list_scenarios(owner_id: UUID, query: ScenarioQuery) -> ScenarioPage:
    """The page asked for, or the last one when there are fewer; kept for minutes or until a change."""
    size = min(max(query.page_size, 1), 100)
    chosen = filtered(owner_id, query)
    total = count_of(chosen)
    pages = max(1, -(-total // size))
    page = min(max(query.page, 1), pages)
    column = sort_column(query)
    order = column.desc() if query.is_descending else column.asc()
    rows = chosen.order_by(order, Scenario.id).limit(size).offset((page - 1) * size)
    cards = _cards(db.session.scalars(rows.options(*WHOLE)).all())
    return ScenarioPage(cards, total, page, pages, _tags(owner_id), _regions(owner_id))


def sort_column(query: ScenarioQuery) -> ColumnElement[Any]:
    """What the rows are sorted by; their ids decide between equal ones."""
    column: ColumnElement[Any] = _COLUMNS[query.sort.removeprefix("-")]
    return column


def count_of(chosen: Select[tuple[Scenario]]) -> int:
    """How many rows `chosen` has."""
    return db.session.scalar(select(func.count()).select_from(chosen.subquery())) or 0


def filtered(owner_id: UUID, query: ScenarioQuery) -> Select[tuple[Scenario]]:
    """The owner's scenarios that pass the filters of `query`, unsorted."""
    chosen = select(Scenario).where(Scenario.owner_id == owner_id)
    chosen = (
        chosen.where(Scenario.status == query.status)
        if query.status
        else chosen.where(Scenario.status != "archived")
    )
    if query.region:
        chosen = chosen.where(Scenario.region == query.region)
    for tag in filter(None, (query.tag, *query.tags)):
        chosen = chosen.where(Scenario.tags.any(ScenarioTag.tag == tag.lower()))
    if query.created_after:
        chosen = chosen.where(Scenario.created_at > query.created_after)
    if query.updated_after:
        chosen = chosen.where(Scenario.updated_at > query.updated_after)
    for word in query.search.split()[:10]:
        chosen = chosen.where(
            or_(
                Scenario.name.icontains(word, autoescape=True),
                Scenario.description.icontains(word, autoescape=True),
                Scenario.tags.any(ScenarioTag.tag.icontains(word, autoescape=True)),
            )
        )
    return chosen


def _cards(rows: Sequence[Scenario]) -> tuple[ScenarioCard, ...]:
    budgets = budgets_of([row.id for row in rows])
    return tuple(_card(view, bill, budgets.get(view.id)) for view, bill in priced(rows))


def priced(rows: Sequence[Scenario]) -> Iterator[tuple[ScenarioView, Estimate]]:
    """Each row with its bill, by declared or recorded traffic."""
    views = [view_of(row) for row in rows]
    recorded = recorded_measures(tuple(view.id for view in views if view.traffic_source == "recorded"))
    for view in views:
        document = view.document
        if view.traffic_source == "recorded":
            traffic = recorded_traffic(document.traffic, recorded.get(view.id, {}))
            document = replace(document, traffic=traffic)
        yield view, estimate_document(document)


def _card(view: ScenarioView, bill: Estimate, budget: tuple[Decimal, Figure] | None) -> ScenarioCard:
    document = view.document
    return ScenarioCard(
        id=view.id,
        name=document.name,
        description=document.description,
        region=document.region,
        status=view.status,
        tags=document.tags,
        resources=len(document.resources),
        total=bill.total,
        unpriced=len(bill.unpriced),
        is_unknown=bill.is_unknown,
        created_at=view.created_at,
        updated_at=view.updated_at,
        budget=None if budget is None else use_of(*budget, bill),
    )


def _tags(owner_id: UUID) -> tuple[str, ...]:
    found = select(ScenarioTag.tag).join(Scenario).where(Scenario.owner_id == owner_id).distinct()
    return tuple(db.session.scalars(found.order_by(ScenarioTag.tag)))


def _regions(owner_id: UUID) -> tuple[str, ...]:
    found = select(Scenario.region).where(Scenario.owner_id == owner_id).distinct()
    return tuple(db.session.scalars(found.order_by(Scenario.region)))
