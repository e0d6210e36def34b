"""Routes that create: a request sent again under its `Idempotency-Key` acts once and is answered the same."""

import json
from collections.abc import Callable, Sequence
from functools import wraps
from hashlib import sha256
from typing import ParamSpec
from uuid import UUID

from flask import Response, make_response, request
from flask.typing import ResponseReturnValue

from webapp.api.reading import read_body
from webapp.edge.callers import calling_owner
from webapp.infra.db import unit_of_work
from webapp.services.idempotency import KeptAnswer, begin_request, check_key, keep_answer
from webapp.services.identities import Scope

HEADER = "Idempotency-Key"
#: What of the first answer is sent again; the rest belongs to one request alone.
_KEPT_HEADERS = ("Content-Type", "Location", "ETag", "Preference-Applied")

P = ParamSpec("P")
View = Callable[P, ResponseReturnValue]


class _Refused(Exception):
    """Carries a refusal out of the unit of work, which then keeps nothing."""

    def __init__(self, response: Response) -> None:
        super().__init__(response.status)
        self.response = response


def idempotent(*, scope: Scope = "write", redact: Sequence[str] = ()) -> Callable[[View[P]], View[P]]:
    """Let the route below take an `Idempotency-Key`; it stands directly above the view, below `@operation`.

    `scope` is what the view asks of the caller. `redact` names fields of the answer that are shown once: they
    are not kept, and null when the answer is sent again. Only successes are kept: a refused request may be
    mended and sent again with its key. The view's own unit of work becomes a part of the one opened here.
    """

    def taking_keys(view: View[P]) -> View[P]:
        @wraps(view)
        def once(*args: P.args, **kwargs: P.kwargs) -> ResponseReturnValue:
            key = request.headers.get(HEADER)
            if key is None:
                return view(*args, **kwargs)
            # Who calls is found out before: noting a key's use must not wait for the end of the act.
            owner_id = calling_owner(scope)
            check_key(key)
            try:
                with unit_of_work():
                    return _answer(owner_id, key, redact, lambda: view(*args, **kwargs))
            except _Refused as refused:
                return refused.response

        return once

    return taking_keys


def _answer(
    owner_id: UUID, key: str, redact: Sequence[str], act: Callable[[], ResponseReturnValue]
) -> Response:
    first = begin_request(owner_id, key, _digest())
    if first is not None:
        return _repeated(first)
    response = make_response(act())
    if response.status_code >= 400:
        raise _Refused(response)
    headers = {name: response.headers[name] for name in _KEPT_HEADERS if name in response.headers}
    body = _without(redact, response.get_data(as_text=True))
    keep_answer(owner_id, key, KeptAnswer(response.status_code, headers, body))
    return response


def _repeated(first: KeptAnswer) -> Response:
    response = Response(first.body, first.status)
    del response.headers["Content-Type"]  # an answer without a body has none
    response.headers.update(dict(first.headers) | {"Idempotent-Replayed": "true"})
    return response


def _digest() -> str:
    """Tells this request from others under the same key: method, address and body, byte by byte."""
    parts = (request.method.encode(), request.full_path.encode(), read_body())
    return sha256(b"\n".join(parts)).hexdigest()


def _without(redact: Sequence[str], body: str) -> str:
    if not redact or not body:
        return body
    document = json.loads(body)
    return json.dumps(document | {name: None for name in redact if name in document})
