"""The request at hand."""

from flask import Request, request


def current_request() -> Request:
    """The request itself, for hooks of every request: each look through Flask's proxy costs a call or two."""
    found: Request = request._get_current_object()  # type: ignore[attr-defined]  # the proxy is typed as what it stands for
    return found
