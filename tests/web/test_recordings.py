"""The live page of a recording."""

import json
from io import BytesIO

from flask import Flask

from tests.stack.application import Clock
from tests.web.conftest import Person, Workshop
from webapp.infra.db import unit_of_work
from webapp.services.recordings import ingest
from webapp.services.scenarios import ScenarioView


def record(app: Flask, workshop: Workshop, scenario: ScenarioView, lines: int) -> None:
    with app.app_context(), unit_of_work():
        ingest(workshop.owner_id, scenario.id, BytesIO(b"twelve bytes\n" * lines), content_type="text/plain")


def test_a_recording_shows_exactly_what_arrived(
    app: Flask, ada: Person, workshop: Workshop, clock: Clock
) -> None:
    scenario = workshop.scenario(traffic={"volume": 1_000_000})
    record(app, workshop, scenario, 1_500)
    clock.advance(seconds=30)
    text = ada.text(f"/scenarios/{scenario.id}/recording")
    assert '<dd id="recorded-events">1,500</dd>' in text
    assert '<dd id="recorded-bytes">19,500</dd>' in text
    assert "1,000 <small>events a minute" in text  # 1,500 in the last minute and a half
    assert "$1.20" in text  # a million events, three requests each
    assert "at 1,000,000 events" in text


def test_a_recording_polls_from_draft_on_and_a_finished_one_does_not(ada: Person, workshop: Workshop) -> None:
    scenario = workshop.scenario()
    path = f"/scenarios/{scenario.id}/recording"
    assert "data-poll" in ada.text(path)
    for status, polls in (("running", True), ("completed", False), ("archived", False)):
        ada.post(f"/scenarios/{scenario.id}/status", {"status": status})
        assert ("data-poll" in ada.get(path, htmx=True).get_data(as_text=True)) is polls


def test_the_first_event_of_a_draft_shows_by_itself_and_its_head_follows(
    app: Flask, ada: Person, workshop: Workshop
) -> None:
    scenario = workshop.scenario()
    path = f"/scenarios/{scenario.id}/recording?seen=0&status=draft"
    assert "HX-Trigger" not in ada.get(path, htmx=True).headers
    record(app, workshop, scenario, 3)
    answer = ada.get(path, htmx=True)
    assert json.loads(answer.headers["HX-Trigger"]) == {"bill-changed": True, "scenario-moved": True}
    head = ada.get(f"/scenarios/{scenario.id}/head", htmx=True).get_data(as_text=True)
    assert head.lstrip().startswith('<div class="page-head" id="scenario-head"')
    assert "Finish recording" in head


def test_the_bill_is_told_only_when_there_is_news(app: Flask, ada: Person, workshop: Workshop) -> None:
    scenario = workshop.scenario()
    record(app, workshop, scenario, 3)
    path = f"/scenarios/{scenario.id}/recording"
    assert "HX-Trigger" in ada.get(f"{path}?seen=0", htmx=True).headers
    assert "HX-Trigger" not in ada.get(f"{path}?seen=3", htmx=True).headers


def test_the_page_says_how_to_send(ada: Person, workshop: Workshop) -> None:
    scenario = workshop.scenario()
    text = ada.text(f"/scenarios/{scenario.id}/recording")
    assert f"http://localhost/api/v2/scenarios/{scenario.id}/ingest" in text
    assert "--data-binary" in text


def test_without_a_volume_the_page_asks_for_one_instead_of_guessing(
    app: Flask, ada: Person, workshop: Workshop
) -> None:
    scenario = workshop.scenario(traffic={})
    record(app, workshop, scenario, 3)
    assert "State the monthly volume" in ada.text(f"/scenarios/{scenario.id}/recording")
