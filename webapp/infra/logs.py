"""Logs: one JSON object a line (or text for people), every line with the correlation id of its request."""

import logging
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import TextIO

from pythonjsonlogger.json import JsonFormatter

from webapp.settings import Settings

#: The id outside of requests and jobs.
NOBODY = "-"
#: Joins everything one request or job causes.
_correlation_id: ContextVar[str] = ContextVar("correlation_id", default=NOBODY)
_TEXT = "%(asctime)s %(levelname)-7s %(name)s [%(correlation_id)s] %(message)s"


def correlation_id() -> str:
    """Id of the request or job this runs in, NOBODY outside of both."""
    return _correlation_id.get()


def set_correlation_id(value: str) -> None:
    """Give everything this thread says from now on the id `value`; for the start of a request."""
    _correlation_id.set(value)


@contextmanager
def correlated(value: str) -> Iterator[None]:
    """Everything said inside carries the id `value`; for jobs."""
    token = _correlation_id.set(value)
    try:
        yield
    finally:
        _correlation_id.reset(token)


class LogHandler(logging.StreamHandler[TextIO]):
    """Writes to whatever stderr is at the moment, so that a replaced stream (tests, daemons) is followed."""

    def __init__(self, formatter: logging.Formatter) -> None:
        super().__init__(sys.stderr)
        self.setFormatter(formatter)
        self.addFilter(_with_correlation_id)

    def emit(self, record: logging.LogRecord) -> None:
        self.stream = sys.stderr
        super().emit(record)


def configure_logging(settings: Settings) -> None:
    """Send the root logger through our one handler; handlers of others (a test's capture) stay."""
    root = logging.getLogger()
    root.setLevel(settings.log_level.upper())
    for handler in [handler for handler in root.handlers if isinstance(handler, LogHandler)]:
        root.removeHandler(handler)
    root.addHandler(LogHandler(_formatter(settings.json_logging)))


def _formatter(json_logging: bool) -> logging.Formatter:
    if not json_logging:
        return _OneLineFormatter(_TEXT)
    return JsonFormatter(
        "%(levelname)s %(name)s %(message)s %(correlation_id)s",
        rename_fields={"levelname": "level", "name": "logger"},
        timestamp=True,
    )


class _OneLineFormatter(logging.Formatter):
    """Text for people. A line break inside a message is shown, so that nobody can forge a line."""

    def formatMessage(self, record: logging.LogRecord) -> str:  # noqa: N802 - logging's own name
        return super().formatMessage(record).replace("\r", "\\r").replace("\n", "\\n")


def _with_correlation_id(record: logging.LogRecord) -> bool:
    record.correlation_id = correlation_id()
    return True
