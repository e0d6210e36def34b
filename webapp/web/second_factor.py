"""The second factor of one's own account: set up, switch off, recovery codes."""

from flask import Blueprint, Response, flash, make_response, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from markupsafe import Markup

from webapp.domain.errors import Conflict, InvalidInput, Problem, TooMany
from webapp.edge import htmx
from webapp.edge.identity import current_account, current_owner_id, login_required, renew_session
from webapp.infra.db import unit_of_work
from webapp.services.second_factor import begin_setup, disable, enable, get_setup, renew_recovery_codes
from webapp.services.sign_in import prove_again
from webapp.web.fields import Field, Form, form_of

bp = Blueprint("second_factor", __name__, url_prefix="/account/second-factor")


@bp.get("")
@login_required
def index() -> ResponseReturnValue:
    """Setting it up, or what there is to do with it once it is in force."""
    return _show(_form()) if _is_in_force() else _show_setup(_form())


@bp.post("")
@login_required
def create() -> ResponseReturnValue:
    """Begin setting it up."""
    try:
        with unit_of_work():
            begin_setup(current_owner_id())
    except Conflict as error:
        flash(error.message, "refused")
    return htmx.go(url_for(".index"))


@bp.post("/enable")
@login_required
def switch_on() -> ResponseReturnValue:
    """The one answer to this form is a page: the recovery codes exist in it and nowhere else."""
    try:
        prove_again(current_owner_id(), request.form.get("present_password", ""))
        with unit_of_work():
            codes = enable(current_owner_id(), request.form.get("code", ""))
    except InvalidInput as error:
        return _show_setup(_form(error.problems), 422)
    except TooMany as error:
        return _waiting(_show_setup(_form((Problem("", error.message),)), 429), error)
    except Conflict as error:
        flash(error.message, "refused")
        return htmx.go(url_for(".index"))
    renew_session()
    return _show_codes(codes, is_new=True)


@bp.post("/disable")
@login_required
def switch_off() -> ResponseReturnValue:
    refused = _not_proven()
    if refused is not None:
        return refused
    with unit_of_work():
        disable(current_owner_id())
    renew_session()
    flash(_("The second factor is switched off. Your password alone signs you in."))
    return htmx.go(url_for("account.index"))


@bp.post("/recovery-codes")
@login_required
def renew_codes() -> ResponseReturnValue:
    refused = _not_proven()
    if refused is not None:
        return refused
    with unit_of_work():
        codes = renew_recovery_codes(current_owner_id())
    renew_session()
    return _show_codes(codes, is_new=False)


def _not_proven() -> Response | None:
    """The refusal of whoever has a session but not password and code; None when both were right."""
    if not _is_in_force():
        return htmx.go(url_for(".index"))
    try:
        prove_again(
            current_owner_id(), request.form.get("present_password", ""), request.form.get("code", "")
        )
    except InvalidInput as error:
        return _show(_form(error.problems), 422)
    except TooMany as error:
        return _waiting(_show(_form((Problem("", error.message),)), 429), error)
    return None


def _is_in_force() -> bool:
    account = current_account()
    return account is not None and account.has_second_factor


def _show_setup(form: Form, status: int = 200) -> Response:
    setup = get_setup(current_owner_id())
    if setup is None:
        return htmx.go(url_for("account.index"))
    # The picture is drawn here, from an address that holds nothing a person typed but their e-mail, encoded.
    picture = Markup(setup.picture)  # noqa: S704 # nosec B704 # our own drawing
    page = render_template("accounts/second_factor_setup.html", form=form, setup=setup, picture=picture)
    return make_response(page, status)


def _show(form: Form, status: int = 200) -> Response:
    return make_response(render_template("accounts/second_factor.html", form=form), status)


def _show_codes(codes: tuple[str, ...], *, is_new: bool) -> Response:
    return make_response(render_template("accounts/recovery_codes.html", codes=codes, is_new=is_new))


def _waiting(response: Response, error: TooMany) -> Response:
    response.headers["Retry-After"] = str(error.retry_after_s)
    return response


def _form(problems: tuple[Problem, ...] = ()) -> Form:
    return form_of(
        [Field("present_password", _("Present password"), "text"), Field("code", _("Code"), "text")], problems
    )
