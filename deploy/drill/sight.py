"""What the drill proves of what operators see: metrics, traces, mails and logs, one function a step."""

import html
import json
import re
from typing import Any
from urllib.parse import urlsplit

import yaml

from deploy.drill.catchers import tree_of, wait_for
from deploy.drill.client import Client
from deploy.drill.processes import StepFailed
from deploy.drill.steps import Drill
from deploy.local.places import CHECKOUT

_METRICS = "/api/v2/health/metrics"
#: Who writes one JSON object a line, and nothing else.
_OUR_LOGS = ("web", "worker", "beat")
#: Celery prints these itself, past every logger.
_CELERY_SAYS = re.compile(r"worker: (Warm|Cold) shutdown \(MainProcess\)")
_TROUBLE = ("Traceback", "Logging error")
_PERSON, _PASSWORD = "newcomer@example.com", "a password nobody else has"
_ASKED = "POST /api/v2/scenarios/<uuid:scenario_id>/reports"
_RENDERED = "run/reports.render"


def metrics_stay_inside(drill: Drill) -> str:
    token = drill.env("metrics")["METRICS_TOKEN"]
    tries = (_METRICS, f"/{_METRICS}", "/api/v2/health/%6detrics", f"{_METRICS}/")
    for path in tries:
        drill.outside.expect(404, "GET", path, key=token)
    inside = Client(drill.stack.ports["web"], source="127.0.0.1")
    inside.expect(401, "GET", _METRICS, headers={"Host": "172.18.0.7:8000"})
    page = inside.expect(200, "GET", _METRICS, key=token, headers={"Host": "172.18.0.7:8000"})
    drill.check(b"mockupaws_build_info" in page.body, "the build among the metrics", page.body[:200])
    worker = Client(drill.stack.ports["worker"], source="127.0.0.1").expect(200, "GET", "/metrics")
    told = {"web": _series(page.body), "worker": _series(worker.body)}
    return "404 from outside even with the token; inside " + " and ".join(
        f"{len(series)} series of the {name}" for name, series in told.items()
    )


def _series(page: bytes) -> list[str]:
    return [line for line in page.decode().splitlines() if line and not line.startswith("#")]


def prometheus_asks(drill: Drill) -> str:
    """A real Prometheus with the stack's own file finds every target up, and each number in one place."""
    if "prometheus" not in drill.stack.programs:
        return "not run: this machine has no program `prometheus`"
    found: dict[str, str] = {}

    def all_are_up() -> bool:
        targets = _asked(drill, "targets")["activeTargets"]
        found.clear()
        found.update({each["labels"]["job"]: each["health"] + each["lastError"] for each in targets})
        return len(found) == 3 and set(found.values()) == {"up"}

    if not wait_for(all_are_up, 30):
        raise StepFailed(f"expected three targets that are up, found {found}")
    rules: list[dict[str, Any]] = []

    def all_are_evaluated() -> bool:
        rules[:] = [rule for group in _asked(drill, "rules")["groups"] for rule in group["rules"]]
        return bool(rules) and all(rule["health"] == "ok" for rule in rules)

    drill.check(wait_for(all_are_evaluated, 20), "every rule evaluated", [rule["health"] for rule in rules])
    for metric, job in (
        ("http_request_duration_seconds_count", "mockupaws"),
        ("completed_jobs_total", "mockupaws-worker"),
    ):
        seen = _jobs_that_count(drill, f"mockupaws_{metric}")
        drill.check(seen == {job}, f"mockupaws_{metric} at {job} alone", seen)
    return (
        f"up: {', '.join(sorted(found))}; {len(rules)} alert rules evaluated; "
        "requests are counted at web alone, jobs at the worker alone"
    )


def _jobs_that_count(drill: Drill, metric: str) -> set[str]:
    """Which of our two jobs of Prometheus have samples of the metric."""
    counted: set[str] = set()

    def is_counted() -> bool:
        counted.update(each["metric"]["job"] for each in _asked(drill, f"query?query={metric}")["result"])
        return bool(counted)

    wait_for(is_counted, 20)
    return counted


def _asked(drill: Drill, what: str) -> Any:
    prometheus = Client(drill.stack.ports["prometheus"], source="127.0.0.1")
    return prometheus.expect(200, "GET", f"/api/v1/{what}").json["data"]


def grafana_is_read(drill: Drill) -> str:
    """Grafana is in no Debian: what it would be given is read instead."""
    folder = CHECKOUT / "deploy/compose"
    (source,) = yaml.safe_load((folder / "grafana-datasources.yml").read_text(encoding="utf-8"))[
        "datasources"
    ]
    (provider,) = yaml.safe_load((folder / "grafana-dashboards.yml").read_text(encoding="utf-8"))["providers"]
    drill.check(source["url"] == "http://prometheus:9090", "the stack's Prometheus", source["url"])
    boards = [
        json.loads(file.read_text(encoding="utf-8")) for file in (CHECKOUT / "deploy/grafana").glob("*.json")
    ]
    panels = [panel for board in boards for panel in board["panels"]]
    drill.check(len(panels) > 0, "panels of a dashboard", boards)
    return (
        f"NOT run, Debian has none: only its files were read, source {source['name']}, "
        f"folder {provider['folder']}, a dashboard of {len(panels)} panels"
    )


def mail_arrives(drill: Drill) -> str:
    """Somebody signs up; the link in the mail that comes by SMTP confirms the address."""
    person = {"email": _PERSON, "password": _PASSWORD}
    drill.outside.expect(201, "POST", "/api/v2/auth/register", document=person)
    letters = drill.mails
    drill.check(
        wait_for(lambda: bool(letters.to(_PERSON)), 30), "a mail by SMTP", drill.log("worker")[-1500:]
    )
    letter = letters.to(_PERSON)[0]
    text = letter.get_body(("plain",))
    found = re.search(r"https://\S+/confirm\S*", text.get_content() if text else "")
    drill.check(found is not None, "a link to confirm in the mail", letter.as_string()[:500])
    assert found is not None
    _follow(drill, found[0])
    drill.check(wait_for(lambda: len(letters.to(_PERSON)) == 2, 30), "a welcome", len(letters.to(_PERSON)))
    subjects = "”, then “".join(str(each["Subject"]) for each in letters.to(_PERSON))
    return f"“{subjects}” to {_PERSON} by SMTP; the link confirmed the address"


def _follow(drill: Drill, link: str) -> None:
    """Open the page of the link and press its button, like a browser."""
    parts = urlsplit(link)
    page = drill.outside.expect(200, "GET", f"{parts.path}?{parts.query}")
    fields = re.findall(r'<input type="hidden" name="([^"]+)" value="([^"]*)"', page.body.decode())
    drill.outside.expect(
        303, "POST", parts.path, form={name: html.unescape(value) for name, value in fields},
        headers={"Cookie": page.headers["set-cookie"].split(";")[0], "Referer": link},
    )  # fmt: skip


def trace_is_one(drill: Drill) -> str:
    """The request that asked for the report, and the job that made it, are one trace."""

    def is_whole() -> bool:
        return _RENDERED in {span.name for span in drill.traces.trace_of(_ASKED)}

    drill.check(wait_for(is_whole, 30), f"{_RENDERED} in the trace of {_ASKED}", len(drill.traces.spans))
    spans = drill.traces.trace_of(_ASKED)
    services = {span.service for span in spans}
    drill.check(services == {"mockupaws-web", "mockupaws-worker"}, "spans of web and worker", services)
    lines = "".join(f"\n{'':10}{line}" for line in tree_of(spans))
    return f"one trace, {spans[0].trace}, {len(spans)} spans of web and worker:{lines}"


def logs_are_clean(drill: Drill) -> str:
    counted = 0
    for name in drill.stack.programs:
        lines = [line for line in drill.log(name).splitlines() if line.strip()]
        for line in lines:
            drill.check(
                not any(word in line for word in _TROUBLE), f"no trouble in the log of {name}", line[:500]
            )
            if name in _OUR_LOGS and not _CELERY_SAYS.fullmatch(line):
                drill.check(_is_object(line), f"one JSON object a line in the log of {name}", line[:500])
                counted += 1
    return f"{counted:,} lines of {', '.join(_OUR_LOGS)}, each a JSON object; no traceback in any log"


def _is_object(line: str) -> bool:
    try:
        return isinstance(json.loads(line), dict)
    except ValueError:
        return False
