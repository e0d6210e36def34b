"""Signing in, in the older shape: one token, and who it belongs to."""

from flask import Response

from webapp.api.answers import answer
from webapp.api.bodies import BodyReader
from webapp.api.contract import Answer, Body, operation
from webapp.api.reading import read_object
from webapp.api.shapes import DetailJson
from webapp.api.v1.blueprint import api
from webapp.api.v1.shapes import CredentialsV1, TokenV1, UserV1, user_to_json
from webapp.domain.errors import SecondFactorRequired
from webapp.domain.words import N_, phrase
from webapp.edge.callers import calling_owner
from webapp.edge.limits import count_try
from webapp.infra.clock import now
from webapp.infra.db import unit_of_work
from webapp.services import registration
from webapp.services.accounts import get_account
from webapp.services.sign_in import sign_in
from webapp.services.tokens import issue_tokens

_CREDENTIALS = Body(CredentialsV1, example={"email": "ada@example.com", "password": "correct horse battery"})


@api.post("/auth/register")
@operation(
    "Open an account",
    tag="Sign-in",
    body=_CREDENTIALS,
    answers={
        201: Answer(UserV1, "The account. It may sign in at once."),
        202: Answer(DetailJson, "Where addresses are confirmed first: open the link in the mail."),
    },
    refusals={409: "The address has an account.", 429: "Too many tries."},
)
def register() -> Response:
    email, password = _credentials()
    count_try("register", email)
    with unit_of_work():
        account = registration.register(email, password)
    if account is None:
        return answer({"detail": phrase(N_("We have sent you a mail. Open its link, then sign in."))}, 202)
    return answer(user_to_json(account), 201)


@api.post("/auth/login")
@operation(
    "Sign in",
    tag="Sign-in",
    body=_CREDENTIALS,
    answers={200: Answer(TokenV1, "A token for 15 minutes.")},
    refusals={
        401: "Address and password do not belong together, or the account has a second factor.",
        403: "The account is disabled, or its address has to be confirmed first.",
        429: "Too many tries; `Retry-After` says when to try again.",
    },
)
def login() -> Response:
    """Accounts with a second factor sign in with version 2. What runs unattended takes an API key."""
    email, password = _credentials()
    count_try("sign-in", email)
    result = sign_in(email, password)
    if result.outcome == "second factor needed":
        message = N_("This account has a second factor: sign in with POST /api/v2/auth/login.")
        raise SecondFactorRequired(phrase(message))
    with unit_of_work():
        tokens = issue_tokens(result.account.id, result.method)
    seconds = int((tokens.access_expires_at - now()).total_seconds())
    return answer({"access_token": tokens.access_token, "token_type": "bearer", "expires_in": seconds})


@api.get("/auth/me")
@operation("Who is calling", tag="Sign-in", scope="read", answers={200: Answer(UserV1)})
def show_me() -> Response:
    return answer(user_to_json(get_account(calling_owner("read"))))


def _credentials() -> tuple[str, str]:
    reader = BodyReader(read_object(), "email", "password")
    email, password = reader.text("email"), reader.text("password")
    reader.check()
    return email, password
