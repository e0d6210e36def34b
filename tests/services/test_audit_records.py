"""Who did what stands in the audit, once, with what became different; what failed or only read does not."""

import io
from collections.abc import Iterator
from uuid import UUID

import pytest
from flask import Flask

from tests.services.shop import make_shop
from webapp.domain.errors import Conflict, InvalidInput
from webapp.infra.caller import Caller, acting
from webapp.infra.db import unit_of_work
from webapp.infra.logs import correlated
from webapp.pricing.document import parse_resource
from webapp.services.audit_search import AuditQuery, find_entries
from webapp.services.catalog_changes import accept_catalog, refuse_catalog
from webapp.services.prices import catalog_in_use
from webapp.services.recordings import ingest
from webapp.services.report_making import render_report
from webapp.services.reports import get_report, request_report
from webapp.services.resources import add_resource, remove_resource, update_resource
from webapp.services.scenarios import create_scenario, delete_scenario, get_scenario, patch_scenario


def said() -> list[tuple[str, dict[str, object]]]:
    """(activity, details without ids) of everything that happened, the oldest first."""
    with unit_of_work():
        entries = find_entries(AuditQuery()).entries
    shown = [
        (entry.activity, {name: value for name, value in entry.details.items() if not name.endswith("_id")})
        for entry in reversed(entries)
    ]
    return [(activity, details) for activity, details in shown if activity != "AccountRegistered"]


@pytest.fixture
def shop(owner: UUID) -> Iterator[UUID]:
    yield make_shop(owner).id


def last() -> tuple[str, dict[str, object]]:
    return said()[-1]


def test_a_scenario_is_recorded_from_its_making_to_its_end(owner: UUID, shop: UUID) -> None:
    name = get_scenario(owner, shop).document.name
    assert last() == ("ScenarioCreated", {"name": name})
    with unit_of_work():
        patch_scenario(owner, shop, {"name": "Till", "tags": ["a", "b"]})
    assert last() == ("ScenarioUpdated", {"changes": {"name": [name, "Till"], "tags": ["web", "a, b"]}})
    with unit_of_work():
        delete_scenario(owner, shop)
    assert last() == ("ScenarioDeleted", {"name": "Till"})


def test_a_change_of_nothing_and_a_refused_one_are_not_recorded(owner: UUID, shop: UUID) -> None:
    before = said()
    with unit_of_work():
        patch_scenario(owner, shop, {"name": get_scenario(owner, shop).document.name})
    with pytest.raises(InvalidInput), unit_of_work():
        patch_scenario(owner, shop, {"region": "moon-1"})
    with pytest.raises(Conflict), unit_of_work():
        patch_scenario(owner, shop, {"status": "completed"})
        raise Conflict("stopped half-way")
    get_scenario(owner, shop)
    assert said() == before


def test_long_values_are_shortened(owner: UUID, shop: UUID) -> None:
    with unit_of_work():
        patch_scenario(owner, shop, {"description": "x" * 2_000})
    (_, after) = last()[1]["changes"]["description"]  # type: ignore[index]
    assert after == "x" * 199 + "…"


def test_a_resource_is_named_with_before_and_after(owner: UUID, shop: UUID) -> None:
    with unit_of_work():
        resource_id = add_resource(owner, shop, _queue(1_000))
    assert list(last()[1]["changes"]) == ["resources/Mail"]  # type: ignore[call-overload]
    with unit_of_work():
        update_resource(owner, shop, resource_id, _queue(2_000))
    ((before, after),) = last()[1]["changes"].values()  # type: ignore[attr-defined]
    assert '"1000"' in before or "1000" in before
    assert "2000" in after
    with unit_of_work():
        remove_resource(owner, shop, resource_id)
    ((before, after),) = last()[1]["changes"].values()  # type: ignore[attr-defined]
    assert (after, "2000" in before) == (None, True)


def _queue(requests: int):  # type: ignore[no-untyped-def]
    return parse_resource({"service": "sqs", "name": "Mail", "usage": {"requests": requests}})


def test_many_changed_resources_are_counted(owner: UUID, shop: UUID) -> None:
    many = [{"service": "sqs", "name": f"Queue {n}", "usage": {"requests": n}} for n in range(100)]
    with unit_of_work():
        patch_scenario(owner, shop, {"resources": many})
    (before, after) = last()[1]["changes"]["resources"]  # type: ignore[index]
    assert (before.endswith("resources"), after.startswith("100 resources")) == (True, True)


def test_a_batch_of_events_is_recorded_in_sums_under_its_key(owner: UUID, shop: UUID) -> None:
    with acting(Caller("key", owner, shop)), unit_of_work():
        ingest(owner, shop, io.BytesIO(b"one\ntwo\n"))
    with unit_of_work():
        newest, started, *_ = find_entries(AuditQuery()).entries
    assert (newest.activity, newest.credential_id) == ("EventsIngested", shop)
    assert newest.details["accepted"], newest.details["bytes"] == (2, 8)
    assert started.details["changes"] == {
        "status": ["draft", "running"],
        "traffic_source": ["declared", "recorded"],
    }


def test_a_repeated_batch_is_recorded_once(owner: UUID, shop: UUID) -> None:
    for _ in range(2):
        with unit_of_work():
            ingest(owner, shop, io.BytesIO(b"one\n"), idempotency_key="batch-1")
    assert [activity for activity, _ in said()].count("EventsIngested") == 1


def test_a_report_is_recorded_when_asked_for_and_when_it_is_made(app: Flask, owner: UUID, shop: UUID) -> None:
    from webapp.infra.jobs import RecordingDispatcher

    app.extensions["jobs"] = RecordingDispatcher()
    with unit_of_work():
        report = request_report(owner, shop, "csv")
    with acting(Caller("job")), correlated("asked-by-this"):
        render_report(report.id)
    assert get_report(owner, report.id).status == "completed"
    assert [activity for activity, _ in said()[-2:]] == ["ReportRequested", "ReportCompleted"]
    with unit_of_work():
        made, asked = find_entries(AuditQuery()).entries[:2]
    assert (made.via, made.correlation_id, asked.via) == ("job", "asked-by-this", "visitor")


def test_accepted_and_refused_prices_are_recorded(context: None) -> None:
    name = catalog_in_use().name
    with unit_of_work():
        accept_catalog(name)
    assert last() == ("PricesAccepted", {"catalog": name})
    with pytest.raises(Conflict), unit_of_work():
        refuse_catalog(name)
    assert len(said()) == 1


def test_an_archived_scenario_is_still_told_of(owner: UUID, shop: UUID) -> None:
    document = get_scenario(owner, shop).document
    with unit_of_work():
        other = create_scenario(owner, document)
        patch_scenario(owner, other.id, {"status": "archived"})
    assert last() == ("ScenarioUpdated", {"changes": {"status": ["draft", "archived"]}})
