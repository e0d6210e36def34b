"""Opening an account, and confirming that its address is one's own."""

from uuid import UUID

from webapp.domain.activities import EmailConfirmed
from webapp.domain.errors import Conflict, Gone
from webapp.domain.words import N_, phrase
from webapp.infra.clock import now
from webapp.infra.config import current_settings
from webapp.models.user import User
from webapp.services.accounts import (
    Account,
    account_of,
    check_address,
    check_registration,
    find_user,
    get_user,
    normal_address,
    register_account,
)
from webapp.services.activities import record
from webapp.services.mailed_links import address_of, issue_token, mail_nobody, redeem_token
from webapp.services.mails import send_mail
from webapp.services.passwords import hash_password

_CONFIRM = "/confirm"


def register(email: str, password: str) -> Account | None:
    """Open an account and mail its address a link that confirms it.

    The account may be used at once; None where REQUIRE_CONFIRMED_EMAIL asks for the link to be opened first.
    A taken address is then answered like a free one, after the same work, and its owner is told by mail.
    Raises InvalidInput (pointers /email, /password), and Conflict where a taken address is no secret.
    """
    address = normal_address(email)
    check_registration(address, password)
    if not current_settings().require_confirmed_email:
        account = register_account(address, password)
        _mail_link(account.id, account.email)
        return account
    try:
        account = register_account(address, password)
    except Conflict:
        hash_password(password)  # as a free address costs
        _tell_owner(address)
    else:
        _mail_link(account.id, account.email)
    return None


def send_confirmation(account_id: UUID) -> None:
    """Mail the link again; the former one ends. Raises Conflict when the address is confirmed."""
    user = get_user(account_id)
    if user.confirmed_at is not None:
        raise Conflict(phrase(N_("This address is confirmed already.")))
    _mail_link(user.id, user.email)


def send_confirmation_to(email: str) -> None:
    """The same for somebody who cannot sign in yet; says nothing about who has an account.

    Raises InvalidInput (pointer /email) for a text that is no address.
    """
    address = normal_address(email)
    check_address(address)
    user = find_user(address)
    if user is None or user.confirmed_at is not None or user.disabled_at is not None:
        mail_nobody("confirm", _CONFIRM)
    else:
        _mail_link(user.id, user.email)


def confirm_email(token: str) -> Account:
    """The link of the mail was opened. Raises Gone for one used, too old, or replaced by a newer one."""
    user = get_user(redeem_token(token, "confirm"))
    if user.disabled_at is not None:
        raise Gone(phrase(N_("This account is disabled. An administrator of this server can enable it.")))
    confirm(user)
    send_mail("welcome", user.email, user.id, link=address_of("/scenarios"))
    return account_of(user)


def confirm(user: User) -> None:
    """Whoever reads the mails of this address has proven it; once more does nothing."""
    if user.confirmed_at is None:
        user.confirmed_at = now()
        record(EmailConfirmed(user.id))


def _tell_owner(address: str) -> None:
    owner = find_user(address)
    if owner is not None:
        send_mail("already-registered", owner.email, owner.id, link=address_of("/sign-in"))


def _mail_link(account_id: UUID, address: str) -> None:
    link = address_of(_CONFIRM, token=issue_token(account_id, "confirm"))
    send_mail("confirm", address, account_id, link=link)
