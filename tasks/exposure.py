"""The metrics of a worker that shares no folder with a web process, on a port of its own."""

import logging
from typing import Any

from celery.signals import worker_ready
from prometheus_client import REGISTRY, start_http_server

from webapp.infra.config import current_settings
from webapp.infra.exposition import shared_registry

_log = logging.getLogger(__name__)


@worker_ready.connect
def _show_metrics(sender: Any, **_: object) -> None:
    with sender.app.web.app_context():
        port = current_settings().worker_metrics_port
    if not port:
        return
    try:
        start_http_server(port, registry=shared_registry() or REGISTRY)
    except OSError as error:  # it can still work
        _log.error("The metrics of this worker cannot be shown on port %d: %s", port, error)
