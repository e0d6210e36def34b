"""Recording: events in, measures per minute out, and never twice."""

from decimal import Decimal
from io import BytesIO
from threading import Barrier, Thread
from uuid import UUID

import pytest
from flask import Flask

from tests.services.shop import make_shop
from tests.stack.application import Clock
from webapp.domain.errors import Conflict, InvalidInput, Malformed, NotFound
from webapp.infra.db import unit_of_work
from webapp.services.estimates import estimate_scenario
from webapp.services.recordings import IngestReceipt, get_recording, ingest
from webapp.services.scenarios import get_scenario, patch_scenario, set_status


def send(owner: UUID, scenario: UUID, body: bytes, key: str | None = None) -> IngestReceipt:
    with unit_of_work():
        return ingest(owner, scenario, BytesIO(body), idempotency_key=key)


@pytest.mark.both_databases
def test_a_draft_starts_recording_with_its_first_event(database_url: str, owner: UUID) -> None:
    shop = make_shop(owner)
    kept = send(owner, shop.id, b"one\r\ntwo\r\nthree")
    assert (kept.receipt.accepted, kept.receipt.bytes, kept.replayed) == (3, 15, False)
    view = get_scenario(owner, shop.id)
    assert (view.status, view.traffic_source) == ("running", "recorded")
    assert get_recording(owner, shop.id).measures["events"] == 3


@pytest.mark.both_databases
def test_minutes_add_up(database_url: str, owner: UUID, clock: Clock) -> None:
    shop = make_shop(owner)
    send(owner, shop.id, b"a\nb\n")
    clock.advance(seconds=20)
    send(owner, shop.id, b"c\n")
    clock.advance(seconds=60)
    send(owner, shop.id, b"x" * 70_000)
    recording = get_recording(owner, shop.id)
    assert [(point.events, point.bytes) for point in recording.minutes] == [(3, 6), (1, 70_000)]
    assert recording.measures["chunks_64kb"] == 5
    assert recording.events_per_minute == Decimal("3.0")  # 4 events in the 80 seconds of both minutes


@pytest.mark.both_databases
def test_a_repeated_key_counts_nothing_twice(database_url: str, owner: UUID) -> None:
    shop = make_shop(owner)
    first = send(owner, shop.id, b"one\n\xff\n", key="batch-1")
    again = send(owner, shop.id, b"one\n\xff\n", key="batch-1")
    assert again.replayed
    assert (again.id, again.receipt) == (first.id, first.receipt)
    assert get_recording(owner, shop.id).events == first.receipt.accepted == 1


@pytest.mark.both_databases
def test_the_same_key_at_once_counts_once(database_url: str, app: Flask, owner: UUID) -> None:
    shop = make_shop(owner)
    start, answers = Barrier(6), []

    def post() -> None:
        with app.app_context():
            start.wait()
            answers.append(send(owner, shop.id, b"one\ntwo\n", key="same"))

    threads = [Thread(target=post) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len({answer.id for answer in answers}) == 1
    assert len(answers) == 6
    assert get_recording(owner, shop.id).events == 2


def test_the_bill_is_that_of_the_volume_by_the_recorded_shape(owner: UUID) -> None:
    shop = make_shop(owner, traffic={"volume": 1_000_000})
    send(owner, shop.id, b"x" * 70_000 + b"\nshort\n")
    recording = get_recording(owner, shop.id)
    # Two events are three chunks of 64 KB; a million of them, three requests each, at $0.40 a million.
    assert recording.projected is not None
    assert recording.projected.total == estimate_scenario(owner, shop.id).total == Decimal("1.8")
    assert recording.bill_so_far.total == Decimal("0.0000036")
    assert recording.driver == "events"


def test_without_a_volume_there_is_no_projection(owner: UUID) -> None:
    shop = make_shop(owner, traffic={})
    send(owner, shop.id, b"one\n")
    assert get_recording(owner, shop.id).projected is None
    assert estimate_scenario(owner, shop.id).total == Decimal("0.0000012")


def test_the_declared_traffic_can_be_chosen_again(owner: UUID) -> None:
    shop = make_shop(owner)
    declared = estimate_scenario(owner, shop.id).total
    send(owner, shop.id, b"x" * 70_000)
    assert estimate_scenario(owner, shop.id).total == 2 * declared
    with unit_of_work():
        patch_scenario(owner, shop.id, {"traffic_source": "declared"})
    assert estimate_scenario(owner, shop.id).total == declared


@pytest.mark.parametrize("status", ["completed", "archived"])
def test_only_drafts_and_running_scenarios_record(owner: UUID, status: str) -> None:
    shop = make_shop(owner)
    with unit_of_work():
        patch_scenario(owner, shop.id, {"status": status})
    with pytest.raises(Conflict):
        send(owner, shop.id, b"one\n")
    assert get_recording(owner, shop.id).events == 0


def test_a_refused_body_leaves_nothing_behind(owner: UUID, stranger: UUID) -> None:
    shop = make_shop(owner)
    with pytest.raises(Malformed):
        send(owner, shop.id, b"")
    with pytest.raises(InvalidInput):
        send(owner, shop.id, b"one\n", key="k" * 201)
    with pytest.raises(NotFound):
        send(stranger, shop.id, b"one\n")
    assert get_recording(owner, shop.id).started_at is None
    assert get_scenario(owner, shop.id).status == "draft"


def test_recording_can_go_on_after_it_was_finished(owner: UUID) -> None:
    shop = make_shop(owner)
    send(owner, shop.id, b"one\n")
    with unit_of_work():
        set_status(owner, shop.id, "completed")
    with unit_of_work():
        set_status(owner, shop.id, "running")
    send(owner, shop.id, b"two\n")
    assert get_recording(owner, shop.id).events == 2
