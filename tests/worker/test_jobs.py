"""Names sent by the web side and tasks of the worker are the same, and somebody reads every queue."""

import json
import subprocess
import sys

from deploy.local.places import CHECKOUT
from tests.worker.conftest import worker_environment
from webapp.domain.jobs import JOBS, QUEUES
from webapp.settings import Settings

_TELL = """
import json
from tasks.app import app
app.loader.import_default_modules()
print(json.dumps({
    "tasks": sorted(name for name in app.tasks if not name.startswith("celery.")),
    "queues": sorted(app.amqp.queues),
    "scheduled": sorted(entry["task"] for entry in app.conf.beat_schedule.values()),
    "visibility": app.conf.broker_transport_options["visibility_timeout"],
    "hard": app.conf.task_time_limit,
    "soft": app.conf.task_soft_time_limit,
}))
"""


def test_every_job_has_a_task_and_a_queue_that_is_read(settings: Settings) -> None:
    done = subprocess.run(
        [sys.executable, "-c", _TELL], cwd=CHECKOUT, env=worker_environment(settings),
        capture_output=True, text=True, check=True,
    )  # fmt: skip
    told = json.loads(done.stdout)
    names = {job.name for job in JOBS}
    assert set(told["tasks"]) == names
    assert {job.queue for job in JOBS} <= set(QUEUES) == set(told["queues"])
    assert set(told["scheduled"]) <= names
    # A task still at work must never be handed to a second worker.
    assert told["soft"] < told["hard"] < told["visibility"]
