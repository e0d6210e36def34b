"""The traffic of a scenario: monthly volume, payload, region and free tier."""

from dataclasses import replace
from decimal import Decimal
from uuid import UUID

from flask import Blueprint, Response, request, url_for
from flask.typing import ResponseReturnValue

from webapp.domain.errors import InvalidInput
from webapp.domain.scenarios import TrafficSource
from webapp.edge import htmx
from webapp.edge.identity import current_owner_id, login_required
from webapp.infra.db import unit_of_work
from webapp.services.estimates import recorded_measures
from webapp.services.scenarios import open_scenario, patch_scenario
from webapp.web.fields import Form, refused
from webapp.web.overtaking import check_seen, seen_in
from webapp.web.scenario_forms import raw_traffic, traffic_digest, traffic_form
from webapp.web.workbench import Workbench, changed_view, open_workbench, show_no_preview, show_preview

bp = Blueprint("traffic", __name__, url_prefix="/scenarios/<uuid:scenario_id>/traffic")
_PAGE, _PART = "scenarios/traffic.html", "scenarios/_traffic.html"


@bp.get("")
@login_required
def show(scenario_id: UUID) -> ResponseReturnValue:
    bench = open_workbench(scenario_id)
    return _show(bench, traffic_form(bench.scenario))


@bp.post("")
@login_required
def update(scenario_id: UUID) -> ResponseReturnValue:
    bench, owner_id = open_workbench(scenario_id), current_owner_id()
    try:
        with unit_of_work():
            present = open_scenario(owner_id, scenario_id)
            check_seen(request.form, traffic_digest(present))
            changed = patch_scenario(owner_id, scenario_id, raw_traffic(present, request.form))
    except InvalidInput as error:
        seen = seen_in(request.form, error)
        form = refused(traffic_form(bench.scenario), request.form, error.problems, seen)
        return _show(bench, form, status=422)
    # The region stands in the page's head too, so a new one takes a new page.
    if not htmx.wants_fragment() or changed.document.region != bench.document.region:
        return htmx.go(url_for(".show", scenario_id=scenario_id))
    bench = open_workbench(scenario_id)
    return _show(bench, traffic_form(bench.scenario), trigger=htmx.BILL_CHANGED, is_saved=True)


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
        form = refused(traffic_form(bench.scenario), request.form, error.problems, seen_in(request.form))
        return show_no_preview(_PAGE, bench, form.complaints, form=form, recorded=_recorded(bench))
    form = refused(traffic_form(bench.scenario), request.form, (), seen_in(request.form))
    wanted = replace(wanted, traffic_source=source)
    return show_preview(_PAGE, bench, wanted, form=form, recorded=_recorded(bench))


def _recorded(bench: Workbench) -> dict[str, Decimal]:
    """What the form says of the recording beside the choice to use it."""
    return recorded_measures((bench.scenario.id,)).get(bench.scenario.id, {})


def _show(
    bench: Workbench, form: Form, *, status: int = 200, trigger: str = "", is_saved: bool = False
) -> Response:
    recorded = _recorded(bench)
    return htmx.show(
        _PAGE,
        _PART,
        status=status,
        trigger=trigger,
        bench=bench,
        form=form,
        recorded=recorded,
        is_saved=is_saved,
    )
