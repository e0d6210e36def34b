"""The budget of a scenario: its page, the banner, the marks, and the webhook's log."""

import re
from html import unescape
from uuid import UUID

import pytest
from flask import Flask

from tests.services.budgeting import DOLLAR, check
from tests.web.conftest import Person, Workshop
from webapp.infra.db import unit_of_work
from webapp.infra.jobs import RecordingDispatcher
from webapp.services.scenarios import ScenarioView, patch_scenario

pytestmark = pytest.mark.usefixtures("queue")
_URL = "https://hooks.example.com/costs?key=1"


@pytest.fixture
def scenario(workshop: Workshop) -> ScenarioView:
    """It costs 85 dollars a month, 170 in a high one."""
    usage = {"requests": {"per": "events", "factor": 1}}
    return workshop.scenario(
        traffic={"volume": {"low": 10, "expected": 85, "high": 170}},
        resources=[{"service": "sqs", "name": "Queue", "usage": usage}],
        prices=DOLLAR,
    )


def _path(scenario: ScenarioView, rest: str = "") -> str:
    return f"/scenarios/{scenario.id}/budget{rest}"


def _set(person: Person, scenario: ScenarioView, amount: str, figure: str = "expected", url: str = "") -> str:
    form: dict[str, object] = {"amount_usd": amount, "figure": figure, "webhook_url": url}
    answer = person.post(_path(scenario), form)
    assert answer.status_code == (200 if url else 303), answer.get_data(as_text=True)
    return unescape(answer.get_data(as_text=True))


def _check(app: Flask, scenario_id: UUID) -> None:
    with app.app_context():
        check(scenario_id)


def test_a_budget_is_set_changed_and_removed(ada: Person, scenario: ScenarioView) -> None:
    assert "Set budget" in ada.text(_path(scenario))
    _set(ada, scenario, "1,200.50")
    assert 'value="1,200.50"' in ada.text(_path(scenario)) or 'value="1,200.5"' in ada.text(_path(scenario))
    _set(ada, scenario, "200", "high")
    text = ada.text(_path(scenario))
    assert 'value="high" checked' in text
    assert "85 % of $200.00" in text
    asked = ada.text(_path(scenario, "/remove"))
    assert "Remove the budget?" in asked
    assert ada.post(_path(scenario, "/remove")).status_code == 303
    assert "Set budget" in ada.text(_path(scenario))
    assert ada.get(_path(scenario, "/remove")).status_code == 404


@pytest.mark.parametrize(
    ("amount", "figure", "said"),
    [
        ("1000", "expected", ""),
        ("170", "expected", "50 % of the budget is used."),
        (
            "100",
            "expected",
            "More than 80 % of the budget is used. The expected month costs $85.00, of $100.00.",
        ),
        ("85", "expected", "The budget is used up."),
        ("100", "high", "The budget is used up. A high month costs $170.00, of $100.00."),
    ],
)
def test_every_page_of_the_scenario_says_what_was_passed(
    ada: Person, scenario: ScenarioView, amount: str, figure: str, said: str
) -> None:
    _set(ada, scenario, amount, figure)
    for path in (f"/scenarios/{scenario.id}", _path(scenario), f"/scenarios/{scenario.id}/reports"):
        text = _words(ada.text(path))
        assert said in text
        assert ("of the budget is used" in text or "used up" in text) is bool(said)


def _words(page: str) -> str:
    return " ".join(unescape(re.sub(r"<[^>]+>", " ", page)).split())


def test_the_banner_follows_the_bill(app: Flask, ada: Person, scenario: ScenarioView) -> None:
    _set(ada, scenario, "100")
    banner = ada.get(_path(scenario, "/banner"), htmx=True).get_data(as_text=True)
    assert 'hx-trigger="bill-changed from:body"' in banner
    assert "More than 80 %" in banner
    with app.app_context(), unit_of_work():
        assert ada.id is not None
        patch_scenario(ada.id, scenario.id, {"traffic": {"volume": 10}})
    assert (
        "notice"
        not in ada.get(_path(scenario, "/banner"), htmx=True).get_data(as_text=True).partition(">")[2]
    )
    assert "10 % of $100.00" in ada.text(f"/scenarios/{scenario.id}")


def test_with_unpriced_uses_every_place_says_at_least(ada: Person, workshop: Workshop) -> None:
    usages = ({"per": "events", "factor": 1}, {"per": "orders", "factor": 1})
    scenario = workshop.scenario(
        traffic={"volume": 60},
        resources=[
            {"service": "sqs", "name": f"Queue {n}", "usage": {"requests": use}}
            for n, use in enumerate(usages)
        ],
        prices=DOLLAR,
    )
    _set(ada, scenario, "100")
    text = _words(ada.text(f"/scenarios/{scenario.id}"))
    assert "The bill is at least $60.00 a month, of $100.00" in text
    assert "at least 60 % of $100.00" in text
    assert "at least 60 % of $100.00" in _words(ada.text("/scenarios"))


def test_the_list_has_a_mark_in_words(ada: Person, workshop: Workshop, scenario: ScenarioView) -> None:
    workshop.scenario("Without")
    _set(ada, scenario, "100")
    listed = ada.text("/scenarios")
    assert listed.count("budget-mark") == 1
    assert "85 % of $100.00" in _words(listed)


@pytest.mark.parametrize("htmx", [False, True])
def test_a_new_address_shows_its_secret_once(ada: Person, scenario: ScenarioView, htmx: bool) -> None:
    form: dict[str, object] = {"amount_usd": "100", "figure": "expected", "webhook_url": _URL}
    made = ada.post(_path(scenario), form, htmx=htmx).get_data(as_text=True)
    found = re.search(r'<code id="signing-secret">(mw_[0-9A-Za-z]{38})</code>', made)
    assert found is not None
    shown = ada.text(_path(scenario))
    assert found[1] not in shown
    assert unescape(shown).count(_URL) == 1
    assert ada.post(_path(scenario), form).status_code == 303, "the same address keeps its secret"


@pytest.mark.parametrize(
    ("amount", "url", "said"),
    [
        ("", "", "is not a number"),
        ("0", "", "cannot be less than 0.01"),
        ("100", "http://example.com/", "must begin with https://"),
        ("100", "https://169.254.169.254/", "private or reserved network"),
        ("100", "https://[::ffff:127.0.0.1]/", "private or reserved network"),
    ],
)
def test_a_refused_form_keeps_what_was_typed(
    ada: Person, scenario: ScenarioView, amount: str, url: str, said: str
) -> None:
    form: dict[str, object] = {"amount_usd": amount, "figure": "high", "webhook_url": url}
    refused = ada.post(_path(scenario), form, htmx=True)
    text = unescape(refused.get_data(as_text=True))
    assert refused.status_code == 422
    assert said in text
    assert f'value="{url}"' in text
    assert 'value="high" checked' in text
    assert "Set budget" in ada.text(_path(scenario))


def test_a_test_appears_in_the_log_until_it_is_over(
    app: Flask, ada: Person, scenario: ScenarioView, queue: RecordingDispatcher
) -> None:
    _set(ada, scenario, "100", url=_URL)
    log = ada.post(_path(scenario, "/webhook/test"), htmx=True).get_data(as_text=True)
    assert "budget.test" in log
    assert "Waiting" in log
    assert 'hx-trigger="every 3s"' in log
    assert 'hx-trigger="every 3s"' in ada.get(_path(scenario, "/log"), htmx=True).get_data(as_text=True)
    assert ada.post(_path(scenario, "/webhook/test")).status_code == 303
    ada.post(_path(scenario, "/webhook/test"))
    refused = ada.post(_path(scenario, "/webhook/test"), htmx=True)
    assert refused.status_code == 422
    assert "still waiting" in refused.get_data(as_text=True)


def test_what_was_reached_is_listed_with_the_bill_at_that_time(
    app: Flask, ada: Person, scenario: ScenarioView
) -> None:
    _set(ada, scenario, "100")
    assert "not compared yet" in ada.text(_path(scenario))
    _check(app, scenario.id)
    text = _words(ada.text(_path(scenario)))
    assert "50 %" in text
    assert text.count("$85.00") >= 3


def test_without_a_budget_there_is_no_mark_and_no_banner(ada: Person, scenario: ScenarioView) -> None:
    text = ada.text(f"/scenarios/{scenario.id}")
    assert "budget-use" not in text
    assert "bill-changed" not in text.partition('id="budget-banner"')[2].partition(">")[0]


def test_an_archived_scenario_keeps_its_budget_and_says_why(ada: Person, scenario: ScenarioView) -> None:
    _set(ada, scenario, "100")
    ada.post(f"/scenarios/{scenario.id}/status", {"status": "archived"})
    refused = ada.post(_path(scenario), {"amount_usd": "250", "figure": "high", "webhook_url": ""})
    assert refused.status_code == 422
    page = refused.get_data(as_text=True)
    assert "archived" in page and 'value="250"' in page
    assert ada.post(_path(scenario, "/remove")).status_code == 303
    assert "archived" in ada.text(_path(scenario)) and 'value="100"' in ada.text(_path(scenario))
