"""The Celery application: `celery -A tasks.app worker` and `celery -A tasks.app beat`.

It is made by `webapp.factory` like the web side, so a task sees the same settings, database and services.
"""

from typing import Any

from celery import Celery, Task
from celery.signals import setup_logging, worker_init, worker_process_init

from webapp.domain.jobs import JOBS, QUEUES, REFRESH_PRICES, RESEND_REPORTS, SWEEP_REPORTS
from webapp.factory import create_app
from webapp.infra.config import current_settings
from webapp.infra.db import db

#: Seconds: a task is asked to stop, then killed; only after that may the broker hand it to another worker.
SOFT_LIMIT_S, HARD_LIMIT_S, VISIBILITY_TIMEOUT_S = 270, 300, 900
#: How often lost work is looked for. With STALE of domain.reports it bounds the wait after a killed worker.
RESEND_EVERY_S = 10.0
_DAY_S = 86_400.0

web = create_app()


class ContextTask(Task):  # type: ignore[misc]
    """A task runs inside an application context of its own, so that its session ends with it."""

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        with web.app_context():
            return super().__call__(*args, **kwargs)


def _make_celery() -> Celery:
    with web.app_context():
        broker_url = current_settings().broker_url
    made = Celery(
        "mockupaws", broker=broker_url, task_cls=ContextTask, include=["tasks.reports", "tasks.prices"]
    )
    made.conf.update(
        # A task is acknowledged when it is done: a killed worker's task is handed out again.
        task_acks_late=True,
        task_reject_on_worker_lost=True,
        worker_prefetch_multiplier=1,
        task_soft_time_limit=SOFT_LIMIT_S,
        task_time_limit=HARD_LIMIT_S,
        broker_transport_options={
            "visibility_timeout": VISIBILITY_TIMEOUT_S,
            "unacked_restore_interval": 1,
            "unacked_restore_throttle": 1,
        },
        broker_connection_retry_on_startup=True,
        broker_connection_max_retries=None,
        worker_cancel_long_running_tasks_on_connection_loss=False,
        task_queues={name: {} for name in QUEUES},
        task_default_queue="default",
        task_create_missing_queues=False,
        task_routes={job.name: {"queue": job.queue} for job in JOBS},
        task_ignore_result=True,
        task_serializer="json",
        accept_content=["json"],
        timezone="UTC",
        beat_schedule={
            # A sweep nobody took before the next one is due says nothing new.
            "resend-reports": {
                "task": RESEND_REPORTS.name,
                "schedule": RESEND_EVERY_S,
                "options": {"expires": RESEND_EVERY_S},
            },
            "sweep-reports": {"task": SWEEP_REPORTS.name, "schedule": _DAY_S, "options": {"expires": _DAY_S}},
            "refresh-prices": {
                "task": REFRESH_PRICES.name,
                "schedule": _DAY_S,
                "options": {"expires": _DAY_S},
            },
        },
    )
    return made


app = _make_celery()


@setup_logging.connect
def _keep_the_logging(**_: object) -> None:
    """The factory has set up logging; Celery's own would write every line twice."""


@worker_init.connect
def _load_what_is_slow(**_: object) -> None:
    """Load WeasyPrint once, before the pool is forked and before anybody waits for a report."""
    import weasyprint  # noqa: F401


@worker_process_init.connect
def _forget_inherited_connections(**_: object) -> None:
    """A database connection shared between processes after a fork mixes up their answers."""
    with web.app_context():
        db.engine.dispose(close=False)
