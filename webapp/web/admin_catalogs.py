"""Price catalogs: put one in use, put one aside, ask for a refresh, and see what the last ones came to."""

from flask import Blueprint, flash, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from webapp.domain.errors import Conflict, NotFound, Unavailable
from webapp.domain.words import N_, phrase
from webapp.edge import htmx
from webapp.edge.identity import admin_required
from webapp.infra.db import unit_of_work
from webapp.services.catalog_changes import CatalogState, accept_catalog, list_catalogs, refuse_catalog
from webapp.services.refresh_runs import list_refreshes, request_refresh
from webapp.web.presentation import tr

bp = Blueprint("admin_catalogs", __name__, url_prefix="/admin/catalogs")
STATUS_LABELS = {"accepted": N_("Accepted"), "held": N_("Held back"), "refused": N_("Refused")}
OUTCOME_LABELS = {
    "running": N_("At work"),
    "accepted": N_("New prices in use"),
    "held": N_("Held back"),
    "unchanged": N_("Nothing changed"),
    "unfinished": N_("Out of time, goes on next time"),
    "failed": N_("Failed"),
    "abandoned": N_("Its worker was lost"),
}


@bp.get("")
@admin_required
def index() -> ResponseReturnValue:
    return render_template(
        "admin/catalogs.html",
        catalogs=list_catalogs(),
        refreshes=list_refreshes(),
        status_labels=STATUS_LABELS,
        outcome_labels=OUTCOME_LABELS,
    )


@bp.post("/refresh")
@admin_required
def refresh() -> ResponseReturnValue:
    try:
        with unit_of_work():
            request_refresh()
    except (Conflict, Unavailable) as error:
        flash(tr(error.message), "refused")
    else:
        flash(_("The refresh is asked for. A worker reads what changed; reload this page to see it."))
    return htmx.go(url_for(".index"))


@bp.get("/<name>/accept")
@admin_required
def confirm_accept(name: str) -> ResponseReturnValue:
    catalog, overtaken_by = _find(name)
    explanation = _("Every estimate uses it from now on. Estimates that name a catalog keep theirs.")
    if overtaken_by:
        warning = _(
            "It was made from %(base)s, but %(used)s is in use now: what that one brought is taken back. "
            "A refresh makes a catalog that builds on it.",
            base=catalog.base,
            used=overtaken_by,
        )
        explanation = f"{warning} {explanation}"
    return htmx.show(
        "confirm.html",
        "_confirm.html",
        title=_("Put catalog %(name)s in use?", name=name),
        explanation=explanation,
        action=url_for(".accept", name=name, anyway=1 if overtaken_by else None),
        verb=_("Put in use"),
        keep=_("Leave it"),
        back=url_for(".index"),
    )


@bp.post("/<name>/accept")
@admin_required
def accept(name: str) -> ResponseReturnValue:
    try:
        with unit_of_work():
            catalog = accept_catalog(name, anyway=request.args.get("anyway") == "1")
    except Conflict as error:
        flash(tr(error.message), "refused")
    else:
        flash(_("Catalog %(name)s is in use.", name=catalog.name))
    return htmx.go(url_for(".index"))


@bp.get("/<name>/refuse")
@admin_required
def confirm_refuse(name: str) -> ResponseReturnValue:
    catalog, _overtaken_by = _find(name)
    return htmx.show(
        "confirm.html",
        "_confirm.html",
        title=_("Put catalog %(name)s aside?", name=catalog.name),
        explanation=_("It is not used, and a refresh that finds the same prices does not bring it back."),
        action=url_for(".refuse", name=name),
        verb=_("Put aside"),
        keep=_("Leave it"),
        back=url_for(".index"),
    )


@bp.post("/<name>/refuse")
@admin_required
def refuse(name: str) -> ResponseReturnValue:
    try:
        with unit_of_work():
            catalog = refuse_catalog(name)
    except Conflict as error:
        flash(tr(error.message), "refused")
    else:
        flash(_("Catalog %(name)s is put aside.", name=catalog.name))
    return htmx.go(url_for(".index"))


def _find(name: str) -> tuple[CatalogState, str]:
    """The catalog, and the name of the one in use when that is not the one it was made from."""
    catalogs = list_catalogs()
    found = next((catalog for catalog in catalogs if catalog.name == name), None)
    if found is None:
        raise NotFound(phrase(N_("There is nothing at this address.")))
    used = next((catalog.name for catalog in catalogs if catalog.in_use), "")
    return found, used if found.status != "accepted" and found.base not in ("", used) else ""
