"""Jobs about budgets and their webhooks."""

from uuid import UUID

from tasks.app import app
from webapp.domain.jobs import CHECK_BUDGET, DELIVER_WEBHOOK, RECHECK_BUDGETS, RESEND_WEBHOOKS
from webapp.infra.db import unit_of_work
from webapp.services.budget_asks import ask_for_due_checks
from webapp.services.budget_checks import check_budget
from webapp.services.webhooks import deliver_webhook, resend_stuck_deliveries


@app.task(name=CHECK_BUDGET.name)
def check(scenario_id: str) -> None:
    """Compare one bill with its budget."""
    with unit_of_work():
        check_budget(UUID(scenario_id))


@app.task(name=RECHECK_BUDGETS.name)
def recheck() -> None:
    """Ask for the checks that are due."""
    with unit_of_work():
        ask_for_due_checks()


@app.task(name=DELIVER_WEBHOOK.name)
def deliver(delivery_id: str) -> None:
    """Post one event."""
    deliver_webhook(UUID(delivery_id))


@app.task(name=RESEND_WEBHOOKS.name)
def resend() -> None:
    """Hand lost and due posts over again."""
    resend_stuck_deliveries()
