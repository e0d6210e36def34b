"""Jobs about the platform itself."""

import logging
import mmap
import threading
from collections.abc import Mapping
from typing import Any, get_args

from celery.signals import worker_init, worker_ready, worker_shutdown

from tasks.app import app, web
from webapp.domain.jobs import CHECK_HEALTH, FORGET_REQUESTS, SWEEP_CACHE, WARM_CACHE
from webapp.infra import jobs
from webapp.infra.db import unit_of_work
from webapp.services.caching import ask_for_warming, sweep_tags
from webapp.services.dead_letters import forget_old_letters
from webapp.services.health import Part, check_parts
from webapp.services.idempotency import forget_old_requests
from webapp.services.warming import warm_cache

_log = logging.getLogger(__name__)
#: Seconds between two looks at the broker.
_LOOK_EVERY_S = 5.0
_PARTS: tuple[Part, ...] = get_args(Part)
#: A byte for each part, 1 while it is away. In memory that the processes of the pool share: each of them may
#: make the next check, and what one has said need not be said by another.
_away = mmap.mmap(-1, len(_PARTS))
_is_over = threading.Event()


@app.task(name=FORGET_REQUESTS.name)
def forget_requests() -> None:
    """Remove answers and letters that are too old to be asked for."""
    with unit_of_work():
        forget_old_requests()
        forget_old_letters()


@app.task(name=SWEEP_CACHE.name)
def sweep_cache() -> None:
    """Remove revisions of what is gone."""
    with unit_of_work():
        sweep_tags()


@app.task(name=WARM_CACHE.name)
def warm() -> None:
    """Load what is asked for first."""
    with unit_of_work():
        warm_cache()


@worker_ready.connect
def _warm_after_a_start(**_: object) -> None:
    with web.app_context():
        ask_for_warming()


@app.task(name=CHECK_HEALTH.name)
def check_health() -> None:
    """Say which part went away or came back since the last check."""
    say_what_changed(check_parts())


def say_what_changed(parts: Mapping[Part, bool]) -> None:
    """One line when something went away, one when something came back."""
    gone = [part for part, there in parts.items() if not there and not _away[_PARTS.index(part)]]
    back = [part for part, there in parts.items() if there and _away[_PARTS.index(part)]]
    for part, there in parts.items():
        _away[_PARTS.index(part)] = not there
    if gone:
        _log.warning("Away: %s", ", ".join(gone))
    if back:
        _log.info("Back: %s", ", ".join(back))


@worker_init.connect
def _watch_the_broker(**_: Any) -> None:
    """No job can tell that the broker is away: it would come through the broker."""
    _is_over.clear()
    threading.Thread(target=_watch, name="broker-watch", daemon=True).start()


def _watch() -> None:
    while not _is_over.wait(_LOOK_EVERY_S):
        with web.app_context():
            say_what_changed({"broker": not jobs.is_away()})


@worker_shutdown.connect
def _end_the_watch(**_: Any) -> None:
    _is_over.set()
