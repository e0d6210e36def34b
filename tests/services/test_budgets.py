"""Budgets: a threshold is told once when it is reached, and again only after the bill has left it behind."""

import io
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from decimal import Decimal
from threading import Barrier
from uuid import UUID, uuid4

import pytest
from flask import Flask
from sqlalchemy import select, update

from tests.services.budgeting import (
    check,
    confirm,
    costs_now,
    give_budget,
    mails_about_budgets,
    scenario_costing,
)
from tests.stack.application import Clock
from webapp.domain.budgets import BudgetUse
from webapp.domain.errors import InvalidInput, NotFound
from webapp.domain.jobs import CHECK_BUDGET
from webapp.infra.clock import now
from webapp.infra.db import db, unit_of_work
from webapp.infra.jobs import RecordingDispatcher
from webapp.models.audit import AuditEntry
from webapp.models.budget import Budget, BudgetCrossing
from webapp.models.catalog import Catalog
from webapp.models.user import User
from webapp.services.accounts import register_account
from webapp.services.budget_asks import AT_LEAST_EVERY, LOST, PAUSE, ask_for_due_checks
from webapp.services.budgets import find_budget, get_budget, parse_budget, remove_budget
from webapp.services.recordings import ingest
from webapp.services.scenario_lists import ScenarioQuery, list_scenarios
from webapp.services.scenarios import delete_scenario, set_status


@pytest.fixture
def ada(app: Flask, queue: RecordingDispatcher) -> Iterator[UUID]:
    with app.app_context():
        with unit_of_work():
            owner_id = register_account("ada@example.com", "correct horse battery").id
        confirm(owner_id)
        yield owner_id


def _checks(queue: RecordingDispatcher) -> list[tuple[str, ...]]:
    return [arguments for job, arguments in queue.sent if job == CHECK_BUDGET]


def _activities() -> list[str]:
    return list(db.session.scalars(select(AuditEntry.activity).order_by(AuditEntry.seq)))


def test_each_threshold_is_told_once_on_the_way_up(ada: UUID) -> None:
    scenario_id = scenario_costing(ada, 49)
    give_budget(ada, scenario_id, "100")
    told = []
    for usd in (49, 50, 51, 79, 80, 99, 100, 100, 400):
        costs_now(ada, scenario_id, usd)
        told += [(usd, check(scenario_id))]
    assert [(usd, passed) for usd, passed in told if passed] == [(50, (50,)), (80, (80,)), (100, (100,))]
    assert [mail.subject for mail in mails_about_budgets()] == [
        f"{percent} % of the budget reached: Shop" for percent in (50, 80, 100)
    ]
    assert _activities().count("BudgetPassed") == 3


def test_a_bill_that_jumps_over_several_is_told_in_one_mail_about_the_highest(ada: UUID) -> None:
    scenario_id = scenario_costing(ada, 120)
    give_budget(ada, scenario_id, "100")
    assert check(scenario_id) == (50, 80, 100)
    (mail,) = mails_about_budgets()
    assert mail.subject.startswith("100 %")
    assert "Bill of the expected month: $120.00" in mail.text
    assert "The bill of the expected month is $120.00, of a budget of $100.00 a month." in mail.html
    assert f"http://localhost/scenarios/{scenario_id}" in mail.text
    assert [row.threshold for row in get_budget(ada, scenario_id).crossings] == [50, 80, 100]
    assert _activities().count("BudgetPassed") == 3


def test_a_bill_that_sways_around_a_threshold_is_told_once(ada: UUID) -> None:
    scenario_id = scenario_costing(ada, 80)
    give_budget(ada, scenario_id, "100")
    check(scenario_id)
    for usd in (79, 81, 75, 80):
        costs_now(ada, scenario_id, usd)
        assert check(scenario_id) == ()
    assert len(mails_about_budgets()) == 1


def test_a_bill_that_left_a_threshold_behind_is_told_again(ada: UUID) -> None:
    scenario_id = scenario_costing(ada, 80)
    give_budget(ada, scenario_id, "100")
    check(scenario_id)
    costs_now(ada, scenario_id, 74)
    assert check(scenario_id) == ()
    costs_now(ada, scenario_id, 80)
    assert check(scenario_id) == (80,), "50 % was never left behind"


def test_another_amount_or_figure_is_another_budget_and_another_address_is_not(ada: UUID) -> None:
    scenario_id = scenario_costing(ada, {"low": 10, "expected": 60, "high": 90})
    give_budget(ada, scenario_id, "100")
    assert check(scenario_id) == (50,)
    give_budget(ada, scenario_id, "100", url="https://hooks.example.com/x")
    assert check(scenario_id) == ()
    give_budget(ada, scenario_id, "120")
    assert check(scenario_id) == (50,)
    give_budget(ada, scenario_id, "120", "high")
    assert check(scenario_id) == (50,)
    assert get_budget(ada, scenario_id).crossings[0].total == 90


def test_high_and_expected_watch_their_own_month(ada: UUID) -> None:
    ranged = {"low": 10, "expected": 60, "high": 250}
    expected, high, flat = (scenario_costing(ada, usd) for usd in (ranged, ranged, 60))
    give_budget(ada, expected, "100", "expected")
    give_budget(ada, high, "100", "high")
    give_budget(ada, flat, "100", "high")
    assert check(expected) == (50,)
    assert check(high) == (50, 80, 100)
    assert check(flat) == (50,), "without a high month, the expected one"


def test_a_mail_about_the_high_month_says_so(ada: UUID) -> None:
    scenario_id = scenario_costing(ada, {"low": 1, "expected": 2.4, "high": 6})
    give_budget(ada, scenario_id, "5", "high")
    assert check(scenario_id) == (50, 80, 100)
    (mail,) = mails_about_budgets()
    assert "Bill of the high month: $6.00" in mail.text
    assert "The bill of the high month is $6.00, of a budget of $5.00 a month." in mail.html
    assert "expected" not in mail.text + mail.html


def test_with_unpriced_uses_the_mail_says_at_least(ada: UUID) -> None:
    unpriced = {"service": "sqs", "name": "orders", "usage": {"requests": {"per": "orders", "factor": 1}}}
    priced = {"service": "sqs", "name": "queue", "usage": {"requests": {"per": "events", "factor": 1}}}
    scenario_id = scenario_costing(ada, 60, resources=[priced, unpriced])
    give_budget(ada, scenario_id, "100")
    assert check(scenario_id) == (50,)
    (mail,) = mails_about_budgets()
    assert "at least $60.00" in mail.text
    assert "at least $60.00" in mail.html


@pytest.mark.both_databases
def test_of_many_checks_at_once_one_tells(app: Flask, ada: UUID) -> None:
    scenario_id = scenario_costing(ada, 85)
    give_budget(ada, scenario_id, "100")
    together = Barrier(8)

    def work(_: int) -> tuple[int, ...]:
        with app.app_context():
            together.wait(10)
            return check(scenario_id)

    with ThreadPoolExecutor(8) as pool:
        outcomes = sorted(pool.map(work, range(8)))
    assert outcomes == [()] * 7 + [(50, 80)]
    assert len(mails_about_budgets()) == 1


@pytest.mark.both_databases
def test_checks_beside_writers_neither_lock_each_other_nor_miss_the_last_change(
    app: Flask, ada: UUID
) -> None:
    scenario_id = scenario_costing(ada, 10)
    give_budget(ada, scenario_id, "100")

    def write(turn: int) -> None:
        with app.app_context():
            costs_now(ada, scenario_id, 10 + turn)
            check(scenario_id)

    def send(turn: int) -> None:
        with app.app_context(), unit_of_work():
            give = b'{"message": "x"}\n'
            ingest(ada, other_id, io.BytesIO(give), content_type="application/x-ndjson")

    other_id = scenario_costing(ada, 10, "Other")
    give_budget(ada, other_id, "100")
    with ThreadPoolExecutor(6) as pool:
        done = [*pool.map(write, range(12)), *pool.map(send, range(12))]
    assert len(done) == 24
    costs_now(ada, scenario_id, 100)
    assert db.session.scalar(select(Budget.asked_at).where(Budget.scenario_id == scenario_id)) is not None
    check(scenario_id)
    assert [row.threshold for row in get_budget(ada, scenario_id).crossings] == [50, 80, 100]


def test_recorded_traffic_passes_a_budget(ada: UUID, queue: RecordingDispatcher) -> None:
    """No volume is stated: the bill is what was recorded, a dollar an event."""
    scenario_id = scenario_costing(ada, None)
    give_budget(ada, scenario_id, "10")
    check(scenario_id)
    queue.sent.clear()
    with unit_of_work():
        body = io.BytesIO(b'{"message": "x"}\n' * 8)
        ingest(ada, scenario_id, body, content_type="application/x-ndjson")
    assert check(scenario_id) == (50, 80)


def test_a_change_asks_for_a_check_and_a_thousand_batches_for_one(
    ada: UUID, clock: Clock, queue: RecordingDispatcher
) -> None:
    _catalogs_of_long_ago()
    scenario_id = scenario_costing(ada, 10)
    give_budget(ada, scenario_id, "100")
    assert _checks(queue) == [(str(scenario_id),)], "a budget is looked at once it is set"
    check(scenario_id)
    for _ in range(5):
        costs_now(ada, scenario_id, 60)
    assert len(_checks(queue)) == 1, "looked at a moment ago: the schedule will"
    assert _due() == 0
    clock.advance(seconds=PAUSE.total_seconds())
    assert _due() == 1
    assert len(_checks(queue)) == 2
    assert check(scenario_id) == (50,)
    clock.advance(seconds=PAUSE.total_seconds())
    assert _due() == 0
    costs_now(ada, scenario_id, 80)
    costs_now(ada, scenario_id, 81)
    assert len(_checks(queue)) == 3


def test_a_wish_survives_a_queue_that_is_away(ada: UUID, clock: Clock, queue: RecordingDispatcher) -> None:
    _catalogs_of_long_ago()
    queue.away = True
    scenario_id = scenario_costing(ada, 60)
    give_budget(ada, scenario_id, "100")
    clock.advance(seconds=LOST.total_seconds())
    assert _due() == 1
    queue.away = False
    assert _due() == 1
    assert _checks(queue) == [(str(scenario_id),)]


def test_new_prices_and_a_quarter_of_a_day_ask_for_a_check_of_every_budget(
    ada: UUID, clock: Clock, queue: RecordingDispatcher
) -> None:
    _catalogs_of_long_ago()
    for name in ("One", "Two"):
        scenario_id = scenario_costing(ada, 10, name)
        give_budget(ada, scenario_id, "100")
        check(scenario_id)
    clock.advance(seconds=1)
    assert _due() == 0
    with unit_of_work():
        db.session.execute(update(Catalog).values(accepted_at=now()))
    assert _due() == 2
    _catalogs_of_long_ago()
    assert _due() == 0
    clock.advance(seconds=AT_LEAST_EVERY.total_seconds())
    assert _due() == 2


def _due() -> int:
    with unit_of_work():
        return ask_for_due_checks()


def _catalogs_of_long_ago() -> None:
    """The clock stands still before the catalogs were loaded."""
    with unit_of_work():
        db.session.execute(update(Catalog).values(accepted_at=now() - timedelta(days=9)))


def test_a_change_that_fails_asks_for_nothing(ada: UUID, queue: RecordingDispatcher) -> None:
    scenario_id = scenario_costing(ada, 10)
    give_budget(ada, scenario_id, "100")
    check(scenario_id)
    queue.sent.clear()
    with pytest.raises(InvalidInput):
        costs_now(ada, scenario_id, -1)
    assert db.session.scalars(select(Budget.asked_at)).one() is None
    assert queue.sent == []


def test_a_check_that_fails_half_way_has_told_nobody(ada: UUID, monkeypatch: pytest.MonkeyPatch) -> None:
    scenario_id = scenario_costing(ada, 90)
    give_budget(ada, scenario_id, "100")
    with monkeypatch.context() as broken:
        broken.setattr("webapp.services.budget_checks.send_mail", lambda *_, **__: 1 / 0)
        with pytest.raises(ZeroDivisionError):
            check(scenario_id)
    assert db.session.scalars(select(BudgetCrossing)).all() == []
    assert check(scenario_id) == (50, 80)
    assert len(mails_about_budgets()) == 1


def test_an_address_nobody_proved_gets_no_mail_and_the_page_knows_all_the_same(ada: UUID) -> None:
    with unit_of_work():
        eve = register_account("eve@example.com", "correct horse battery").id
    scenario_id = scenario_costing(eve, 90)
    give_budget(eve, scenario_id, "100")
    assert check(scenario_id) == (50, 80)
    assert mails_about_budgets() == []
    assert [row.threshold for row in get_budget(eve, scenario_id).crossings] == [50, 80]


def test_archived_scenarios_and_disabled_accounts_are_left_alone(ada: UUID) -> None:
    scenario_id = scenario_costing(ada, 90)
    give_budget(ada, scenario_id, "100")
    with unit_of_work():
        set_status(ada, scenario_id, "archived")
    assert check(scenario_id) == ()
    with unit_of_work():
        set_status(ada, scenario_id, "draft")
        db.session.execute(update(User).values(disabled_at=now()))
    assert check(scenario_id) == ()
    with unit_of_work():
        db.session.execute(update(User).values(disabled_at=None))
    assert check(scenario_id) == (50, 80), "what was passed meanwhile is told afterwards"


def test_a_budget_goes_with_its_scenario_and_a_late_check_finds_nothing(ada: UUID) -> None:
    scenario_id = scenario_costing(ada, 90)
    give_budget(ada, scenario_id, "100", url="https://hooks.example.com/x")
    check(scenario_id)
    with unit_of_work():
        delete_scenario(ada, scenario_id)
    assert check(scenario_id) == ()
    assert check(uuid4()) == ()
    assert db.session.scalars(select(Budget)).all() == []


def test_a_removed_budget_is_gone_and_says_so(ada: UUID) -> None:
    scenario_id = scenario_costing(ada, 90)
    give_budget(ada, scenario_id, "100")
    check(scenario_id)
    with unit_of_work():
        remove_budget(ada, scenario_id)
    assert find_budget(ada, scenario_id) is None
    assert check(scenario_id) == ()
    with pytest.raises(NotFound, match="has no budget"), unit_of_work():
        remove_budget(ada, scenario_id)
    assert _activities()[-1] == "BudgetRemoved"


def test_a_strangers_budget_is_not_found(ada: UUID) -> None:
    scenario_id = scenario_costing(ada, 90)
    give_budget(ada, scenario_id, "100")
    eve = uuid4()
    for act in (get_budget, find_budget, remove_budget):
        with pytest.raises(NotFound, match="no such scenario"), unit_of_work():
            act(eve, scenario_id)
    with pytest.raises(NotFound):
        give_budget(eve, scenario_id, "1")
    assert get_budget(ada, scenario_id).amount == 100


def test_the_list_marks_what_a_bill_takes_of_its_budget(ada: UUID) -> None:
    with_budget, without = scenario_costing(ada, 85, "With"), scenario_costing(ada, 85, "Without")
    give_budget(ada, with_budget, "200")
    cards = {card.id: card for card in list_scenarios(ada, ScenarioQuery()).items}
    assert cards[without].budget is None
    use = cards[with_budget].budget
    assert use == BudgetUse(Decimal(200), "expected", Decimal(85))
    assert use is not None
    assert (use.percent, use.passed) == (42, None)


@pytest.mark.parametrize(
    ("total", "percent", "reached", "left_behind"),
    [
        ("0", 0, (), (50, 80, 100)),
        ("44.99", 44, (), (50, 80, 100)),
        ("45", 45, (), (80, 100)),
        ("49.999", 49, (), (80, 100)),
        ("50", 50, (50,), (80, 100)),
        ("99.99", 99, (50, 80), ()),
        ("100", 100, (50, 80, 100), ()),
        ("1234", 1234, (50, 80, 100), ()),
    ],
)
def test_a_threshold_is_reached_exactly(
    total: str, percent: int, reached: tuple[int, ...], left_behind: tuple[int, ...]
) -> None:
    use = BudgetUse(Decimal(100), "expected", Decimal(total))
    assert (use.percent, use.reached, use.left_behind) == (percent, reached, left_behind)


def test_a_bill_nobody_knows_reaches_and_leaves_nothing() -> None:
    use = BudgetUse(Decimal(100), "expected", Decimal(0), 1, is_unknown=True)
    assert (use.reached, use.left_behind, use.passed) == ((), (), None)


@pytest.mark.parametrize(
    ("raw", "named"),
    [
        ({}, "/amount_usd"),
        ({"amount_usd": "0"}, "/amount_usd"),
        ({"amount_usd": "-5"}, "/amount_usd"),
        ({"amount_usd": "much"}, "/amount_usd"),
        ({"amount_usd": "1e99"}, "/amount_usd"),
        ({"amount_usd": "1.005"}, "/amount_usd"),
        ({"amount_usd": "5", "figure": "low"}, "/figure"),
        ({"amount_usd": "5", "webhook_url": "https://127.0.0.1/"}, "/webhook_url"),
        ({"amount_usd": "5", "webhook_url": "http://example.com/"}, "/webhook_url"),
        ({"amount_usd": "5", "webhook_url": 7}, "/webhook_url"),
        ({"amount_usd": "5", "limit": 7}, "/limit"),
    ],
)
def test_a_wrong_budget_is_named(app: Flask, raw: dict[str, object], named: str) -> None:
    with app.app_context(), pytest.raises(InvalidInput) as refused:
        parse_budget(raw)
    assert [problem.pointer for problem in refused.value.problems] == [named]
