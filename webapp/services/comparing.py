"""Several bills side by side: scenarios, documents, the same one under other prices. Nothing is stored."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from uuid import UUID

from webapp.domain.errors import InvalidInput, NotFound, Problem
from webapp.domain.money import rounded
from webapp.domain.words import N_, phrase
from webapp.pricing.document import EstimateDocument
from webapp.pricing.estimate import Estimate
from webapp.services.estimates import effective_document, estimate_document
from webapp.services.scenarios import get_scenario

#: How many may stand side by side.
FEWEST, MOST = 2, 10


@dataclass(frozen=True, slots=True)
class Candidate:
    """What is compared: a scenario or a document, priced by the catalog in use or a named one."""

    scenario_id: UUID | None = None
    document: EstimateDocument | None = None
    catalog: str = ""


@dataclass(frozen=True, slots=True)
class ComparedBill:
    """One of them. `difference` is against the first, USD a month, and `percent` of the first's total.

    Both are None where either bill holds uses without a price: it says less than it costs. `percent` is None
    also when the first costs nothing.
    """

    scenario_id: UUID | None
    bill: Estimate
    difference: Decimal | None
    percent: Decimal | None


@dataclass(frozen=True, slots=True)
class ServiceRow:
    """What one service costs in each bill, in their order; None where it is not in use."""

    service: str
    name: str
    costs: tuple[Decimal | None, ...]


@dataclass(frozen=True, slots=True)
class Comparison:
    """Bills in the order asked for; services by their highest cost. `cheapest` is a place among the bills.

    None of the bills is cheapest while all of them hold uses without a price.
    """

    bills: tuple[ComparedBill, ...]
    services: tuple[ServiceRow, ...]
    cheapest: int | None


def compare(owner_id: UUID, candidates: Sequence[Candidate]) -> Comparison:
    """Price all of them by their expected and their range's months.

    Raises NotFound for a stranger's scenario, and InvalidInput (/items, /items/1/catalog).
    """
    if not FEWEST <= len(candidates) <= MOST:
        message = phrase(N_("Compare from %(fewest)s to %(most)s at once."), fewest=FEWEST, most=MOST)
        raise InvalidInput([Problem("/items", message)])
    bills = [_bill(owner_id, index, candidate) for index, candidate in enumerate(candidates)]
    compared = [
        _compared(candidate.scenario_id, bill, bills[0])
        for candidate, bill in zip(candidates, bills, strict=True)
    ]
    complete = [index for index, bill in enumerate(bills) if not bill.unpriced]
    cheapest = min(complete, key=lambda index: (bills[index].total, index), default=None)
    return Comparison(tuple(compared), _services(bills), cheapest)


def _bill(owner_id: UUID, index: int, candidate: Candidate) -> Estimate:
    document = candidate.document or _stored(owner_id, candidate.scenario_id)
    try:
        return estimate_document(document, candidate.catalog)
    except InvalidInput as error:
        problems = [Problem(f"/items/{index}{each.pointer}", each.message) for each in error.problems]
        raise InvalidInput(problems) from error


def _stored(owner_id: UUID, scenario_id: UUID | None) -> EstimateDocument:
    assert scenario_id is not None
    try:
        return effective_document(get_scenario(owner_id, scenario_id))
    except NotFound as error:
        raise NotFound(phrase(N_("There is no scenario %(id)s."), id=scenario_id)) from error


def _compared(scenario_id: UUID | None, bill: Estimate, first: Estimate) -> ComparedBill:
    if bill.unpriced or first.unpriced:
        return ComparedBill(scenario_id, bill, None, None)
    difference = bill.total - first.total
    percent = rounded(difference * 100 / first.total, 1) if first.total else None
    return ComparedBill(scenario_id, bill, difference, percent)


def _services(bills: Sequence[Estimate]) -> tuple[ServiceRow, ...]:
    names = {row.service: row.name for bill in bills for row in bill.by_service}
    costs = [{row.service: row.cost for row in bill.by_service} for bill in bills]
    rows = [ServiceRow(code, name, tuple(each.get(code) for each in costs)) for code, name in names.items()]
    return tuple(sorted(rows, key=lambda row: (-max(cost or Decimal(0) for cost in row.costs), row.name)))
