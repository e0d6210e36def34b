"""gunicorn settings, the same on a laptop and in the container.

Threads, because requests wait on the database and the cache; measured, gthread hands over a chunked 50 MB
body piece by piece (`wsgi.input_terminated`, flat memory), which ingest relies on.
"""

import os
import shutil
from pathlib import Path
from typing import Any

bind = f"{os.environ.get('HOST') or '127.0.0.1'}:{os.environ.get('PORT') or '8000'}"
worker_class = "gthread"
workers = int(os.environ.get("WEB_WORKERS") or 2)
threads = 16
# Pollers come back every few seconds; closing their connection after gunicorn's 2 s cost four times the p95.
keepalive = 75
backlog = 2048
# A 50 MB upload over a slow line may take minutes; gthread's worker stays responsive to the master meanwhile.
timeout = 120
graceful_timeout = 10
control_socket_disable = True


def on_starting(server: Any) -> None:
    """Empty the folder the workers share their metrics in: numbers of dead processes would be added up."""
    if folder := os.environ.get("PROMETHEUS_MULTIPROC_DIR"):
        shutil.rmtree(folder, ignore_errors=True)
        Path(folder).mkdir(parents=True, exist_ok=True)


def child_exit(server: Any, worker: Any) -> None:
    """Forget the gauges of a worker that ended."""
    if os.environ.get("PROMETHEUS_MULTIPROC_DIR"):
        from prometheus_client import multiprocess

        multiprocess.mark_process_dead(worker.pid)  # type: ignore[no-untyped-call]
