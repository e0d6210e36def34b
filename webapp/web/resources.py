"""The resources of a scenario, added and changed in place while the bill beside them re-prices."""

from dataclasses import replace
from typing import Any
from uuid import UUID

from flask import Blueprint, Response, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from webapp.domain.errors import InvalidInput, NotFound
from webapp.domain.words import N_, phrase
from webapp.edge import htmx
from webapp.edge.identity import current_owner_id, login_required
from webapp.infra.db import unit_of_work
from webapp.pricing.declaration import ServiceModel
from webapp.pricing.document import Resource, parse_resource
from webapp.pricing.services import all_services
from webapp.services.resources import (
    add_resource,
    duplicate_resource,
    get_resource,
    remove_resource,
    update_resource,
)
from webapp.services.scenarios import ScenarioView, open_scenario
from webapp.web.overtaking import check_seen
from webapp.web.resource_forms import (
    ResourceForm,
    raw_resource,
    refused_form,
    resource_digest,
    resource_form,
)
from webapp.web.service_search import services_by_category
from webapp.web.workbench import Workbench, open_workbench, show_no_preview, show_preview

bp = Blueprint("resources", __name__, url_prefix="/scenarios/<uuid:scenario_id>/resources")
_PAGE, _PART = "scenarios/show.html", "scenarios/_resources.html"


@bp.get("/new")
@login_required
def new(scenario_id: UUID) -> ResponseReturnValue:
    bench, code = open_workbench(scenario_id), request.args.get("service")
    if code is None:
        find = request.args.get("find", "").strip()[:80]
        return _show(bench, None, picking=True, services=services_by_category(find), find=find)
    service = _service(code)
    return _show(bench, resource_form(Resource(service.code, ""), service, bench.document.traffic))


@bp.post("")
@login_required
def create(scenario_id: UUID) -> ResponseReturnValue:
    service = _service(request.form.get("service", ""))
    try:
        resource = parse_resource(raw_resource(service, request.form))
        with unit_of_work():
            resource_id = add_resource(current_owner_id(), scenario_id, resource)
    except InvalidInput as error:
        return _refuse(open_workbench(scenario_id), service, error)
    return _done(scenario_id, f"resource-{resource_id}")


@bp.get("/<uuid:resource_id>/edit")
@login_required
def edit(scenario_id: UUID, resource_id: UUID) -> ResponseReturnValue:
    bench = open_workbench(scenario_id)
    resource = get_resource(current_owner_id(), scenario_id, resource_id)
    service = all_services()[resource.service]
    return _show(bench, resource_form(resource, service, bench.document.traffic, resource_id))


@bp.post("/<uuid:resource_id>")
@login_required
def update(scenario_id: UUID, resource_id: UUID) -> ResponseReturnValue:
    owner_id = current_owner_id()
    service = all_services()[get_resource(owner_id, scenario_id, resource_id).service]
    try:
        resource = parse_resource(raw_resource(service, request.form))
        with unit_of_work():
            open_scenario(owner_id, scenario_id)
            check_seen(request.form, resource_digest(get_resource(owner_id, scenario_id, resource_id)))
            update_resource(owner_id, scenario_id, resource_id, resource)
    except InvalidInput as error:
        return _refuse(open_workbench(scenario_id), service, error, resource_id)
    return _done(scenario_id, f"resource-{resource_id}")


@bp.post("/preview")
@login_required
def preview(scenario_id: UUID) -> ResponseReturnValue:
    """Price the form as typed, saving nothing. `resource` names the one being changed, if any."""
    bench, service = open_workbench(scenario_id), _service(request.form.get("service", ""))
    resource_id = request.form.get("resource", type=UUID)
    # Without script this is a whole page: the form comes back as typed, the bill shows what it would cost.
    form = refused_form(request.form, None, service, bench.document.traffic, resource_id)
    try:
        resource = parse_resource(raw_resource(service, request.form))
    except InvalidInput as error:
        form = refused_form(request.form, error, service, bench.document.traffic, resource_id)
        return show_no_preview(_PAGE, bench, form.complaints, form=form, picking=False)
    wanted = _with_resource(bench.scenario, resource, resource_id)
    return show_preview(_PAGE, bench, wanted, form=form, picking=False)


def _with_resource(view: ScenarioView, resource: Resource, resource_id: UUID | None) -> ScenarioView:
    resources = list(view.document.resources)
    if resource_id in view.resource_ids:
        resources[view.resource_ids.index(resource_id)] = resource
    else:
        resources.append(resource)
    return replace(view, document=replace(view.document, resources=tuple(resources)))


@bp.post("/<uuid:resource_id>/duplicate")
@login_required
def duplicate(scenario_id: UUID, resource_id: UUID) -> ResponseReturnValue:
    with unit_of_work():
        copy_id = duplicate_resource(current_owner_id(), scenario_id, resource_id)
    return _done(scenario_id, f"resource-{copy_id}")


@bp.get("/<uuid:resource_id>/remove")
@login_required
def confirm_remove(scenario_id: UUID, resource_id: UUID) -> ResponseReturnValue:
    resource = get_resource(current_owner_id(), scenario_id, resource_id)
    return htmx.show(
        "confirm.html",
        "_confirm.html",
        title=_("Remove “%(name)s”?", name=resource.name),
        explanation=_("The bill will no longer contain it."),
        action=url_for(".remove", scenario_id=scenario_id, resource_id=resource_id),
        verb=_("Remove resource"),
        back=url_for("scenarios.show", scenario_id=scenario_id),
    )


@bp.post("/<uuid:resource_id>/remove")
@login_required
def remove(scenario_id: UUID, resource_id: UUID) -> ResponseReturnValue:
    with unit_of_work():
        remove_resource(current_owner_id(), scenario_id, resource_id)
    return htmx.go(url_for("scenarios.show", scenario_id=scenario_id))


def _service(code: str) -> ServiceModel:
    service = all_services().get(code)
    if service is None:
        raise NotFound(phrase(N_("There is no such service.")))
    return service


def _show(
    bench: Workbench, form: ResourceForm | None, *, status: int = 200, picking: bool = False, **context: Any
) -> Response:
    return htmx.show(_PAGE, _PART, status=status, bench=bench, form=form, picking=picking, **context)


def _refuse(
    bench: Workbench, service: ServiceModel, error: InvalidInput, resource_id: UUID | None = None
) -> Response:
    form = refused_form(request.form, error, service, bench.document.traffic, resource_id)
    return _show(bench, form, status=422)


def _done(scenario_id: UUID, anchor: str) -> Response:
    """After a change: the list again for htmx, with word to the bill; the page for a form."""
    address = url_for("scenarios.show", scenario_id=scenario_id)
    if not htmx.wants_fragment():
        return htmx.go(f"{address}#{anchor}")
    bench = open_workbench(scenario_id)
    return htmx.show(
        _PAGE, _PART, trigger=htmx.BILL_CHANGED, push=address, bench=bench, form=None, picking=False
    )
