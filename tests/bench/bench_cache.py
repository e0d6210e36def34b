"""Metrics of the demo read from the cache, against the same read with the cache switched off.

    python -m tests.bench.bench_cache

One application with its cache, one with CACHE_DISABLED, over one database with the demo in it and a real
Valkey; whole requests with a key, asked in turns so that both see the same machine. The promise: a cached
read of the scenario's metrics is at least 3 times faster. The other cached reads are printed beside it.
Exits 1 when it is broken.
"""

import sys
import tempfile
import time
from collections.abc import Mapping
from pathlib import Path
from statistics import median

from flask.testing import FlaskClient

from tests.infra.broker import own_broker
from tests.stack.databases import make_settings, migrate
from webapp.factory import create_app
from webapp.infra.db import unit_of_work
from webapp.services.demo import create_demo
from webapp.services.keys import identify_key
from webapp.services.scenario_lists import ScenarioQuery, list_scenarios
from webapp.settings import Settings

PROMISE = 3.0
ROUNDS = 300


def ask_ms(client: FlaskClient, path: str, headers: Mapping[str, str]) -> float:
    """Milliseconds of one answer. Raises AssertionError unless it is a 200."""
    begun = time.perf_counter()
    status = client.get(path, headers=headers).status_code
    spent = (time.perf_counter() - begun) * 1000
    assert status == 200, f"{path}: {status}"
    return spent


def compare(kept: FlaskClient, loaded: FlaskClient, path: str, headers: Mapping[str, str]) -> float:
    """Print the medians of both; how many times faster the cached read is."""
    pairs = [(ask_ms(kept, path, headers), ask_ms(loaded, path, headers)) for _ in range(ROUNDS)]
    cached_ms, loaded_ms = median(pair[0] for pair in pairs), median(pair[1] for pair in pairs)
    shown = path.removeprefix("/api/v2")
    times = loaded_ms / cached_ms
    print(f"{shown:60} {cached_ms:6.2f} ms cached {loaded_ms:6.2f} ms loaded {times:4.1f} times faster")
    return times


def measure(settings: Settings) -> bool:
    """Whether the promise held."""
    app = create_app(settings)
    with app.app_context():
        with unit_of_work():
            key = create_demo(None).api_key
        with unit_of_work():
            scenario = list_scenarios(identify_key(key).owner_id, ScenarioQuery()).items[0].id
    kept = app.test_client()
    loaded = create_app(settings.model_copy(update={"cache_disabled": True})).test_client()
    headers, of = {"X-API-Key": key}, f"/api/v2/scenarios/{scenario}"
    ratio = compare(kept, loaded, f"{of}/metrics", headers)
    others = (
        "/api/v2/metrics/summary",
        f"{of}/estimate",
        "/api/v2/scenarios",
        "/api/v2/services",
        "/api/v2/prices",
    )
    for path in others:
        compare(kept, loaded, path, headers)
    return ratio >= PROMISE


def main() -> int:
    with tempfile.TemporaryDirectory() as folder, own_broker() as server:
        server.start()
        address = f"sqlite:///{folder}/bench.db"
        migrate(address, Path(folder))
        redis = f"unix://{server.socket}?db=0"
        others = {"REDIS_URL": redis, "CELERY_BROKER_URL": server.url, "LOG_LEVEL": "WARNING"}
        return 0 if measure(make_settings(address, Path(folder), **others)) else 1


if __name__ == "__main__":
    sys.exit(main())
