"""API keys: make one and see it once, list them, revoke one."""

from collections.abc import Sequence
from uuid import UUID

from flask import Blueprint, Response, flash, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from webapp.domain.errors import Conflict, InvalidInput, NotFound, Problem
from webapp.domain.words import N_, phrase
from webapp.edge import htmx
from webapp.edge.identity import current_owner_id, login_required
from webapp.infra.db import unit_of_work
from webapp.services.keys import SCOPES, KeyCard, NewKey, create_key, list_keys, revoke_key
from webapp.web.fields import Field, Form, form_of

bp = Blueprint("keys", __name__, url_prefix="/keys")


@bp.get("")
@login_required
def index() -> ResponseReturnValue:
    return _show(_form())


@bp.post("")
@login_required
def create() -> ResponseReturnValue:
    """The one answer to a form that is a page: the secret exists in it and nowhere else."""
    name, scopes = request.form.get("name", ""), request.form.getlist("scopes")
    try:
        with unit_of_work():
            made = create_key(current_owner_id(), name, scopes)
    except InvalidInput as error:
        return _show(_form(name, error.problems), status=422, chosen=scopes)
    except Conflict as error:
        return _show(_form(name, (Problem("", error.message),)), status=422, chosen=scopes)
    return _show(_form(), status=201, made=made)


@bp.get("/<uuid:key_id>/revoke")
@login_required
def confirm_revoke(key_id: UUID) -> ResponseReturnValue:
    key = _find(key_id)
    return htmx.show(
        "confirm.html",
        "_confirm.html",
        title=_("Revoke “%(name)s”?", name=key.name),
        explanation=_("Whatever sends with this key is refused from now on. This cannot be undone."),
        action=url_for(".revoke", key_id=key_id),
        verb=_("Revoke key"),
        back=url_for(".index"),
    )


@bp.post("/<uuid:key_id>/revoke")
@login_required
def revoke(key_id: UUID) -> ResponseReturnValue:
    with unit_of_work():
        key = revoke_key(current_owner_id(), key_id)
    flash(_("“%(name)s” is revoked.", name=key.name))
    return htmx.go(url_for(".index"))


def _find(key_id: UUID) -> KeyCard:
    found = next((key for key in list_keys(current_owner_id()) if key.id == key_id), None)
    if found is None:
        raise NotFound(phrase(N_("There is no such API key.")))
    return found


def _form(name: str = "", problems: tuple[Problem, ...] = ()) -> Form:
    hint = _("What will use it: “staging shipper”, “laptop”.")
    return form_of([Field("name", _("Name"), "text", name, hint=hint)], problems)


def _show(
    form: Form, *, status: int = 200, made: NewKey | None = None, chosen: Sequence[str] = SCOPES
) -> Response:
    keys = list_keys(current_owner_id())
    return htmx.show(
        "keys/index.html", "keys/_keys.html", status=status, form=form, keys=keys, made=made, chosen=chosen
    )
