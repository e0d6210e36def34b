"""A change of a bill, a real worker, a real receiver: the crossing arrives signed, and once."""

from uuid import UUID

from flask import Flask

from tests.infra.webhook_receiver import LOOPBACK, receiver
from tests.services.budgeting import confirm, costs_now, give_budget, mails_about_budgets, scenario_costing
from tests.worker.conftest import Worker, wait_until
from webapp.infra.db import unit_of_work
from webapp.services.accounts import register_account
from webapp.services.webhooks import list_deliveries


def _statuses(owner_id: UUID, scenario_id: UUID) -> list[str]:
    with unit_of_work():
        return [delivery.status for delivery in list_deliveries(owner_id, scenario_id)]


def test_a_bill_that_grows_past_its_budget_is_told_once(app: Flask, worker: Worker) -> None:
    worker.environment |= LOOPBACK
    with app.app_context(), receiver() as hook:
        with unit_of_work():
            owner_id = register_account("ada@example.com", "correct horse battery").id
        confirm(owner_id)
        scenario_id = scenario_costing(owner_id, 85)
        worker.start()
        secret = give_budget(owner_id, scenario_id, "100", url=hook.url).secret
        assert wait_until(lambda: _statuses(owner_id, scenario_id) == ["delivered"], 30), worker.log
        for usd in (86, 87):
            costs_now(owner_id, scenario_id, usd)
        assert not wait_until(lambda: len(hook.posts) > 1, seconds=2)
        assert len(mails_about_budgets()) == 1
        assert secret is not None
        assert secret not in worker.log
        assert "ada@example.com" not in worker.log
