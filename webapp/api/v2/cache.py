"""What the cache tiers have done. For administrators."""

from flask import Response

from webapp.api.answers import answer
from webapp.api.contract import Answer, operation
from webapp.api.v2.blueprint import api
from webapp.api.v2.shapes.cache import CacheStatsJson, cache_stats_to_json
from webapp.edge.callers import calling_owner
from webapp.services.cache_administration import list_tiers


@api.get("/cache/stats")
@operation(
    "Cache tiers",
    tag="Administration",
    scope="admin",
    answers={200: Answer(CacheStatsJson, "Every tier, over all processes.")},
)
def show_cache_stats() -> Response:
    """Reads, loads and failures since Redis was last emptied, and how much each tier keeps now.

    503 while the cache is away.
    """
    calling_owner("admin")
    response = answer(cache_stats_to_json(list_tiers()))
    response.headers["Cache-Control"] = "no-store"
    return response
