"""What the documents say in sentences: how to come in, limits, errors, and the rules every route keeps."""

from collections.abc import Mapping

from webapp.domain.plans import PLANS

TAGS_V2: Mapping[str, str] = {
    "Scenarios": "A workload and its estimate document, kept: made, changed, copied, searched.",
    "Resources": "The AWS services of a scenario, one at a time.",
    "Budgets": "What a scenario may cost a month, and who is told when it reaches 50, 80 and 100 % of that.",
    "Share links": "A scenario's bill for people without an account.",
    "Estimates": "What a document or a scenario costs a month, line by line.",
    "Recordings": "Real traffic in, what it adds up to out.",
    "Metrics": "A scenario in figures, and how they moved.",
    "Reports": "PDF and CSV files: asked for, followed, downloaded.",
    "Services": "What can be priced, where, and by which prices. Public, like the documentation they are.",
    "Sign-in": "Accounts, tokens and passwords.",
    "API keys": "Keys for programs.",
    "Administration": "For administrators, with the scope admin.",
    "Health": "Probes: is the process alive, and can it do its work.",
    "About": "This document, and the pages made from it.",
}
TAGS_V1: Mapping[str, str] = {
    "Scenarios": "The scenarios of version 2, in the older shape.",
    "Estimates": TAGS_V2["Estimates"],
    "Metrics": TAGS_V2["Metrics"],
    "Reports": TAGS_V2["Reports"],
    "Ingest": "Real traffic in.",
    "Sign-in": TAGS_V2["Sign-in"],
    "About": "This document, the pages made from it, and the move to version 2.",
}


def _limits() -> str:
    rows = [f"| {code} | {plan.per_minute:,} | {plan.burst:,} |" for code, plan in PLANS.items()]
    return "\n".join(["| plan | requests a minute | burst |", "|---|---|---|", *rows])


def _shared() -> str:
    return f"""## Limits

{_limits()}

*Burst* is the most requests in any one second. They are counted per API key, else per account, else per
address, over both versions and all processes. `X-RateLimit-Limit`, `X-RateLimit-Remaining` and
`X-RateLimit-Reset` (seconds since 1970) describe the minute; past a limit the answer is 429 with
`Retry-After` in seconds. Signing in, registering and resetting a password have stricter limits of their
own.
"""


def text_of_v2() -> str:
    """The description of version 2."""
    return f"""Describe a workload, or feed it real evidence, and learn what it will cost on AWS:
which service, why, how sure, and what changes when traffic or region changes.

## Coming in

Send an API key as `X-API-Key: mk_...` or `Authorization: Bearer mk_...`. Keys are made in the browser
under *API keys*, with `flask keys create`, or by `POST /api/v2/auth/api-keys`; each is shown once. A key
has scopes: `read` for every GET, `write` for creating, changing and deleting, `ingest` for sending events
and nothing else, `admin` for what administrators do. A person's program may sign in instead: `POST
/api/v2/auth/login` answers an access token, sent as `Authorization: Bearer ...`, and a refresh token,
which `POST /api/v2/auth/refresh` exchanges for the next pair; each refresh token works once. Sessions of
the browser mean nothing here.

{_shared()}
## Errors

Refusals are `application/problem+json` (RFC 9457). Decide by `type`, which is stable; `detail` is a
sentence for people. `errors` names every wrong field at once, by JSON pointer. `correlation_id`, also the
header `X-Correlation-ID` of every answer, finds the request in our logs and, if you send one of your own,
in yours.

## Sending something twice

A POST that creates takes `Idempotency-Key`. The same key with the same body does it once and answers as
before; with another body it is refused (422).

## Two writers

Answers that can be changed carry an `ETag`. Send it back as `If-Match` with a change: if somebody was
faster the answer is 412, and nothing was overwritten. A GET with `If-None-Match` answers 304 while
nothing changed.

## Long lists

`GET /scenarios`, `/reports` and `/prices` come in pages. `Link` has the addresses of the first, the
previous and the next one, as far as there are such: follow it instead of making them. A page after the
last is empty.

## What is not known

A parameter or a field an operation does not know is refused (422) and named: a typing error never passes
for a wish. So is a parameter that comes twice, unless it is a list. Only probes and these pages take any.

## Money and time

Money is in USD, as text, unrounded: "0.2033". A price nobody knows is never 0; it stands under
`unpriced`, outside the total. Quantities are text too, so that no digit is lost; numbers you send may be
numbers or text. Moments are RFC 3339 in UTC. Fields may be added to answers: leave aside those you do not
know.
"""


def text_of_v1() -> str:
    """The description of version 1."""
    return f"""The older, simpler contract on the same scenarios. It is deprecated: `Sunset` on
every answer says until when it answers, `Link` what takes the route's place in version 2, and
`/api/deprecation` explains the move.

## Coming in

Send an API key as `X-API-Key: mk_...` or `Authorization: Bearer mk_...`, or the access token that
`POST /api/v1/auth/login` answers, as `Authorization: Bearer ...`.

{_shared()}
## Errors

A refusal is a JSON object with `detail`: one sentence.
"""
