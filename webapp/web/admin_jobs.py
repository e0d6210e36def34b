"""Queues, the schedule, jobs that failed for good and the latest reports."""

from uuid import UUID

from flask import Blueprint, flash, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from webapp.domain.errors import Unavailable
from webapp.domain.reports import STATUSES
from webapp.edge import htmx
from webapp.edge.identity import admin_required
from webapp.infra.db import unit_of_work
from webapp.services.dead_letters import (
    count_dead_letters,
    forget_dead_letter,
    get_dead_letter,
    list_dead_letters,
    retry_dead_letter,
)
from webapp.services.job_states import count_reports, list_latest_reports, list_queues, list_schedule
from webapp.web.durations import duration_in_words, interval_in_words
from webapp.web.presentation import tr

bp = Blueprint("admin_jobs", __name__, url_prefix="/admin/jobs")


@bp.get("")
@admin_required
def index() -> ResponseReturnValue:
    status = request.args.get("status", "")
    status = status if status in STATUSES else ""
    return render_template(
        "admin/jobs.html",
        queues=list_queues(),
        schedule=list_schedule(),
        letters=list_dead_letters(),
        letters_in_all=count_dead_letters(),
        counts=count_reports(),
        reports=list_latest_reports(status),
        status=status,
        in_words=duration_in_words,
        every=interval_in_words,
    )


@bp.get("/queues")
@admin_required
def queues() -> ResponseReturnValue:
    """The queues alone; asked again and again by htmx while the page is seen."""
    if not htmx.wants_fragment():
        return htmx.go(url_for(".index"))
    return htmx.show(
        "admin/_queues.html", "admin/_queues.html", queues=list_queues(), in_words=duration_in_words
    )


@bp.post("/<uuid:letter_id>/retry")
@admin_required
def retry(letter_id: UUID) -> ResponseReturnValue:
    try:
        with unit_of_work():
            letter = retry_dead_letter(letter_id)
    except Unavailable as error:
        flash(tr(error.message), "refused")
    else:
        flash(_("%(job)s is sent again.", job=letter.job))
    return htmx.go(url_for(".index"))


@bp.get("/<uuid:letter_id>/forget")
@admin_required
def confirm_forget(letter_id: UUID) -> ResponseReturnValue:
    letter = get_dead_letter(letter_id)
    return htmx.show(
        "confirm.html",
        "_confirm.html",
        title=_("Forget this %(job)s?", job=letter.job),
        explanation=_("It is not done, and cannot be sent again. What it was about stays as it is."),
        action=url_for(".forget", letter_id=letter_id),
        verb=_("Forget job"),
        back=url_for(".index"),
    )


@bp.post("/<uuid:letter_id>/forget")
@admin_required
def forget(letter_id: UUID) -> ResponseReturnValue:
    with unit_of_work():
        letter = forget_dead_letter(letter_id)
    flash(_("%(job)s is forgotten.", job=letter.job))
    return htmx.go(url_for(".index"))
