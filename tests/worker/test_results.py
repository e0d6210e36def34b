"""What jobs give back is kept where CELERY_RESULT_BACKEND says, and nowhere without it."""

from pathlib import Path
from typing import Any

import pytest
import redis
from flask import Flask

from tests.worker.conftest import Worker, wait_until
from webapp.domain.jobs import SWEEP_SESSIONS
from webapp.infra import jobs
from webapp.infra.jobs import install_jobs
from webapp.settings import Settings


@pytest.mark.parametrize("is_set", [True, False], ids=["set", "unset"])
def test_results_are_kept_for_a_day_where_a_backend_is_set(
    app: Flask, settings: Settings, worker: Worker, broker_socket: Path, is_set: bool
) -> None:
    install_jobs(app, settings)
    address = f"redis+socket://{broker_socket}?virtual_host=3"
    worker.environment |= {"CELERY_RESULT_BACKEND": address if is_set else ""}
    worker.start()
    with app.app_context():
        jobs.send(SWEEP_SESSIONS)
    assert wait_until(lambda: "sessions.sweep" in worker.log and "succeeded" in worker.log, seconds=30)
    kept: Any = redis.Redis(unix_socket_path=str(broker_socket), db=3)
    results = list(kept.scan_iter("celery-task-meta-*"))
    assert bool(results) == is_set
    assert all(0 < kept.ttl(result) <= 86_400 for result in results)
