"""Probes: is the process alive, and can it do its work. No key; they tell states, never details."""

from flask import Blueprint, Response

from webapp.api.answers import answer
from webapp.api.contract import Answer, operation
from webapp.api.v2.shapes.health import (
    AliveJson,
    InfoJson,
    ReadyJson,
    alive_to_json,
    info_to_json,
    ready_to_json,
)
from webapp.services.health import check_parts, check_start
from webapp.services.operations import about_build

health = Blueprint("health", __name__)


@health.get("/health")
@health.get("/api/v2/health/live")
@operation("Is the process alive", tag="Health", answers={200: Answer(AliveJson, "It is.")})
def live() -> Response:
    """The process answers. Asks nothing else, so that a database fault does not restart every process."""
    return _fresh(answer(alive_to_json()))


@health.get("/api/v2/health/ready")
@operation(
    "Can it do its work",
    tag="Health",
    answers={
        200: Answer(ReadyJson, "It can. With `degraded`, a part named is away that it can do without."),
        503: Answer(
            ReadyJson, "It cannot: the database is away, or its tables are those of another version."
        ),
    },
)
def ready() -> Response:
    """Whether every part is there, by name: database, migrations at head, cache, broker."""
    return _stated(ready_to_json(check_parts()))


@health.get("/api/v2/health/startup")
@operation(
    "Is the start over",
    tag="Health",
    answers={200: Answer(ReadyJson, "It is."), 503: Answer(ReadyJson, "Tables or prices are not there yet.")},
)
def startup() -> Response:
    """Whether the database is migrated to this version and a price catalog is loaded."""
    return _stated(ready_to_json(check_start()))


@health.get("/api/v2/health/info")
@operation("Which program is this", tag="Health", answers={200: Answer(InfoJson)})
def info() -> Response:
    """Version, commit, and the date of the prices in use."""
    return _fresh(answer(info_to_json(about_build())))


def _stated(found: ReadyJson) -> Response:
    return _fresh(answer(found, 503 if found["status"] == "unavailable" else 200))


def _fresh(response: Response) -> Response:
    response.headers["Cache-Control"] = "no-store"
    return response
