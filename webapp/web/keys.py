"""API keys: make one and see it once, list them, revoke one."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from uuid import UUID

from flask import Blueprint, Response, flash, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from webapp.domain.errors import Conflict, InvalidInput, Problem
from webapp.domain.words import N_, phrase
from webapp.edge import htmx
from webapp.edge.identity import current_account, current_owner_id, login_required
from webapp.infra.clock import now
from webapp.infra.db import unit_of_work
from webapp.services.identities import ORDINARY_SCOPES, scopes_of
from webapp.services.keys import NewKey, create_key, get_key, list_keys, revoke_key
from webapp.web.fields import Field, Form, Option, form_of

bp = Blueprint("keys", __name__, url_prefix="/keys")

#: Days a key may be made for; a key without an end is asked for by name.
LIFETIMES_DAYS = (30, 90, 365)
NEVER = "never"
_DEFAULT_LIFETIME = "90"


@bp.get("")
@login_required
def index() -> ResponseReturnValue:
    return _show(_form())


@bp.post("")
@login_required
def create() -> ResponseReturnValue:
    """The one answer to a form that is a page: the secret exists in it and nowhere else."""
    name, scopes = request.form.get("name", ""), request.form.getlist("scopes")
    lifetime = request.form.get("expires_at", _DEFAULT_LIFETIME)
    try:
        with unit_of_work():
            made = create_key(current_owner_id(), name, scopes, _end_of(lifetime))
    except InvalidInput as error:
        return _show(_form(name, lifetime, error.problems), status=422, chosen=scopes)
    except Conflict as error:
        return _show(_form(name, lifetime, (Problem("", error.message),)), status=422, chosen=scopes)
    return _show(_form(), status=201, made=made)


@bp.get("/<uuid:key_id>/revoke")
@login_required
def confirm_revoke(key_id: UUID) -> ResponseReturnValue:
    key = get_key(current_owner_id(), key_id)
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


def _end_of(lifetime: str) -> datetime | None:
    """The moment a key of this lifetime ends. Raises InvalidInput for one that was not offered."""
    if lifetime == NEVER:
        return None
    if lifetime not in map(str, LIFETIMES_DAYS):
        raise InvalidInput([Problem("/expires_at", phrase(N_("Choose how long the key works.")))])
    return now() + timedelta(days=int(lifetime))


def _form(name: str = "", lifetime: str = _DEFAULT_LIFETIME, problems: tuple[Problem, ...] = ()) -> Form:
    hint = _("What will use it: “staging shipper”, “laptop”.")
    options = [Option(str(days), _("%(n)s days", n=days)) for days in LIFETIMES_DAYS]
    fields = [
        Field("name", _("Name"), "text", name, hint=hint),
        Field(
            "expires_at",
            _("Works for"),
            "choice",
            lifetime,
            hint=_("Then it is refused, and you make another."),
            options=(*options, Option(NEVER, _("Until it is revoked"))),
        ),
    ]
    return form_of(fields, problems)


def _show(
    form: Form, *, status: int = 200, made: NewKey | None = None, chosen: Sequence[str] = ORDINARY_SCOPES
) -> Response:
    account = current_account()
    return htmx.show(
        "keys/index.html",
        "keys/_keys.html",
        status=status,
        form=form,
        keys=list_keys(current_owner_id()),
        made=made,
        chosen=chosen,
        scopes=scopes_of(account.role if account else "user"),
    )
