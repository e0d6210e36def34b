"""Passwords and addresses over the API: change, reset by mail, confirm."""

from collections.abc import Mapping
from dataclasses import replace

from flask import Response

from webapp.api.answers import answer
from webapp.api.bodies import BodyReader
from webapp.api.contract import Answer, Body, operation
from webapp.api.reading import read_object
from webapp.api.v2.auth import TAG, mail_sent
from webapp.api.v2.blueprint import api
from webapp.api.v2.shapes.auth import (
    MAX_TOKEN,
    AccountJson,
    AddressJson,
    ConfirmationJson,
    MailSentJson,
    PasswordChangeJson,
    PasswordResetJson,
    TokensJson,
    account_to_json,
    tokens_to_json,
)
from webapp.domain.errors import InvalidInput
from webapp.domain.words import N_
from webapp.edge.callers import calling_session
from webapp.edge.limits import count_try
from webapp.infra.db import unit_of_work
from webapp.services import password_changes, registration
from webapp.services.tokens import renew_tokens

_LINK_OVER = "The link was used, is too old, or a newer one has replaced it. Ask for another."
#: Where the service points, and what the fields are called here.
_FIELDS: Mapping[str, str] = {"/present_password": "/current_password", "/password": "/new_password"}


@api.post("/auth/password")
@operation(
    "Change the password",
    tag=TAG,
    scope="write",
    body=Body(PasswordChangeJson, "The present password and the next one."),
    answers={200: Answer(TokensJson, "New tokens for this session; every other session has ended.")},
    refusals={
        403: "An API key was sent: this needs the access token of a sign-in.",
        429: "Too many wrong passwords; `Retry-After` says when to try again.",
    },
)
def change_password() -> Response:
    """Whoever else was signed in is out, and the tokens in the answer replace those of before."""
    caller = calling_session("write")
    reader = BodyReader(read_object(), "current_password", "new_password")
    present, password = reader.text("current_password"), reader.text("new_password")
    reader.check()
    try:
        password_changes.change_password(caller.owner_id, present, password, spare=caller.credential_id)
    except InvalidInput as error:
        raise InvalidInput(
            [replace(problem, pointer=_FIELDS.get(problem.pointer, "")) for problem in error.problems]
        ) from error
    with unit_of_work():
        tokens = renew_tokens(caller.owner_id, caller.credential_id)
    return answer(tokens_to_json(tokens))


@api.post("/auth/password/reset")
@operation(
    "Ask for a new password",
    tag=TAG,
    body=Body(AddressJson, "The address of the account."),
    answers={202: Answer(MailSentJson, "Whoever has this account gets a mail with a link.")},
)
def request_password_reset() -> Response:
    """The answer is the same for an address nobody has. The link works once, for an hour."""
    email = _address_to_mail()
    with unit_of_work():
        password_changes.request_reset(email)
    return mail_sent(N_("If this address has an account, a mail with a link is on its way."))


@api.post("/auth/password/reset/confirm")
@operation(
    "Choose the new password",
    tag=TAG,
    body=Body(PasswordResetJson, "The token of the mailed link, and the new password."),
    answers={200: Answer(AccountJson, "It has the new password; every session has ended. Sign in.")},
    refusals={410: _LINK_OVER},
)
def reset_password() -> Response:
    """A refused password leaves the link as it is: choose another one and send it again."""
    reader = BodyReader(read_object(), "token", "password")
    token, password = reader.text("token", maximum=MAX_TOKEN), reader.text("password")
    reader.check()
    with unit_of_work():
        account = password_changes.reset_password(token, password)
    return answer(account_to_json(account))


@api.post("/auth/confirm")
@operation(
    "Confirm the address",
    tag=TAG,
    body=Body(ConfirmationJson, "The token of the mailed link."),
    answers={200: Answer(AccountJson, "The account, its address confirmed.")},
    refusals={410: _LINK_OVER},
)
def confirm_address() -> Response:
    """What opening the link in a browser does."""
    reader = BodyReader(read_object(), "token")
    token = reader.text("token", maximum=MAX_TOKEN)
    reader.check()
    with unit_of_work():
        account = registration.confirm_email(token)
    return answer(account_to_json(account))


@api.post("/auth/confirm/resend")
@operation(
    "Send the confirmation again",
    tag=TAG,
    body=Body(AddressJson, "The address of the account."),
    answers={202: Answer(MailSentJson, "An address that is still to be confirmed gets a new link.")},
)
def resend_confirmation() -> Response:
    """The former link ends. The answer is the same for every address."""
    email = _address_to_mail()
    with unit_of_work():
        registration.send_confirmation_to(email)
    return mail_sent(N_("If this address is still to be confirmed, a mail with a link is on its way."))


def _address_to_mail() -> str:
    reader = BodyReader(read_object(), "email")
    email = reader.text("email")
    reader.check()
    count_try("reset", email)
    return email
