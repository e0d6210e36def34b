"""The look at a bill beside its budget: what was passed is kept, and told once."""

import logging
from decimal import Decimal
from typing import cast
from uuid import UUID

from sqlalchemy import delete
from sqlalchemy.dialects import postgresql, sqlite

from webapp.domain.activities import BudgetPassed
from webapp.domain.budgets import BudgetUse, Figure
from webapp.domain.errors import DomainError, NotFound
from webapp.domain.money import plain, show_usd
from webapp.infra.clock import now
from webapp.infra.db import db
from webapp.models.budget import Budget, BudgetCrossing
from webapp.models.scenario import Scenario
from webapp.models.user import User
from webapp.services.accounts import get_user
from webapp.services.activities import record
from webapp.services.budgets import use_of
from webapp.services.estimates import estimate_view
from webapp.services.mailed_links import address_of
from webapp.services.mails import send_mail
from webapp.services.scenarios import find_owner, lock_scenario, view_of
from webapp.services.webhooks import tell_webhook

_log = logging.getLogger(__name__)


def check_budget(scenario_id: UUID) -> tuple[int, ...]:
    """Compare the bill with its budget; the thresholds (percent) newly passed, told with this commit.

    The scenario is locked meanwhile: whoever changes the bill does so before or after, and then asks again.
    Of two checks at once, the second finds what the first has kept. Archived scenarios and disabled accounts
    are left alone.
    """
    scenario, budget = _locked(scenario_id)
    if scenario is None or budget is None:
        return ()
    budget.asked_at, budget.checked_at = None, now()
    db.session.flush()
    owner = get_user(scenario.owner_id)
    use = _use(scenario, budget) if owner.disabled_at is None else None
    if use is None:
        return ()
    left = BudgetCrossing.threshold.in_(use.left_behind)
    db.session.execute(delete(BudgetCrossing).where(BudgetCrossing.scenario_id == scenario_id, left))
    passed = tuple(threshold for threshold in use.reached if _is_news(scenario_id, threshold, use.total))
    if passed:
        _tell(scenario, budget, use, passed)
        _mail(owner, scenario, use, passed[-1])
    return passed


def _locked(scenario_id: UUID) -> tuple[Scenario | None, Budget | None]:
    """Scenario and budget, in the order everybody locks them. None for one that is gone meanwhile."""
    try:
        scenario = lock_scenario(find_owner(scenario_id), scenario_id)
    except NotFound:
        return None, None
    return scenario, db.session.get(Budget, scenario_id, populate_existing=True)


def _use(scenario: Scenario, budget: Budget) -> BudgetUse | None:
    """None where there is nothing to compare. A bill that cannot be priced now waits for new prices."""
    if scenario.status == "archived":
        return None
    try:
        bill = estimate_view(view_of(scenario))
    except DomainError as error:
        _log.warning("The bill of scenario %s cannot be compared with its budget: %s", scenario.id, error)
        return None
    return use_of(Decimal(budget.amount_usd), cast(Figure, budget.figure), bill)


def _is_news(scenario_id: UUID, threshold: int, total: Decimal) -> bool:
    """Keep that the threshold is passed; whether nobody had. The key lets one of several in."""
    postgres = db.session.get_bind().dialect.name == "postgresql"
    insert = (postgresql.insert if postgres else sqlite.insert)(BudgetCrossing)
    kept = insert.values(
        scenario_id=scenario_id, threshold=threshold, total_usd=plain(total), passed_at=now()
    )
    first = kept.on_conflict_do_nothing().returning(BudgetCrossing.threshold)
    return db.session.scalar(first) is not None


def _tell(scenario: Scenario, budget: Budget, use: BudgetUse, passed: tuple[int, ...]) -> None:
    """The audit knows each threshold; people get one post, as one mail, about the highest."""
    for threshold in passed:
        amounts = (budget.amount_usd, plain(use.total))
        record(BudgetPassed(scenario.id, scenario.owner_id, threshold, *amounts))
    page = address_of(f"/scenarios/{scenario.id}")
    tell_webhook(
        budget,
        "budget.passed",
        {
            "scenario_id": str(scenario.id),
            "scenario_name": scenario.name,
            "scenario_url": page,
            "threshold": passed[-1],
            "thresholds": list(passed),
            "figure": use.figure,
            "budget_usd": budget.amount_usd,
            "total_usd": plain(use.total),
            "percent": use.percent,
            "unpriced": use.unpriced,
        },
    )


def _mail(owner: User, scenario: Scenario, use: BudgetUse, threshold: int) -> None:
    """To a proven address only: anybody may sign up with somebody else's."""
    if owner.confirmed_at is None:
        return
    send_mail(
        "budget-passed",
        owner.email,
        owner.id,
        link=address_of(f"/scenarios/{scenario.id}"),
        scenario=scenario.name,
        threshold=str(threshold),
        figure=use.figure,
        amount=show_usd(use.amount),
        total=show_usd(use.total),
        unpriced=str(use.unpriced),
    )
