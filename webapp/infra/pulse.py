"""A sign of life, given by a thread while long work goes on."""

import logging
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from flask import Flask, current_app

_log = logging.getLogger(__name__)


@contextmanager
def pulse(seconds: float, beat: Callable[[], object]) -> Iterator[None]:
    """Call `beat` every `seconds` in a thread with its own application context, until the block ends.

    A beat that fails is logged and the next one tried: a busy database must not end the work.
    """
    app = current_app._get_current_object()  # type: ignore[attr-defined]
    ended = threading.Event()
    thread = threading.Thread(target=_beat_until, args=(app, ended, seconds, beat), daemon=True)
    thread.start()
    try:
        yield
    finally:
        ended.set()
        thread.join()


def _beat_until(app: Flask, ended: threading.Event, seconds: float, beat: Callable[[], object]) -> None:
    while not ended.wait(seconds):
        try:
            with app.app_context():
                beat()
        except Exception:
            _log.exception("A sign of life could not be given")
