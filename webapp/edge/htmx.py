"""htmx, known to this module alone: page or fragment, where to go after a write, which events to raise.

The extension behind it gives every request an `htmx` attribute by replacing the request class, and its list
of swap modes lacks "beforebegin" and "afterbegin" (a missing comma joins them); so nobody else imports it,
and no answer of ours sets a swap mode.
"""

from typing import Any, cast

from flask import Flask, Response, redirect, render_template, request
from htmx_flask import Htmx, make_response
from htmx_flask.requests import HtmxHeaders

#: The bill in the side column listens for this and fetches itself again.
BILL_CHANGED = "bill-changed"
#: The head of a scenario's page listens for this: its state is another one than the page shows.
SCENARIO_MOVED = "scenario-moved"


def init_htmx(app: Flask) -> None:
    """Let requests know their htmx headers. Raises where something else has replaced the request class."""
    if app.request_class is not Flask.request_class:
        raise RuntimeError("The request class was replaced before; the htmx extension would drop that one.")
    Htmx(app)


def wants_fragment() -> bool:
    """Whether htmx asks for a part of the page. A page restored from history is asked for whole."""
    asked = cast(HtmxHeaders, request.htmx)  # type: ignore[attr-defined]  # of the replaced request class
    return bool(asked) and not asked.history_restore_request


def show(
    page: str, fragment: str, *, status: int = 200, trigger: str = "", push: str = "", **context: Any
) -> Response:
    """Render `fragment` for htmx and `page` (which includes it) for everyone else.

    `trigger` names events other parts listen for, separated by blanks; `push` is the address the browser
    shows from now on.
    """
    if not wants_fragment():
        return varied(make_response(render_template(page, **context), status))
    told = dict.fromkeys(trigger.split(), True)
    body = render_template(fragment, **context)
    return varied(make_response(body, status, trigger=told, push_url=push or None))


def go(address: str) -> Response:
    """Leave for another page after a write: 303 for a form, an instruction for htmx."""
    if wants_fragment():
        return varied(make_response("", 204, redirect=address))
    response = redirect(address, 303)
    assert isinstance(response, Response)
    return varied(response)


def varied(response: Response) -> Response:
    """Tell caches that the answer depends on who asks."""
    response.vary.add("HX-Request")
    return response
