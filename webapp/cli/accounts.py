"""`flask users` and `flask keys`: accounts and API keys."""

import click
from flask.cli import AppGroup

from webapp.cli.refusals import in_one_sentence
from webapp.infra.db import unit_of_work
from webapp.services.accounts import find_account, register_account
from webapp.services.keys import SCOPES, create_key

users = AppGroup("users", help="Accounts.")
keys = AppGroup("keys", help="API keys.")


@users.command("create")
@click.argument("email")
@click.password_option(help="Asked for when not given.")
def create_user(email: str, password: str) -> None:
    """Create an account for EMAIL."""
    with in_one_sentence(), unit_of_work():
        account = register_account(email, password)
    click.echo(f"{account.email} can sign in.")


@keys.command("create")
@click.argument("email")
@click.argument("name")
@click.option(
    "--scope", "scopes", multiple=True, default=SCOPES, type=click.Choice(SCOPES), help="May be repeated."
)
def create(email: str, name: str, scopes: tuple[str, ...]) -> None:
    """Create an API key NAME for the account EMAIL and print it, once."""
    account = find_account(email)
    if account is None:
        raise click.ClickException(f"{email} has no account. Create it with: flask users create {email}")
    with in_one_sentence(), unit_of_work():
        new = create_key(account.id, name, scopes)
    click.echo(new.secret)
