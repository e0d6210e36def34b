"""The schedule's memory: one holder at a time, and when everything ran."""

import threading
from datetime import timedelta

import pytest
from flask import Flask

from tests.stack.application import Clock
from webapp.infra.db import db, unit_of_work
from webapp.models.schedule import SchedulerLease
from webapp.services.schedule import (
    LEASE,
    expect_run,
    forget_runs,
    give_lease_back,
    hold_lease,
    list_next_runs,
    list_runs,
    note_run,
)


def try_lease(app: Flask, holder: str) -> bool:
    with app.app_context(), unit_of_work():
        return hold_lease(holder)


def pass_by(app: Flask, seconds: float) -> None:
    """As if so much time had passed since the lease was renewed."""
    with app.app_context(), unit_of_work():
        lease = db.session.scalars(db.select(SchedulerLease)).one()
        lease.held_until -= timedelta(seconds=seconds)


@pytest.mark.both_databases
def test_a_lease_has_one_holder_until_it_runs_out(app: Flask) -> None:
    assert try_lease(app, "first")
    assert not try_lease(app, "second")
    pass_by(app, LEASE.total_seconds() - 2)
    assert not try_lease(app, "second")
    assert try_lease(app, "first")
    pass_by(app, LEASE.total_seconds() - 2)
    assert not try_lease(app, "second")
    pass_by(app, 2)
    assert try_lease(app, "second")
    assert not try_lease(app, "first")


@pytest.mark.both_databases
@pytest.mark.parametrize("ahead_s", [-60, 12, 3_600])
def test_a_scheduler_whose_clock_is_wrong_gets_no_lease_that_is_held(
    app: Flask, clock: Clock, ahead_s: float
) -> None:
    assert try_lease(app, "right")
    clock.advance(seconds=ahead_s)
    assert not try_lease(app, "wrong")
    pass_by(app, LEASE.total_seconds())
    assert try_lease(app, "wrong")
    clock.advance(seconds=-ahead_s)
    assert not try_lease(app, "right")


def test_a_lease_given_back_is_free_at_once(app: Flask) -> None:
    assert try_lease(app, "first")
    with app.app_context(), unit_of_work():
        give_lease_back("second")
    assert not try_lease(app, "second")
    with app.app_context(), unit_of_work():
        give_lease_back("first")
    assert try_lease(app, "second")


@pytest.mark.both_databases
def test_of_many_that_ask_at_once_one_gets_the_lease(app: Flask) -> None:
    got, start = list[bool](), threading.Barrier(10)

    def ask(name: str) -> None:
        start.wait()
        got.append(try_lease(app, name))

    threads = [threading.Thread(target=ask, args=(f"holder-{n}",)) for n in range(10)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(got) == [False] * 9 + [True]


@pytest.mark.both_databases
def test_runs_are_noted_and_forgotten_with_their_entry(app: Flask, clock: Clock) -> None:
    with app.app_context(), unit_of_work():
        note_run("reports.sweep", 60)
        clock.advance(seconds=90)
        note_run("reports.sweep", 60)
        note_run("old.job", 60)
        assert forget_runs(("reports.sweep",)) == 1
        (run,) = list_runs().values()
    assert run.last_run_at == clock.moment
    assert (run.next_run_at - run.last_run_at).total_seconds() == 60


@pytest.mark.both_databases
def test_a_job_that_never_ran_is_due_an_interval_after_the_first_start(app: Flask, clock: Clock) -> None:
    first_start = clock.moment
    with app.app_context(), unit_of_work():
        for _ in range(2):  # started anew, it still counts from the first time
            expect_run("prices.refresh", 86_400)
            assert list_runs() == {}
            assert list_next_runs() == {"prices.refresh": first_start + timedelta(days=1)}
            clock.advance(seconds=3_600)
        note_run("prices.refresh", 86_400)
        expect_run("prices.refresh", 86_400)
        assert list_runs()["prices.refresh"].last_run_at == clock.moment
        assert list_next_runs() == {"prices.refresh": clock.moment + timedelta(days=1)}
