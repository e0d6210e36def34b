"""Forms of pages: read once, within limits, before anything looks into them."""

import logging

from flask import Flask, request
from werkzeug.exceptions import RequestEntityTooLarge

from webapp.domain.errors import Malformed, TooLarge
from webapp.domain.words import N_, phrase
from webapp.edge.headers import is_api

#: No form of ours sends files; the largest is a resource with every field filled.
MAX_FORM_BYTES = 256 * 1024
MAX_FIELDS = 1_000

_log = logging.getLogger(__name__)


def init_forms(app: Flask) -> None:
    """Read what a page is sent. Routes of the API read their own bodies and state their own limits."""
    app.before_request(_read_form)


def _read_form() -> None:
    """Raises TooLarge, and Malformed for one that breaks off: half a form is not to be taken for a whole."""
    if is_api(request.path) or request.method in ("GET", "HEAD", "OPTIONS"):
        return
    request.max_content_length = request.max_form_memory_size = MAX_FORM_BYTES
    request.max_form_parts = MAX_FIELDS
    try:
        body = request.get_data()
        fields = request.form
    except RequestEntityTooLarge as error:
        raise TooLarge(_too_large()) from error
    except Exception as error:
        # Only the server's reader runs in here, and each server has exceptions of its own for a sender that
        # is gone or breaks the protocol.
        _log.info("A form broke off: %s", type(error).__name__)
        raise _broken_off() from error
    # A server may end a cut body like a whole one.
    if request.content_length is not None and len(body) < request.content_length:
        raise _broken_off()
    if sum(map(len, fields.listvalues())) > MAX_FIELDS:
        raise TooLarge(_too_large())


def _broken_off() -> Malformed:
    return Malformed(phrase(N_("The form broke off on its way. Nothing was kept; send it again.")))


def _too_large() -> str:
    return phrase(
        N_("A form has at most %(size)s KB and %(fields)s fields here."),
        size=MAX_FORM_BYTES // 1024,
        fields=f"{MAX_FIELDS:,}",
    )
