"""Real traffic in, what it adds up to out."""

from typing import BinaryIO, cast
from uuid import UUID

from flask import Response, request, url_for

from webapp.api.answers import answer
from webapp.api.uploads import Upload
from webapp.api.v2.blueprint import api
from webapp.api.v2.presenting import receipt_to_json, recording_to_json
from webapp.domain.errors import TooLarge
from webapp.domain.words import N_, phrase
from webapp.edge.keys import calling_owner
from webapp.infra.db import unit_of_work
from webapp.metering.limits import STANDARD, shown
from webapp.services.recordings import get_recording, ingest


@api.post("/scenarios/<uuid:scenario_id>/ingest")
def ingest_events(scenario_id: UUID) -> Response:
    owner_id = calling_owner("ingest")
    _refuse_large(request.content_length or 0)
    with unit_of_work():
        done = ingest(
            owner_id,
            scenario_id,
            cast(BinaryIO, Upload()),
            content_type=request.headers.get("Content-Type", ""),
            content_encoding=request.headers.get("Content-Encoding", ""),
            idempotency_key=request.headers.get("Idempotency-Key"),
        )
    location = url_for("api_v2.show_recording", scenario_id=scenario_id)
    return answer(receipt_to_json(done), 202, {"Location": location})


@api.get("/scenarios/<uuid:scenario_id>/recording")
def show_recording(scenario_id: UUID) -> Response:
    return answer(recording_to_json(get_recording(calling_owner("read"), scenario_id)))


def _refuse_large(stated_bytes: int) -> None:
    """Refuse by the stated size, before reading; metering counts what comes without one."""
    if stated_bytes > STANDARD.max_wire_bytes:
        message = N_("A request carries at most %(most)s: split it, or compress it with gzip or zstd.")
        raise TooLarge(phrase(message, most=shown(STANDARD.max_wire_bytes)))
