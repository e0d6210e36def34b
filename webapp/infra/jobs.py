"""Sends jobs by name to the queue the workers read. A broker that is away is noticed within a second."""

from dataclasses import dataclass, field
from typing import Protocol

from celery import Celery
from celery.exceptions import SoftTimeLimitExceeded as OutOfTime
from flask import Flask, current_app
from kombu.exceptions import KombuError
from redis.exceptions import RedisError

from webapp.domain.errors import Unavailable
from webapp.domain.jobs import Job
from webapp.domain.words import N_, phrase
from webapp.settings import Settings

__all__ = [
    "BrokerDispatcher",
    "Dispatcher",
    "OutOfTime",
    "RecordingDispatcher",
    "install_jobs",
    "is_away",
    "send",
]

#: Seconds one answer of the broker may take. A frozen broker must not hold a page.
_PATIENCE_S = 0.3
#: A connection that died with the last broker is replaced, once and at once; nothing is waited for.
_ONE_MORE_TRY = {"max_retries": 1, "interval_start": 0, "interval_step": 0, "interval_max": 0}


class Dispatcher(Protocol):
    """Whatever hands jobs over: the broker, or a record of them in tests."""

    def send(self, job: Job, *arguments: str) -> None:
        """Hand `job` over. Raises Unavailable when it could not be handed over."""

    def is_away(self) -> bool:
        """Whether a job sent now would not be taken."""


@dataclass(slots=True)
class BrokerDispatcher:
    """Hands jobs to Celery's broker."""

    producer: Celery

    def send(self, job: Job, *arguments: str) -> None:
        try:
            self.producer.send_task(job.name, args=arguments, queue=job.queue, ignore_result=True)
        except (KombuError, RedisError, OSError) as error:
            raise Unavailable(phrase(N_("The job queue is away. Try again in a moment."))) from error

    def is_away(self) -> bool:
        try:
            with self.producer.connection_for_write() as connection:
                connection.default_channel.client.ping()
        except (KombuError, RedisError, OSError):
            return True
        return False


@dataclass(slots=True)
class RecordingDispatcher:
    """Keeps what was sent, for tests. While `away` it refuses like a broker that is down."""

    sent: list[tuple[Job, tuple[str, ...]]] = field(default_factory=list)
    away: bool = False

    def send(self, job: Job, *arguments: str) -> None:
        if self.away:
            raise Unavailable(phrase(N_("The job queue is away. Try again in a moment.")))
        self.sent.append((job, arguments))

    def is_away(self) -> bool:
        return self.away


def broker_dispatcher(settings: Settings) -> BrokerDispatcher:
    """A dispatcher for the broker of `settings`. It connects with the first job: make it before a fork."""
    producer = Celery("mockupaws", broker=settings.broker_url, set_as_current=False)
    producer.conf.update(
        broker_connection_timeout=_PATIENCE_S,
        broker_transport_options=_ONE_MORE_TRY
        | {"socket_timeout": _PATIENCE_S, "socket_connect_timeout": _PATIENCE_S},
        task_publish_retry=True,
        task_publish_retry_policy=_ONE_MORE_TRY,
        task_serializer="json",
        accept_content=["json"],
    )
    return BrokerDispatcher(producer)


def install_jobs(app: Flask, settings: Settings) -> None:
    """Give `app` its way to the broker. Tests put a RecordingDispatcher into `app.extensions["jobs"]`."""
    app.extensions["jobs"] = broker_dispatcher(settings)


def send(job: Job, *arguments: str) -> None:
    """Hand `job` over to the workers. Raises Unavailable when the broker is away."""
    _dispatcher().send(job, *arguments)


def is_away() -> bool:
    """Whether the broker is away at this moment, known within a second."""
    return _dispatcher().is_away()


def _dispatcher() -> Dispatcher:
    dispatcher: Dispatcher = current_app.extensions["jobs"]
    return dispatcher
