"""One's own account: address, password, sessions. The second factor has pages of its own."""

from uuid import UUID

from flask import Blueprint, Response, flash, make_response, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import ngettext

from webapp.domain.errors import Conflict, InvalidInput, Problem, TooMany
from webapp.domain.passwords import MIN_PASSWORD
from webapp.domain.plans import PLANS, ROLES
from webapp.edge import htmx
from webapp.edge.identity import (
    current_owner_id,
    current_session_id,
    forget_caller,
    login_required,
    logout,
    renew_session,
    safe_next,
)
from webapp.infra.db import unit_of_work
from webapp.services.accounts import get_account
from webapp.services.password_changes import change_password
from webapp.services.registration import send_confirmation
from webapp.services.second_factor import codes_left
from webapp.services.sessions import get_session, list_sessions, revoke_session, revoke_sessions
from webapp.web.agents import agent_in_words
from webapp.web.fields import Field, Form, form_of

bp = Blueprint("account", __name__, url_prefix="/account")


@bp.get("")
@login_required
def index() -> ResponseReturnValue:
    return _show(_password_form())


@bp.post("/password")
@login_required
def update_password() -> ResponseReturnValue:
    present, chosen = request.form.get("present_password", ""), request.form.get("password", "")
    try:
        change_password(current_owner_id(), present, chosen, spare=current_session_id())
    except InvalidInput as error:
        return _show(_password_form(error.problems), 422)
    except TooMany as error:
        response = _show(_password_form((Problem("", error.message),)), 429)
        response.headers["Retry-After"] = str(error.retry_after_s)
        return response
    renew_session()
    flash(_("Your password is changed. Every other session has ended."))
    return htmx.go(url_for(".index"))


@bp.post("/confirmation")
@login_required
def send_again() -> ResponseReturnValue:
    """Mail the link that confirms the address again, from the banner of any page."""
    try:
        with unit_of_work():
            send_confirmation(current_owner_id())
    except Conflict as error:
        flash(error.message, "refused")
    else:
        flash(_("The mail is on its way. Open its link within three days."))
    return htmx.go(safe_next(request.form.get("next")) or url_for(".index"))


@bp.get("/sessions/<uuid:session_id>/revoke")
@login_required
def confirm_revoke(session_id: UUID) -> ResponseReturnValue:
    card = get_session(current_owner_id(), session_id)
    return htmx.show(
        "confirm.html",
        "_confirm.html",
        title=_("End the session of %(agent)s?", agent=agent_in_words(card.agent)),
        explanation=_("Whoever uses it has to sign in again."),
        action=url_for(".revoke", session_id=session_id),
        verb=_("End session"),
        keep=_("Leave it"),
        back=url_for(".index"),
    )


@bp.post("/sessions/<uuid:session_id>/revoke")
@login_required
def revoke(session_id: UUID) -> ResponseReturnValue:
    own = session_id == current_session_id()
    with unit_of_work():
        revoke_session(current_owner_id(), session_id)
    if own:
        forget_caller()
    flash(_("The session has ended."))
    return htmx.go(url_for("accounts.sign_in" if own else ".index"))


@bp.get("/sign-out-everywhere")
@login_required
def confirm_sign_out_everywhere() -> ResponseReturnValue:
    return htmx.show(
        "confirm.html",
        "_confirm.html",
        title=_("Sign out everywhere?"),
        explanation=_(
            "Every browser and API client signed in as you has to sign in again, this one too. "
            "API keys stay as they are."
        ),
        action=url_for(".sign_out_everywhere"),
        verb=_("Sign out everywhere"),
        keep=_("Stay signed in"),
        back=url_for(".index"),
    )


@bp.post("/sign-out-everywhere")
@login_required
def sign_out_everywhere() -> ResponseReturnValue:
    with unit_of_work():
        ended = revoke_sessions(current_owner_id(), "everywhere")
    logout()
    flash(ngettext("One session has ended: this one.", "%(num)d sessions have ended, this one too.", ended))
    return htmx.go(url_for("accounts.sign_in"))


def _show(form: Form, status: int = 200) -> Response:
    account = get_account(current_owner_id())
    rendered = render_template(
        "accounts/settings.html",
        account=account,
        plan=PLANS[account.plan],
        role=ROLES[account.role],
        form=form,
        sessions=list_sessions(account.id),
        own_session=current_session_id(),
        codes_left=codes_left(account.id),
        agent_in_words=agent_in_words,
    )
    return make_response(rendered, status)


def _password_form(problems: tuple[Problem, ...] = ()) -> Form:
    hint = _("At least %(n)d characters. A sentence is a good one.", n=MIN_PASSWORD)
    return form_of(
        [
            Field("present_password", _("Present password"), "text"),
            Field("password", _("New password"), "text", hint=hint),
        ],
        problems,
    )
