"""JSON API, version 2. Callers are known by API key only, so no cookie and no CSRF token is involved."""

from webapp.api.v2 import catalog, estimates, recordings, reports, scenarios  # noqa: F401 - they add routes
from webapp.api.v2.blueprint import api as api
