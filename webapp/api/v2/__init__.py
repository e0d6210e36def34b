"""JSON API, version 2. Callers are known by key or token, never by a cookie: no CSRF token is involved."""

from webapp.api.v2 import (  # noqa: F401 - they add routes
    api_keys,
    auth,
    budgets,
    cache,
    catalog,
    compare,
    estimates,
    metrics,
    passwords,
    prices,
    recordings,
    reports,
    resources,
    scenario_bills,
    scenario_bulk,
    scenarios,
    share_links,
)
from webapp.api.v2.blueprint import api as api
