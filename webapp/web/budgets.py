"""A scenario's budget: set it, remove it, test its webhook and see what was posted."""

from typing import Any
from uuid import UUID

from flask import Blueprint, Response, flash, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from webapp.domain.budgets import DELIVERY_STATUSES, FIGURES
from webapp.domain.errors import Conflict, InvalidInput, Problem
from webapp.edge import htmx
from webapp.edge.identity import current_owner_id, login_required
from webapp.infra.db import unit_of_work
from webapp.services import budgets
from webapp.services.accounts import get_user
from webapp.services.budgets import BudgetView, parse_budget
from webapp.services.webhooks import list_deliveries, send_test
from webapp.web.fields import Field, Form, Option, form_of, read_number, refused, typed_number
from webapp.web.presentation import tr
from webapp.web.workbench import Workbench, open_workbench

bp = Blueprint("budgets", __name__, url_prefix="/scenarios/<uuid:scenario_id>/budget")


@bp.get("")
@login_required
def show(scenario_id: UUID) -> ResponseReturnValue:
    bench = open_workbench(scenario_id)
    return _show(bench, _form(bench.budget))


@bp.post("")
@login_required
def update(scenario_id: UUID) -> ResponseReturnValue:
    """The answer is a page only when there is a secret to show, or something to mend."""
    bench = open_workbench(scenario_id)
    try:
        draft = parse_budget(_typed())
    except InvalidInput as error:
        return _show(bench, refused(_form(bench.budget), request.form, error.problems), status=422)
    try:
        with unit_of_work():
            done = budgets.set_budget(current_owner_id(), scenario_id, draft)
    except Conflict as error:
        return _show(
            bench, refused(_form(bench.budget), request.form, (Problem("", error.message),)), status=422
        )
    if done.secret is None:
        flash(_("The budget is set."))
        return htmx.go(url_for(".show", scenario_id=scenario_id))
    bench = open_workbench(scenario_id)
    return _show(bench, _form(bench.budget), secret=done.secret, trigger=htmx.BILL_CHANGED)


@bp.get("/banner")
@login_required
def banner(scenario_id: UUID) -> ResponseReturnValue:
    """What the page says about its budget, for a bill that has changed."""
    bench = open_workbench(scenario_id)
    return htmx.show("budgets/show.html", "budgets/_banner.html", **_context(bench, _form(bench.budget)))


@bp.get("/log")
@login_required
def log(scenario_id: UUID) -> ResponseReturnValue:
    """What was posted, for a page that waits for it."""
    bench = open_workbench(scenario_id)
    return htmx.show("budgets/show.html", "budgets/_webhook.html", **_context(bench, _form(bench.budget)))


@bp.post("/webhook/test")
@login_required
def test_webhook(scenario_id: UUID) -> ResponseReturnValue:
    complaint = ""
    try:
        with unit_of_work():
            send_test(current_owner_id(), scenario_id)
    except Conflict as error:
        complaint = tr(error.message)
    if not complaint and not htmx.wants_fragment():
        return htmx.go(url_for(".show", scenario_id=scenario_id))
    bench = open_workbench(scenario_id)
    context = _context(bench, _form(bench.budget)) | {"complaint": complaint}
    return htmx.show(
        "budgets/show.html", "budgets/_webhook.html", status=422 if complaint else 200, **context
    )


@bp.get("/remove")
@login_required
def confirm_remove(scenario_id: UUID) -> ResponseReturnValue:
    budgets.get_budget(current_owner_id(), scenario_id)
    return htmx.show(
        "confirm.html",
        "_confirm.html",
        title=_("Remove the budget?"),
        explanation=_("Nobody is told about this bill from now on. The webhook and its log go with it."),
        action=url_for(".remove", scenario_id=scenario_id),
        verb=_("Remove budget"),
        back=url_for(".show", scenario_id=scenario_id),
    )


@bp.post("/remove")
@login_required
def remove(scenario_id: UUID) -> ResponseReturnValue:
    try:
        with unit_of_work():
            budgets.remove_budget(current_owner_id(), scenario_id)
    except Conflict as error:
        flash(tr(error.message), "refused")
    else:
        flash(_("The budget is removed."))
    return htmx.go(url_for(".show", scenario_id=scenario_id))


def _typed() -> dict[str, object]:
    return {
        "amount_usd": read_number(request.form.get("amount_usd", "")),
        "figure": request.form.get("figure", ""),
        "webhook_url": request.form.get("webhook_url", ""),
    }


def _form(budget: BudgetView | None) -> Form:
    figures = tuple(Option(name, tr(label)) for name, label in FIGURES.items())
    amount = "" if budget is None else typed_number(budget.amount)
    hint = _("Taxes and support are not part of an estimate: leave room for them.")
    posted = _("Gets a signed JSON post at each threshold. An https address that the internet can reach.")
    fields = [
        Field("amount_usd", _("Amount"), "number", amount, unit=_("USD a month"), hint=hint),
        Field(
            "figure", _("Compare with"), "choice", budget.figure if budget else "expected", options=figures
        ),
        Field(
            "webhook_url",
            _("Webhook address"),
            "text",
            budget.webhook_url if budget else "",
            hint=posted,
            placeholder="https://",
            is_optional=True,
        ),
    ]
    return form_of(fields)


def _context(bench: Workbench, form: Form) -> dict[str, Any]:
    owner_id = current_owner_id()
    deliveries = list_deliveries(owner_id, bench.scenario.id)
    return {
        "bench": bench,
        "form": form,
        "deliveries": deliveries,
        # What waits hours for its next try is not waited for here.
        "is_moving": any(row.ended_at is None and not row.reason for row in deliveries),
        "delivery_statuses": DELIVERY_STATUSES,
        "is_confirmed": get_user(owner_id).confirmed_at is not None,
        "secret": "",
        "complaint": "",
    }


def _show(
    bench: Workbench, form: Form, *, status: int = 200, secret: str = "", trigger: str = ""
) -> Response:
    context = _context(bench, form) | {"secret": secret}
    return htmx.show("budgets/show.html", "budgets/_budget.html", status=status, trigger=trigger, **context)
