"""What is sent to be a scenario, or a change of one: every wrong field is named, and nothing else happens."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import cast

from webapp.domain.errors import InvalidInput, Problem
from webapp.domain.scenarios import STATUSES, Status, TrafficSource
from webapp.domain.words import N_, phrase
from webapp.pricing.document import FIELDS, EstimateDocument, parse_document
from webapp.pricing.presenting import document_to_json
from webapp.pricing.reading import Reader, known_fields


def parse_scenario(raw: Mapping[str, object], others: Sequence[Problem] = ()) -> EstimateDocument:
    """As `parse_document`, with the name a scenario needs.

    Raises InvalidInput naming every field that is wrong, with what `others` found.
    """
    problems, name = list(others), raw.get("name")
    try:
        document = parse_document(raw)
    except InvalidInput as error:
        problems += error.problems
    if name is None or (isinstance(name, str) and not name.strip()):
        problems.append(_nameless())
    if problems:
        raise InvalidInput(problems)
    return document


def named(document: EstimateDocument) -> EstimateDocument:
    """`document`. Raises InvalidInput when it has no name: as a scenario it needs one."""
    if not document.name:
        raise InvalidInput([_nameless()])
    return document


@dataclass(frozen=True, slots=True)
class Content:
    """What may be changed of a scenario. `ids` are what the document's resources call themselves."""

    document: EstimateDocument
    status: Status
    source: TrafficSource
    ids: tuple[str, ...]


def read_changes(present: Content, changes: Mapping[str, object], *, keeps_rest: bool) -> Content:
    """What `changes` make of it. Raises InvalidInput naming every field that is wrong."""
    reader, stated = Reader(), {name: changes[name] for name in FIELDS if name in changes}
    known_fields(reader, "", changes, (*FIELDS, "status", "traffic_source"))
    status = _stated(reader, changes, "status", tuple(STATUSES)) or present.status
    source = _stated(reader, changes, "traffic_source", ("declared", "recorded")) or present.source
    document, ids = present.document, present.ids
    if stated or not keeps_rest:
        kept = document_to_json(present.document) if keeps_rest else {}
        document = parse_scenario(kept | stated, reader.problems)
    if reader.problems:
        raise InvalidInput(reader.problems)
    if "resources" in stated or not keeps_rest:
        ids = _stated_ids(stated.get("resources"))
    return Content(document, cast(Status, status), cast(TrafficSource, source), ids)


def _stated(reader: Reader, changes: Mapping[str, object], name: str, known: tuple[str, ...]) -> str:
    """One of `known`, or nothing when it is not named."""
    value = changes.get(name)
    if value is None or value in known:
        return str(value or "")
    reader.problem(f"/{name}", phrase(N_("Choose one of: %(choices)s."), choices=", ".join(known)))
    return ""


def _nameless() -> Problem:
    return Problem("/name", phrase(N_("A scenario needs a name.")))


def _stated_ids(resources: object) -> tuple[str, ...]:
    """What the resources of a checked document call themselves; nothing for those without an id."""
    stated = resources if isinstance(resources, list | tuple) else ()
    return tuple(str(item.get("id") or "") if isinstance(item, Mapping) else "" for item in stated)
