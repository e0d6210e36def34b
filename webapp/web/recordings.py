"""A recording, live: how to send events, what has arrived, what it costs and what the month will be."""

from uuid import UUID

from flask import Blueprint, request
from flask.typing import ResponseReturnValue

from webapp.edge import htmx
from webapp.edge.identity import current_owner_id, login_required
from webapp.infra.clock import now
from webapp.infra.config import current_settings
from webapp.services.recordings import get_recording
from webapp.web.charts import sparkline
from webapp.web.workbench import open_workbench

bp = Blueprint("recordings", __name__, url_prefix="/scenarios/<uuid:scenario_id>/recording")


@bp.get("")
@login_required
def show(scenario_id: UUID) -> ResponseReturnValue:
    """The page, or its live part; `seen` and `status` are the events and the state the reader already has."""
    bench, recording = open_workbench(scenario_id), get_recording(current_owner_id(), scenario_id)
    news = [htmx.BILL_CHANGED] if request.args.get("seen", type=int) != recording.events else []
    # The first event makes a draft a running recording.
    if request.args.get("status", bench.scenario.status) != bench.scenario.status:
        news.append(htmx.SCENARIO_MOVED)
    return htmx.show(
        "scenarios/recording.html",
        "scenarios/_recording.html",
        trigger=" ".join(news),
        bench=bench,
        recording=recording,
        chart=sparkline(recording.minutes, now()),
        address=f"{current_settings().public_url}/api/v2/scenarios/{scenario_id}/ingest",
    )
