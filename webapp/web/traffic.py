"""The traffic of a scenario: monthly volume, payload, region and free tier."""

from dataclasses import replace
from uuid import UUID

from flask import Blueprint, request, url_for
from flask.typing import ResponseReturnValue

from webapp.domain.errors import InvalidInput
from webapp.domain.scenarios import TrafficSource
from webapp.edge import htmx
from webapp.edge.identity import current_owner_id, login_required
from webapp.infra.db import unit_of_work
from webapp.services.estimates import recorded_measures
from webapp.services.scenarios import patch_scenario
from webapp.web.scenario_forms import Form, raw_traffic, refused, traffic_form
from webapp.web.workbench import Workbench, changed_view, open_workbench, show_no_preview, show_preview

bp = Blueprint("traffic", __name__, url_prefix="/scenarios/<uuid:scenario_id>/traffic")
_PAGE, _PART = "scenarios/traffic.html", "scenarios/_traffic.html"


@bp.get("")
@login_required
def show(scenario_id: UUID) -> ResponseReturnValue:
    bench = open_workbench(scenario_id)
    return htmx.show(_PAGE, _PART, **_context(bench, traffic_form(bench.scenario)))


@bp.post("")
@login_required
def update(scenario_id: UUID) -> ResponseReturnValue:
    bench = open_workbench(scenario_id)
    try:
        with unit_of_work():
            patch_scenario(current_owner_id(), scenario_id, raw_traffic(bench.scenario, request.form))
    except InvalidInput as error:
        form = refused(traffic_form(bench.scenario), request.form, error.problems)
        return htmx.show(_PAGE, _PART, status=422, **_context(bench, form))
    if not htmx.wants_fragment():
        return htmx.go(url_for(".show", scenario_id=scenario_id))
    bench = open_workbench(scenario_id)
    context = _context(bench, traffic_form(bench.scenario))
    return htmx.show(_PAGE, _PART, trigger=htmx.BILL_CHANGED, is_saved=True, **context)


@bp.post("/preview")
@login_required
def preview(scenario_id: UUID) -> ResponseReturnValue:
    """Price the form as typed, saving nothing."""
    bench = open_workbench(scenario_id)
    changes = raw_traffic(bench.scenario, request.form)
    source: TrafficSource = "recorded" if changes.pop("traffic_source") == "recorded" else "declared"
    try:
        wanted = changed_view(bench.scenario, changes)
    except InvalidInput as error:
        form = refused(traffic_form(bench.scenario), request.form, error.problems)
        return show_no_preview(_PAGE, bench, error.problems, **_form_context(bench, form))
    form = refused(traffic_form(bench.scenario), request.form, ())
    wanted = replace(wanted, traffic_source=source)
    return show_preview(_PAGE, bench, wanted, **_form_context(bench, form))


def _form_context(bench: Workbench, form: Form) -> dict[str, object]:
    recorded = recorded_measures((bench.scenario.id,)).get(bench.scenario.id, {})
    return {"form": form, "recorded": recorded}


def _context(bench: Workbench, form: Form) -> dict[str, object]:
    return {"bench": bench} | _form_context(bench, form)
