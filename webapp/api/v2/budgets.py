"""Budgets: what a scenario may cost a month, and the webhook that tells when it passes 50, 80 and 100 %."""

from uuid import UUID

from flask import Response

from webapp.api.answers import answer
from webapp.api.contract import Answer, Body, operation
from webapp.api.idempotency import idempotent
from webapp.api.reading import read_object
from webapp.api.v2.blueprint import api
from webapp.api.v2.shapes.budgets import (
    BudgetJson,
    DeliveriesJson,
    DeliveryJson,
    NewBudgetJson,
    SetBudgetJson,
    budget_to_json,
    delivery_to_json,
    set_budget_to_json,
)
from webapp.edge.callers import calling_owner
from webapp.infra.db import unit_of_work
from webapp.services import budgets
from webapp.services.estimates import estimate_scenario
from webapp.services.scenarios import find_scenario
from webapp.services.webhooks import MAX_TESTS, list_deliveries, send_test

_TAG = "Budgets"
_ARCHIVED = {409: "The scenario is archived: it is restored before it is changed."}


@api.get("/scenarios/<uuid:scenario_id>/budget")
@operation(
    "The budget of a scenario",
    tag=_TAG,
    scope="read",
    answers={200: Answer(BudgetJson, "The budget, and how much of it the bill takes now.")},
)
def show_budget(scenario_id: UUID) -> Response:
    """404 for a scenario without one, too."""
    owner_id = calling_owner("read")
    budget = budgets.get_budget(owner_id, scenario_id)
    return answer(budget_to_json(budget, budget.use_by(estimate_scenario(owner_id, scenario_id))))


@api.put("/scenarios/<uuid:scenario_id>/budget")
@operation(
    "Set the budget of a scenario",
    tag=_TAG,
    scope="write",
    body=Body(NewBudgetJson, "The whole budget: what is not named gets its default."),
    answers={
        200: Answer(SetBudgetJson, "It is in place of the former one."),
        201: Answer(SetBudgetJson, "The scenario had none before."),
    },
    refusals=_ARCHIVED,
)
def set_budget(scenario_id: UUID) -> Response:
    """Reaching 50, 80 and 100 % of it is told once: on the page, by mail, and posted to `webhook_url`.

    Another amount or figure is another budget, and what it has passed is told again. Another address gets
    another `webhook_secret`, which is shown in this answer only.
    """
    owner_id = calling_owner("write")
    find_scenario(owner_id, scenario_id)
    draft = budgets.parse_budget(read_object())
    with unit_of_work():
        done = budgets.set_budget(owner_id, scenario_id, draft)
    use = done.budget.use_by(estimate_scenario(owner_id, scenario_id))
    return answer(set_budget_to_json(done.budget, use, done.secret), 201 if done.is_new else 200)


@api.delete("/scenarios/<uuid:scenario_id>/budget")
@operation(
    "Remove the budget of a scenario",
    tag=_TAG,
    scope="write",
    answers={204: Answer(description="It is gone, with its webhook and the log of that.")},
    refusals=_ARCHIVED,
)
def remove_budget(scenario_id: UUID) -> Response:
    owner_id = calling_owner("write")
    with unit_of_work():
        budgets.remove_budget(owner_id, scenario_id)
    return Response(status=204)


@api.get("/scenarios/<uuid:scenario_id>/budget/webhook/deliveries")
@operation(
    "What was posted to the webhook",
    tag=_TAG,
    scope="read",
    answers={200: Answer(DeliveriesJson, "The newest 50, newest first; tests too.")},
)
def show_deliveries(scenario_id: UUID) -> Response:
    deliveries = list_deliveries(calling_owner("read"), scenario_id)
    return answer({"items": [delivery_to_json(delivery) for delivery in deliveries]})


@api.post("/scenarios/<uuid:scenario_id>/budget/webhook/test")
@operation(
    "Test the webhook",
    tag=_TAG,
    scope="write",
    answers={202: Answer(DeliveryJson, "It is on its way; the deliveries say what became of it.")},
    refusals={409: f"There is no webhook, or {MAX_TESTS} tests wait."},
    is_idempotent=True,
)
@idempotent()
def test_webhook(scenario_id: UUID) -> Response:
    """Posts the event `budget.test`, signed like any other, and tries it once."""
    owner_id = calling_owner("write")
    with unit_of_work():
        delivery = send_test(owner_id, scenario_id)
    return answer(delivery_to_json(delivery), 202)
