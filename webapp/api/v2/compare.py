"""Bills side by side; nothing is stored."""

from collections.abc import Mapping
from uuid import UUID

from flask import Response

from webapp.api.answers import answer
from webapp.api.contract import Answer, Body, operation
from webapp.api.reading import read_object
from webapp.api.v2.blueprint import api
from webapp.api.v2.shapes.compare import ComparisonBody, ComparisonJson, comparison_to_json
from webapp.domain.errors import InvalidInput
from webapp.domain.words import N_, phrase
from webapp.edge.callers import calling_owner
from webapp.pricing.document import EstimateDocument, parse_document
from webapp.pricing.reading import Reader, known_fields
from webapp.services.comparing import MOST, Candidate, compare

_FIELDS = ("scenario_id", "document", "catalog")


@api.post("/compare")
@operation(
    "Compare bills",
    tag="Estimates",
    scope="read",
    body=Body(
        ComparisonBody,
        "From 2 to 10 scenarios or documents, each with a price catalog of its own if wanted.",
        example={
            "items": [
                {"scenario_id": "1f7a52a4-6c1c-4b6f-9d83-0f1f3a9b7c21"},
                {"scenario_id": "1f7a52a4-6c1c-4b6f-9d83-0f1f3a9b7c21", "catalog": "2026-10-08"},
            ]
        },
    ),
    answers={200: Answer(ComparisonJson, "The bills, what they differ by, and service by service.")},
    refusals={404: "A scenario is not there, or not yours."},
)
def compare_bills() -> Response:
    """Scenarios are priced with their recorded traffic where their bill follows it. Nothing is stored."""
    owner_id = calling_owner("read")
    return answer(comparison_to_json(compare(owner_id, _read_candidates())))


def _read_candidates() -> list[Candidate]:
    reader, sent = Reader(), read_object()
    known_fields(reader, "", sent, ("items",))
    # Missing and too few are one mistake, named by the service.
    items = reader.sequence("/items", sent.get("items"), maximum=MOST)
    read = [_read_candidate(reader, f"/items/{index}", item) for index, item in enumerate(items)]
    if reader.problems:
        raise InvalidInput(reader.problems)
    return [candidate for candidate in read if candidate is not None]


def _read_candidate(reader: Reader, pointer: str, item: object) -> Candidate | None:
    fields = reader.mapping(pointer, item)
    if fields is None:
        return None
    known_fields(reader, pointer, fields, _FIELDS)
    if (fields.get("scenario_id") is None) == (fields.get("document") is None):
        reader.problem(pointer, phrase(N_("State either “scenario_id” or “document”.")))
        return None
    catalog = reader.text(f"{pointer}/catalog", fields.get("catalog"), maximum=80)
    if fields.get("document") is None:
        scenario_id = _read_id(reader, f"{pointer}/scenario_id", fields)
        return None if scenario_id is None else Candidate(scenario_id, None, catalog)
    document = _read_document(reader, f"{pointer}/document", fields["document"])
    return None if document is None else Candidate(None, document, catalog)


def _read_id(reader: Reader, pointer: str, fields: Mapping[str, object]) -> UUID | None:
    try:
        return UUID(str(fields["scenario_id"]))
    except ValueError:
        message = N_("This is not an id: ids look like %(example)s.")
        reader.problem(pointer, phrase(message, example=UUID(int=0)))
        return None


def _read_document(reader: Reader, pointer: str, raw: object) -> EstimateDocument | None:
    try:
        return parse_document(raw)
    except InvalidInput as error:
        for problem in error.problems:
            reader.problem(pointer + problem.pointer, problem.message)
        return None
