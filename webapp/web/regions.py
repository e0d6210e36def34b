"""One scenario in every region: ranked, told apart from its own, and made a scenario by one click."""

from uuid import UUID

from flask import Blueprint, flash, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from webapp.domain.regions import REGIONS
from webapp.edge import htmx
from webapp.edge.identity import current_owner_id, login_required
from webapp.infra.db import unit_of_work
from webapp.services.regions import compare_regions, create_in_region
from webapp.web.charts import region_bars
from webapp.web.presentation import tr
from webapp.web.workbench import open_workbench

bp = Blueprint("regions", __name__, url_prefix="/scenarios/<uuid:scenario_id>/regions")


@bp.get("")
@login_required
def index(scenario_id: UUID) -> ResponseReturnValue:
    found = compare_regions(current_owner_id(), scenario_id)
    return render_template(
        "scenarios/regions.html",
        bench=open_workbench(scenario_id),
        found=found,
        bars=region_bars(found.bills, found.home.region),
    )


@bp.post("")
@login_required
def create(scenario_id: UUID) -> ResponseReturnValue:
    """Make the scenario of one row. Raises InvalidInput for a region nobody knows."""
    region = request.form.get("region", "")
    with unit_of_work():
        variant = create_in_region(current_owner_id(), scenario_id, region)
    flash(_("This is the scenario in %(region)s. The original is unchanged.", region=tr(REGIONS[region])))
    return htmx.go(url_for("scenarios.show", scenario_id=variant.id))
