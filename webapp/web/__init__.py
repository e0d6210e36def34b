"""The HTML face: pages and their fragments."""

from flask import Flask


def init_web(app: Flask) -> None:
    """Register every page and what templates may use."""
    from webapp.web import (
        accounts,
        keys,
        recordings,
        reports,
        resources,
        scenarios,
        services_reference,
        traffic,
    )
    from webapp.web.presentation import init_presentation

    init_presentation(app)
    for room in (accounts, scenarios, resources, traffic, recordings, reports, keys, services_reference):
        app.register_blueprint(room.bp)
