"""Scenarios: the estimate document, kept."""

from hashlib import sha256
from typing import cast
from uuid import UUID

from flask import Response, current_app, request, url_for

from webapp.api.answers import answer
from webapp.api.bodies import BodyReader
from webapp.api.conditions import (
    CREATED,
    ETAG,
    IF_MATCH,
    IF_NONE_MATCH,
    LOST_UPDATE,
    MINIMALLY,
    PREFER,
    answer_change,
    etag_of,
    expected_versions,
    is_unchanged,
    not_modified,
)
from webapp.api.contract import Answer, Body, JsonSchema, operation
from webapp.api.cursors import write_cursor
from webapp.api.idempotency import idempotent
from webapp.api.reading import read_body, read_object
from webapp.api.v2.blueprint import api
from webapp.api.v2.queries import FIELDS, LINK, LIST_PARAMETERS, links, read_fields, read_list_request
from webapp.api.v2.shapes.estimates import EXAMPLE_DOCUMENT
from webapp.api.v2.shapes.scenarios import (
    NEW_SCENARIO,
    ROW_FIELDS,
    SCENARIO_CHANGES,
    SCENARIO_FIELDS,
    WHOLE_SCENARIO,
    PickedScenarioJson,
    ScenarioJson,
    ScenarioRowJson,
    ScenariosJson,
    StatusBody,
    bill_to_json,
    has_bill,
    picked,
    row_to_json,
    scenario_to_json,
    without_ours,
)
from webapp.domain.errors import InvalidInput
from webapp.domain.scenarios import STATUSES, Status
from webapp.edge.callers import calling_owner
from webapp.infra.db import unit_of_work
from webapp.pricing.reading import Reader, known_fields
from webapp.services.caching import PRICES, owner_tag, remember
from webapp.services.estimates import estimate_view
from webapp.services.scenario_reading import parse_scenario
from webapp.services.scenario_slices import bill_of, slice_scenarios
from webapp.services.scenarios import (
    ScenarioView,
    create_scenario,
    delete_scenario,
    duplicate_scenario,
    get_scenario,
    patch_scenario,
    replace_scenario,
    set_status,
)
from webapp.services.warming import warms

#: A body that may only be empty.
_NOTHING: JsonSchema = {"type": "object", "additionalProperties": False}
_CHANGED = {
    200: Answer(ScenarioJson, "The scenario as it is now.", headers=ETAG),
    204: Answer(None, "Done; `Prefer: return=minimal` asked for no more.", headers=MINIMALLY),
}


@api.get("/scenarios")
@operation(
    "Search, filter and list scenarios",
    tag="Scenarios",
    scope="read",
    parameters=LIST_PARAMETERS,
    answers={
        200: Answer(
            ScenariosJson,
            "A piece of the list.",
            headers=LINK,
        )
    },
)
def list_scenarios() -> Response:
    """Follow `next_cursor`, or `Link`, to the end: nothing is left out or shown twice, whatever is made or
    deleted meanwhile. A cursor belongs to its sort and filters; `limit` and `fields` may change on the way.
    """
    body, link = _kept_piece(calling_owner("read"))
    return Response(body, headers={"Link": link}, content_type="application/json")


def _kept_piece(owner_id: UUID) -> tuple[str, str]:
    # Parameters ask for the same in any order.
    tags, key = (owner_tag(owner_id), PRICES), ["scenarios", sorted(request.args.items(multi=True))]
    return remember("L1", tags, key, lambda: _piece(owner_id), tuple[str, str])


@warms
def _warm_first_piece(demo_id: UUID | None) -> None:
    """The demo's list, as it is asked for without parameters."""
    if demo_id is not None:
        with current_app.test_request_context(f"{api.url_prefix}/scenarios"):
            _kept_piece(demo_id)


def _piece(owner_id: UUID) -> tuple[str, str]:
    """The JSON text and the `Link` of what was asked for, ready to be sent: asked again it costs little."""
    wanted = read_list_request(owner_id, ROW_FIELDS)
    has_bills = not wanted.fields or has_bill(wanted.fields)
    found = slice_scenarios(owner_id, wanted.query, wanted.place, wanted.limit, has_bills=has_bills)
    following, previous = (write_cursor(place, wanted.listing) for place in (found.next, found.previous))
    items = [cast(ScenarioRowJson, picked(row_to_json(row), wanted.fields)) for row in found.rows]
    document: ScenariosJson = {
        "items": items,
        "total": found.total,
        "limit": wanted.limit,
        "next_cursor": following,
        "prev_cursor": previous,
    }
    text = answer(document).get_data(as_text=True)
    return text, links(".list_scenarios", prev=previous, next=following)


@api.post("/scenarios")
@operation(
    "Keep a document as a scenario",
    tag="Scenarios",
    scope="write",
    parameters=(PREFER,),
    body=Body(NEW_SCENARIO, "An estimate document with a name.", example=EXAMPLE_DOCUMENT),
    answers={201: Answer(ScenarioJson, "The scenario, a draft.", headers=CREATED)},
    is_idempotent=True,
)
@idempotent()
def create() -> Response:
    owner_id = calling_owner("write")
    document = parse_scenario(without_ours(read_object()))
    with unit_of_work():
        view = create_scenario(owner_id, document)
    return _created(view)


@api.get("/scenarios/<uuid:scenario_id>")
@operation(
    "One scenario",
    tag="Scenarios",
    scope="read",
    parameters=(FIELDS, IF_NONE_MATCH),
    answers={
        200: Answer(PickedScenarioJson, "The scenario with its document.", headers=ETAG),
        304: Answer(None, "You have it already.", headers=ETAG),
    },
)
def show_scenario(scenario_id: UUID) -> Response:
    """`total_usd` and `unpriced` are there only when `fields` names them."""
    owner_id, fields = calling_owner("read"), read_fields(SCENARIO_FIELDS)
    view = get_scenario(owner_id, scenario_id)
    document, digest = dict(scenario_to_json(view)), ""
    if has_bill(fields):
        bill = bill_to_json(bill_of(estimate_view(view)))
        document, digest = document | bill, sha256(repr(bill).encode()).hexdigest()[:12]
    etag = etag_of(scenario_id, view.version, digest)
    return not_modified(etag) if is_unchanged(etag) else answer(picked(document, fields), 200, {"ETag": etag})


@api.patch("/scenarios/<uuid:scenario_id>")
@operation(
    "Change the named fields",
    tag="Scenarios",
    scope="write",
    parameters=(IF_MATCH, PREFER),
    body=Body(SCENARIO_CHANGES, "The fields to change.", example={"name": "Orders, Black Friday"}),
    answers=_CHANGED,
    refusals=LOST_UPDATE,
)
def change(scenario_id: UUID) -> Response:
    """What is not named stays; a named list or object replaces the whole one."""
    owner_id, expected = calling_owner("write"), expected_versions(scenario_id)
    changes = without_ours(read_object())
    with unit_of_work():
        view = patch_scenario(owner_id, scenario_id, changes, expected)
    return _changed(view)


@api.put("/scenarios/<uuid:scenario_id>")
@operation(
    "Replace the document",
    tag="Scenarios",
    scope="write",
    parameters=(IF_MATCH, PREFER),
    body=Body(WHOLE_SCENARIO, "The whole document.", example=EXAMPLE_DOCUMENT),
    answers=_CHANGED,
    refusals=LOST_UPDATE,
)
def replace(scenario_id: UUID) -> Response:
    """Document fields that are not named get their defaults. `status` and `traffic_source` stay unless named.

    Only what exists can be replaced: ids are given by POST.
    """
    owner_id, expected = calling_owner("write"), expected_versions(scenario_id)
    document = without_ours(read_object())
    with unit_of_work():
        view = replace_scenario(owner_id, scenario_id, document, expected)
    return _changed(view)


@api.delete("/scenarios/<uuid:scenario_id>")
@operation(
    "Delete a scenario",
    tag="Scenarios",
    scope="write",
    parameters=(IF_MATCH,),
    answers={204: Answer(None, "It is gone.")},
    refusals=LOST_UPDATE,
)
def delete(scenario_id: UUID) -> Response:
    """Its resources, recording and reports go with it."""
    owner_id, expected = calling_owner("write"), expected_versions(scenario_id)
    with unit_of_work():
        delete_scenario(owner_id, scenario_id, expected)
    return Response(status=204)


@api.post("/scenarios/<uuid:scenario_id>/status")
@operation(
    "Move to another state",
    tag="Scenarios",
    scope="write",
    parameters=(IF_MATCH, PREFER),
    body=Body(StatusBody, "The state.", example={"status": "archived"}),
    answers=_CHANGED,
    refusals=LOST_UPDATE,
)
def move(scenario_id: UUID) -> Response:
    """From draft to running, completed or archived; from running to completed; from completed to running,
    draft or archived; from archived to draft. Any other move is refused (409), naming those there are.
    """
    owner_id, expected = calling_owner("write"), expected_versions(scenario_id)
    status = _wanted_status(read_object())
    with unit_of_work():
        view = set_status(owner_id, scenario_id, status, expected)
    return _changed(view)


@api.post("/scenarios/<uuid:scenario_id>/duplicate")
@operation(
    "Copy a scenario",
    tag="Scenarios",
    scope="write",
    parameters=(PREFER,),
    body=Body(_NOTHING, "Nothing.", required=False, example={}),
    answers={201: Answer(ScenarioJson, "The copy, a draft.", headers=CREATED)},
    is_idempotent=True,
)
@idempotent()
def duplicate(scenario_id: UUID) -> Response:
    """The same document under a new id. What was recorded stays with the original.

    There is nothing to say: a body may be left out, and an empty object changes nothing.
    """
    owner_id = calling_owner("write")
    if read_body():
        BodyReader(read_object()).check()
    with unit_of_work():
        view = duplicate_scenario(owner_id, scenario_id)
    return _created(view)


def _created(view: ScenarioView) -> Response:
    location = url_for("api_v2.show_scenario", scenario_id=view.id)
    return answer_change(scenario_to_json(view), etag_of(view.id, view.version), location)


def _changed(view: ScenarioView) -> Response:
    return answer_change(scenario_to_json(view), etag_of(view.id, view.version))


def _wanted_status(sent: dict[str, object]) -> Status:
    reader = Reader()
    known_fields(reader, "", sent, ("status",))
    status = reader.choice("/status", sent.get("status"), STATUSES, required=True)
    if reader.problems:
        raise InvalidInput(reader.problems)
    return cast(Status, status)
