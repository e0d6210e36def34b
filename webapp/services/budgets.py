"""Budgets: set, change and remove one, and say how much of it a bill takes. Ownership is checked here."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import cast
from uuid import UUID

from sqlalchemy import delete, select

from webapp.domain.activities import BudgetRemoved, BudgetSet
from webapp.domain.budgets import FIGURES, LEAST_AMOUNT, MOST_AMOUNT, BudgetUse, Figure
from webapp.domain.errors import InvalidInput, NotFound
from webapp.domain.money import plain
from webapp.domain.scenarios import Status, check_editable
from webapp.domain.words import N_, phrase
from webapp.infra.clock import now
from webapp.infra.db import db
from webapp.infra.webhook_post import MAX_URL, WebhookRefused, read_target
from webapp.models.budget import Budget, BudgetCrossing
from webapp.pricing.estimate import Estimate
from webapp.pricing.reading import Reader, known_fields
from webapp.services.activities import record
from webapp.services.scenarios import find_scenario, lock_scenario
from webapp.services.webhook_signing import new_signing_secret
from webapp.services.webhooks import end_webhook, webhook_rules

_CENT = Decimal("0.01")


@dataclass(frozen=True, slots=True)
class BudgetDraft:
    """A budget as it is asked for. `amount` USD a month; an empty `webhook_url` posts nothing."""

    amount: Decimal
    figure: Figure
    webhook_url: str


@dataclass(frozen=True, slots=True)
class Crossing:
    """A threshold (percent) passed and not left behind since; `total` USD a month at that time."""

    threshold: int
    total: Decimal
    passed_at: datetime


@dataclass(frozen=True, slots=True)
class BudgetView:
    """A scenario's budget as its owner sees it. `crossings` the lowest threshold first."""

    scenario_id: UUID
    amount: Decimal
    figure: Figure
    webhook_url: str
    set_at: datetime
    checked_at: datetime | None
    crossings: tuple[Crossing, ...]

    def use_by(self, bill: Estimate) -> BudgetUse:
        """How much of it `bill` takes."""
        return use_of(self.amount, self.figure, bill)


@dataclass(frozen=True, slots=True)
class SetBudget:
    """A budget just set. `secret` signs its posts and exists here only: show it now. None if kept."""

    budget: BudgetView
    is_new: bool
    secret: str | None


def parse_budget(raw: Mapping[str, object]) -> BudgetDraft:
    """Check a budget: `amount_usd`, `figure` ("expected" without one), `webhook_url` (none without one).

    Raises InvalidInput with a pointer for each. An address is looked up only when something is posted.
    """
    reader = Reader()
    known_fields(reader, "", raw, ("amount_usd", "figure", "webhook_url"))
    amount = reader.number("/amount_usd", raw.get("amount_usd"), minimum=LEAST_AMOUNT, maximum=MOST_AMOUNT)
    if amount is not None and amount != amount.quantize(_CENT):
        reader.problem("/amount_usd", phrase(N_("Use at most two decimals.")))
    figure = reader.choice("/figure", raw.get("figure", "expected"), FIGURES)
    url = reader.text("/webhook_url", raw.get("webhook_url"), maximum=MAX_URL)
    if url:
        try:
            read_target(url, webhook_rules())
        except WebhookRefused as refusal:
            reader.problem("/webhook_url", refusal.reason)
    if reader.problems or amount is None:
        raise InvalidInput(reader.problems)
    return BudgetDraft(amount, cast(Figure, figure), url)


def set_budget(owner_id: UUID, scenario_id: UUID, draft: BudgetDraft) -> SetBudget:
    """Give the scenario this budget, in place of any it had.

    Another amount or figure is another budget: what was passed is told again if it is passed. Another
    webhook address gets a secret of its own. Raises NotFound, and Conflict for an archived scenario.
    """
    check_editable(cast(Status, lock_scenario(owner_id, scenario_id).status))
    budget, secret = db.session.get(Budget, scenario_id, populate_existing=True), None
    is_new = budget is None
    if budget is None:
        budget = Budget(scenario_id=scenario_id, amount_usd="", figure="", webhook_url="")
        db.session.add(budget)
    stated = (plain(draft.amount), draft.figure)
    if (budget.amount_usd, budget.figure) != stated:
        budget.amount_usd, budget.figure = stated
        db.session.execute(delete(BudgetCrossing).where(BudgetCrossing.scenario_id == scenario_id))
    if budget.webhook_url != draft.webhook_url:
        end_webhook(scenario_id)
        budget.webhook_url, (secret, budget.webhook_secret) = draft.webhook_url, (None, None)
        if draft.webhook_url:
            secret, budget.webhook_secret = new_signing_secret()
    budget.set_at, budget.asked_at, budget.checked_at = now(), None, None
    db.session.flush()
    record(BudgetSet(scenario_id, owner_id, *stated, has_webhook=bool(draft.webhook_url)))
    return SetBudget(_view(budget), is_new, secret)


def get_budget(owner_id: UUID, scenario_id: UUID) -> BudgetView:
    """The scenario's budget. Raises NotFound, for a scenario without one and for a stranger's."""
    budget = find_budget(owner_id, scenario_id)
    if budget is None:
        raise no_budget()
    return budget


def find_budget(owner_id: UUID, scenario_id: UUID) -> BudgetView | None:
    """The scenario's budget, None without one. Raises NotFound for a stranger's scenario."""
    find_scenario(owner_id, scenario_id)
    budget = db.session.get(Budget, scenario_id)
    return None if budget is None else _view(budget)


def remove_budget(owner_id: UUID, scenario_id: UUID) -> None:
    """Take the budget away, with its webhook and the log of that. Raises as `set_budget` does."""
    check_editable(cast(Status, lock_scenario(owner_id, scenario_id).status))
    gone = delete(Budget).where(Budget.scenario_id == scenario_id).returning(Budget.scenario_id)
    if db.session.scalar(gone) is None:
        raise no_budget()
    record(BudgetRemoved(scenario_id, owner_id))


def budgets_of(scenario_ids: Collection[UUID]) -> dict[UUID, tuple[Decimal, Figure]]:
    """Amount and figure by scenario; one without a budget is absent. One query."""
    rows = db.session.execute(
        select(Budget.scenario_id, Budget.amount_usd, Budget.figure).where(
            Budget.scenario_id.in_(scenario_ids)
        )
    )
    return {row.scenario_id: (Decimal(row.amount_usd), cast(Figure, row.figure)) for row in rows}


def use_of(amount: Decimal, figure: Figure, bill: Estimate) -> BudgetUse:
    """How much of `amount` the watched month of `bill` takes; without a high month, the expected one."""
    total = bill.range.high if figure == "high" and bill.range is not None else bill.total
    return BudgetUse(amount, figure, total, len(bill.unpriced), bill.is_unknown)


def no_budget() -> NotFound:
    return NotFound(phrase(N_("This scenario has no budget.")))


def _view(budget: Budget) -> BudgetView:
    crossings = select(BudgetCrossing).where(BudgetCrossing.scenario_id == budget.scenario_id)
    found = db.session.scalars(crossings.order_by(BudgetCrossing.threshold))
    return BudgetView(
        scenario_id=budget.scenario_id,
        amount=Decimal(budget.amount_usd),
        figure=cast(Figure, budget.figure),
        webhook_url=budget.webhook_url,
        set_at=budget.set_at,
        checked_at=budget.checked_at,
        crossings=tuple(Crossing(row.threshold, Decimal(row.total_usd), row.passed_at) for row in found),
    )
