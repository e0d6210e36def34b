"""Probes: is the process alive, and can it do its work. No key; they tell states, never details."""

from flask import Blueprint, Response

from webapp.api.answers import answer
from webapp.services.health import check_parts

health = Blueprint("health", __name__)


@health.get("/health")
@health.get("/api/v2/health/live")
def live() -> Response:
    """The process answers. Asks nothing else, so that a database fault does not restart every process."""
    return _fresh(answer({"status": "ok"}))


@health.get("/api/v2/health/ready")
def ready() -> Response:
    """Whether every part is there, by name; 503 when one is away."""
    parts = check_parts()
    complete = all(parts.values())
    named = {name: "ok" if there else "unavailable" for name, there in parts.items()}
    document = {"status": "ok" if complete else "unavailable", "parts": named}
    return _fresh(answer(document, 200 if complete else 503))


def _fresh(response: Response) -> Response:
    response.headers["Cache-Control"] = "no-store"
    return response
