"""What begins or ends in a mail: a forgotten password, a confirmed address.

Opening a link changes nothing: programs that check mails open links too. The page that comes holds the token
in a form, and sending that form is what counts.
"""

from flask import Blueprint, Response, flash, make_response, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from webapp.domain.errors import Gone, InvalidInput
from webapp.domain.passwords import MIN_PASSWORD
from webapp.edge import htmx
from webapp.edge.identity import current_account, renew_session
from webapp.infra.db import unit_of_work
from webapp.services.mailed_links import Purpose, account_behind
from webapp.services.password_changes import request_reset, reset_password
from webapp.services.registration import confirm_email, send_confirmation_to
from webapp.web.fields import Field, Form, form_of, refused

bp = Blueprint("mailed_links", __name__)


@bp.get("/forgot-password")
def forgot_password() -> ResponseReturnValue:
    return _page("forgot_password", _email_form())


@bp.post("/forgot-password")
def request_new_password() -> ResponseReturnValue:
    email = request.form.get("email", "")
    try:
        with unit_of_work():
            request_reset(email)
    except InvalidInput as error:
        return _page("forgot_password", refused(_email_form(), {"email": email}, error.problems), 422)
    return _page("mail_sent", form_of([]), email=email.strip(), purpose="reset")


@bp.get("/reset-password")
def reset() -> ResponseReturnValue:
    return _only_with_link("reset", "reset_password", _password_form())


@bp.post("/reset-password")
def set_new_password() -> ResponseReturnValue:
    token = request.form.get("token", "")
    try:
        with unit_of_work():
            reset_password(token, request.form.get("password", ""))
    except InvalidInput as error:
        return _page("reset_password", refused(_password_form(), {}, error.problems), 422, link_token=token)
    except Gone as error:
        return _gone("reset", error)
    flash(_("Your password is changed and every session has ended. Sign in with the new one."))
    return htmx.go(url_for("accounts.sign_in"))


@bp.get("/confirm")
def confirm() -> ResponseReturnValue:
    return _only_with_link("confirm", "confirm", form_of([]))


@bp.post("/confirm")
def confirm_address() -> ResponseReturnValue:
    try:
        with unit_of_work():
            confirmed = confirm_email(request.form.get("token", ""))
    except Gone as error:
        return _gone("confirm", error)
    account = current_account()
    flash(_("Your address is confirmed."))
    if account is None or account.id != confirmed.id:
        return htmx.go(url_for("accounts.sign_in"))
    renew_session()
    return htmx.go(url_for("scenarios.index"))


@bp.get("/confirm/again")
def ask_again() -> ResponseReturnValue:
    return _page("confirm_again", _email_form())


@bp.post("/confirm/again")
def send_again() -> ResponseReturnValue:
    email = request.form.get("email", "")
    try:
        with unit_of_work():
            send_confirmation_to(email)
    except InvalidInput as error:
        return _page("confirm_again", refused(_email_form(), {"email": email}, error.problems), 422)
    return _page("mail_sent", form_of([]), email=email.strip(), purpose="confirm")


def _only_with_link(purpose: Purpose, page: str, form: Form) -> Response:
    """The page behind a link that still works, without using it up."""
    token = request.args.get("token", "")
    try:
        account_behind(token, purpose)
    except Gone as error:
        return _gone(purpose, error)
    return _page(page, form, link_token=token)


def _gone(purpose: Purpose, error: Gone) -> Response:
    return _page("link_gone", form_of([]), 410, purpose=purpose, message=error.message)


def _page(page: str, form: Form, status: int = 200, **others: object) -> Response:
    response = make_response(render_template(f"accounts/{page}.html", form=form, **others), status)
    # A page whose form holds a token stays in no cache.
    response.headers["Cache-Control"] = "no-store"
    return response


def _email_form() -> Form:
    return form_of([Field("email", _("E-mail"), "text", request.args.get("email", ""))])


def _password_form() -> Form:
    hint = _("At least %(n)d characters. A sentence is a good one.", n=MIN_PASSWORD)
    return form_of([Field("password", _("New password"), "text", hint=hint)])
