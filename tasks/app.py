"""The Celery application: `celery -A tasks.app worker` and `celery -A tasks.app beat`.

It is made by `webapp.factory` like the web side, so a task sees the same settings, database and services.
"""

from typing import Any

from celery import Celery, Task
from celery.signals import setup_logging, worker_init, worker_process_init

from tasks import exposure, outcomes  # noqa: F401 - exposure listens to every worker
from webapp.domain.errors import Conflict, InvalidInput, NotFound
from webapp.domain.jobs import EVERY_S, JOBS, QUEUES
from webapp.factory import create_app
from webapp.infra.caller import Caller, acting
from webapp.infra.config import current_settings
from webapp.infra.db import db
from webapp.infra.jobs import OutOfTime
from webapp.infra.logs import correlated
from webapp.infra.tracing import name_span

#: Seconds: a task is asked to stop, then killed; only after that may the broker hand it to another worker.
SOFT_LIMIT_S, HARD_LIMIT_S, VISIBILITY_TIMEOUT_S = 270, 300, 900
#: Seconds the result of a job is kept, where results are kept at all.
RESULT_KEPT_S = 86_400
#: What fails unexpectedly is tried again after about 2, 4, 8 ... seconds; then it is kept as a dead letter.
MOST_RETRIES = 4

web = create_app()


class ContextTask(Task):  # type: ignore[misc]
    """A task runs inside an application context of its own, so that its session ends with it."""

    web = web
    autoretry_for = (Exception,)
    # What was asked wrongly stays wrong.
    dont_autoretry_for = (InvalidInput, NotFound, Conflict, OutOfTime)
    max_retries = MOST_RETRIES
    retry_backoff = 2
    retry_backoff_max = 600
    retry_jitter = True

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        asked_by = outcomes.correlation_of(self)
        with web.app_context(), acting(Caller(via="job", agent=self.name)), correlated(asked_by):
            name_span()
            return super().__call__(*args, **kwargs)


def _make_celery() -> Celery:
    with web.app_context():
        settings = current_settings()
    rooms = ["reports", "prices", "mails", "audit", "sessions", "platform", "budgets"]
    made = Celery(
        "mockupaws",
        broker=settings.broker_url,
        backend=settings.celery_result_backend or None,
        task_cls=ContextTask,
        include=[f"tasks.{room}" for room in rooms],
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
            # A queue is looked at when those before it in QUEUES are empty; by itself each would have a turn.
            # None waits for ever: what comes before the last is bounded by a limit a minute or by the
            # schedule, and takes seconds.
            "queue_order_strategy": "priority",
        },
        broker_connection_retry_on_startup=True,
        broker_connection_max_retries=None,
        worker_cancel_long_running_tasks_on_connection_loss=False,
        task_queues={name: {} for name in QUEUES},
        task_default_queue="default",
        task_create_missing_queues=False,
        task_routes={job.name: {"queue": job.queue} for job in JOBS},
        task_ignore_result=not settings.celery_result_backend,
        result_expires=RESULT_KEPT_S,
        task_serializer="json",
        accept_content=["json"],
        timezone="UTC",
        beat_schedule={
            # A run nobody took before the next is due says nothing new.
            job.name: {"task": job.name, "schedule": every_s, "options": {"expires": every_s}}
            for job, every_s in EVERY_S.items()
        },
        beat_scheduler="tasks.scheduler:LeasedScheduler",
    )
    made.web = web
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
