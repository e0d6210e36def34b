"""Sign up, sign in, sign out, and the theme a browser likes."""

from datetime import datetime
from uuid import UUID

from flask import (
    Blueprint,
    Response,
    flash,
    make_response,
    redirect,
    render_template,
    request,
    session,
    url_for,
)
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from webapp.domain.errors import Conflict, Forbidden, InvalidInput, Problem, TooMany, Unauthenticated
from webapp.domain.passwords import MIN_PASSWORD
from webapp.edge import htmx
from webapp.edge.identity import current_account, login_account, logout, safe_next
from webapp.infra.db import unit_of_work
from webapp.services.registration import register
from webapp.services.sign_in import (
    AddressNotConfirmed,
    PendingSignIn,
    SignInResult,
    SignInTooSlow,
    WrongCode,
    finish_sign_in,
)
from webapp.services.sign_in import sign_in as prove
from webapp.web.fields import Field, Form, form_of, refused
from webapp.web.presentation import THEMES

bp = Blueprint("accounts", __name__)
_YEAR_S = 31_536_000
#: Where the cookie keeps a right password that still lacks its code; it opens nothing but the code page.
_PENDING = "pending_sign_in"


@bp.get("/")
def home() -> ResponseReturnValue:
    return redirect(url_for("scenarios.index" if current_account() else "accounts.sign_in"))


@bp.get("/sign-in")
def sign_in() -> ResponseReturnValue:
    return _gate("sign_in", _sign_in_form())


@bp.post("/sign-in")
def authenticate_person() -> ResponseReturnValue:
    try:
        result = prove(request.form.get("email", ""), request.form.get("password", ""))
    except TooMany as error:
        return _told_to_wait("sign_in", _sign_in_form(), error)
    except AddressNotConfirmed as error:
        return _refused_entry(error.message, status=403, unconfirmed=True)
    except Forbidden as error:
        return _refused_entry(error.message, status=403)
    except Unauthenticated as error:
        return _refused_entry(error.message)
    if result.pending is not None:
        _remember(result.pending)
        return htmx.go(url_for(".code", next=safe_next(request.form.get("next"))))
    return _enter(result)


@bp.get("/sign-in/code")
def code() -> ResponseReturnValue:
    return _gate("code", _code_form()) if _remembered() else redirect(url_for(".sign_in"), 303)


@bp.post("/sign-in/code")
def check_code() -> ResponseReturnValue:
    pending = _remembered()
    if pending is None:
        return _begin_again(_("Sign in first."))
    try:
        result = finish_sign_in(pending, request.form.get("code", ""))
    except TooMany as error:
        return _told_to_wait("code", _code_form(), error)
    except WrongCode as error:
        return _gate("code", refused(_code_form(), {}, (Problem("/code", error.message),)), 422)
    except (SignInTooSlow, Forbidden) as error:
        return _begin_again(error.message)
    return _enter(result)


@bp.get("/sign-up")
def sign_up() -> ResponseReturnValue:
    return _gate("sign_up", _sign_up_form())


@bp.post("/sign-up")
def register_person() -> ResponseReturnValue:
    email = request.form.get("email", "")
    try:
        with unit_of_work():
            account = register(email, request.form.get("password", ""))
    except InvalidInput as error:
        return _gate("sign_up", refused(_sign_up_form(), _without_password(), error.problems), 422)
    except Conflict as error:
        form = refused(_sign_up_form(), _without_password(), (Problem("/email", error.message),))
        return _gate("sign_up", form, 422)
    if account is None:
        return _gate("mail_sent", form_of([]), email=email.strip(), purpose="confirm")
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


def _enter(result: SignInResult) -> Response:
    login_account(result.account, result.method)
    return htmx.go(safe_next(request.form.get("next")) or url_for("scenarios.index"))


def _refused_entry(message: str, *, status: int = 422, unconfirmed: bool = False) -> Response:
    form = refused(_sign_in_form(), _without_password(), (Problem("/email", message),))
    return _gate("sign_in", form, status, unconfirmed=unconfirmed)


def _told_to_wait(page: str, form: Form, error: TooMany) -> Response:
    response = _gate(page, refused(form, _without_password(), (Problem("", error.message),)), 429)
    response.headers["Retry-After"] = str(error.retry_after_s)
    return response


def _begin_again(message: str) -> Response:
    session.pop(_PENDING, None)
    return _gate("sign_in", form_of(list(_sign_in_form().fields.values()), (Problem("", message),)), 422)


def _remember(pending: PendingSignIn) -> None:
    session[_PENDING] = [str(pending.account_id), pending.mark, pending.began_at.isoformat()]


def _remembered() -> PendingSignIn | None:
    """What this browser has proven so far. The cookie is signed: what stands in it is ours."""
    kept = session.get(_PENDING)
    return PendingSignIn(UUID(kept[0]), kept[1], datetime.fromisoformat(kept[2])) if kept else None


def _gate(page: str, form: Form, status: int = 200, **others: object) -> Response:
    going = safe_next(request.values.get("next")) or ""
    rendered = render_template(f"accounts/{page}.html", form=form, next=going, **others)
    return make_response(rendered, status)


def _sign_in_form() -> Form:
    return form_of([Field("email", _("E-mail"), "text"), Field("password", _("Password"), "text")])


def _code_form() -> Form:
    hint = _("Six digits from your authenticator app, or one of your recovery codes.")
    return form_of([Field("code", _("Code"), "text", hint=hint)])


def _sign_up_form() -> Form:
    hint = _("At least %(n)d characters. A sentence is a good one.", n=MIN_PASSWORD)
    return form_of([Field("email", _("E-mail"), "text"), Field("password", _("Password"), "text", hint=hint)])


def _without_password() -> dict[str, str]:
    """What is kept in a refused form; a password never travels back."""
    return {"email": request.form.get("email", "")}
