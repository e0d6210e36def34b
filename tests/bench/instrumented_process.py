"""One process of `tests.bench.bench_instrumentation`: the application, asked over the standard streams.

    python -m tests.bench.instrumented_process prepare | bare | watched | sampled | traced

`prepare` makes the demo and prints its key, a session cookie and the id of a scenario. The others read lines
of "path header=value times" and answer each with the milliseconds of processor time one answer took.
"""

import os
import sys
import time
from pathlib import Path
from unittest.mock import patch

from flask import Flask, request
from sqlalchemy import event
from sqlalchemy.engine import Engine
from sqlalchemy.pool import Pool

from tests.stack.databases import make_settings
from webapp.edge import limits
from webapp.factory import create_app
from webapp.infra import db_metrics
from webapp.infra.caller import Caller, set_caller
from webapp.infra.db import unit_of_work
from webapp.infra.metrics import CountingMetric, LevelMetric, TimingMetric
from webapp.infra.windows import Window
from webapp.services.demo import create_demo
from webapp.services.keys import identify_key
from webapp.services.scenario_lists import ScenarioQuery, list_scenarios

_ENDLESS = Window(10**7, 60, 10**7)


def make_app() -> Flask:
    """The application as a server has it, but for the reach of its limits."""
    names = ("REDIS_URL", "CELERY_BROKER_URL", "OTLP_ENDPOINT", "TRACE_SAMPLE_RATIO")
    others = {name: os.environ[name] for name in names if name in os.environ}
    settings = make_settings(
        os.environ["DATABASE_URL"],
        Path(os.environ["STATE_DIR"]),
        JSON_LOGGING=True,
        RATE_LIMITS_ENABLED=True,
        **others,
    )
    # The limits are asked, as everywhere, and never reached.
    patch.dict(limits._BY_PLAN, dict.fromkeys(limits._BY_PLAN, _ENDLESS)).start()
    limits._PAGE_ITEM.window = _ENDLESS
    return create_app(settings)


def make_bare_app() -> Flask:
    """The application without anything that counts, times, tells or traces."""

    def nothing(*_: object, **__: object) -> None:
        return None

    for kind in (CountingMetric, TimingMetric, LevelMetric):
        patch.object(kind, "__call__", nothing).start()
    event.remove(Engine, "before_cursor_execute", db_metrics._begin)
    event.remove(Engine, "after_cursor_execute", db_metrics._end)
    for moment, listener in (
        ("connect", db_metrics._opened),
        ("close", db_metrics._closed),
        ("checkout", db_metrics._taken),
        ("checkin", db_metrics._given_back),
    ):
        event.remove(Pool, moment, listener)
    with (
        patch("webapp.edge.setup.init_metrics", nothing),
        patch("webapp.edge.setup.init_correlation", _init_callers),
    ):
        return make_app()


def _init_callers(app: Flask) -> None:
    """What correlation does besides naming and telling."""
    app.before_request(
        lambda: set_caller(Caller(address=request.remote_addr or "", agent=request.user_agent.string))
    )


def prepare() -> None:
    app = make_app()
    app.config["WTF_CSRF_ENABLED"] = False
    with app.app_context():
        with unit_of_work():
            access = create_demo(None)
        with unit_of_work():
            scenario = list_scenarios(identify_key(access.api_key).owner_id, ScenarioQuery()).items[0].id
    client = app.test_client()
    client.post("/sign-in", data={"email": access.email, "password": access.password})
    cookie = client.get_cookie("session")
    assert cookie is not None
    print(access.api_key, f"session={cookie.value}", scenario)


def answer(app: Flask) -> None:
    """Answer lines until there are no more."""
    client = app.test_client(use_cookies=False)
    for line in sys.stdin:
        path, header, times = line.rstrip("\n").rsplit(" ", 2)
        name, _, value = header.partition("=")
        begun = time.process_time()
        for _ in range(int(times)):
            status = client.get(path, headers={name: value}).status_code
            assert status == 200, f"{path}: {status}"
        print((time.process_time() - begun) * 1000 / int(times), flush=True)


def main(kind: str) -> None:
    if kind == "prepare":
        prepare()
        return
    answer(make_bare_app() if kind == "bare" else make_app())


if __name__ == "__main__":
    main(sys.argv[1])
