"""Addresses that are a key by themselves: a route with a `<token>` in it.

Whoever reads one may open what it opens. So no log line holds one, no cache and no search engine keeps one.
"""

import re
from functools import lru_cache

from flask import Flask, Response, current_app, g, request

#: A random text of ours (see infra/secret_texts.py), wherever in a path somebody put it.
_SECRET = re.compile(r"[a-z]{2}_[0-9A-Za-z]{16,}")
_HIDDEN = "..."


def init_secret_addresses(app: Flask) -> None:
    """Give answers at such addresses their headers. Stands before `init_headers`, to have the last word."""
    app.after_request(_finish)


def leave_no_referrer() -> None:
    """Where this page leads learns nothing of its address, on this site neither.

    Not for a page with a form: over TLS the CSRF check needs to see where a form comes from.
    """
    g.leaves_no_referrer = True


def shown_path() -> str:
    """The path of this request as a log may hold it: "/shared/..."."""
    return _shown(request.path, _prefixes())


def _finish(response: Response) -> Response:
    if request.path.startswith(_prefixes()):
        response.headers["Cache-Control"] = "no-store"
        response.headers["X-Robots-Tag"] = "noindex, nofollow"
    if g.get("leaves_no_referrer"):
        response.headers["Referrer-Policy"] = "no-referrer"
    return response


@lru_cache(maxsize=1_024)
def _shown(path: str, prefixes: tuple[str, ...]) -> str:
    """`path` without what stands behind the first of `prefixes`, and without a secret anywhere in it.

    Many slashes are one to the routes.
    """
    plain = re.sub("/+", "/", path)
    prefix = next((prefix for prefix in prefixes if plain.startswith(prefix)), "")
    return prefix + _HIDDEN if prefix else _SECRET.sub(_HIDDEN, path)


def _prefixes() -> tuple[str, ...]:
    """The fixed beginnings of the routes with a token: "/shared/"."""
    known = current_app.extensions.get("secret_addresses")
    if known is None:
        rules = [rule.rule for rule in current_app.url_map.iter_rules() if "token" in rule.arguments]
        known = tuple(sorted({rule.partition("<")[0] for rule in rules}))
        current_app.extensions["secret_addresses"] = known
    prefixes: tuple[str, ...] = known
    return prefixes
