"""Work that only so many may do in a minute, counted over all workers together.

A turn is a moment. Who takes one may get one that lies a little ahead, which is then nobody else's: those
that wait are let through one after the other, each once, and do not come back together to try their luck.
"""

import logging
import threading
import time
from collections import deque
from dataclasses import dataclass, field
from typing import Any

import redis
from flask import Flask, current_app

from webapp.infra.windows import PATIENCE_S, RETRY
from webapp.settings import Settings

_SPAN_S = 60.0
_log = logging.getLogger(__name__)

# One list of moments, newest first: the turns of the last minute and those given away ahead. A new turn lies
# a minute behind the one that was given `most` turns ago, so that no minute ever holds more. The clock is
# that of the server, which workers on several machines share.
_TAKE = """
local clock = redis.call('TIME')
local now = clock[1] * 1000000 + clock[2]
local most, ahead, span = tonumber(ARGV[1]), ARGV[2] * 1000000, ARGV[3] * 1000000
local turn, before = now, redis.call('LINDEX', KEYS[1], most - 1)
if before and before + span > now then
    turn = before + span
end
if turn - now > ahead then
    return -1
end
redis.call('LPUSH', KEYS[1], string.format('%.0f', turn))
redis.call('LTRIM', KEYS[1], 0, most - 1)
redis.call('EXPIRE', KEYS[1], math.ceil((turn - now + span) / 1000000))
return turn - now
"""
_COUNT = """
local clock = redis.call('TIME')
local now = clock[1] * 1000000 + clock[2]
local most, ahead, span = tonumber(ARGV[1]), ARGV[2] * 1000000, ARGV[3] * 1000000
local free = most
for _, turn in ipairs(redis.call('LRANGE', KEYS[1], 0, most - 1)) do
    if turn + span <= now + ahead then
        break
    end
    free = free - 1
end
return free
"""


class Turns:
    """Gives out turns. While Redis is away each process counts for itself."""

    def __init__(self, client: redis.Redis) -> None:
        self._take: Any = client.register_script(_TAKE)  # typed as both blocking and awaitable
        self._count: Any = client.register_script(_COUNT)
        self._understudy = _Memory()
        self._away = False

    def take(self, what: str, per_minute: int, within_s: float) -> float | None:
        """Take the next turn at `what`: seconds until it, 0 for now; None when it is not `within_s`."""
        wait = self._ask(self._take, what, per_minute, within_s)
        if wait is None:
            return self._understudy.take(what, per_minute, within_s)
        return None if wait < 0 else wait / 1e6

    def count_free(self, what: str, per_minute: int, within_s: float) -> int:
        """How many turns at `what` come `within_s` and are nobody's yet."""
        free = self._ask(self._count, what, per_minute, within_s)
        return self._understudy.count_free(what, per_minute, within_s) if free is None else free

    def _ask(self, script: Any, what: str, per_minute: int, within_s: float) -> int | None:
        try:
            found = script(keys=[f"mockupaws:turns:{what}"], args=(per_minute, within_s, _SPAN_S))
        except redis.RedisError as error:
            if not self._away:
                _log.warning(
                    "Redis is away (%s): each process counts turns for itself.", type(error).__name__
                )
            self._away = True
            return None
        if self._away:
            _log.info("Redis is back: turns are counted for all workers again.")
        self._away = False
        return int(found)


@dataclass(slots=True)
class _Memory:
    """The same lists in this process, newest first."""

    turns: dict[str, deque[float]] = field(default_factory=dict)
    lock: threading.Lock = field(default_factory=threading.Lock)

    def take(self, what: str, per_minute: int, within_s: float) -> float | None:
        with self.lock:
            given, moment = self.turns.setdefault(what, deque()), time.monotonic()
            turn = max(moment, given[per_minute - 1] + _SPAN_S) if len(given) >= per_minute else moment
            if turn - moment > within_s:
                return None
            given.appendleft(turn)
            while len(given) > per_minute:
                given.pop()
            return turn - moment

    def count_free(self, what: str, per_minute: int, within_s: float) -> int:
        with self.lock:
            until = time.monotonic() + within_s - _SPAN_S
            return per_minute - sum(turn > until for turn in self.turns.get(what, ()))


def install_turns(app: Flask, settings: Settings) -> None:
    """Give `app` its turns, beside the counters of requests."""
    client = redis.Redis.from_url(
        settings.redis_url, socket_timeout=PATIENCE_S, socket_connect_timeout=PATIENCE_S, retry=RETRY
    )
    app.extensions["turns"] = Turns(client)


def turns() -> Turns:
    """The turns of the running application."""
    found: Turns = current_app.extensions["turns"]
    return found
