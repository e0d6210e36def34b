"""Query strings: what every route refuses, the list of scenarios, and which fields an answer holds."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, cast
from uuid import UUID

from flask import current_app, request, url_for

from webapp.api.contract import Operation, Parameter
from webapp.api.cursors import read_cursor
from webapp.api.querying import (
    MAX_PAGE_SIZE,
    QueryReader,
    once_only,
    repeated_parameters,
    unknown_parameters,
)
from webapp.api.v2.blueprint import api
from webapp.domain.errors import InvalidInput, Problem
from webapp.domain.regions import REGIONS
from webapp.domain.scenarios import STATUSES
from webapp.domain.words import N_, phrase
from webapp.edge.callers import calling_as
from webapp.edge.current_request import current_request
from webapp.services.scenario_lists import SORTS, ScenarioQuery, Sort
from webapp.services.scenario_slices import Place

_MAX_TAGS = 20
FIELDS = Parameter(
    "fields",
    "Names of the fields wanted, with commas between them; all without it. Leaving out `total_usd` and "
    "`unpriced` saves the time of making the bill.",
    {"type": "string"},
    example="id,name,updated_at",
)
LIST_PARAMETERS = (
    Parameter("cursor", "`next_cursor` of the answer before; the first rows without it.", {"type": "string"}),
    Parameter(
        "limit",
        "Rows at most.",
        {"type": "integer", "minimum": 1, "maximum": MAX_PAGE_SIZE, "default": 20},
        example=20,
    ),
    Parameter(
        "search",
        "Words that all stand somewhere in name, description or tags.",
        {"type": "string", "maxLength": 200},
    ),
    Parameter("region", "Only this region.", {"type": "string", "enum": list(REGIONS)}),
    Parameter(
        "status", "Only this state; all but `archived` without it.", {"type": "string", "enum": [*STATUSES]}
    ),
    Parameter(
        "tag",
        "Only with this tag; several `tag` parameters mean all of them.",
        {"type": "array", "items": {"type": "string", "maxLength": 40}, "maxItems": _MAX_TAGS},
    ),
    Parameter("created_after", "A moment (RFC 3339) or a date.", {"type": "string"}, example="2026-11-01"),
    Parameter(
        "updated_after", "The same, of the last change.", {"type": "string"}, example="2026-11-24T09:30:00Z"
    ),
    Parameter(
        "sort", "`-` in front turns it round.", {"type": "string", "enum": list(SORTS), "default": SORTS[0]}
    ),
    FIELDS,
)
#: A header of answers, for contracts.
LINK = {"Link": 'Addresses of `rel="first"`, "prev" and "next", relative to this one.'}
_KNOWN = tuple(parameter.name for parameter in LIST_PARAMETERS)


@api.before_request
def refuse_parameters() -> None:
    """Refuse a parameter that comes twice, and any at all where the contract of the route has none.

    A route that has some reads them with a QueryReader, which names unknown ones beside wrong values. Only a
    list may come twice. Whoever may not come in learns that first.
    """
    request = current_request()
    if not request.query_string or request.method == "OPTIONS":
        return
    said = getattr(current_app.view_functions[request.endpoint or ""], "operation", None)
    if not isinstance(said, Operation):
        return
    query, repeated = said.query, repeated_parameters()
    if query and not repeated:  # as nearly always
        return
    single = {parameter.name for parameter in query if not _is_list(parameter)}
    problems = [once_only(name) for name in repeated if name in single]
    if not query:
        problems += unknown_parameters(())
    if problems:
        if said.scope is not None:
            calling_as(said.scope)
        raise InvalidInput(problems)


def _is_list(parameter: Parameter) -> bool:
    return isinstance(parameter.shape, dict) and parameter.shape.get("type") == "array"


@dataclass(frozen=True, slots=True)
class ListRequest:
    """What to list. `listing` tells this list from others, whatever its `limit`, `place` and `fields`."""

    query: ScenarioQuery
    place: Place | None
    limit: int
    fields: tuple[str, ...]
    listing: str


def read_list_request(owner_id: UUID, known_fields: Iterable[str]) -> ListRequest:
    """What to list. Raises InvalidInput naming each parameter that is unknown or wrong ("/limit")."""
    reader = QueryReader(*_KNOWN)
    query = ScenarioQuery(
        search=reader.text("search"),
        region=reader.choice("region", REGIONS),
        status=reader.choice("status", STATUSES),
        tags=_tags(reader),
        created_after=reader.moment("created_after"),
        updated_after=reader.moment("updated_after"),
        sort=cast(Sort, reader.choice("sort", SORTS, SORTS[0])),
    )
    limit = reader.count("limit", 20, MAX_PAGE_SIZE)
    fields = _fields(reader, tuple(known_fields))
    reader.check()
    listing = f"{owner_id} {query!r}"
    cursor = request.args.get("cursor")
    return ListRequest(query, read_cursor(cursor, listing) if cursor else None, limit, fields, listing)


def read_fields(known_fields: Iterable[str]) -> tuple[str, ...]:
    """The fields one answer shall hold, all of them unless `fields` names some. Raises InvalidInput."""
    reader = QueryReader("fields")
    fields = _fields(reader, tuple(known_fields))
    reader.check()
    return fields


def links(endpoint: str, **cursors: str | None) -> str:
    """A `Link` header: this list with each cursor that is not None, by relation; "first" needs none."""
    return _links(endpoint, "cursor", cursors)


def page_links(endpoint: str, page: int, pages: int) -> dict[str, str]:
    """The `Link` header of a list in `pages` numbered pages; from a page after the last, back to that."""
    previous = min(page - 1, pages) or None
    return {"Link": _links(endpoint, "page", {"prev": previous, "next": page + 1 if page < pages else None})}


def _links(endpoint: str, name: str, places: Mapping[str, Any]) -> str:
    """This list at each place that is not None, by relation; `name` is the parameter that says where."""
    stated: dict[str, Any] = request.args.to_dict(flat=False)
    stated.pop(name, None)
    found = {"first": url_for(endpoint, **stated)}
    for relation, place in places.items():
        if place is not None:
            found[relation] = url_for(endpoint, **stated, **{name: place})
    return ", ".join(f'<{address}>; rel="{relation}"' for relation, address in found.items())


def _tags(reader: QueryReader) -> tuple[str, ...]:
    tags = tuple(dict.fromkeys(tag.strip().lower() for tag in request.args.getlist("tag")))
    if len(tags) > _MAX_TAGS or any(len(tag) > 40 or "\x00" in tag for tag in tags):
        message = phrase(N_("Use at most %(n)s tags of 40 characters."), n=_MAX_TAGS)
        reader.problems.append(Problem("/tag", message))
    return tuple(filter(None, tags))


def _fields(reader: QueryReader, known: tuple[str, ...]) -> tuple[str, ...]:
    named = tuple(filter(None, (name.strip() for name in request.args.get("fields", "").split(","))))
    for name in named:
        if name not in known:
            message = N_("“%(name)s” is not a field here. Known: %(names)s.")
            problem = phrase(message, name=name[:80], names=", ".join(known))
            reader.problems.append(Problem("/fields", problem))
    return named
