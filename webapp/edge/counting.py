"""Flask-Limiter on our windows.

Its own take one question to Redis for each limit and one for the headers; ours (`infra.windows`) answer the
minute, the second and the headers with a single one.
"""

import logging
from collections.abc import Callable, Iterable, Iterator
from typing import Any

from flask import Flask, g
from flask_limiter import ApplicationLimit, Limiter, RequestLimit
from flask_limiter._limits import RuntimeLimit  # what a limit yields; the package has no public name for it
from limits import RateLimitItem, RateLimitItemPerMinute, WindowStats
from limits.strategies import STRATEGIES, RateLimiter

from webapp.infra.windows import PATIENCE_S, RETRY, Count, Window, Windows

__all__ = [
    "HeldLimiter",
    "Item",
    "RequestLimit",
    "RuntimeLimit",
    "counted",
    "limit",
    "make_limiter",
    "windows_of",
]

_STRATEGY = "window-and-burst"


class Item(RateLimitItemPerMinute):
    """One of our windows, as Flask-Limiter carries it."""

    __slots__ = ("window",)

    def __init__(self, window: Window) -> None:
        super().__init__(window.most)
        self.window = window


class _Strategy(RateLimiter):
    """Asks our windows, once a limit and request."""

    def __init__(self, storage: Any) -> None:
        super().__init__(storage)
        self.windows = Windows(storage.get_connection())

    def hit(self, item: RateLimitItem, *identifiers: str, cost: int = 1) -> bool:
        count = self.windows.take(key_of(*identifiers), _window(item))
        _counts()[item.key_for(*identifiers)] = count
        return count.allowed

    def test(self, item: RateLimitItem, *identifiers: str, cost: int = 1) -> bool:
        return self.windows.look(key_of(*identifiers), _window(item)).allowed

    def get_window_stats(self, item: RateLimitItem, *identifiers: str) -> WindowStats:
        count = self.windows.look(key_of(*identifiers), _window(item))
        return WindowStats(count.reset_at, count.remaining)


STRATEGIES[_STRATEGY] = _Strategy  # type: ignore[assignment]  # typed as one of its own three


class _LimitsOfRequest(ApplicationLimit):
    """Whatever limits hold for the request at hand; `limit_provider` gives them ready made."""

    def __iter__(self) -> Iterator[RuntimeLimit]:
        return iter(self.limit_provider())  # type: ignore[operator, arg-type]  # see make_limiter


class HeldLimiter(Limiter):
    """Holds a request when it is told to. By itself it hooks into every request, three times."""

    def hold(self) -> None:
        """Count this request by the limits that hold for it. Raises what `on_breach` raises."""
        self._check_request_limit()


def make_limiter(
    app: Flask,
    redis_url: str,
    limits: Callable[[], Iterable[RuntimeLimit]],
    identity: Callable[[], str],
    on_breach: Callable[[RequestLimit], None],
) -> HeldLimiter:
    """A limiter that holds requests of `app` to `limits()`. What `on_breach` raises is the refusal."""
    # Unix sockets have a scheme of their own here.
    address = redis_url.replace("unix://", "redis+unix://", 1)
    patience: dict[str, Any] = {"socket_timeout": PATIENCE_S, "socket_connect_timeout": PATIENCE_S}
    limiter = HeldLimiter(
        lambda: "",
        application_limits=[_LimitsOfRequest(limit_provider=limits)],  # type: ignore[arg-type]
        strategy=_STRATEGY,
        storage_uri=address,
        storage_options=patience | {"retry": RETRY},
        request_identifier=identity,
        on_breach=on_breach,
    )
    app.extensions.setdefault("limiter", set()).add(limiter)  # for it, this is to have its hooks already
    limiter.init_app(app)
    limiter.logger.setLevel(logging.WARNING)  # each refusal has its line in the request log already
    return limiter


def limit(item: Item, scope: str, key: Callable[[], str]) -> RuntimeLimit:
    """`item` for everybody `key` tells apart, the same count for all that share `scope`."""
    return RuntimeLimit(item, key, scope, shared=True)


def windows_of(limiter: HeldLimiter) -> Windows:
    """What `limiter` counts with."""
    strategy = limiter.limiter
    assert isinstance(strategy, _Strategy)
    return strategy.windows


def counted(limit: RequestLimit) -> Count:
    """How the caller stands by `limit`, which this request was counted by."""
    return _counts()[limit.key]


def key_of(identity: str, scope: str) -> str:
    """The key in Redis. The amount is no part of it: a changed plan keeps what was counted."""
    return f"limits:{scope}:{identity}"


def _window(item: RateLimitItem) -> Window:
    assert isinstance(item, Item)
    return item.window


def _counts() -> dict[str, Count]:
    if "limit_counts" not in g:
        g.limit_counts = {}
    counts: dict[str, Count] = g.limit_counts
    return counts
