"""htmx, known to this module alone: page or fragment, where to go after a write, which events to raise.

The headers are read here instead of through an extension that would replace the request class.
"""

import json
from typing import Any

from flask import Response, make_response, redirect, render_template, request

#: The bill in the side column listens for this and fetches itself again.
BILL_CHANGED = "bill-changed"


def wants_fragment() -> bool:
    """Whether htmx asks for a part of the page. A page restored from history is asked for whole."""
    restoring = request.headers.get("HX-History-Restore-Request") == "true"
    return request.headers.get("HX-Request") == "true" and not restoring


def show(
    page: str, fragment: str, *, status: int = 200, trigger: str = "", push: str = "", **context: Any
) -> Response:
    """Render `fragment` for htmx and `page` (which includes it) for everyone else.

    `trigger` is an event other parts listen for; `push` is the address the browser shows from now on.
    """
    template = fragment if wants_fragment() else page
    response = make_response(render_template(template, **context), status)
    if wants_fragment() and trigger:
        response.headers["HX-Trigger"] = json.dumps({trigger: True})
    if wants_fragment() and push:
        response.headers["HX-Push-Url"] = push
    return varied(response)


def go(address: str) -> Response:
    """Leave for another page after a write: 303 for a form, an instruction for htmx."""
    if wants_fragment():
        return varied(Response(status=204, headers={"HX-Redirect": address}))
    response = redirect(address, 303)
    assert isinstance(response, Response)
    return varied(response)


def varied(response: Response) -> Response:
    """Tell caches that the answer depends on who asks."""
    response.vary.add("HX-Request")
    return response
