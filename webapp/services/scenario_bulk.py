"""Many scenarios made, changed and deleted at once: each for itself, or all together or none."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Literal
from uuid import UUID

from sqlalchemy import select

from webapp.domain.errors import DomainError, InvalidInput, Problem
from webapp.domain.words import N_, phrase
from webapp.infra.db import attempt, begin_writing, db
from webapp.models.scenario import Scenario
from webapp.services.scenario_reading import parse_scenario
from webapp.services.scenarios import (
    ScenarioView,
    Versions,
    create_scenario,
    delete_scenario,
    patch_scenario,
)

#: Operations of one request.
MAX_OPERATIONS = 100

Verb = Literal["create", "update", "delete"]
VERBS: tuple[Verb, ...] = ("create", "update", "delete")


@dataclass(frozen=True, slots=True)
class Operation:
    """One act. `scenario_id` is None to create; `fields` are the document or the changes.

    `expected` are the versions the act was meant for, as in services.scenarios.
    """

    verb: Verb
    scenario_id: UUID | None = None
    fields: Mapping[str, object] = field(default_factory=dict)
    expected: Versions = None


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of an operation: `error` when it was refused; `view` unless it deleted."""

    operation: Operation
    view: ScenarioView | None = None
    error: DomainError | None = None


def apply_each(owner_id: UUID, operations: Sequence[Operation]) -> tuple[Outcome, ...]:
    """Each operation for itself, in their order: one that is refused leaves the others as they are.

    Problems of an operation point into the list: "/operations/3/document/region".
    """
    _lock(owner_id, operations)
    return tuple(_tried(owner_id, place, operation) for place, operation in enumerate(operations))


def apply_all(owner_id: UUID, operations: Sequence[Operation]) -> tuple[Outcome, ...]:
    """All operations; the surrounding unit of work must end with the first refusal.

    Raises InvalidInput naming what is wrong with the documents of all operations, before anything is done;
    then the refusal of the first operation that cannot be done, saying which.
    """
    _check_documents(operations)
    _lock(owner_id, operations)
    return tuple(_done(owner_id, place, operation) for place, operation in enumerate(operations))


def _tried(owner_id: UUID, place: int, operation: Operation) -> Outcome:
    try:
        with attempt():
            return Outcome(operation, view=_act(owner_id, operation))
    except InvalidInput as error:
        return Outcome(operation, error=InvalidInput(_placed(place, operation, error)))
    except DomainError as error:
        return Outcome(operation, error=error)


def _done(owner_id: UUID, place: int, operation: Operation) -> Outcome:
    try:
        return Outcome(operation, view=_act(owner_id, operation))
    except InvalidInput as error:
        raise InvalidInput(_placed(place, operation, error)) from error
    except DomainError as error:
        message = N_("Nothing was changed. Operation %(place)s (%(verb)s %(id)s): %(why)s")
        error.message = phrase(
            message, place=place, verb=operation.verb, id=operation.scenario_id, why=error.message
        )
        raise


def _act(owner_id: UUID, operation: Operation) -> ScenarioView | None:
    if operation.scenario_id is None:
        return create_scenario(owner_id, parse_scenario(operation.fields))
    if operation.verb == "update":
        return patch_scenario(owner_id, operation.scenario_id, operation.fields, operation.expected)
    delete_scenario(owner_id, operation.scenario_id, operation.expected)
    return None


def _lock(owner_id: UUID, operations: Sequence[Operation]) -> None:
    """Lock every scenario named, in one order for everybody: two such requests cannot wait for each other."""
    begin_writing()
    named = {operation.scenario_id for operation in operations if operation.scenario_id}
    mine = select(Scenario.id).where(Scenario.owner_id == owner_id, Scenario.id.in_(named))
    db.session.execute(mine.order_by(Scenario.id).with_for_update()).all()


def _check_documents(operations: Sequence[Operation]) -> None:
    problems: list[Problem] = []
    for place, operation in enumerate(operations):
        if operation.verb != "create":
            continue
        try:
            parse_scenario(operation.fields)
        except InvalidInput as error:
            problems += _placed(place, operation, error)
    if problems:
        raise InvalidInput(problems)


def _placed(place: int, operation: Operation, error: InvalidInput) -> tuple[Problem, ...]:
    part = "document" if operation.verb == "create" else "changes"
    where = f"/operations/{place}/{part}"
    return tuple(Problem(f"{where}{problem.pointer}", problem.message) for problem in error.problems)
