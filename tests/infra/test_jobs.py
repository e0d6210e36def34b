"""Jobs over a real broker that comes, freezes, dies and comes back: never a hang, never a wrong answer."""

import signal
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from celery.beat import ScheduleEntry, Scheduler

from tests.infra.broker import Broker, own_broker
from tests.stack.databases import make_settings
from webapp.domain.errors import Unavailable
from webapp.domain.jobs import RENDER_REPORT
from webapp.infra.jobs import SENT_AT, BrokerDispatcher, broker_dispatcher

#: More than any answer may take, frozen broker or not; a hang would be tens of seconds.
PATIENCE_S = 2.0


@pytest.fixture
def broker() -> Iterator[Broker]:
    with own_broker() as broker:
        yield broker


@pytest.fixture
def dispatcher(broker: Broker, tmp_path: Path) -> BrokerDispatcher:
    return broker_dispatcher(make_settings("sqlite://", tmp_path, CELERY_BROKER_URL=broker.url))


def _refused_in_time(dispatcher: BrokerDispatcher) -> None:
    begun = time.monotonic()
    with pytest.raises(Unavailable, match="job queue is away"):
        dispatcher.send(RENDER_REPORT, "id")
    assert dispatcher.is_away()
    assert time.monotonic() - begun < PATIENCE_S


def test_a_broker_that_never_came_is_noticed_at_once(dispatcher: BrokerDispatcher) -> None:
    _refused_in_time(dispatcher)


def test_a_job_waits_in_its_queue(broker: Broker, dispatcher: BrokerDispatcher) -> None:
    broker.start()
    assert not dispatcher.is_away()
    dispatcher.send(RENDER_REPORT, "id")
    assert broker.waiting() == 1


def test_a_frozen_broker_does_not_hold_a_page(broker: Broker, dispatcher: BrokerDispatcher) -> None:
    broker.start()
    dispatcher.send(RENDER_REPORT, "id")
    broker.signal(signal.SIGSTOP)
    _refused_in_time(dispatcher)
    broker.signal(signal.SIGCONT)
    assert not dispatcher.is_away()
    dispatcher.send(RENDER_REPORT, "id")


def test_a_broker_that_comes_back_is_used_at_once(broker: Broker, dispatcher: BrokerDispatcher) -> None:
    broker.start()
    dispatcher.send(RENDER_REPORT, "before")
    broker.kill()
    _refused_in_time(dispatcher)
    broker.start()
    dispatcher.send(RENDER_REPORT, "after")
    broker.kill()  # and once more, with nobody noticing that it was away
    broker.start()
    dispatcher.send(RENDER_REPORT, "later")
    assert broker.waiting() >= 2


def _age_s(dispatcher: BrokerDispatcher) -> float:
    return dispatcher.queue_states()[RENDER_REPORT.queue].oldest_s


def _grows(dispatcher: BrokerDispatcher) -> bool:
    """Whether the job that waits is known to wait, and not since long ago."""
    time.sleep(0.05)
    return 0.05 <= _age_s(dispatcher) < PATIENCE_S


def test_the_age_of_what_the_dispatcher_sends_is_known(broker: Broker, dispatcher: BrokerDispatcher) -> None:
    broker.start()
    dispatcher.send(RENDER_REPORT, "id")
    assert _grows(dispatcher)


def test_the_age_of_what_the_schedule_sends_is_known(broker: Broker, dispatcher: BrokerDispatcher) -> None:
    broker.start()
    producer = dispatcher.producer
    entry = ScheduleEntry(
        name="some", task=RENDER_REPORT.name, schedule=10.0, app=producer,
        options={"queue": RENDER_REPORT.queue, "expires": 10.0},
    )  # fmt: skip
    time.sleep(0.1)  # it is the moment of sending that counts, not that of the configuration
    begun = time.monotonic()
    Scheduler(app=producer, lazy=True).apply_async(entry)
    assert _grows(dispatcher)
    assert _age_s(dispatcher) <= time.monotonic() - begun + 0.05


def test_what_is_sent_again_is_as_old_as_its_last_sending(
    broker: Broker, dispatcher: BrokerDispatcher
) -> None:
    broker.start()
    again = {SENT_AT: time.time() - 3_600}
    dispatcher.producer.send_task(
        RENDER_REPORT.name, queue=RENDER_REPORT.queue, headers=again, ignore_result=True
    )
    assert _grows(dispatcher)


def test_what_is_sent_for_later_does_not_wait_yet(broker: Broker, dispatcher: BrokerDispatcher) -> None:
    broker.start()
    dispatcher.producer.send_task(
        RENDER_REPORT.name, queue=RENDER_REPORT.queue, countdown=60, ignore_result=True
    )
    time.sleep(0.05)
    assert _age_s(dispatcher) == 0
