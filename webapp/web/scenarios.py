"""The list of scenarios, and one scenario: create, show, edit, move between states, duplicate, delete."""

from dataclasses import replace
from typing import Any, cast
from uuid import UUID

from flask import Blueprint, Response, flash, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from webapp.domain.errors import InvalidInput, Malformed
from webapp.domain.scenarios import STATUSES, Status
from webapp.domain.words import N_, phrase
from webapp.edge import htmx
from webapp.edge.identity import current_owner_id, login_required
from webapp.infra.db import unit_of_work
from webapp.pricing.document import EstimateDocument, parse_document
from webapp.pricing.presenting import document_to_json
from webapp.services.estimates import estimate_document
from webapp.services.scenario_lists import SORTS, ScenarioQuery, list_scenarios
from webapp.services.scenarios import (
    create_scenario,
    delete_scenario,
    duplicate_scenario,
    get_scenario,
    open_scenario,
    patch_scenario,
    set_status,
)
from webapp.services.starters import all_starters, find_starter
from webapp.web.bill import bill_of
from webapp.web.fields import Form, refused
from webapp.web.overtaking import check_seen, seen_in
from webapp.web.scenario_forms import details_digest, details_form, raw_details
from webapp.web.workbench import open_workbench

bp = Blueprint("scenarios", __name__, url_prefix="/scenarios")
DEFAULT_REGION = "us-east-1"


@bp.get("")
@login_required
def index() -> ResponseReturnValue:
    query = _query()
    page = list_scenarios(current_owner_id(), query)
    stated: dict[str, Any] = {
        name: value for name, value in request.args.items() if value and name in _QUERY_NAMES
    }
    return htmx.show(
        "scenarios/index.html",
        "scenarios/_table.html",
        push=url_for(".index", **stated),
        found=page,
        query=query,
        is_filtered=any((query.search, query.region, query.status, query.tag)),
    )


_QUERY_NAMES = ("q", "region", "status", "tag", "sort", "page")


def _query() -> ScenarioQuery:
    sort = request.args.get("sort", "")
    return ScenarioQuery(
        search=request.args.get("q", "").replace("\x00", "").strip()[:200],
        region=request.args.get("region", ""),
        status=request.args.get("status", ""),
        tag=request.args.get("tag", ""),
        sort=next((known for known in SORTS if known == sort), SORTS[0]),
        page=request.args.get("page", 1, type=int),
    )


@bp.get("/new")
@login_required
def new() -> ResponseReturnValue:
    document = _starting_document(request.args.get("from", ""))
    return _show_new(details_form(document), document)


@bp.post("")
@login_required
def create() -> ResponseReturnValue:
    document = _starting_document(request.form.get("from", ""))
    try:
        wanted = parse_document(document_to_json(document) | raw_details(request.form))
        with unit_of_work():
            scenario = create_scenario(current_owner_id(), wanted)
    except InvalidInput as error:
        form = refused(details_form(document), request.form, error.problems)
        return _show_new(form, document, status=422)
    return htmx.go(url_for(".show", scenario_id=scenario.id))


def _starting_document(code: str) -> EstimateDocument:
    starter = find_starter(code)
    if starter is None:
        return EstimateDocument(region=DEFAULT_REGION)
    return replace(starter.document, name=_(starter.name))


def _show_new(form: Form, document: EstimateDocument, status: int = 200) -> Response:
    return htmx.show(
        "scenarios/new.html",
        "scenarios/_new.html",
        status=status,
        form=form,
        chosen=find_starter(request.values.get("from", "")),
        starters=all_starters(),
        preview=bill_of(estimate_document(document)) if document.resources else None,
        document=document,
    )


@bp.get("/<uuid:scenario_id>")
@login_required
def show(scenario_id: UUID) -> ResponseReturnValue:
    bench = open_workbench(scenario_id)
    return htmx.show(
        "scenarios/show.html", "scenarios/_resources.html", bench=bench, form=None, picking=False
    )


@bp.get("/<uuid:scenario_id>/head")
@login_required
def head(scenario_id: UUID) -> ResponseReturnValue:
    """Name, state and actions, for a page whose scenario has moved on by itself."""
    bench = open_workbench(scenario_id)
    return htmx.show("scenarios/show.html", "scenarios/_head.html", bench=bench, form=None, picking=False)


@bp.get("/<uuid:scenario_id>/bill")
@login_required
def bill(scenario_id: UUID) -> ResponseReturnValue:
    return htmx.show(
        "scenarios/show.html",
        "scenarios/_bill.html",
        bench=open_workbench(scenario_id),
        form=None,
        picking=False,
    )


@bp.get("/<uuid:scenario_id>/edit")
@login_required
def edit(scenario_id: UUID) -> ResponseReturnValue:
    scenario = get_scenario(current_owner_id(), scenario_id)
    return htmx.show(
        "scenarios/edit.html", "scenarios/_edit.html", scenario=scenario, form=details_form(scenario.document)
    )


@bp.post("/<uuid:scenario_id>")
@login_required
def update(scenario_id: UUID) -> ResponseReturnValue:
    owner_id = current_owner_id()
    try:
        with unit_of_work():
            check_seen(request.form, details_digest(open_scenario(owner_id, scenario_id).document))
            patch_scenario(owner_id, scenario_id, raw_details(request.form))
    except InvalidInput as error:
        scenario = get_scenario(owner_id, scenario_id)
        seen = seen_in(request.form, error)
        form = refused(details_form(scenario.document), request.form, error.problems, seen)
        return htmx.show(
            "scenarios/edit.html", "scenarios/_edit.html", status=422, scenario=scenario, form=form
        )
    return htmx.go(url_for(".show", scenario_id=scenario_id))


@bp.post("/<uuid:scenario_id>/status")
@login_required
def move(scenario_id: UUID) -> ResponseReturnValue:
    with unit_of_work():
        scenario = set_status(current_owner_id(), scenario_id, _wanted_status())
    page = "recordings.show" if scenario.status == "running" else "scenarios.show"
    return htmx.go(url_for(page, scenario_id=scenario_id))


def _wanted_status() -> Status:
    wanted = request.form.get("status", "")
    if wanted not in STATUSES:
        raise Malformed(phrase(N_("There is no such state.")))
    return cast(Status, wanted)


@bp.post("/<uuid:scenario_id>/duplicate")
@login_required
def duplicate(scenario_id: UUID) -> ResponseReturnValue:
    with unit_of_work():
        copy = duplicate_scenario(current_owner_id(), scenario_id)
    flash(_("This is the copy. The original is unchanged."))
    return htmx.go(url_for(".show", scenario_id=copy.id))


@bp.get("/<uuid:scenario_id>/delete")
@login_required
def confirm_delete(scenario_id: UUID) -> ResponseReturnValue:
    scenario = get_scenario(current_owner_id(), scenario_id)
    return htmx.show(
        "confirm.html",
        "_confirm.html",
        title=_("Delete “%(name)s”?", name=scenario.document.name),
        explanation=_(
            "Its resources, recording and reports go with it. This cannot be undone; archiving can."
        ),
        action=url_for(".delete", scenario_id=scenario_id),
        verb=_("Delete scenario"),
        back=url_for(".show", scenario_id=scenario_id),
    )


@bp.post("/<uuid:scenario_id>/delete")
@login_required
def delete(scenario_id: UUID) -> ResponseReturnValue:
    owner_id = current_owner_id()
    name = get_scenario(owner_id, scenario_id).document.name
    with unit_of_work():
        delete_scenario(owner_id, scenario_id)
    flash(_("“%(name)s” was deleted.", name=name))
    return htmx.go(url_for(".index"))
