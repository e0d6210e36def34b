"""Sends jobs by name to the queue the workers read. A broker that is away is noticed within a second."""

import json
import time
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Protocol

from celery import Celery
from celery.exceptions import SoftTimeLimitExceeded as OutOfTime
from celery.signals import before_task_publish
from flask import Flask, current_app
from kombu.exceptions import KombuError
from redis.exceptions import RedisError

from webapp.domain.errors import Unavailable
from webapp.domain.jobs import QUEUES, Job
from webapp.domain.words import N_, phrase
from webapp.infra.logs import correlation_id
from webapp.settings import Settings

__all__ = [
    "BrokerDispatcher",
    "Dispatcher",
    "OutOfTime",
    "QueueState",
    "RecordingDispatcher",
    "install_jobs",
    "is_away",
    "queue_states",
    "send",
]

#: Header of every message: since when it waits, seconds since 1970.
SENT_AT = "mockupaws_sent_at"
#: Header of every message: the id of the request or job that sent it.
CORRELATION = "mockupaws_correlation_id"
#: Seconds one answer of the broker may take. A frozen broker must not hold a page.
_PATIENCE_S = 0.3
#: A connection that died with the last broker is replaced, once and at once; nothing is waited for.
_ONE_MORE_TRY = {"max_retries": 1, "interval_start": 0, "interval_step": 0, "interval_max": 0}


@dataclass(frozen=True, slots=True)
class QueueState:
    """Jobs that wait, and for how many seconds the oldest of them has waited."""

    length: int
    oldest_s: float


class Dispatcher(Protocol):
    """Whatever hands jobs over: the broker, or a record of them in tests."""

    def send(self, job: Job, *arguments: str) -> None:
        """Hand `job` over. Raises Unavailable when it could not be handed over."""

    def is_away(self) -> bool:
        """Whether a job sent now would not be taken."""

    def queue_states(self) -> Mapping[str, QueueState]:
        """How much waits in each queue; empty while the queue is away."""


@dataclass(slots=True)
class BrokerDispatcher:
    """Hands jobs to Celery's broker."""

    producer: Celery

    def send(self, job: Job, *arguments: str) -> None:
        try:
            self.producer.send_task(
                job.name,
                args=arguments,
                queue=job.queue,
                headers={CORRELATION: correlation_id()},
            )
        except (KombuError, RedisError, OSError) as error:
            raise Unavailable(phrase(N_("The job queue is away. Try again in a moment."))) from error

    def is_away(self) -> bool:
        try:
            with self.producer.connection_for_write() as connection:
                connection.default_channel.client.ping()
        except (KombuError, RedisError, OSError):
            return True
        return False

    def queue_states(self) -> Mapping[str, QueueState]:
        try:
            with self.producer.connection_for_write() as connection:
                channel = connection.default_channel
                return {queue: _state_of(channel, queue) for queue in QUEUES}
        except (KombuError, RedisError, OSError):
            return {}


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

    def queue_states(self) -> Mapping[str, QueueState]:
        waiting = Counter(job.queue for job, _ in self.sent)
        return {} if self.away else {queue: QueueState(waiting[queue], 0.0) for queue in QUEUES}


@before_task_publish.connect  # type: ignore[untyped-decorator]
def _note_when_sent(headers: dict[str, Any], **_: object) -> None:
    """Of every message, whoever sends it: this module, the scheduler, a job that is tried again or postponed.

    A message that is sent again carries the headers of the first. What is sent for later waits from then on.
    """
    eta = headers.get("eta")
    headers[SENT_AT] = datetime.fromisoformat(eta).timestamp() if eta else time.time()


def _state_of(channel: Any, queue: str) -> QueueState:
    """Looks at the message that is taken next, without taking it."""
    length = int(channel._size(queue))
    oldest = channel.client.lindex(queue, -1) if length else None
    sent_at = json.loads(oldest).get("headers", {}).get(SENT_AT) if oldest else None
    return QueueState(length, max(0.0, time.time() - sent_at) if sent_at else 0.0)


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


def queue_states() -> Mapping[str, QueueState]:
    """How much waits in each queue; empty while the broker is away."""
    return _dispatcher().queue_states()


def is_away() -> bool:
    """Whether the broker is away at this moment, known within a second."""
    return _dispatcher().is_away()


def _dispatcher() -> Dispatcher:
    dispatcher: Dispatcher = current_app.extensions["jobs"]
    return dispatcher
