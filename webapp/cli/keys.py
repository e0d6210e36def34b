"""`flask keys`: API keys of any account, for administrators."""

from datetime import timedelta
from uuid import UUID

import click
from flask.cli import AppGroup

from webapp.cli.refusals import in_one_sentence
from webapp.cli.text import table
from webapp.infra.clock import now
from webapp.infra.db import unit_of_work
from webapp.services.accounts import find_account
from webapp.services.identities import ORDINARY_SCOPES, SCOPES
from webapp.services.keys import KeyCard, create_key, list_keys, revoke_key

keys = AppGroup("keys", help="API keys.")


@keys.command("create")
@click.argument("email")
@click.argument("name")
@click.option(
    "--scope",
    "scopes",
    multiple=True,
    default=ORDINARY_SCOPES,
    show_default=True,
    type=click.Choice(SCOPES),
    help="May be repeated. “admin” is for keys of administrators.",
)
@click.option(
    "--expires-in-days",
    "days",
    type=click.IntRange(1, 36_500),
    default=None,
    help="Days until the key is refused. Without it the key works until it is revoked.",
)
def create(email: str, name: str, scopes: tuple[str, ...], days: int | None) -> None:
    """Create an API key NAME for the account EMAIL and print it, once."""
    owner_id = _owner_of(email)
    expires_at = None if days is None else now() + timedelta(days=days)
    with in_one_sentence(), unit_of_work():
        new = create_key(owner_id, name, scopes, expires_at)
    click.echo(new.secret)


@keys.command("list")
@click.argument("email")
def list_(email: str) -> None:
    """List the API keys of the account EMAIL, revoked and expired ones too, newest first."""
    cards = list_keys(_owner_of(email))
    if not cards:
        click.echo(f"{email} has no API key. Create one with: flask keys create {email} NAME")
        return
    rows = [("Begins with", "Name", "Scopes", "State", "Expires", "Last used", "Id")]
    click.echo(table([*rows, *(_row(card) for card in cards)]))


@keys.command("revoke")
@click.argument("email")
@click.argument("key")
def revoke(email: str, key: str) -> None:
    """End an API key of the account EMAIL for good. KEY is its id, or how it begins (“mk_3fA9xQ”)."""
    owner_id = _owner_of(email)
    card = _named(email, list_keys(owner_id), key)
    with in_one_sentence(), unit_of_work():
        revoke_key(owner_id, card.id)
    click.echo(f"{card.prefix}… “{card.name}” is revoked: within a second it is refused everywhere.")


def _owner_of(email: str) -> UUID:
    account = find_account(email)
    if account is None:
        raise click.ClickException(f"{email} has no account. Create it with: flask users create {email}")
    return account.id


def _named(email: str, cards: tuple[KeyCard, ...], key: str) -> KeyCard:
    """The key that was meant; a revoked one only when no other begins like it."""
    meant = [card for card in cards if key in (str(card.id), card.prefix)]
    meant = [card for card in meant if card.revoked_at is None] or meant
    if not meant:
        raise click.ClickException(f"No key of this account is “{key}”. See: flask keys list {email}")
    if len(meant) > 1:
        raise click.ClickException(f"Several keys begin so. Name one by its id: flask keys list {email}")
    return meant[0]


def _row(card: KeyCard) -> tuple[str, ...]:
    state = "revoked" if card.revoked_at else "expired" if card.is_expired else "in force"
    return (
        f"{card.prefix}…",
        card.name,
        ", ".join(card.scopes),
        state,
        f"{card.expires_at:%Y-%m-%d}" if card.expires_at else "never",
        f"{card.last_used_at:%Y-%m-%d %H:%M}" if card.last_used_at else "never",
        str(card.id),
    )
