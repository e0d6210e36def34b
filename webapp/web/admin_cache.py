"""What the cache keeps, how often it helps, and emptying a tier of it."""

from flask import Blueprint, flash, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import ngettext

from webapp.domain.errors import NotFound, Unavailable
from webapp.domain.words import N_, phrase
from webapp.edge import htmx
from webapp.edge.identity import admin_required
from webapp.infra.config import current_settings
from webapp.infra.db import unit_of_work
from webapp.services.cache_administration import TIER_LABELS, TierStats, empty_tier, list_tiers
from webapp.web.durations import duration_in_words
from webapp.web.presentation import tr

bp = Blueprint("admin_cache", __name__, url_prefix="/admin/cache")


@bp.get("")
@admin_required
def index() -> ResponseReturnValue:
    tiers, away = _tiers()
    return render_template(
        "admin/cache.html",
        tiers=tiers,
        away=away,
        is_off=current_settings().cache_disabled,
        labels=TIER_LABELS,
        in_words=duration_in_words,
    )


@bp.get("/<tier>/empty")
@admin_required
def confirm_empty(tier: str) -> ResponseReturnValue:
    if tier not in TIER_LABELS:
        raise NotFound(phrase(N_("There is nothing at this address.")))
    return htmx.show(
        "confirm.html",
        "_confirm.html",
        title=_("Empty tier %(tier)s?", tier=tier),
        explanation=_("Nothing is lost: what was kept is worked out again, which is slower for a while."),
        action=url_for(".empty", tier=tier),
        verb=_("Empty tier"),
        back=url_for(".index"),
    )


@bp.post("/<tier>/empty")
@admin_required
def empty(tier: str) -> ResponseReturnValue:
    try:
        with unit_of_work():
            removed = empty_tier(tier)
    except Unavailable as error:
        flash(tr(error.message), "refused")
    else:
        flash(
            ngettext(
                "%(tier)s is empty: one value removed.",
                "%(tier)s is empty: %(num)d values removed.",
                removed,
                tier=tier,
            )
        )
    return htmx.go(url_for(".index"))


def _tiers() -> tuple[tuple[TierStats, ...], str]:
    """The tiers, or none and why."""
    try:
        return list_tiers(), ""
    except Unavailable as error:
        return (), tr(error.message)
