"""JSON API, version 1: the older contract on the same services; deprecated (`webapp.api.deprecation`).

Frozen: `tests/api_v1/snapshots` holds whole answers, and a changed one fails.
"""

from webapp.api.v1 import auth, ingest, reports, scenarios  # noqa: F401 - they add routes
from webapp.api.v1.blueprint import PREFIX as PREFIX
from webapp.api.v1.blueprint import api as api
