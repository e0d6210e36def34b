"""The page of metrics: for Prometheus and the operator, not for the public."""

import hmac
from collections.abc import Iterator, Mapping

from flask import Blueprint, Response, request

from webapp.api.contract import Answer, operation
from webapp.domain.errors import NotFound, Unauthenticated
from webapp.domain.words import N_, phrase
from webapp.infra.config import current_settings
from webapp.infra.exposition import CONTENT_TYPE_LATEST, Level, exposition
from webapp.services.health import Part, check_parts
from webapp.services.operations import Build, Installation, about_build, look_at_installation

prometheus = Blueprint("prometheus", __name__)


@prometheus.get("/api/v2/health/metrics")
@operation(
    "Metrics for Prometheus",
    tag="Health",
    answers={200: Answer(str, "Prometheus's text format.", media_types=("text/plain",))},
    refusals={401: "Send the token of METRICS_TOKEN as a bearer token.", 404: "Not for this address."},
)
def show_metrics() -> Response:
    """Counts and times of all processes. Needs the operator's token, or an address that is let in."""
    _check_reader()
    page = exposition(levels_of(look_at_installation(), about_build(), check_parts()))
    return Response(page, content_type=CONTENT_TYPE_LATEST, headers={"Cache-Control": "no-store"})


def _check_reader() -> None:
    settings = current_settings()
    if request.remote_addr in settings.metrics_readers:
        return
    if not settings.metrics_token:
        raise NotFound(phrase(N_("There is nothing at this address.")))
    sent = request.headers.get("Authorization", "").removeprefix("Bearer ")
    if not hmac.compare_digest(sent.encode(), settings.metrics_token.encode()):
        raise Unauthenticated(phrase(N_("Send the metrics token as “Authorization: Bearer …”.")))


def levels_of(found: Installation, build: Build, parts: Mapping[Part, bool]) -> Iterator[Level]:
    """What is known only when somebody asks."""
    there: dict[str, float] = {part: float(answers) for part, answers in parts.items()}
    yield "part_up", "Whether a part the product stands on answers: 1, or 0 while it is away.", "part", there
    yield "users", "Accounts, by plan.", "plan", _numbers(found.users)
    yield "scenarios", "Scenarios, by status.", "status", _numbers(found.scenarios)
    yield "reports", "Reports that are kept, by status.", "status", _numbers(found.reports)
    yield "mails", "Mails in the outbox, by status.", "status", _numbers(found.mails)
    lengths = {name: float(state.length) for name, state in found.queues.items()}
    yield "queue_jobs", "Jobs that wait, by queue.", "queue", lengths
    ages = {name: state.oldest_s for name, state in found.queues.items()}
    yield "queue_oldest_seconds", "How long the next job of a queue has waited.", "queue", ages
    yield "dead_letters", "Failed jobs that wait for a person, by job.", "task", _numbers(found.dead_letters)
    runs = dict(found.last_runs)
    yield "schedule_last_run_seconds", "When a job of the schedule ran last, since 1970.", "task", runs
    if build.price_age_days is not None:
        yield "price_age_days", "Age of the price catalog in use.", "", {"": float(build.price_age_days)}
    name = f"{build.version}+{build.commit[:12]}" if build.commit else build.version
    yield "build_info", "Always 1; the label says which program this is.", "version", {name: 1.0}


def _numbers(counts: Mapping[str, int]) -> dict[str, float]:
    return {state: float(number) for state, number in counts.items()}
