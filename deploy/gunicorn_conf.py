"""gunicorn settings, the same on a laptop and in the container.

Threads, because requests wait on the database and the cache; measured, gthread hands over a chunked 50 MB
body piece by piece (`wsgi.input_terminated`, flat memory), which ingest relies on.
"""

import gc
import os
from pathlib import Path
from typing import Any

from gunicorn.glogging import Logger  # type: ignore[import-untyped]

from deploy.gunicorn_worker import WebWorker, forget
from webapp.infra.logs import log_handler
from webapp.settings import Settings


class SharedLogger(Logger):  # type: ignore[misc]
    """Writes what gunicorn says as the application writes: through such a handler, one line an event.

    gunicorn's own format names the process, which our logging does not look up: each line would fail.
    """

    def setup(self, cfg: Any) -> None:
        """Called at the start and at each reload, in the master; workers are forked from it."""
        super().setup(cfg)
        self.error_log.handlers[:] = [log_handler(Settings())]


#: Read here, in the master: a worker that could not be made for a wrong one would be started again for ever.
_settings = Settings()

bind = f"{f'[{_settings.host}]' if ':' in _settings.host else _settings.host}:{_settings.port}"
worker_class = WebWorker
logger_class = SharedLogger
workers = _settings.web_workers
threads = 16
# Pollers come back every few seconds; closing their connection after gunicorn's 2 s cost four times the p95.
keepalive = 75
backlog = 2048
# The most gunicorn takes. What is longer is refused by gunicorn itself, without a problem document.
limit_request_line = 8190
# A 50 MB upload over a slow line may take minutes; gthread's worker stays responsive to the master meanwhile.
timeout = 120
graceful_timeout = 10
control_socket_disable = True
# Which proxies are believed is said by TRUSTED_PROXIES alone. gunicorn by itself believes whatever comes from
# this machine: the scheme, and where the application is mounted.
forwarded_allow_ips = ""
secure_scheme_headers: dict[str, str] = {}
forwarder_headers = ""


def on_starting(server: Any) -> None:
    """Forget the numbers of processes that are gone; those of a worker beside this server stay."""
    if folder := os.environ.get("PROMETHEUS_MULTIPROC_DIR"):
        Path(folder).mkdir(parents=True, exist_ok=True)
        for file in Path(folder).glob("*_[0-9]*.db"):
            if not Path(f"/proc/{file.stem.rpartition('_')[2]}").exists():
                file.unlink(missing_ok=True)


def post_worker_init(worker: Any) -> None:
    """What the application is made of stays: else the collector looks through all of it, 0.1 s at a time."""
    gc.collect()
    gc.freeze()


def child_exit(server: Any, worker: Any) -> None:
    """Forget the connections and gauges of a worker that ended."""
    forget(worker)
    if os.environ.get("PROMETHEUS_MULTIPROC_DIR"):
        from prometheus_client import multiprocess

        multiprocess.mark_process_dead(worker.pid)  # type: ignore[no-untyped-call]
