"""Starters and the demo: what a new user meets first has to be whole."""

import pytest
from flask import Flask

from webapp.infra.db import unit_of_work
from webapp.services.accounts import authenticate
from webapp.services.demo import create_demo
from webapp.services.estimates import estimate_document
from webapp.services.keys import identify_key
from webapp.services.recordings import get_recording
from webapp.services.scenario_lists import ScenarioQuery, list_scenarios
from webapp.services.starters import Starter, all_starters


@pytest.mark.parametrize("starter", all_starters(), ids=lambda starter: starter.code)
def test_a_starter_is_priced_completely(context: None, starter: Starter) -> None:
    answer = estimate_document(starter.document)
    assert answer.unpriced == ()
    assert answer.range is not None
    assert 0 < answer.range.low < answer.total < answer.range.high
    assert {line.resource for line in answer.lines} == set(range(len(starter.document.resources)))


@pytest.mark.both_databases
def test_the_demo_is_recorded_completed_and_priced(database_url: str, context: None) -> None:
    with unit_of_work():
        access = create_demo(None)
    owner = authenticate(access.email, access.password)
    assert identify_key(access.api_key).owner_id == owner.id
    (card,) = list_scenarios(owner.id, ScenarioQuery()).items
    assert (card.status, card.unpriced) == ("completed", 0)
    recording = get_recording(owner.id, card.id)
    assert recording.events > 1_000
    assert recording.projected is not None
    assert recording.projected.total > recording.bill_so_far.total > 0


def test_a_second_start_keeps_the_demo(context: None) -> None:
    with unit_of_work():
        first = create_demo(None)
    with unit_of_work():
        assert create_demo(first) == first
    owner = authenticate(first.email, first.password)
    assert list_scenarios(owner.id, ScenarioQuery()).total == 1


def test_a_lost_password_is_made_anew(context: None) -> None:
    with unit_of_work():
        first = create_demo(None)
    with unit_of_work():
        second = create_demo(None)
    assert second.password != first.password
    assert authenticate(second.email, second.password).email == second.email


def test_a_production_start_makes_no_demo(app: Flask) -> None:
    from webapp.settings import Settings  # the refusal is about this application's settings

    strict = Settings.model_validate({"MOCKUPAWS_ENV": "production", "SECRET_KEY": "x" * 40})
    app.extensions["settings"] = strict
    done = app.test_cli_runner().invoke(args=["demo", "create", "--write-env", "/nonexistent/demo.env"])
    assert done.exit_code == 1
    assert "production" in done.output
