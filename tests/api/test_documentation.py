"""docs/api.md names every route there is, and no other."""

import re
from pathlib import Path

from flask import Flask

from webapp.edge.problems import KINDS

API = (Path(__file__).parents[2] / "docs" / "api.md").read_text(encoding="utf-8")
PREFIX = "/api/v2"
#: "<uuid:scenario_id>" stands as "{id}".
_VARYING = re.compile("<(?:uuid:)?[a-z_]*?(id|code|key|name)>")


def test_every_route_is_documented_and_every_documented_route_exists(app: Flask) -> None:
    served = {
        f"{method} {_VARYING.sub(lambda found: '{' + found[1] + '}', rule.rule)}"
        for rule in app.url_map.iter_rules()
        if rule.rule.startswith(PREFIX)
        for method in (rule.methods or set()) - {"HEAD", "OPTIONS"}
    }
    documented = {
        f"{method} {PREFIX}{path}"
        for method, path in re.findall(r"`(GET|POST|PUT|PATCH|DELETE) (/[a-z/{}.-]+)`", API)
    }
    assert documented - {f"GET {PREFIX}/health"} == served


def test_every_kind_of_problem_is_documented() -> None:
    assert {f"| {status} | `{kind}` |" for status, kind in KINDS.items()} <= {
        "|".join(line.split("|")[:3]) + "|" for line in API.splitlines()
    }
