"""The HTML face: pages and their fragments."""

from flask import Flask

from webapp.web import (
    accounts,
    keys,
    prices,
    recordings,
    regions,
    reports,
    resources,
    scenarios,
    services_reference,
    traffic,
)
from webapp.web.presentation import init_presentation

_ROOMS = (
    accounts,
    scenarios,
    resources,
    traffic,
    recordings,
    regions,
    reports,
    prices,
    keys,
    services_reference,
)


def init_web(app: Flask) -> None:
    """Register every page and what templates may use."""
    init_presentation(app)
    for room in _ROOMS:
        app.register_blueprint(room.bp)
