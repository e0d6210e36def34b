"""Many scenarios in one request."""

from typing import cast
from uuid import UUID

from flask import Response

from webapp.api.answers import answer
from webapp.api.conditions import versions_in
from webapp.api.contract import Answer, Body, operation
from webapp.api.idempotency import idempotent
from webapp.api.reading import read_object
from webapp.api.v2.blueprint import api
from webapp.api.v2.shapes.bulk import BulkBody, BulkJson, bulk_to_json
from webapp.api.v2.shapes.estimates import EXAMPLE_DOCUMENT
from webapp.api.v2.shapes.scenarios import without_ours
from webapp.domain.errors import InvalidInput, Malformed
from webapp.domain.words import N_, phrase
from webapp.edge.callers import calling_owner
from webapp.infra.db import unit_of_work
from webapp.pricing.reading import Reader, known_fields
from webapp.services.scenario_bulk import (
    MAX_OPERATIONS,
    VERBS,
    Operation,
    Verb,
    apply_all,
    apply_each,
)
from webapp.services.scenarios import Versions

_FIELDS = {
    "create": ("op", "document"),
    "update": ("op", "id", "changes", "if_match"),
    "delete": ("op", "id", "if_match"),
}
_EXAMPLE = {
    "atomic": False,
    "operations": [
        {"op": "create", "document": EXAMPLE_DOCUMENT},
        {
            "op": "update",
            "id": "0b6f3c1e-8d5a-4f0e-9a51-2f6f0c6d7e10",
            "changes": {"tags": ["shop", "2027"]},
            "if_match": '"0b6f3c1e8d5a4f0e9a512f6f0c6d7e10-7"',
        },
        {"op": "delete", "id": "5b0ad1ce-91e6-4d7b-8d15-4a0f6f0c6d7e"},
    ],
}


@api.post("/scenarios/bulk")
@operation(
    "Create, change and delete up to 100 scenarios",
    tag="Scenarios",
    scope="write",
    body=Body(BulkBody, "What to do, in this order.", example=_EXAMPLE),
    answers={200: Answer(BulkJson, "What became of each operation, in their order.")},
    refusals={
        404: "With `atomic`: an operation names a scenario that is not there. Nothing was changed.",
        409: "With `atomic`: the state of a scenario forbids an operation. Nothing was changed.",
        412: "With `atomic`: an `if_match` is not the present version. Nothing was changed.",
    },
    is_idempotent=True,
)
@idempotent()
def change_many() -> Response:
    """Without `atomic`, each operation stands for itself: the answer is 200, and each result has the `status`
    and the `problem` a request of its own would have had. With `atomic`, all are done or none: the answer is
    200 when all were done, else the problem of the first that cannot be done, naming it.

    It counts as one request against your limit.
    """
    owner_id = calling_owner("write")
    operations, is_atomic = _read(read_object())
    with unit_of_work():
        outcomes = (apply_all if is_atomic else apply_each)(owner_id, operations)
    return answer(bulk_to_json(outcomes, is_atomic=is_atomic))


def _read(sent: dict[str, object]) -> tuple[tuple[Operation, ...], bool]:
    reader = Reader()
    known_fields(reader, "", sent, ("operations", "atomic"))
    is_atomic = sent.get("atomic", False)
    if not isinstance(is_atomic, bool):
        reader.problem("/atomic", phrase(N_("This must be true or false.")))
    found = reader.sequence("/operations", sent.get("operations"), maximum=MAX_OPERATIONS)
    if not found and not reader.problems:
        reader.problem("/operations", phrase(N_("Name at least one operation.")))
    operations = [_operation(reader, f"/operations/{place}", item) for place, item in enumerate(found)]
    if reader.problems:
        raise InvalidInput(reader.problems)
    return tuple(item for item in operations if item is not None), bool(is_atomic)


def _operation(reader: Reader, pointer: str, raw: object) -> Operation | None:
    fields = reader.mapping(pointer, raw)
    if fields is None:
        return None
    verb = cast(Verb | None, reader.choice(f"{pointer}/op", fields.get("op"), VERBS, required=True))
    if verb is None:
        return None
    known_fields(reader, pointer, fields, _FIELDS[verb])
    if verb == "create":
        return Operation(verb, fields=_object(reader, f"{pointer}/document", fields.get("document")))
    scenario_id = _id(reader, f"{pointer}/id", fields.get("id"))
    if scenario_id is None:
        return None
    expected = _expected(reader, f"{pointer}/if_match", fields.get("if_match"), scenario_id)
    changes = _object(reader, f"{pointer}/changes", fields.get("changes")) if verb == "update" else {}
    return Operation(verb, scenario_id, changes, expected)


def _object(reader: Reader, pointer: str, raw: object) -> dict[str, object]:
    if isinstance(raw, dict):
        return without_ours(raw)
    reader.problem(pointer, phrase(N_("This must be a JSON object.")))
    return {}


def _id(reader: Reader, pointer: str, raw: object) -> UUID | None:
    try:
        return UUID(str(raw))
    except ValueError:
        message = N_("This is not an id: ids look like %(example)s.")
        reader.problem(pointer, phrase(message, example=UUID(int=0)))
        return None


def _expected(reader: Reader, pointer: str, raw: object, scenario_id: UUID) -> Versions:
    if raw is None:
        return None
    try:
        return versions_in(raw if isinstance(raw, str) else "", scenario_id)
    except Malformed as error:
        reader.problem(pointer, error.message)
        return None
