"""Recording: events in, measures per minute out, and never twice."""

from decimal import Decimal
from io import BytesIO
from pathlib import Path
from threading import Barrier, Thread
from uuid import UUID

import pytest
from flask import Flask
from sqlalchemy import select, update

from tests.services.shop import make_shop
from tests.stack.application import Clock
from webapp.domain.errors import Conflict, InvalidInput, KeyReused, Malformed, NotFound, TooLarge
from webapp.infra.db import db, unit_of_work
from webapp.metering.limits import BLOCK_BYTES, STANDARD
from webapp.models.recording import IngestRequest
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


@pytest.mark.both_databases
def test_a_repeated_key_with_another_body_is_refused(database_url: str, owner: UUID) -> None:
    shop = make_shop(owner)
    first = send(owner, shop.id, b"one\n", key="batch-1")
    with pytest.raises(KeyReused, match="nothing of this one was counted"):
        send(owner, shop.id, b"two\nthree\n", key="batch-1")
    assert send(owner, shop.id, b"one\n", key="batch-1").id == first.id
    assert get_recording(owner, shop.id).events == 1


@pytest.mark.both_databases
def test_two_bodies_at_once_under_one_key_are_one_receipt_and_one_refusal(
    database_url: str, app: Flask, owner: UUID
) -> None:
    shop = make_shop(owner)
    met, answers, refusals = Barrier(2, timeout=20), [], []

    class Meeting(BytesIO):
        """A body whose end comes only when the other's has come: neither can find the other's receipt."""

        def read(self, size: int | None = -1, /) -> bytes:
            piece = super().read(size)
            if not piece:
                met.wait()
            return piece

    def post(body: bytes) -> None:
        with app.app_context():
            try:
                with unit_of_work():
                    answers.append(ingest(owner, shop.id, Meeting(body), idempotency_key="same"))
            except KeyReused as error:
                refusals.append(error)

    threads = [Thread(target=post, args=(body,)) for body in (b"one\n", b"one\ntwo\n")]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert (len(answers), len(refusals)) == (1, 1)
    assert not answers[0].replayed
    assert get_recording(owner, shop.id).events == answers[0].receipt.accepted


@pytest.mark.both_databases
def test_a_receipt_from_before_digests_is_repeated_whatever_the_body(database_url: str, owner: UUID) -> None:
    shop = make_shop(owner)
    first = send(owner, shop.id, b"one\n", key="batch-1")
    with unit_of_work():
        db.session.execute(update(IngestRequest).values(digest=None))
    again = send(owner, shop.id, b"two\nthree\n", key="batch-1")
    assert (again.id, again.receipt, again.replayed) == (first.id, first.receipt, True)
    assert get_recording(owner, shop.id).events == 1


def test_without_a_key_no_body_is_hashed(owner: UUID) -> None:
    shop = make_shop(owner)
    for key in (None, "batch-1"):
        send(owner, shop.id, b"one\n", key=key)
    kept = {row.idempotency_key: row.digest for row in db.session.scalars(select(IngestRequest))}
    # SHA-256 of "one" and a newline, as sha256sum says.
    assert kept == {
        None: None,
        "batch-1": "2c8b08da5ce60398e1f19af0e5dccc744df274b826abe585eaba68c525434806",
    }


class Counted(BytesIO):
    """A body that knows how much of it was asked for at once, and read."""

    most = given = 0

    def read(self, size: int | None = -1, /) -> bytes:
        piece = super().read(size)
        self.most, self.given = max(self.most, len(piece)), self.given + len(piece)
        return piece


def test_a_repeat_is_read_in_pieces_and_no_further_than_a_body_may_go(owner: UUID) -> None:
    shop = make_shop(owner)
    send(owner, shop.id, b"one\n", key="batch-1")
    body = Counted(b"x" * (STANDARD.max_wire_bytes + 10 * BLOCK_BYTES))
    with pytest.raises(TooLarge, match="A request carries at most 50 MB"), unit_of_work():
        ingest(owner, shop.id, body, idempotency_key="batch-1")
    assert body.most <= BLOCK_BYTES
    assert body.given <= STANDARD.max_wire_bytes + BLOCK_BYTES


def test_a_command_with_a_changed_file_under_its_key_says_so(app: Flask, owner: UUID, tmp_path: Path) -> None:
    file, scenario = tmp_path / "app.log", str(make_shop(owner).id)
    said = []
    for content in ("one\n", "one\n", "two\nthree\n"):
        file.write_text(content)
        command = ["ingest", scenario, str(file), "--idempotency-key", "batch-1"]
        said.append(app.test_cli_runner().invoke(args=command))
    assert [done.exit_code for done in said] == [0, 0, 1]
    assert said[1].output.endswith("This idempotency key was used before: nothing was counted again.\n")
    assert said[2].output == (
        f'Error: The idempotency key "batch-1" came with other content before: nothing of {file} was '
        "recorded. Give changed content a new key.\n"
    )
    assert get_recording(owner, UUID(scenario)).events == 1


@pytest.mark.parametrize("key", ["", "a b", "k" * 201, "però", "a\n"])
def test_a_key_is_visible_ascii(owner: UUID, key: str) -> None:
    shop = make_shop(owner)
    with pytest.raises(InvalidInput, match="1 to 200 visible ASCII characters"):
        send(owner, shop.id, b"one\n", key=key)
    assert get_recording(owner, shop.id).events == 0


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


@pytest.mark.both_databases
def test_an_ingest_that_is_undone_leaves_nothing(database_url: str, owner: UUID) -> None:
    shop = make_shop(owner)
    with pytest.raises(RuntimeError), unit_of_work():
        ingest(owner, shop.id, BytesIO(b"one\ntwo\n"), idempotency_key="batch-1")
        raise RuntimeError
    assert get_scenario(owner, shop.id).status == "draft"
    again = send(owner, shop.id, b"one\ntwo\n", key="batch-1")
    assert (again.replayed, again.receipt.accepted) == (False, 2)
    assert get_recording(owner, shop.id).events == 2
