"""Alerts, runbooks and dashboard speak of metrics and labels that exist; each alert fires on what it is for.

Prometheus's own checker runs the cases where there is one. Everything else is read here, with or without it.
"""

import json
import re
import subprocess
from collections.abc import Iterator
from typing import Any

import pytest
import yaml
from prometheus_client import REGISTRY, CollectorRegistry
from prometheus_client.metrics import MetricWrapperBase

from deploy.local.debian import promtool_path
from deploy.local.places import CHECKOUT, Places
from tests.architecture.promql import TARGET_LABELS, check
from webapp.api.prometheus import levels_of
from webapp.factory import create_app
from webapp.infra.jobs import QueueState
from webapp.infra.metrics import PREFIX
from webapp.services.operations import Build, Installation
from webapp.settings import Settings

ALERTS = CHECKOUT / "deploy/prometheus/alerts.yml"
CASES = CHECKOUT / "deploy/prometheus/alerts_test.yml"
DASHBOARD = CHECKOUT / "deploy/grafana/dashboard.json"
RUNBOOKS = CHECKOUT / "docs/runbooks"

Labels = dict[str, frozenset[str]]
#: What Prometheus itself says of every target.
_OF_PROMETHEUS: Labels = {"up": frozenset()}
_SUFFIXES = {
    "counter": ("_total",),
    "histogram": ("_bucket", "_sum", "_count"),
    "summary": ("_sum", "_count"),
}


def alerts() -> list[dict[str, Any]]:
    (group,) = yaml.safe_load(ALERTS.read_text(encoding="utf-8"))["groups"]
    rules: list[dict[str, Any]] = group["rules"]
    return rules


def cases() -> list[dict[str, Any]]:
    document = yaml.safe_load(CASES.read_text(encoding="utf-8"))
    assert document["rule_files"] == [ALERTS.name]
    tests: list[dict[str, Any]] = document["tests"]
    return tests


def panels() -> Iterator[dict[str, Any]]:
    rows = json.loads(DASHBOARD.read_text(encoding="utf-8"))["panels"]
    for row in rows:
        yield from (row, *row.get("panels", []))


def _declared(registry: CollectorRegistry) -> Labels:
    """Labels of every metric, also of those that have not counted anything: only the library knows them."""
    labels: Labels = {}
    for metric in registry._collector_to_names:
        if not isinstance(metric, MetricWrapperBase):
            continue
        for suffix in _SUFFIXES.get(str(metric._type), ("",)):
            names = {*metric._labelnames, *(["le"] if suffix == "_bucket" else [])}
            labels[metric._name + suffix] = frozenset(names)
    return labels


def _of_the_moment() -> Labels:
    some = {"some": 1}
    found = Installation(some, some, some, some, {"some": QueueState(1, 1)}, some, {"some": 1})
    build = Build("1", "", "", None, 1)
    told = levels_of(found, build, {"database": True})
    return {f"{PREFIX}_{name}": frozenset({label} - {""}) for name, _, label, _ in told}


@pytest.fixture
def ours(settings: Settings) -> Labels:
    """Labels of every metric the application has, by its name with the suffixes Prometheus adds."""
    app = create_app(settings)
    labels = _declared(REGISTRY) | _declared(app.extensions["prometheus"].registry) | _of_the_moment()
    return {name: found for name, found in labels.items() if name.startswith(PREFIX)}


@pytest.fixture
def known(ours: Labels) -> Labels:
    return ours | _OF_PROMETHEUS


def test_no_metric_has_a_label_that_reading_it_replaces(ours: Labels) -> None:
    assert len(ours) > 40
    for name, labels in ours.items():
        reserved = {label for label in labels if label.startswith(("exported_", "__"))}
        assert not reserved | (labels & TARGET_LABELS), name


def test_every_alert_is_whole() -> None:
    names = [rule["alert"] for rule in alerts()]
    assert len(names) == len(set(names)) >= 15
    for rule in alerts():
        assert set(rule) - {"for"} == {"alert", "expr", "labels", "annotations"}, rule["alert"]
        assert re.fullmatch(r"[1-9][0-9]*[smhd]", rule.get("for", "1m")), rule["alert"]
        assert rule["labels"]["severity"] in ("critical", "warning", "info")
        assert rule["annotations"]["summary"].endswith(".")
        page = (CHECKOUT / rule["annotations"]["runbook"]).read_text(encoding="utf-8")
        assert page.startswith(f"# {rule['alert']}\n\n{rule['annotations']['summary']} Severity: ")
        assert f"\n{rule['expr']}\n" in page
    assert {path.stem for path in RUNBOOKS.glob("*.md")} - {"README"} == set(names)


def test_alerts_ask_for_metrics_and_labels_that_exist(known: Labels) -> None:
    for rule in alerts():
        check(rule["expr"], known)


def test_each_alert_has_a_case_that_fires_and_one_that_is_quiet(known: Labels) -> None:
    rules = {rule["alert"]: rule for rule in alerts()}
    loud: set[str] = set()
    quiet: set[str] = set()
    for case in cases():
        for series in case["input_series"]:
            check(series["series"], known)
            assert re.fullmatch(r"((_|stale|-?\d+([-+]\d+)?)(x\d+)?( |$))+", series["values"]), series
        for asked in case["alert_rule_test"]:
            rule = rules[asked["alertname"]]
            (loud if asked["exp_alerts"] else quiet).add(rule["alert"])
            query = check(rule["expr"], known)
            for expected in asked["exp_alerts"]:
                assert expected["exp_annotations"] == rule["annotations"]
                assert expected["exp_labels"].items() >= rule["labels"].items()
                passed_on = query.groups.union(TARGET_LABELS, *query.asked.values())
                assert expected["exp_labels"].keys() <= passed_on | rule["labels"].keys()
    assert loud == quiet == set(rules)


def test_alerts_fire_on_what_they_are_for() -> None:
    promtool = promtool_path(Places(CHECKOUT / "var"))
    if promtool is None:
        pytest.skip("There is no promtool: the rules and their cases were only read.")
    done = subprocess.run([promtool, "test", "rules", str(CASES)], capture_output=True, text=True)
    assert done.returncode == 0, done.stdout + done.stderr


def test_the_dashboard_asks_for_metrics_and_labels_that_exist(known: Labels) -> None:
    targets = [target for panel in panels() for target in panel.get("targets", [])]
    assert len(targets) >= 15
    for target in targets:
        query = check(target["expr"], known)
        named = set(re.findall(r"\{\{\s*(\w+)\s*\}\}", target["legendFormat"]))
        assert named <= query.groups, target


def test_the_pages_of_operators_speak_of_metrics_that_exist(known: Labels) -> None:
    for page in (*RUNBOOKS.glob("*.md"), CHECKOUT / "docs/operations.md"):
        named = set(re.findall(rf"\b{PREFIX}_[a-z_]+\b", page.read_text(encoding="utf-8")))
        assert named <= set(known), page.name
