"""The list of a person's scenarios: search, filters, sort, pages, and what each one costs."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from decimal import Decimal
from typing import Literal
from uuid import UUID

from sqlalchemy import ColumnElement, Select, func, or_, select

from webapp.domain.scenarios import Status
from webapp.infra.db import db
from webapp.models.scenario import Scenario, ScenarioTag
from webapp.services.estimates import estimate_document, recorded_measures, recorded_traffic
from webapp.services.scenarios import ScenarioView, view_of

Sort = Literal["updated", "-updated", "name", "-name", "created", "-created", "region", "-region"]
SORTS: tuple[Sort, ...] = ("-updated", "updated", "name", "-name", "-created", "created", "region", "-region")
PAGE_SIZES = (10, 20, 50, 100)

_COLUMNS: dict[str, ColumnElement[object]] = {
    "updated": Scenario.updated_at,  # type: ignore[dict-item]
    "created": Scenario.created_at,  # type: ignore[dict-item]
    "name": func.lower(Scenario.name),
    "region": Scenario.region,  # type: ignore[dict-item]
}


@dataclass(frozen=True, slots=True)
class ScenarioQuery:
    """What to list. Empty text means no filter; archived scenarios appear only when asked for by status.

    `page` counts from 1; `page_size` rows a page, at most 100.
    """

    search: str = ""
    region: str = ""
    status: str = ""
    tag: str = ""
    sort: Sort = "-updated"
    page: int = 1
    page_size: int = 20


@dataclass(frozen=True, slots=True)
class ScenarioCard:
    """One row: `total` is the expected monthly bill in USD, without its `unpriced` uses.

    `is_unknown`: nothing in it has a price, so the total is no amount.
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
    updated_at: datetime


@dataclass(frozen=True, slots=True)
class ScenarioPage:
    """One page of cards; `tags` and `regions` are what the filters can offer this owner."""

    items: tuple[ScenarioCard, ...]
    total: int
    page: int
    pages: int
    tags: tuple[str, ...]
    regions: tuple[str, ...]


def list_scenarios(owner_id: UUID, query: ScenarioQuery) -> ScenarioPage:
    """The page asked for, or the last one when there are fewer."""
    size = min(max(query.page_size, 1), 100)
    chosen = _filtered(owner_id, query)
    total = db.session.scalar(select(func.count()).select_from(chosen.subquery())) or 0
    pages = max(1, -(-total // size))
    page = min(max(query.page, 1), pages)
    column = _COLUMNS[query.sort.removeprefix("-")]
    order = column.desc() if query.sort.startswith("-") else column.asc()
    rows = db.session.scalars(chosen.order_by(order, Scenario.id).limit(size).offset((page - 1) * size)).all()
    return ScenarioPage(_cards(rows), total, page, pages, _tags(owner_id), _regions(owner_id))


def _filtered(owner_id: UUID, query: ScenarioQuery) -> Select[tuple[Scenario]]:
    chosen = select(Scenario).where(Scenario.owner_id == owner_id)
    chosen = (
        chosen.where(Scenario.status == query.status)
        if query.status
        else chosen.where(Scenario.status != "archived")
    )
    if query.region:
        chosen = chosen.where(Scenario.region == query.region)
    if query.tag:
        chosen = chosen.where(Scenario.tags.any(ScenarioTag.tag == query.tag.lower()))
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
    views = [view_of(row) for row in rows]
    recorded = recorded_measures(tuple(view.id for view in views if view.traffic_source == "recorded"))
    return tuple(_card(view, recorded.get(view.id, {})) for view in views)


def _card(view: ScenarioView, recorded: dict[str, Decimal]) -> ScenarioCard:
    document = view.document
    if view.traffic_source == "recorded":
        document = replace(document, traffic=recorded_traffic(document.traffic, recorded))
    bill = estimate_document(document)
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
        updated_at=view.updated_at,
    )


def _tags(owner_id: UUID) -> tuple[str, ...]:
    found = select(ScenarioTag.tag).join(Scenario).where(Scenario.owner_id == owner_id).distinct()
    return tuple(db.session.scalars(found.order_by(ScenarioTag.tag)))


def _regions(owner_id: UUID) -> tuple[str, ...]:
    found = select(Scenario.region).where(Scenario.owner_id == owner_id).distinct()
    return tuple(db.session.scalars(found.order_by(Scenario.region)))
