"""Logs: one JSON object a line (or text for people), every line with the correlation id of its request."""

import logging
import re
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any, TextIO

from pythonjsonlogger.orjson import OrjsonFormatter

from webapp.settings import Settings

#: The id outside of requests and jobs.
NOBODY = "-"
#: Joins everything one request or job causes.
_correlation_id: ContextVar[str] = ContextVar("correlation_id", default=NOBODY)
_QUOTED = re.compile(r"^DETAIL:.*$", re.MULTILINE)
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
    # No line names a line of source, a thread or a process: finding them out took as long as all the rest.
    logging._srcfile = None  # the switch that logging's own guide names
    logging.logThreads = logging.logProcesses = logging.logMultiprocessing = False
    root = logging.getLogger()
    root.setLevel(settings.log_level.upper())
    for handler in [handler for handler in root.handlers if isinstance(handler, LogHandler)]:
        root.removeHandler(handler)
    root.addHandler(log_handler(settings))


def log_handler(settings: Settings) -> LogHandler:
    """What writes our lines, for loggers that do not pass theirs on to the root."""
    return LogHandler(_formatter(settings.json_logging))


def _formatter(json_logging: bool) -> logging.Formatter:
    if not json_logging:
        return _TextFormatter(_TEXT)
    return _JsonFormatter(
        "%(levelname)s %(name)s %(message)s %(correlation_id)s",
        rename_fields={"levelname": "level", "name": "logger"},
        timestamp=True,
    )


class _WithoutValues(logging.Formatter):
    """Tells a traceback without what PostgreSQL quotes of the row it refused: an address, a name."""

    def format(self, record: logging.LogRecord) -> str:
        record.exc_text = None  # as another handler's formatter may have told it
        return super().format(record)

    def formatException(self, ei: Any) -> str:  # noqa: N802 - logging's own name
        return _QUOTED.sub("DETAIL: not shown", super().formatException(ei))


class _JsonFormatter(_WithoutValues, OrjsonFormatter):
    """One JSON object a line."""


class _TextFormatter(_WithoutValues):
    """Text for people. A line break inside a message is shown, so that nobody can forge a line."""

    #: UTC here as well.
    converter = staticmethod(time.gmtime)

    def formatMessage(self, record: logging.LogRecord) -> str:  # noqa: N802 - logging's own name
        return super().formatMessage(record).replace("\r", "\\r").replace("\n", "\\n")


def _with_correlation_id(record: logging.LogRecord) -> bool:
    record.correlation_id = correlation_id()
    return True
