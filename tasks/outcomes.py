"""What becomes of jobs: counted, timed, and kept as a dead letter when all tries have failed."""

import logging
import os
import time
from typing import Any

from celery import Task
from celery.signals import task_failure, task_postrun, task_prerun, task_retry, worker_process_shutdown

from webapp.infra import metrics
from webapp.infra.db import unit_of_work
from webapp.infra.jobs import CORRELATION
from webapp.infra.logs import NOBODY, correlated, set_correlation_id
from webapp.services.dead_letters import keep_dead_letter

_log = logging.getLogger(__name__)
_began_s: dict[str, float] = {}


def correlation_of(task: Task) -> str:
    """The id of the request that asked for this run; what the schedule starts has one of its own."""
    return getattr(task.request, CORRELATION, None) or task.request.id or NOBODY


@task_prerun.connect
def _begun(task_id: str, task: Task, **_: object) -> None:
    # Celery itself has something to say about the job too, around our own part of it.
    set_correlation_id(correlation_of(task))
    _began_s[task_id] = time.perf_counter()
    metrics.jobs_started(task=task.name)


@task_postrun.connect
def _ended(task_id: str, task: Task, state: str | None = None, **_: object) -> None:
    began_s = _began_s.pop(task_id, None)
    if began_s is not None:
        metrics.job_time(time.perf_counter() - began_s, task=task.name)
    if state == "SUCCESS":
        metrics.jobs_completed(task=task.name)
    set_correlation_id(NOBODY)


@task_retry.connect
def _will_be_tried_again(sender: Task, reason: Any, **_: object) -> None:
    """Celery itself logs it."""
    if reason.exc is not None:  # a job that only waits for another one has not failed
        metrics.jobs_failed(task=sender.name)


@task_failure.connect
def _failed(sender: Task, exception: BaseException, args: Any = (), **_: object) -> None:
    """The last try failed, or the process that made it was ended for taking too long."""
    metrics.jobs_failed(task=sender.name)
    reason, attempts = f"{type(exception).__name__}: {exception}", (sender.request.retries or 0) + 1
    with sender.web.app_context(), correlated(correlation_of(sender)):
        try:
            with unit_of_work():
                keep_dead_letter(sender.name, tuple(args or ()), reason, attempts)
        except Exception:
            _log.exception("The failed job %s could not be kept", sender.name)


@worker_process_shutdown.connect
def _forget_gauges(pid: int, **_: object) -> None:
    """What a process that ended had open is not open any more."""
    if os.environ.get("PROMETHEUS_MULTIPROC_DIR"):
        from prometheus_client import multiprocess

        multiprocess.mark_process_dead(pid)  # type: ignore[no-untyped-call]
