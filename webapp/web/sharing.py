"""Share links as the owner handles them: make one and see it once, list them, revoke one."""

from uuid import UUID

from flask import Blueprint, Response, flash, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from webapp.domain.errors import Conflict, InvalidInput, Problem
from webapp.edge import htmx
from webapp.edge.identity import current_owner_id, login_required
from webapp.infra.config import current_settings
from webapp.infra.db import unit_of_work
from webapp.services.sharing import (
    DEFAULT_LIFETIME_DAYS,
    LIFETIMES_DAYS,
    NewLink,
    create_share_link,
    get_share_link,
    list_share_links,
    revoke_share_link,
)
from webapp.web.fields import Field, Form, Option, form_of
from webapp.web.workbench import open_workbench

bp = Blueprint("sharing", __name__, url_prefix="/scenarios/<uuid:scenario_id>/share")

_NEVER = "never"


@bp.get("")
@login_required
def index(scenario_id: UUID) -> ResponseReturnValue:
    return _show(scenario_id, _form())


@bp.post("")
@login_required
def create(scenario_id: UUID) -> ResponseReturnValue:
    """The one answer to a form that is a page: the link exists in it and nowhere else."""
    name, lifetime = request.form.get("name", ""), request.form.get("expires_in_days", "")
    try:
        with unit_of_work():
            made = create_share_link(current_owner_id(), scenario_id, name, _days(lifetime))
    except InvalidInput as error:
        return _show(scenario_id, _form(name, lifetime, error.problems), status=422)
    except Conflict as error:
        return _show(scenario_id, _form(name, lifetime, (Problem("", error.message),)), status=422)
    return _show(scenario_id, _form(), status=201, made=made)


@bp.get("/<uuid:link_id>/revoke")
@login_required
def confirm_revoke(scenario_id: UUID, link_id: UUID) -> ResponseReturnValue:
    link = get_share_link(current_owner_id(), scenario_id, link_id)
    return htmx.show(
        "confirm.html",
        "_confirm.html",
        title=_("Revoke “%(name)s”?", name=link.name),
        explanation=_("Whoever has this link sees nothing from now on. This cannot be undone."),
        action=url_for(".revoke", scenario_id=scenario_id, link_id=link_id),
        verb=_("Revoke link"),
        back=url_for(".index", scenario_id=scenario_id),
    )


@bp.post("/<uuid:link_id>/revoke")
@login_required
def revoke(scenario_id: UUID, link_id: UUID) -> ResponseReturnValue:
    with unit_of_work():
        link = revoke_share_link(current_owner_id(), scenario_id, link_id)
    flash(_("“%(name)s” is revoked.", name=link.name))
    return htmx.go(url_for(".index", scenario_id=scenario_id))


def _days(lifetime: str) -> object:
    """What was chosen, as the service takes it; anything else stays for it to refuse."""
    if lifetime == _NEVER:
        return None
    return int(lifetime) if lifetime.isdecimal() and len(lifetime) < 4 else lifetime


def _form(
    name: str = "", lifetime: str = str(DEFAULT_LIFETIME_DAYS), problems: tuple[Problem, ...] = ()
) -> Form:
    choices = tuple(
        Option(_NEVER, _("Until it is revoked"))
        if days is None
        else Option(str(days), _("%(n)s days", n=days))
        for days in LIFETIMES_DAYS
    )
    hint = _("Who will get it: “the board”, “procurement”.")
    fields = [
        Field("name", _("Name"), "text", name, hint=hint),
        Field("expires_in_days", _("Works for"), "choice", lifetime, options=choices),
    ]
    return form_of(fields, problems)


def _show(scenario_id: UUID, form: Form, *, status: int = 200, made: NewLink | None = None) -> Response:
    path = url_for("shared.show", token=made.token) if made else ""
    return htmx.show(
        "sharing/index.html",
        "sharing/_links.html",
        status=status,
        bench=open_workbench(scenario_id),
        form=form,
        links=list_share_links(current_owner_id(), scenario_id),
        made=made,
        address=f"{current_settings().public_url}{path}",
    )
