"""The page Prometheus reads: the numbers of all processes of this machine, and levels of the moment."""

import os
from collections.abc import Iterable
from pathlib import Path

from flask import current_app
from prometheus_client import CONTENT_TYPE_LATEST, REGISTRY, CollectorRegistry, generate_latest
from prometheus_client.core import GaugeMetricFamily
from prometheus_client.metrics_core import Metric
from prometheus_client.multiprocess import MultiProcessCollector

from webapp.infra.metrics import PREFIX

__all__ = ["CONTENT_TYPE_LATEST", "Level", "exposition"]

#: (name without prefix, what it says, label name or "", values by label).
Level = tuple[str, str, str, dict[str, float]]


def exposition(levels: Iterable[Level]) -> bytes:
    """Everything counted so far, and `levels` as gauges, in Prometheus's text format."""
    now = CollectorRegistry(auto_describe=False)
    now.register(_Levels(levels))
    parts = [generate_latest(registry) for registry in (*_counted(), now)]
    return b"".join(parts)


def shared_registry() -> CollectorRegistry | None:
    """What every process that shares PROMETHEUS_MULTIPROC_DIR has counted; None without such a folder."""
    folder = os.environ.get("PROMETHEUS_MULTIPROC_DIR")
    if not folder:
        return None
    shared = CollectorRegistry(auto_describe=False)
    _LivingProcesses(shared, folder)
    return shared


class _LivingProcesses(MultiProcessCollector):
    """Numbers of all processes that share `folder`, without the gauges of those that are gone.

    Whoever is killed, and every command of the command line, leaves its gauges behind, and nobody else tells.
    """

    def __init__(self, registry: CollectorRegistry, folder: str) -> None:
        super().__init__(registry, folder)  # type: ignore[no-untyped-call]
        self._folder = Path(folder)

    def collect(self) -> Iterable[Metric]:
        for file in self._folder.glob("gauge_live*_[0-9]*.db"):
            if _is_gone(int(file.stem.rpartition("_")[2])):
                file.unlink(missing_ok=True)
        metrics: Iterable[Metric] = super().collect()  # type: ignore[no-untyped-call]
        return metrics


def _is_gone(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except OSError as error:  # somebody else's process lives too
        return isinstance(error, ProcessLookupError)
    return False


def _counted() -> tuple[CollectorRegistry, ...]:
    if shared := shared_registry():
        return (shared,)
    return REGISTRY, current_app.extensions["prometheus"].registry


class _Levels:
    """Gauges that are known only when somebody asks."""

    def __init__(self, levels: Iterable[Level]) -> None:
        self._levels = tuple(levels)

    def collect(self) -> Iterable[GaugeMetricFamily]:
        for name, says, label, values in self._levels:
            family = GaugeMetricFamily(f"{PREFIX}_{name}", says, labels=[label] if label else [])
            for value, number in values.items():
                family.add_metric([value] if label else [], number)
            yield family
