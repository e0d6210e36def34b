"""A new password: by whoever knows the present one, or by whoever reads the account's mail."""

from uuid import UUID

from webapp.domain.activities import PasswordResetRequested
from webapp.domain.errors import Gone, InvalidInput
from webapp.domain.passwords import password_problems
from webapp.domain.words import N_, phrase
from webapp.infra.db import unit_of_work
from webapp.services.accounts import (
    Account,
    account_of,
    check_address,
    find_user,
    get_user,
    normal_address,
    set_password,
)
from webapp.services.activities import record
from webapp.services.mailed_links import (
    account_behind,
    address_of,
    end_tokens,
    issue_token,
    mail_nobody,
    redeem_token,
)
from webapp.services.mails import send_mail
from webapp.services.registration import confirm
from webapp.services.sessions import revoke_sessions
from webapp.services.sign_in import prove_again
from webapp.services.sign_in_locks import forget_failures, hash_of

_RESET = "/reset-password"


def change_password(account_id: UUID, present: str, password: str, spare: UUID | None = None) -> None:
    """Replace the password and end every session but `spare`. Opens its own units of work: call it outside.

    The face gives `spare` a new secret afterwards. Raises InvalidInput (pointers /present_password,
    /password) and TooMany after too many wrong ones.
    """
    with unit_of_work():
        problems = password_problems(password, get_user(account_id).email)
    if problems:
        raise InvalidInput(problems)
    prove_again(account_id, present)
    with unit_of_work():
        set_password(account_id, password, "changed")
        _put_in_force(account_id, spare)


def request_reset(email: str) -> None:
    """Mail a link to choose a new password to whoever has this address; says nothing about who does.

    Raises InvalidInput (pointer /email) for a text that is no address.
    """
    address = normal_address(email)
    check_address(address)
    user = find_user(address)
    if user is None or user.disabled_at is not None:
        mail_nobody("reset", _RESET)
    else:
        send_mail("reset", user.email, user.id, link=address_of(_RESET, token=issue_token(user.id, "reset")))
    record(PasswordResetRequested(None if user is None else user.id, hash_of(address)))


def reset_password(token: str, password: str) -> Account:
    """Replace the password of the account the link was mailed to, and end every session.

    Whoever opened the link reads the account's mail: its address is confirmed, failed tries are forgotten.
    Raises InvalidInput (pointer /password; the link still works) and Gone for a link used, too old, replaced
    by a newer one, or overtaken by a changed password.
    """
    user = get_user(account_behind(token, "reset"))
    problems = password_problems(password, user.email)
    if problems:
        raise InvalidInput(problems)
    redeem_token(token, "reset")
    if user.disabled_at is not None:
        raise Gone(phrase(N_("This account is disabled. An administrator of this server can enable it.")))
    set_password(user.id, password, "reset")
    confirm(user)
    forget_failures(hash_of(user.email))
    _put_in_force(user.id, None)
    return account_of(user)


def _put_in_force(account_id: UUID, spare: UUID | None) -> None:
    """What the former password opened is closed, and the owner knows."""
    end_tokens(account_id, "reset")
    revoke_sessions(account_id, "password-changed", spare)
    send_mail("password-changed", get_user(account_id).email, account_id, link=address_of("/account"))
