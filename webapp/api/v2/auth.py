"""Accounts over the API: sign in for tokens, refresh them, sign out.

`/auth/login`, `/auth/register` and what mails people are limited by address and by e-mail address as well
(see `webapp/edge/limits.py`): nobody here has to be known yet.
"""

from flask import Response

from webapp.api.answers import answer
from webapp.api.bodies import BodyReader
from webapp.api.contract import Answer, Body, operation
from webapp.api.reading import as_object, read_object, read_optional_json
from webapp.api.v2.blueprint import api
from webapp.api.v2.shapes.auth import (
    MAX_CODE,
    MAX_TOKEN,
    AccountJson,
    CallerJson,
    CredentialsJson,
    MailSentJson,
    RefreshJson,
    SignedInJson,
    SignInJson,
    SignOutJson,
    TokensJson,
    account_to_json,
    caller_to_json,
    signed_in_to_json,
    tokens_to_json,
)
from webapp.domain.errors import SecondFactorRequired
from webapp.domain.words import N_, phrase
from webapp.edge.callers import calling_as, calling_session
from webapp.edge.limits import count_try
from webapp.infra.db import unit_of_work
from webapp.services import registration
from webapp.services import sign_in as signing_in
from webapp.services.accounts import get_account
from webapp.services.sessions import revoke_sessions, sign_out
from webapp.services.tokens import issue_tokens, refresh_tokens

TAG = "Sign-in"


@api.post("/auth/register")
@operation(
    "Open an account",
    tag=TAG,
    body=Body(CredentialsJson, "Address and password."),
    answers={
        201: Answer(AccountJson, "The account. It may sign in at once; a mail asks to confirm the address."),
        202: Answer(
            MailSentJson,
            "Where this installation wants addresses confirmed first: open the link in the mail, then "
            "sign in. The answer is the same for an address that has an account; its owner is told by mail.",
        ),
    },
    refusals={409: "The address has an account."},
)
def register() -> Response:
    """No key is needed. Sign in afterwards with `POST /api/v2/auth/login`."""
    reader = BodyReader(read_object(), "email", "password")
    email, password = reader.text("email"), reader.text("password")
    reader.check()
    count_try("register", email)
    with unit_of_work():
        account = registration.register(email, password)
    if account is None:
        return mail_sent(N_("We have sent you a mail. Open its link, then sign in."))
    return answer(account_to_json(account), 201)


@api.post("/auth/login")
@operation(
    "Sign in",
    tag=TAG,
    body=Body(SignInJson, "Address, password and, with a second factor, its code."),
    answers={200: Answer(SignedInJson, "Tokens, and the account.")},
    refusals={
        401: "Address and password do not belong together. Of type "
        "`urn:mockupaws:problem:second-factor-required` when they do, and a code is missing or wrong: "
        "send the three together.",
        403: "The account is disabled, or its address has to be confirmed first.",
        429: "Too many tries; `Retry-After` says when to try again.",
    },
)
def login() -> Response:
    """For a person's program. What runs unattended takes an API key instead.

    The access token is good for 15 minutes and may do whatever the account may; the refresh token for 30
    days, once. Unknown addresses and wrong passwords are answered alike.
    """
    reader = BodyReader(read_object(), "email", "password", "code")
    email, password = reader.text("email"), reader.text("password")
    code = reader.optional_text("code", maximum=MAX_CODE)
    reader.check()
    count_try("sign-in", email)
    try:
        result = signing_in.sign_in(email, password, code)
    except signing_in.WrongCode as error:
        raise SecondFactorRequired(error.message) from error
    if result.outcome == "second factor needed":
        raise SecondFactorRequired(
            phrase(
                N_("This account has a second factor: send its code as “code”, with address and password.")
            )
        )
    with unit_of_work():
        tokens = issue_tokens(result.account.id, result.method)
    return answer(signed_in_to_json(tokens, result.account))


@api.post("/auth/refresh")
@operation(
    "Exchange a refresh token",
    tag=TAG,
    body=Body(RefreshJson, "The refresh token of the last answer."),
    answers={200: Answer(TokensJson, "The next pair; the former one has ended.")},
    refusals={401: "The token is unknown, expired or used, or its session has ended. Sign in again."},
)
def refresh() -> Response:
    """Each refresh token works once. One that comes a second time was copied: its whole session ends.

    There is no grace period. Let one part of a program refresh, keep the answer before using it, and sign in
    again when an answer was lost.
    """
    reader = BodyReader(read_object(), "refresh_token")
    token = reader.text("refresh_token", maximum=MAX_TOKEN)
    reader.check()
    with unit_of_work():
        tokens = refresh_tokens(token)
    return answer(tokens_to_json(tokens))


@api.post("/auth/logout")
@operation(
    "Sign out",
    tag=TAG,
    scope="write",
    body=Body(SignOutJson, "Only to sign out everywhere.", required=False, example={"everywhere": True}),
    answers={204: Answer(description="The session has ended, and its tokens with it.")},
    refusals={403: "An API key was sent: it has no session to end."},
)
def logout() -> Response:
    """Ends the session of the access token. With `everywhere` all sessions of the account end, this one too.

    Holds from the next request on. API keys are not sessions: they are revoked one by one.
    """
    caller = calling_session("write")
    reader = BodyReader(as_object(read_optional_json()), "everywhere")
    everywhere = reader.flag("everywhere")
    reader.check()
    with unit_of_work():
        if everywhere:
            revoke_sessions(caller.owner_id, "everywhere")
        else:
            sign_out(caller.owner_id, caller.credential_id)
    return Response(status=204)


@api.get("/auth/me")
@operation("Who is calling", tag=TAG, scope="read", answers={200: Answer(CallerJson, "The account.")})
def show_me() -> Response:
    """The account behind the key or token that was sent, and what that may do."""
    caller = calling_as("read")
    return answer(caller_to_json(get_account(caller.owner_id), caller))


def mail_sent(detail: str) -> Response:
    """202: a mail is on its way, or would be if the address had an account."""
    return answer({"detail": phrase(detail)}, 202)
