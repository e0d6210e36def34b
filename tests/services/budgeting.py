"""Scenarios whose bill is known to the cent, and their budgets."""

from decimal import Decimal
from uuid import UUID

from sqlalchemy import select

from webapp.domain.budgets import Figure
from webapp.infra.db import db, unit_of_work
from webapp.models.mail import Mail
from webapp.models.user import User
from webapp.pricing.document import parse_document
from webapp.services.budget_checks import check_budget
from webapp.services.budgets import BudgetDraft, SetBudget, set_budget
from webapp.services.scenarios import create_scenario, patch_scenario

#: A message costs a dollar: a volume is its own bill.
DOLLAR = {"sqs.standard": "1"}


def scenario_costing(owner_id: UUID, usd: object, name: str = "Shop", **others: object) -> UUID:
    """A scenario whose month costs `usd`: a whole number, or low, expected and high ones."""
    document = {
        "name": name,
        "region": "us-east-1",
        "traffic": {"volume": usd},
        "resources": [
            {"service": "sqs", "name": "queue", "usage": {"requests": {"per": "events", "factor": 1}}}
        ],
        "prices": DOLLAR,
    } | others
    with unit_of_work():
        return create_scenario(owner_id, parse_document(document)).id


def costs_now(owner_id: UUID, scenario_id: UUID, usd: object) -> None:
    with unit_of_work():
        patch_scenario(owner_id, scenario_id, {"traffic": {"volume": usd}})


def give_budget(
    owner_id: UUID, scenario_id: UUID, usd: str, figure: Figure = "expected", url: str = ""
) -> SetBudget:
    with unit_of_work():
        return set_budget(owner_id, scenario_id, BudgetDraft(Decimal(usd), figure, url))


def check(scenario_id: UUID) -> tuple[int, ...]:
    """What the job does."""
    with unit_of_work():
        return check_budget(scenario_id)


def confirm(owner_id: UUID) -> None:
    """Prove the address of an account."""
    with unit_of_work():
        user = db.session.get_one(User, owner_id)
        user.confirmed_at = user.created_at


def mails_about_budgets() -> list[Mail]:
    return list(
        db.session.scalars(select(Mail).where(Mail.kind == "budget-passed").order_by(Mail.created_at))
    )
