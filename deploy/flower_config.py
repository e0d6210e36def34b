"""Flower's configuration file (FLOWER_CONF): Flower itself runs it before it serves.

Flower asks everywhere for its password, except for its metrics, which name workers and jobs.
"""

from flower.views import monitor  # type: ignore[import-untyped]
from tornado.web import authenticated

monitor.Metrics.get = authenticated(monitor.Metrics.get)
