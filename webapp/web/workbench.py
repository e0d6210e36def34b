"""The frame every page of one scenario shares: the scenario, its bill beside, and who may see it."""

from dataclasses import dataclass, replace
from typing import Any
from uuid import UUID

from flask import Response, request

from webapp.domain.budgets import BudgetUse
from webapp.edge import htmx
from webapp.edge.identity import current_owner_id
from webapp.pricing.document import EstimateDocument, parse_document
from webapp.pricing.estimate import Estimate
from webapp.pricing.presenting import document_to_json
from webapp.services.budgets import BudgetView, find_budget
from webapp.services.estimates import estimate_view
from webapp.services.price_search import CatalogChoice, list_choices
from webapp.services.scenarios import ScenarioView, get_scenario
from webapp.web.bill import Bill, bill_of
from webapp.web.fields import Complaint


@dataclass(frozen=True, slots=True)
class Workbench:
    """What the scenario frame shows around any of its pages.

    `catalogs` are those the bill can be priced with. `usual` is the bill with the prices in use, when the
    reader chose another catalog. `budget` is the scenario's, if it has one.
    """

    scenario: ScenarioView
    bill: Bill
    catalogs: tuple[CatalogChoice, ...]
    usual: Estimate | None = None
    budget: BudgetView | None = None

    @property
    def budget_use(self) -> BudgetUse | None:
        """How much of the budget the bill shown takes."""
        return None if self.budget is None else self.budget.use_by(self.bill.estimate)

    @property
    def document(self) -> EstimateDocument:
        return self.scenario.document

    @property
    def is_editable(self) -> bool:
        return self.scenario.status != "archived"


def open_workbench(scenario_id: UUID) -> Workbench:
    """The caller's scenario with its bill, by the `catalog` in the address if there is one.

    Raises NotFound for a stranger's scenario and InvalidInput for a catalog nobody knows.
    """
    owner_id = current_owner_id()
    view, budget = get_scenario(owner_id, scenario_id), find_budget(owner_id, scenario_id)
    usual, catalogs = estimate_view(view), list_choices()
    catalog = request.args.get("catalog", "")
    if catalog in ("", usual.catalog.name):
        return Workbench(view, bill_of(usual), catalogs, budget=budget)
    return Workbench(view, bill_of(estimate_view(view, catalog)), catalogs, usual, budget)


def changed_view(view: ScenarioView, changes: dict[str, object]) -> ScenarioView:
    """`view` as it would be after `changes`, unsaved. Raises InvalidInput."""
    document = parse_document(document_to_json(view.document) | changes)
    return replace(view, document=document)


def show_preview(page: str, bench: Workbench, view: ScenarioView, **context: Any) -> Response:
    """The bill of values that are typed but not saved."""
    preview = replace(bench, bill=bill_of(estimate_view(view), is_preview=True))
    return htmx.show(page, "scenarios/_bill.html", bench=preview, **context)


def show_no_preview(
    page: str, bench: Workbench, complaints: tuple[Complaint, ...], **context: Any
) -> Response:
    """The saved bill, saying why what is typed cannot be priced."""
    saved = replace(bench, bill=bill_of(bench.bill.estimate, complaints=complaints))
    return htmx.show(page, "scenarios/_bill.html", status=422, bench=saved, **context)
