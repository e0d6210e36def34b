"""`flask users`: accounts. Refusals are one sentence and exit code 1."""

from typing import get_args

import click
from flask.cli import AppGroup

from webapp.cli.refusals import in_one_sentence
from webapp.cli.text import table
from webapp.domain.plans import Plan, Role
from webapp.infra.db import unit_of_work
from webapp.services import account_administration as administration
from webapp.services.accounts import Account, register_account, set_password
from webapp.services.second_factor import codes_left
from webapp.services.sessions import list_sessions, revoke_sessions

users = AppGroup("users", help="Accounts.")
_PLANS = click.Choice(get_args(Plan))
_ROLES = click.Choice(get_args(Role))


@users.command("create")
@click.argument("email")
@click.password_option(help="Asked for when not given.")
@click.option("--admin", "is_admin", is_flag=True, help="May administer this installation.")
@click.option("--plan", type=_PLANS, default="free", show_default=True)
def create(email: str, password: str, is_admin: bool, plan: Plan) -> None:
    """Create an account for EMAIL. Whoever runs this vouches for the address: no mail is sent."""
    with in_one_sentence(), unit_of_work():
        account = register_account(
            email, password, role="admin" if is_admin else "user", plan=plan, is_confirmed=True
        )
    click.echo(f"{account.email} can sign in.")


@users.command("list")
@click.option("--search", default="", help="Part of the address.")
@click.option("--role", type=_ROLES, default=None)
@click.option("--plan", type=_PLANS, default=None)
@click.option("--page", type=click.IntRange(min=1), default=1, show_default=True)
def index(search: str, role: str | None, plan: str | None, page: int) -> None:
    """List accounts by address, 50 a page."""
    with in_one_sentence():
        found = administration.list_accounts(search, role or "", plan or "", page)
    rows = [("E-mail", "Role", "Plan", "State", "Second factor", "Last seen")]
    rows += [
        (
            row.account.email,
            row.account.role,
            row.account.plan,
            _state(row.account),
            "on" if row.account.has_second_factor else "off",
            f"{row.last_seen_at:%Y-%m-%d %H:%M} UTC" if row.last_seen_at else "never",
        )
        for row in found.items
    ]
    click.echo(table(rows) if found.items else "No account fits.")
    click.echo(f"{found.total} in all, page {found.page} of {found.pages}.")


@users.command("show")
@click.argument("email")
def show(email: str) -> None:
    """Show the account EMAIL and where it is signed in."""
    with in_one_sentence():
        account = administration.find_by_email(email)
        sessions = list_sessions(account.id)
        left = codes_left(account.id)
    factor = f"on, {left} recovery codes left" if account.has_second_factor else "off"
    made = f"{account.created_at:%Y-%m-%d}" if account.created_at else ""
    rows = [
        ("E-mail", account.email),
        ("Id", str(account.id)),
        ("Role", account.role),
        ("Plan", account.plan),
        ("State", _state(account)),
        ("Second factor", factor),
        ("Created", made),
        ("Sessions", str(len(sessions))),
    ]
    click.echo(table(rows))
    for each in sessions:
        click.echo(
            f"  {each.kind}  {each.last_seen_at:%Y-%m-%d %H:%M} UTC  {each.address}  {each.agent[:60]}"
        )


@users.command("set-plan")
@click.argument("email")
@click.argument("plan", type=_PLANS)
def set_plan(email: str, plan: str) -> None:
    """Give EMAIL another plan."""
    with in_one_sentence(), unit_of_work():
        account = administration.set_plan(administration.find_by_email(email).id, plan)
    click.echo(f"{account.email} has the plan {account.plan}.")


@users.command("set-role")
@click.argument("email")
@click.argument("role", type=_ROLES)
def set_role(email: str, role: str) -> None:
    """Make EMAIL a user or an administrator. Every session of it ends."""
    with in_one_sentence(), unit_of_work():
        account = administration.set_role(administration.find_by_email(email).id, role)
    click.echo(f"{account.email} has the role {account.role}.")


@users.command("disable")
@click.argument("email")
def disable(email: str) -> None:
    """Keep EMAIL out: no sign-in, session or key of it works any more."""
    with in_one_sentence(), unit_of_work():
        account = administration.disable_account(administration.find_by_email(email).id)
    click.echo(f"{account.email} is disabled.")


@users.command("enable")
@click.argument("email")
def enable(email: str) -> None:
    """Let EMAIL in again."""
    with in_one_sentence(), unit_of_work():
        account = administration.enable_account(administration.find_by_email(email).id)
    click.echo(f"{account.email} can sign in.")


@users.command("confirm")
@click.argument("email")
def confirm(email: str) -> None:
    """Vouch for the address EMAIL, when its mail does not arrive."""
    with in_one_sentence(), unit_of_work():
        account = administration.confirm_account(administration.find_by_email(email).id)
    click.echo(f"{account.email} is confirmed.")


@users.command("set-password")
@click.argument("email")
@click.password_option(help="Asked for when not given.")
def change_password(email: str, password: str) -> None:
    """Give EMAIL another password. Every session of it ends."""
    with in_one_sentence(), unit_of_work():
        account = administration.find_by_email(email)
        set_password(account.id, password)
        revoke_sessions(account.id, "password-changed")
    click.echo(f"{account.email} signs in with the new password.")


@users.command("reset-second-factor")
@click.argument("email")
def reset_second_factor(email: str) -> None:
    """Take the second factor of EMAIL away, when app and recovery codes are lost."""
    with in_one_sentence(), unit_of_work():
        account = administration.reset_second_factor(administration.find_by_email(email).id)
    click.echo(f"{account.email} signs in with the password alone.")


@users.command("sign-out")
@click.argument("email")
def sign_out(email: str) -> None:
    """End every session of EMAIL, of browsers and API clients. API keys stay."""
    with in_one_sentence(), unit_of_work():
        account = administration.find_by_email(email)
        ended = administration.end_sessions(account.id)
    click.echo(f"{account.email}: {ended} session{'' if ended == 1 else 's'} ended.")


def _state(account: Account) -> str:
    if account.disabled_at is not None:
        return "disabled"
    return "confirmed" if account.is_confirmed else "not confirmed"
