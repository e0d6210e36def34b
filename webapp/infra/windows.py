"""Who asked how often lately: counted in Redis for every process, in this process while Redis is away."""

import logging
import threading
import time
from collections import deque
from dataclasses import dataclass, field
from typing import Any

import redis
from redis.backoff import NoBackoff
from redis.retry import Retry

#: Seconds one answer of Redis may take: a frozen server must not hold a request.
PATIENCE_S = 0.2
#: After a failure Redis is left alone this long, so that not every request pays for the same outage.
PAUSE_S = 2.0
#: A connection that cannot be made is tried once more, at once; a server that is silent is not asked twice.
RETRY = Retry(NoBackoff(), 1, supported_errors=(redis.exceptions.ConnectionError,))
_SWEEP_EVERY_S = 60.0

_log = logging.getLogger(__name__)

# One list of moments a caller, newest first, tells both limits: it holds what the window has seen, and its
# entry number `burst` is younger than a second when the second is full. An entry is a request that was let
# through, so all lists together hold the requests of the last window, 9 bytes each. The clock is that of the
# server, which web processes on several machines share.
_SCRIPT = """
local clock = redis.call('TIME')
local now = clock[1] * 1000000 + clock[2]
local most, span = tonumber(ARGV[1]), ARGV[2] * 1000000
local burst, take = tonumber(ARGV[3]), ARGV[4] == '1'
local oldest = redis.call('LINDEX', KEYS[1], -1)
while oldest and tonumber(oldest) <= now - span do
    redis.call('RPOP', KEYS[1])
    oldest = redis.call('LINDEX', KEYS[1], -1)
end
local used, wait = redis.call('LLEN', KEYS[1]), 0
if used >= most then
    wait = redis.call('LINDEX', KEYS[1], most - 1) + span - now
end
local before = redis.call('LINDEX', KEYS[1], burst - 1)
if before and before + 1000000 - now > wait then
    wait = before + 1000000 - now
end
if take and wait == 0 then
    local moment = string.format('%.0f', now)
    redis.call('LPUSH', KEYS[1], moment)
    redis.call('EXPIRE', KEYS[1], ARGV[2])
    used, oldest = used + 1, oldest or moment
end
return {wait, used, now, tonumber(oldest or now)}
"""


@dataclass(frozen=True, slots=True)
class Window:
    """At most `most` requests in any `seconds`, and at most `burst` of them in any one second."""

    most: int
    seconds: int
    burst: int


@dataclass(frozen=True, slots=True)
class Count:
    """How a caller stands after a request. `reset_at` (epoch, seconds) is when `remaining` grows next.

    `retry_after_s` is how long a refused caller has to wait, by the limit that refused; 0 when let through.
    """

    remaining: int
    reset_at: float
    retry_after_s: float

    @property
    def allowed(self) -> bool:
        return self.retry_after_s <= 0


class Windows:
    """Counts requests by key. Never raises for a Redis that is away, and never waits for it for long."""

    def __init__(self, client: redis.Redis) -> None:
        self._pool = client.connection_pool
        self._script = client.register_script(_SCRIPT).sha
        self._of_thread = threading.local()
        self._understudy = _Memory()
        self._lock = threading.Lock()
        self._away = False
        self._next_try_s = 0.0

    def take(self, key: str, window: Window) -> Count:
        """Count one request of `key`, when `window` lets it through."""
        return self._count(key, window, take=True)

    def look(self, key: str, window: Window) -> Count:
        """How `key` stands, without counting anything."""
        return self._count(key, window, take=False)

    def _count(self, key: str, window: Window, *, take: bool) -> Count:
        if self._may_ask():
            try:
                wait, used, moment, oldest = self._ask(key, window, take=take)
            except redis.RedisError as error:
                self._fell_silent(error)
            else:
                self._spoke()
                return _counted(window, used, wait / 1e6, (oldest if used else moment) / 1e6)
        return self._understudy.count(key, window, take=take)

    def _ask(self, key: str, window: Window, *, take: bool) -> Any:
        arguments = (1, key, window.most, window.seconds, window.burst, int(take))
        try:
            return self._send("EVALSHA", self._script, *arguments)
        except (redis.exceptions.NoScriptError, redis.ConnectionError):
            # A server that has just started knows no script, and the connection died with the one before. One
            # that is silent (TimeoutError) is not asked twice.
            return self._send("EVAL", _SCRIPT, *arguments)

    def _send(self, *command: str | int) -> Any:
        """By a connection that this thread keeps: a client, its pool and its instruments take longer than
        the question, and every call of the API asks it.
        """
        connection = getattr(self._of_thread, "connection", None)
        if connection is None:
            connection = self._of_thread.connection = self._pool.make_connection()
        connection.send_command(*command)  # connects it first where need be
        return connection.read_response()

    def _may_ask(self) -> bool:
        """Whether Redis is asked now; while it is away, by one request at a time and not all the time."""
        if not self._away:
            return True
        with self._lock:
            if time.monotonic() < self._next_try_s:
                return False
            self._next_try_s = time.monotonic() + PAUSE_S
            return True

    def _fell_silent(self, error: redis.RedisError) -> None:
        with self._lock:
            known, self._away = self._away, True
            self._next_try_s = time.monotonic() + PAUSE_S
        if not known:
            _log.warning(
                "Redis is away (%s): each web process counts requests for itself until it is back.",
                type(error).__name__,
            )

    def _spoke(self) -> None:
        if not self._away:
            return
        with self._lock:
            known, self._away = not self._away, False
        if not known:
            self._understudy.forget()
            _log.info("Redis is back: requests are counted for all processes again.")


@dataclass(slots=True)
class _Memory:
    """The same lists in this process, oldest first."""

    moments: dict[str, tuple[deque[float], int]] = field(default_factory=dict)
    lock: threading.Lock = field(default_factory=threading.Lock)
    sweep_at: float = 0.0

    def count(self, key: str, window: Window, *, take: bool) -> Count:
        with self.lock:
            moment = time.time()
            self._sweep(moment)
            seen, _ = self.moments.get(key) or (deque[float](), 0)
            while seen and seen[0] <= moment - window.seconds:
                seen.popleft()
            wait = 0.0
            if len(seen) >= window.most:
                wait = seen[-window.most] + window.seconds - moment
            if len(seen) >= window.burst:
                wait = max(wait, seen[-window.burst] + 1 - moment)
            if take and wait <= 0:
                seen.append(moment)
                self.moments[key] = seen, window.seconds
            return _counted(window, len(seen), max(wait, 0.0), seen[0] if seen else moment)

    def forget(self) -> None:
        with self.lock:
            self.moments.clear()

    def _sweep(self, moment: float) -> None:
        """Callers that came once and never again would fill the memory of a long outage."""
        if moment < self.sweep_at:
            return
        self.sweep_at = moment + _SWEEP_EVERY_S
        for key, (seen, seconds) in list(self.moments.items()):
            if not seen or seen[-1] <= moment - seconds:
                del self.moments[key]


def _counted(window: Window, used: int, wait_s: float, oldest: float) -> Count:
    reset_at = oldest + window.seconds if used else oldest
    return Count(max(0, window.most - used), reset_at, wait_s)
