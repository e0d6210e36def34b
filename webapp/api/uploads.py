"""The body of a request as it arrives: read forward, never kept, never taken for a form."""

import logging
from typing import BinaryIO, cast
from uuid import UUID

from flask import request
from werkzeug.exceptions import UnsupportedMediaType

from webapp.domain.errors import Malformed, TooLarge
from webapp.domain.words import N_, phrase
from webapp.infra.db import unit_of_work
from webapp.metering.limits import STANDARD, shown
from webapp.metering.stream import check_labels
from webapp.services.recordings import IngestReceipt, ingest

_log = logging.getLogger(__name__)


class Upload:
    """The body of the current request, for whoever reads files."""

    def __init__(self) -> None:
        self._stream = request.stream
        #: As the sender stated them; None for a chunked body, whose end its last chunk tells.
        self._missing_bytes = request.content_length

    def read(self, size: int = -1) -> bytes:
        """The next bytes, at most `size`; none at the end.

        Raises Malformed when the sender stops before the length it stated, or cuts its chunks wrongly.
        """
        try:
            piece = self._stream.read(size)
        except Exception as error:
            # Only the server's reader runs in here, and each server has exceptions of its own for a sender
            # that is gone or breaks the protocol.
            _log.info("Upload broke off: %s", type(error).__name__)
            raise _broken_off() from error
        if self._missing_bytes is not None:
            self._missing_bytes -= len(piece)
            # A server may end a cut body like a whole one; half a batch must not count as all of it.
            if not piece and size != 0 and self._missing_bytes > 0:
                raise _broken_off()
        return piece


def take_events(owner_id: UUID, scenario_id: UUID) -> tuple[IngestReceipt, dict[str, str]]:
    """Count the events of this request into the scenario; the receipt, and headers for the answer.

    Raises what `services.recordings.ingest` raises, TooLarge and UnsupportedMediaType.
    """
    _check_headers()
    with unit_of_work():
        done = ingest(
            owner_id,
            scenario_id,
            cast(BinaryIO, Upload()),
            content_type=request.headers.get("Content-Type", ""),
            content_encoding=request.headers.get("Content-Encoding", ""),
            idempotency_key=request.headers.get("Idempotency-Key"),
        )
    return done, {"Idempotent-Replayed": "true"} if done.replayed else {}


def _check_headers() -> None:
    """Refuse by its headers, before it is read, a body of events that no reading could save.

    Raises TooLarge by the stated size (metering counts what comes without one) and UnsupportedMediaType for a
    Content-Type or Content-Encoding that is not metered.
    """
    if (request.content_length or 0) > STANDARD.max_wire_bytes:
        message = N_("A request carries at most %(most)s: split it, or compress it with gzip or zstd.")
        raise TooLarge(phrase(message, most=shown(STANDARD.max_wire_bytes)))
    try:
        check_labels(request.headers.get("Content-Type", ""), request.headers.get("Content-Encoding", ""))
    except Malformed as error:
        raise UnsupportedMediaType(error.message) from error


def _broken_off() -> Malformed:
    return Malformed(phrase(N_("The upload broke off before its end. Nothing was kept; send it again.")))
