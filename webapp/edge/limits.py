"""How many requests a caller may make: by plan on the API, kindly on pages, strictly at the doors."""

from collections.abc import Iterator, Mapping
from functools import partial
from hashlib import sha256
from ipaddress import IPv6Address, ip_address
from math import ceil
from typing import Literal

from flask import Flask, Request, Response, current_app, g, request
from sqlalchemy.exc import SQLAlchemyError

from webapp.domain.errors import TooMany, Unauthenticated
from webapp.domain.plans import PLANS, Plan
from webapp.domain.words import N_, phrase
from webapp.edge.callers import calling_identity
from webapp.edge.counting import (
    HeldLimiter,
    Item,
    RequestLimit,
    RuntimeLimit,
    counted,
    key_of,
    limit,
    make_limiter,
    windows_of,
)
from webapp.edge.current_request import current_request
from webapp.edge.headers import is_api
from webapp.edge.identity import current_account
from webapp.infra.caller import NOBODY, Caller, current_caller
from webapp.infra.config import current_settings
from webapp.infra.db import roll_back
from webapp.infra.metrics import requests_refused
from webapp.infra.windows import Count, Window, Windows
from webapp.settings import Settings

Purpose = Literal["sign-in", "register", "reset", "refresh"]

#: A person clicks, htmx fetches along, and a report or a recording is polled.
PAGES = Window(most=600, seconds=60, burst=60)
#: Tries from one address; tries for one e-mail address, wherever they come from.
BY_ADDRESS: Mapping[Purpose, Window] = {
    "sign-in": Window(10, 60, 5),
    "register": Window(10, 3600, 5),
    "reset": Window(10, 3600, 5),
    "refresh": Window(60, 60, 10),
}
BY_EMAIL: Mapping[Purpose, Window] = {
    "sign-in": Window(20, 900, 5),
    "register": Window(5, 3600, 2),
    "reset": Window(5, 3600, 2),
}
#: Everybody on a local installation shares the machine's own address.
_LOCAL_FACTOR = 10
#: Where passwords, codes and mails can be tried by nobody in particular. Only sending counts.
TRIED_AT: Mapping[str, Purpose] = {
    "accounts.authenticate_person": "sign-in",
    "accounts.register_person": "register",
    "api_v1.login": "sign-in",
    "api_v1.register": "register",
    "api_v2.login": "sign-in",
    "api_v2.register": "register",
    "api_v2.refresh": "refresh",
    "api_v2.request_password_reset": "reset",
    "api_v2.reset_password": "reset",
    "api_v2.confirm_address": "reset",
    "api_v2.resend_confirmation": "reset",
    "accounts.check_code": "sign-in",
    "mailed_links.request_new_password": "reset",
    "mailed_links.set_new_password": "reset",
    "mailed_links.confirm_address": "reset",
    "mailed_links.send_again": "reset",
    "account.send_again": "reset",
}
#: Probes ask often and have to be answered whatever else happens.
_PROBES = "health."


_PAGE_ITEM = Item(PAGES)
_BY_PLAN: Mapping[Plan, Window] = {
    plan: Window(allowance.per_minute, 60, allowance.burst) for plan, allowance in PLANS.items()
}
#: One scope for every version of the API: two would double the plan.
_API = "api"


def init_limits(app: Flask, settings: Settings) -> None:
    """Count every request but probes, preflights and static files.

    Call it before CSRF protection: what is refused here costs nothing more.
    """
    app.config["RATELIMIT_ENABLED"] = settings.rate_limits_enabled
    if not settings.rate_limits_enabled:
        return
    limiter = make_limiter(
        app,
        settings.redis_url,
        _limits_of_request,
        # What has no route is asked for, too.
        lambda: request.endpoint or "nowhere",
        _refuse,
    )
    app.extensions["windows"] = windows = windows_of(limiter)
    app.before_request(partial(_hold, limiter, windows))
    app.after_request(partial(_write_headers, windows))


def count_try(purpose: Purpose, email: str) -> None:
    """Count a try for an e-mail address that came as JSON; those of forms are counted before their view.

    Raises TooMany.
    """
    windows: Windows | None = current_app.extensions.get("windows")
    if windows is None or not email:
        return
    window = BY_EMAIL[purpose]
    count = windows.take(key_of(_hidden(email), f"{purpose}-email"), window)
    if not count.allowed:
        raise _too_many_tries(count)


def _hold(limiter: HeldLimiter, windows: Windows) -> None:
    """Count this request. Raises TooMany.

    Calls of the API are many, and Flask-Limiter's way takes as long again: it holds pages and tries.
    """
    request = current_request()
    if _is_free(request):
        return
    caller = _caller()
    if caller is None:  # the view says so; for its address, a caller with a plan would be told to ask less
        return
    is_call = is_api(request.path)
    if is_call:
        _count_call(windows, caller)
    if not is_call or _is_try(request):
        limiter.hold()


def _count_call(windows: Windows, caller: Caller) -> None:
    """Count a call of the API by the plan of its caller. Raises TooMany."""
    window = _BY_PLAN[caller.plan]
    count = windows.take(key_of(_counted_by(caller), _API), window)
    g.plan_count = window, count
    if not count.allowed:
        requests_refused(limit="plan")
        raise TooMany(_past_the_plan(window, count), ceil(count.retry_after_s))


def _is_try(request: Request) -> bool:
    return request.method == "POST" and request.endpoint in TRIED_AT


def _limits_of_request() -> Iterator[RuntimeLimit]:
    if not is_api(request.path):
        yield _PAGE_LIMIT
    if _is_try(request):
        purpose = TRIED_AT[request.endpoint or ""]
        yield limit(Item(_for_here(BY_ADDRESS[purpose])), f"{purpose}-address", _address)
        # A form has been read by now, within its limit; what the API is sent has not (see `count_try`).
        if purpose in BY_EMAIL and not is_api(request.path) and request.form.get("email"):
            yield limit(Item(BY_EMAIL[purpose]), f"{purpose}-email", _tried_email)


def _is_free(request: Request) -> bool:
    return request.method == "OPTIONS" or (request.endpoint or "").startswith(_PROBES)


def _for_here(window: Window) -> Window:
    if current_settings().environment != "local":
        return window
    return Window(window.most * _LOCAL_FACTOR, window.seconds, window.burst * _LOCAL_FACTOR)


def _caller() -> Caller | None:
    """Who is counted: the account of a key, a token or a session that holds, else nobody but an address.

    None while the database that knows is away.
    """
    caller: Caller | None = g.get("limited_caller", NOBODY)
    if caller is NOBODY:
        caller = g.limited_caller = _recognised()
    return caller


def _recognised() -> Caller | None:
    try:
        _ = calling_identity() if is_api(request.path) else current_account()
    except Unauthenticated:
        pass  # the view refuses it; here it counts for the address it came from
    except SQLAlchemyError:
        roll_back()
        return None
    return current_caller()


def _counted_by(caller: Caller) -> str:
    """A key counts for itself and a session for itself; tokens of one account count together."""
    if caller.via == "key" or (caller.via == "session" and caller.credential_id):
        return f"{caller.via}:{caller.credential_id}"
    return f"account:{caller.account_id}" if caller.account_id else _address()


def _address() -> str:
    """The caller's address; of IPv6 the network, for whoever has one address there has all of them."""
    text = current_caller().address
    try:
        address = ip_address(text)
    except ValueError:
        return "address:unknown"
    if isinstance(address, IPv6Address) and address.ipv4_mapped is None:
        return f"address:{IPv6Address(int(address) >> 64 << 64)}"
    return f"address:{address}"


def _tried_email() -> str:
    return _hidden(request.form["email"])


def _hidden(email: str) -> str:
    """An e-mail address as Redis may know it."""
    return sha256(current_settings().derived_key("limits") + email.strip().lower().encode()).hexdigest()[:32]


_PAGE_LIMIT = limit(_PAGE_ITEM, "pages", lambda: _counted_by(_caller() or current_caller()))


def _refuse(limit: RequestLimit) -> None:
    count = counted(limit)
    requests_refused(limit="pages" if limit.limit is _PAGE_ITEM else "tries")
    if limit.limit is _PAGE_ITEM:
        seconds = ceil(count.retry_after_s)
        message = N_(
            "Too many requests came at once, so this one was left aside. Wait %(n)s s and try again."
        )
        raise TooMany(phrase(message, n=seconds), seconds)
    raise _too_many_tries(count)


def _past_the_plan(window: Window, count: Count) -> str:
    return phrase(
        N_(
            "Your plan allows %(minute)s requests a minute and %(second)s in any one second. "
            "Send this again in %(n)s s."
        ),
        minute=f"{window.most:,}",
        second=window.burst,
        n=ceil(count.retry_after_s),
    )


def _too_many_tries(count: Count) -> TooMany:
    seconds = ceil(count.retry_after_s)
    if seconds < 120:
        return TooMany(phrase(N_("Too many tries. Wait %(n)s s and try again."), n=seconds), seconds)
    minutes = ceil(seconds / 60)
    return TooMany(phrase(N_("Too many tries. Wait %(n)s minutes and try again."), n=minutes), seconds)


def _write_headers(windows: Windows, response: Response) -> Response:
    """Tell every caller of the API how they stand in this minute, also when something else refused them."""
    request = current_request()
    if not is_api(request.path) or _is_free(request):
        return response
    window, count = g.get("plan_count") or _looked_up(windows)
    response.headers.extend(
        (
            ("X-RateLimit-Limit", str(window.most)),
            ("X-RateLimit-Remaining", str(count.remaining)),
            ("X-RateLimit-Reset", str(ceil(count.reset_at))),
        )
    )
    return response


def _looked_up(windows: Windows) -> tuple[Window, Count]:
    """How a caller stands who was refused before anything was counted."""
    caller = _caller() or current_caller()
    window = _BY_PLAN[caller.plan]
    return window, windows.look(key_of(_counted_by(caller), _API), window)
