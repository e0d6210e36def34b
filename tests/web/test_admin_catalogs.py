"""Price catalogs on the administration's pages."""

import pytest
from flask import Flask
from sqlalchemy import update

from tests.services.catalogs import make_catalog
from tests.services.people import record_of
from tests.web.conftest import Person
from webapp.domain.jobs import REFRESH_PRICES
from webapp.infra.db import db, unit_of_work
from webapp.infra.jobs import RecordingDispatcher
from webapp.models.catalog import Catalog, PriceRefresh
from webapp.services.prices import catalog_in_use
from webapp.services.refresh_runs import RefreshProblem, RefreshReport, only_run

PLACE = ("us-east-1", "sqs.standard")


@pytest.fixture
def held(app: Flask) -> str:
    """A catalog that waits for a person."""
    with app.app_context():
        make_catalog("2026-11-20-1", {PLACE: "0"}, status="held")
        with unit_of_work():
            db.session.execute(
                update(Catalog)
                .where(Catalog.name == "2026-11-20-1")
                .values(reasons=["1 prices are now zero: sqs.standard (us-east-1)"])
            )
    return "2026-11-20-1"


def used(app: Flask) -> str:
    with app.app_context():
        return catalog_in_use().name


def test_catalogs_are_listed_with_what_they_hold_and_why_one_waits(
    app: Flask, admin: Person, held: str
) -> None:
    page = admin.text("/admin/catalogs")
    for words in (used(app), "In use", held, "Held back", "1 prices are now zero", "None yet."):
        assert words in page


def test_a_held_catalog_is_put_in_use_after_asking(app: Flask, admin: Person, held: str) -> None:
    before = used(app)
    asked = admin.text(f"/admin/catalogs/{held}/accept")
    assert f"Put catalog {held} in use?" in asked and "taken back" not in asked
    assert used(app) == before
    assert admin.post(f"/admin/catalogs/{held}/accept").location == "/admin/catalogs"
    assert used(app) == held
    with app.app_context():
        assert record_of("PricesAccepted")[-1] == {"catalog": held}
    admin.post(f"/admin/catalogs/{before}/accept")
    assert used(app) == before


def test_a_held_catalog_that_was_overtaken_is_put_in_use_only_knowingly(
    app: Flask, admin: Person, held: str
) -> None:
    with app.app_context():
        make_catalog("2026-11-21-1", {PLACE: "0.0000005"})
    assert admin.post(f"/admin/catalogs/{held}/accept").status_code == 303
    assert "Run a refresh" in admin.text("/admin/catalogs")
    assert used(app) == "2026-11-21-1"
    asked = admin.text(f"/admin/catalogs/{held}/accept")
    assert "what that one brought is taken back" in asked and f"/{held}/accept?anyway=1" in asked
    admin.post(f"/admin/catalogs/{held}/accept?anyway=1")
    assert used(app) == held


def test_a_held_catalog_is_put_aside_and_one_in_use_cannot_be(app: Flask, admin: Person, held: str) -> None:
    assert f"Put catalog {held} aside?" in admin.text(f"/admin/catalogs/{held}/refuse")
    admin.post(f"/admin/catalogs/{held}/refuse")
    page = admin.text("/admin/catalogs")
    assert f"Catalog {held} is put aside." in page and "Refused" in page
    admin.post(f"/admin/catalogs/{used(app)}/refuse")
    assert "was accepted; accept another one instead." in admin.text("/admin/catalogs")


@pytest.mark.parametrize("act", ["accept", "refuse"])
def test_a_catalog_there_is_not_is_not_found(admin: Person, act: str) -> None:
    assert admin.get(f"/admin/catalogs/nothing/{act}").status_code == 404
    assert admin.post(f"/admin/catalogs/nothing/{act}").status_code == 404


def test_a_user_changes_no_catalog(app: Flask, ada: Person, held: str, queue: RecordingDispatcher) -> None:
    before = used(app)
    for path in (f"{held}/accept", f"{held}/refuse", "refresh"):
        assert ada.post(f"/admin/catalogs/{path}").status_code == 404
    assert used(app) == before and queue.sent == []


def test_a_refresh_is_asked_of_the_workers(app: Flask, admin: Person, queue: RecordingDispatcher) -> None:
    assert admin.post("/admin/catalogs/refresh").location == "/admin/catalogs"
    assert queue.sent == [(REFRESH_PRICES, ())]
    assert "The refresh is asked for." in admin.text("/admin/catalogs")
    with app.app_context():
        assert len(record_of("PriceRefreshRequested")) == 1


def test_a_second_refresh_at_once_is_refused_in_words(
    app: Flask, admin: Person, queue: RecordingDispatcher
) -> None:
    with app.app_context(), only_run():
        admin.post("/admin/catalogs/refresh")
        page = admin.text("/admin/catalogs")
    assert "A price refresh is already running" in page and "At work" in page
    assert queue.sent == []


def test_a_refresh_without_a_queue_is_refused_in_words(
    app: Flask, admin: Person, queue: RecordingDispatcher
) -> None:
    queue.away = True
    admin.post("/admin/catalogs/refresh")
    assert "The job queue is away." in admin.text("/admin/catalogs")
    with app.app_context():
        assert record_of("PriceRefreshRequested") == []


def test_a_refresh_says_what_it_came_to(app: Flask, admin: Person) -> None:
    problem = RefreshProblem("none", "AWSQueueService", ("us-east-1",), "sqs.fifo", "no product answers")
    report = RefreshReport(files_read=3, prices_read=1_234, added=5, problems=(problem,))
    with app.app_context(), only_run() as run, unit_of_work():
        run.finish("unchanged", "", report)
    page = admin.text("/admin/catalogs")
    for words in ("Nothing changed", "1,234", "1 problem", "sqs.fifo", "no product answers"):
        assert words in page


def test_every_outcome_has_its_words(app: Flask, admin: Person) -> None:
    outcomes = ("accepted", "held", "unchanged", "unfinished", "failed", "abandoned")
    with app.app_context(), unit_of_work():
        for outcome in outcomes:
            db.session.add(PriceRefresh(holder="here:1:2", outcome=outcome, report={"failure": "it <broke>"}))
    page = admin.text("/admin/catalogs")
    assert "Its worker was lost" in page and "it &lt;broke&gt;" in page
