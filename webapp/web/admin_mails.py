"""The outbox: what is to leave the house, what did, and what would not."""

from typing import cast
from uuid import UUID

from flask import Blueprint, flash, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from webapp.domain.errors import Conflict
from webapp.domain.mails import STATUSES, MailStatus
from webapp.edge import htmx
from webapp.edge.identity import admin_required
from webapp.infra.db import unit_of_work
from webapp.services.mail_administration import is_kept_here, open_mail, send_mail_again
from webapp.services.mails import LISTED, list_mails
from webapp.web.presentation import tr

bp = Blueprint("admin_mails", __name__, url_prefix="/admin/mails")


@bp.get("")
@admin_required
def index() -> ResponseReturnValue:
    stated = request.args.get("status", "")
    status = cast(MailStatus, stated) if stated in STATUSES else None
    return render_template(
        "admin/mails.html",
        mails=list_mails(status),
        status=status,
        statuses=STATUSES,
        most=LISTED,
        is_kept_here=is_kept_here(),
    )


@bp.get("/<uuid:mail_id>")
@admin_required
def show(mail_id: UUID) -> ResponseReturnValue:
    with unit_of_work():
        letter = open_mail(mail_id)
    return render_template(
        "admin/mail.html", letter=letter, mail=letter.view, statuses=STATUSES, is_kept_here=is_kept_here()
    )


@bp.post("/<uuid:mail_id>/send")
@admin_required
def send(mail_id: UUID) -> ResponseReturnValue:
    try:
        with unit_of_work():
            mail = send_mail_again(mail_id)
    except Conflict as error:
        flash(tr(error.message), "refused")
    else:
        flash(_("The mail to %(email)s is tried again.", email=mail.recipient))
    return htmx.go(url_for(".show", mail_id=mail_id))
