"""Real traffic in, what it adds up to out."""

from uuid import UUID

from flask import Response, url_for

from webapp.api.answers import answer
from webapp.api.contract import Answer, Body, Parameter, operation
from webapp.api.uploads import take_events
from webapp.api.v2.blueprint import api
from webapp.api.v2.shapes.recordings import ReceiptJson, RecordingJson, receipt_to_json, recording_to_json
from webapp.edge.callers import calling_owner
from webapp.services.recordings import get_recording

#: What a body of events may be called (see docs/ingest.md).
_MEDIA_TYPES = (
    "application/x-ndjson",
    "application/json",
    "text/plain",
    "application/msgpack",
    "application/octet-stream",
)
_ENCODING = Parameter(
    "Content-Encoding",
    "How the body is compressed.",
    {"type": "string", "enum": ["gzip", "zstd", "deflate", "identity"]},
    place="header",
    example="gzip",
)


@api.post("/scenarios/<uuid:scenario_id>/ingest")
@operation(
    "Send events",
    tag="Recordings",
    scope="ingest",
    parameters=(_ENCODING,),
    body=Body(
        {"description": "Events: lines, NDJSON, a JSON array or MessagePack values. At most 50 MB as sent."},
        media_types=_MEDIA_TYPES,
        example='{"order": 1}\n{"order": 2}\n',
    ),
    answers={202: Answer(ReceiptJson, "Counted.", headers={"Location": "The recording it was added to."})},
    refusals={409: "The scenario is completed or archived: it takes no events."},
    is_idempotent=True,
)
def ingest_events(scenario_id: UUID) -> Response:
    """Every event is measured and forgotten; only sums per minute are kept.

    A draft starts recording with its first event. Bad events are counted and the first of them named; the
    good ones of the same body are kept. A repeated `Idempotency-Key` with the same body, byte by byte as
    sent, returns the first receipt and counts nothing.
    """
    owner_id = calling_owner("ingest")
    done, headers = take_events(owner_id, scenario_id)
    location = url_for("api_v2.show_recording", scenario_id=scenario_id)
    return answer(receipt_to_json(done), 202, {"Location": location} | headers)


@api.get("/scenarios/<uuid:scenario_id>/recording")
@operation(
    "What was recorded",
    tag="Recordings",
    scope="read",
    answers={200: Answer(RecordingJson, "Sums, pace, the last minutes, and the bill they make.")},
)
def show_recording(scenario_id: UUID) -> Response:
    return answer(recording_to_json(get_recording(calling_owner("read"), scenario_id)))
