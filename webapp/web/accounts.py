"""Sign up, sign in, sign out, and the theme a browser likes."""

from flask import Blueprint, Response, flash, make_response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from webapp.domain.errors import Conflict, InvalidInput, Problem, Unauthenticated
from webapp.edge import htmx
from webapp.edge.identity import current_account, login_account, logout, safe_next
from webapp.infra.db import unit_of_work
from webapp.services.accounts import MIN_PASSWORD, authenticate, register_account
from webapp.web.fields import Field, Form, form_of, refused
from webapp.web.presentation import THEMES

bp = Blueprint("accounts", __name__)
_YEAR_S = 31_536_000


@bp.get("/")
def home() -> ResponseReturnValue:
    return redirect(url_for("scenarios.index" if current_account() else "accounts.sign_in"))


@bp.get("/sign-in")
def sign_in() -> ResponseReturnValue:
    return _gate("sign_in", _sign_in_form())


@bp.post("/sign-in")
def authenticate_person() -> ResponseReturnValue:
    try:
        with unit_of_work():
            account = authenticate(request.form.get("email", ""), request.form.get("password", ""))
    except Unauthenticated as error:
        form = refused(_sign_in_form(), _without_password(), (Problem("/email", error.message),))
        return _gate("sign_in", form, 422)
    login_account(account)
    return htmx.go(safe_next(request.form.get("next")) or url_for("scenarios.index"))


@bp.get("/sign-up")
def sign_up() -> ResponseReturnValue:
    return _gate("sign_up", _sign_up_form())


@bp.post("/sign-up")
def register_person() -> ResponseReturnValue:
    try:
        with unit_of_work():
            account = register_account(request.form.get("email", ""), request.form.get("password", ""))
    except InvalidInput as error:
        return _gate("sign_up", refused(_sign_up_form(), _without_password(), error.problems), 422)
    except Conflict as error:
        form = refused(_sign_up_form(), _without_password(), (Problem("/email", error.message),))
        return _gate("sign_up", form, 422)
    login_account(account)
    return htmx.go(url_for("scenarios.index"))


@bp.post("/sign-out")
def sign_out() -> ResponseReturnValue:
    logout()
    flash(_("You are signed out."))
    return htmx.go(url_for("accounts.sign_in"))


@bp.post("/theme")
def choose_theme() -> ResponseReturnValue:
    chosen = request.form.get("theme", "auto")
    response = htmx.go(safe_next(request.form.get("next")) or url_for("accounts.home"))
    response.set_cookie(
        "theme",
        chosen if chosen in THEMES else "auto",
        max_age=_YEAR_S,
        samesite="Lax",
        secure=request.is_secure,
    )
    return response


def _gate(page: str, form: Form, status: int = 200) -> Response:
    going = safe_next(request.values.get("next")) or ""
    return make_response(render_template(f"accounts/{page}.html", form=form, next=going), status)


def _sign_in_form() -> Form:
    return form_of([Field("email", _("E-mail"), "text"), Field("password", _("Password"), "text")])


def _sign_up_form() -> Form:
    hint = _("At least %(n)d characters. A sentence is a good one.", n=MIN_PASSWORD)
    return form_of([Field("email", _("E-mail"), "text"), Field("password", _("Password"), "text", hint=hint)])


def _without_password() -> dict[str, str]:
    """What is kept in a refused form; a password never travels back."""
    return {"email": request.form.get("email", "")}
