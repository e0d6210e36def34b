"""The HTML face: pages and their fragments."""

from flask import Flask

from webapp.web import (
    account_settings,
    accounts,
    admin_audit,
    admin_cache,
    admin_catalogs,
    admin_jobs,
    admin_mails,
    admin_users,
    budgets,
    keys,
    mailed_links,
    prices,
    recordings,
    regions,
    reports,
    resources,
    scenarios,
    second_factor,
    services_reference,
    shared,
    sharing,
    traffic,
)
from webapp.web.presentation import init_presentation

_ROOMS = (
    accounts,
    mailed_links,
    account_settings,
    second_factor,
    scenarios,
    resources,
    traffic,
    recordings,
    regions,
    reports,
    budgets,
    sharing,
    shared,
    prices,
    keys,
    services_reference,
    admin_users,
    admin_jobs,
    admin_catalogs,
    admin_mails,
    admin_cache,
    admin_audit,
)


def init_web(app: Flask) -> None:
    """Register every page and what templates may use."""
    init_presentation(app)
    for room in _ROOMS:
        app.register_blueprint(room.bp)
