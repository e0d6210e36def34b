"""Real traffic in, for the scenario a header names."""

from uuid import UUID

from flask import Response, request

from webapp.api.answers import answer
from webapp.api.contract import Answer, Body, Parameter, operation
from webapp.api.uploads import take_events
from webapp.api.v1.blueprint import api
from webapp.api.v1.shapes import IngestV1, receipt_to_json
from webapp.domain.errors import Malformed
from webapp.domain.words import N_, phrase
from webapp.edge.callers import calling_owner

HEADER = "X-Scenario-ID"


@api.post("/ingest")
@operation(
    "Send events",
    tag="Ingest",
    scope="ingest",
    parameters=(
        Parameter(
            HEADER,
            "The scenario they are recorded for.",
            {"type": "string", "format": "uuid"},
            place="header",
            required=True,
        ),
    ),
    body=Body(
        {"description": "Events, one a line, or as JSON. At most 50 MB."},
        media_types=("text/plain", "application/json", "application/x-ndjson"),
        example='{"order": 1}\n{"order": 2}\n',
    ),
    answers={202: Answer(IngestV1, "Counted.")},
    refusals={
        400: "The header is missing or no id, or the body is not what its type says.",
        404: "There is no such scenario, or it is not yours.",
        409: "The scenario is completed or archived: it takes no events.",
    },
    is_idempotent=True,
)
def ingest_events() -> Response:
    """A repeated `Idempotency-Key` with the same body returns the first receipt and counts nothing."""
    owner_id = calling_owner("ingest")
    scenario_id = _named_scenario()
    done, headers = take_events(owner_id, scenario_id)
    # The body is frozen, so that the header alone tells that nothing was counted.
    return answer(receipt_to_json(done), 202, headers)


def _named_scenario() -> UUID:
    try:
        return UUID(request.headers[HEADER].strip())
    except KeyError as error:
        message = N_("Send the id of the scenario in the header %(header)s.")
        raise Malformed(phrase(message, header=HEADER)) from error
    except ValueError as error:
        message = N_("The header %(header)s holds no id: ids look like %(example)s.")
        raise Malformed(phrase(message, header=HEADER, example=UUID(int=0))) from error
