"""Accounts as administrators see them: found, looked at, changed. What harms somebody asks first."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from flask import Blueprint, Response, flash, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from webapp.domain.activity_words import activity_words
from webapp.domain.errors import Conflict, InvalidInput, NotFound, Problem
from webapp.domain.plans import PLANS, ROLES
from webapp.domain.words import N_, phrase
from webapp.edge import htmx
from webapp.edge.identity import admin_required, current_owner_id, forget_caller
from webapp.infra.db import unit_of_work
from webapp.services import account_administration as accounts
from webapp.services.accounts import Account, get_account
from webapp.services.audit_search import AuditQuery, find_entries
from webapp.services.keys import get_key, list_keys, revoke_key
from webapp.services.sessions import list_sessions
from webapp.web.agents import agent_in_words
from webapp.web.fields import Field, Form, Option, form_of
from webapp.web.presentation import tr

bp = Blueprint("admin_users", __name__, url_prefix="/admin")
#: Entries of the audit shown with an account.
_ENTRIES = 10


@dataclass(frozen=True, slots=True)
class Act:
    """Something done to an account on one click. The texts are msgids; `%(email)s` names the account.

    One that `ends_sessions` signs its own administrator out as well.
    """

    run: Callable[[UUID], object]
    title: str
    explanation: str
    verb: str
    done: str
    ends_sessions: bool = False


ACTS: Mapping[str, Act] = {
    "disable": Act(
        accounts.disable_account,
        N_("Disable %(email)s?"),
        N_(
            "Sessions end, and no sign-in, API key or mailed link works until it is enabled. Nothing is lost."
        ),
        N_("Disable account"),
        N_("%(email)s is disabled."),
        ends_sessions=True,
    ),
    "enable": Act(
        accounts.enable_account,
        N_("Enable %(email)s?"),
        N_("It may sign in again, and its API keys work again."),
        N_("Enable account"),
        N_("%(email)s is enabled."),
    ),
    "confirm": Act(
        accounts.confirm_account,
        N_("Confirm the address of %(email)s?"),
        N_("You vouch for it, as the link in the mail would have."),
        N_("Confirm address"),
        N_("The address %(email)s is confirmed."),
    ),
    "reset-second-factor": Act(
        accounts.reset_second_factor,
        N_("Remove the second factor of %(email)s?"),
        N_("The password alone signs in again, and every session ends. Be sure who is asking for it."),
        N_("Remove second factor"),
        N_("%(email)s signs in with the password alone."),
        ends_sessions=True,
    ),
    "end-sessions": Act(
        accounts.end_sessions,
        N_("Sign %(email)s out everywhere?"),
        N_("Every browser and API client signed in to this account has to sign in again. API keys stay."),
        N_("End sessions"),
        N_("Every session of %(email)s has ended."),
        ends_sessions=True,
    ),
    "make-admin": Act(
        lambda account_id: accounts.set_role(account_id, "admin"),
        N_("Make %(email)s an administrator?"),
        N_(
            "Administrators see and change every account, catalog and job. Every session of the account ends."
        ),
        N_("Make administrator"),
        N_("%(email)s is an administrator."),
        ends_sessions=True,
    ),
    "make-user": Act(
        lambda account_id: accounts.set_role(account_id, "user"),
        N_("Make %(email)s an ordinary user?"),
        N_("These pages and the scope “admin” of its keys are closed to it. Every session of it ends."),
        N_("Make user"),
        N_("%(email)s is an ordinary user."),
        ends_sessions=True,
    ),
}


@bp.get("")
@admin_required
def home() -> ResponseReturnValue:
    return htmx.go(url_for(".index"))


@bp.get("/users")
@admin_required
def index() -> ResponseReturnValue:
    search = request.args.get("q", "").replace("\x00", "").strip()[:200]
    role, plan = request.args.get("role", ""), request.args.get("plan", "")
    role, plan = role if role in ROLES else "", plan if plan in PLANS else ""
    page = request.args.get("page", 1, type=int)
    stated: dict[str, Any] = {"q": search, "role": role, "plan": plan, "page": page if page > 1 else 0}
    stated = {name: value for name, value in stated.items() if value}
    return htmx.show(
        "admin/users.html",
        "admin/_users.html",
        push=url_for(".index", **stated),
        found=accounts.list_accounts(search, role, plan, page),
        search=search,
        role=role,
        plan=plan,
        roles=ROLES,
        plans=PLANS,
    )


@bp.get("/plans")
@admin_required
def plans() -> ResponseReturnValue:
    return render_template("admin/plans.html", plans=PLANS, counts=accounts.count_by_plan())


@bp.get("/users/<uuid:account_id>")
@admin_required
def show(account_id: UUID) -> ResponseReturnValue:
    account = get_account(account_id)
    return _show(account, _plan_form(account.plan))


@bp.post("/users/<uuid:account_id>/plan")
@admin_required
def set_plan(account_id: UUID) -> ResponseReturnValue:
    plan = request.form.get("plan", "")
    try:
        with unit_of_work():
            account = accounts.set_plan(account_id, plan)
    except InvalidInput as error:
        return _show(get_account(account_id), _plan_form(plan, error.problems), 422)
    flash(_("%(email)s has the plan %(plan)s.", email=account.email, plan=tr(PLANS[account.plan].label)))
    return htmx.go(url_for(".show", account_id=account_id))


@bp.get("/users/<uuid:account_id>/<act>")
@admin_required
def confirm(account_id: UUID, act: str) -> ResponseReturnValue:
    said, account = _act(act), get_account(account_id)
    return htmx.show(
        "confirm.html",
        "_confirm.html",
        title=tr(phrase(said.title, email=account.email)),
        explanation=tr(said.explanation),
        action=url_for(".run", account_id=account_id, act=act),
        verb=tr(said.verb),
        keep=_("Leave it"),
        back=url_for(".show", account_id=account_id),
    )


@bp.post("/users/<uuid:account_id>/<act>")
@admin_required
def run(account_id: UUID, act: str) -> ResponseReturnValue:
    said, account = _act(act), get_account(account_id)
    try:
        with unit_of_work():
            said.run(account_id)
    except Conflict as error:
        flash(tr(error.message), "refused")
        return htmx.go(url_for(".show", account_id=account_id))
    flash(tr(phrase(said.done, email=account.email)))
    if said.ends_sessions and account_id == current_owner_id():
        forget_caller()
        return htmx.go(url_for("accounts.sign_in"))
    return htmx.go(url_for(".show", account_id=account_id))


@bp.get("/users/<uuid:account_id>/keys/<uuid:key_id>/revoke")
@admin_required
def confirm_revoke(account_id: UUID, key_id: UUID) -> ResponseReturnValue:
    key = get_key(account_id, key_id)
    return htmx.show(
        "confirm.html",
        "_confirm.html",
        title=_("Revoke “%(name)s”?", name=key.name),
        explanation=_("Whatever sends with this key is refused from now on. This cannot be undone."),
        action=url_for(".revoke", account_id=account_id, key_id=key_id),
        verb=_("Revoke key"),
        back=url_for(".show", account_id=account_id),
    )


@bp.post("/users/<uuid:account_id>/keys/<uuid:key_id>/revoke")
@admin_required
def revoke(account_id: UUID, key_id: UUID) -> ResponseReturnValue:
    with unit_of_work():
        key = revoke_key(account_id, key_id)
    flash(_("“%(name)s” is revoked.", name=key.name))
    return htmx.go(url_for(".show", account_id=account_id))


def _act(name: str) -> Act:
    act = ACTS.get(name)
    if act is None:
        raise NotFound(phrase(N_("There is nothing at this address.")))
    return act


def _plan_form(plan: str, problems: tuple[Problem, ...] = ()) -> Form:
    options = tuple(Option(name, tr(allowance.label)) for name, allowance in PLANS.items())
    hint = _("Holds from the next request on.")
    return form_of([Field("plan", _("Plan"), "choice", plan, hint=hint, options=options)], problems)


def _show(account: Account, form: Form, status: int = 200) -> Response:
    rendered = render_template(
        "admin/user.html",
        account=account,
        plan=PLANS[account.plan],
        role=ROLES[account.role],
        form=form,
        is_own=account.id == current_owner_id(),
        sessions=list_sessions(account.id),
        keys=list_keys(account.id),
        entries=find_entries(AuditQuery(actor=str(account.id)), limit=_ENTRIES).entries,
        agent_in_words=agent_in_words,
        activity_words=activity_words,
    )
    return Response(rendered, status)
