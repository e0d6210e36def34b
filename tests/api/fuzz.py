"""Schemathesis against the application: requests made from the OpenAPI documents, right and wrong ones.

    python -m tests.api.fuzz --examples 200

runs tests/api/test_contract_fuzz.py with so many examples an operation and prints its figures.
"""

import json
import os
import subprocess
import sys
from argparse import ArgumentParser
from collections import Counter
from dataclasses import dataclass, field
from typing import Any

import schemathesis
from flask import Flask
from schemathesis.config import SchemathesisConfig
from schemathesis.engine import Status, from_schema
from schemathesis.engine.events import FatalError, NonFatalError, ScenarioFinished

from tests.stack.contracts import document
from webapp.api.openapi.words import references_of

#: Examples an operation, and whether the run is the same every time: what `make test` uses.
EXAMPLES = int(os.environ.get("FUZZ_EXAMPLES", "0"))
_SEED = 20261124
#: With so many examples the run may take its time.
_MANY = 50
#: 422 is right where fields contradict each other (low above high), or a name is of nothing there is.
_ACCEPTED = ["2xx", "3xx", 401, 403, 404, 409, 410, 412, 422, 429]
_REFUSED = (400, 401, 403, 404, 405, 406, 409, 415, 422, 428, 429)

_CHECKS = {
    "not_a_server_error": {"enabled": True},
    "status_code_conformance": {"enabled": True},
    "content_type_conformance": {"enabled": True},
    "response_schema_conformance": {"enabled": True},
    "response_headers_conformance": {"enabled": True},
    "negative_data_rejection": {"enabled": True, "expected-statuses": [*_REFUSED, 410, 412]},
    "positive_data_acceptance": {
        "enabled": True,
        "expected-statuses": _ACCEPTED,
    },
    "missing_required_header": {"enabled": True},
    "unsupported_method": {"enabled": True},
    "allow_header_conformance": {"enabled": True},
    # Schemathesis 4.32 cannot send it to a WSGI application; test_openapi.py has a walk of its own.
    "ignored_auth": {"enabled": False},
    "use_after_free": {"enabled": True},
    "ensure_resource_availability": {"enabled": True},
}


@schemathesis.serializer("application/x-ndjson", "application/msgpack")
def _as_json_text(context: schemathesis.SerializationContext, value: object) -> bytes:
    """Events of any kind: what is inside decides little, that nothing breaks decides all."""
    return json.dumps(value, default=str).encode()


@dataclass(slots=True)
class Run:
    """What a run did and found. `problems` are different from each other."""

    operations: int = 0
    requests: int = 0
    checks: int = 0
    statuses: Counter[int] = field(default_factory=Counter)
    problems: list[str] = field(default_factory=list)

    def __str__(self) -> str:
        statuses = ", ".join(f"{status} x {times}" for status, times in sorted(self.statuses.items()))
        return f"{self.operations} operations, {self.requests} requests, {self.checks} checks ({statuses})"


def run(app: Flask, version: str, headers: dict[str, str], examples: int) -> Run:
    """Fuzz every operation of "v1" or "v2"; the same requests every time for the same routes."""
    phase = {"generation": {"max-examples": examples}}
    config = SchemathesisConfig.from_dict(
        {
            "seed": _SEED,
            "headers": headers,
            "generation": {"deterministic": True, "mode": "all", "database": "none", "no-shrink": True},
            "phases": {
                "examples": {"enabled": True},
                "coverage": {"enabled": examples > 1},
                "fuzzing": {"enabled": True, **phase},
                "stateful": {"enabled": False},
            },
            "checks": _CHECKS,
            "operations": _exceptions(app, version, examples),
        }
    )
    schema = schemathesis.openapi.from_wsgi(f"/api/{version}/openapi.json", app, config=config)
    done, labels = Run(), set[str]()
    for event in from_schema(schema).execute():
        if isinstance(event, ScenarioFinished):
            labels.add(event.recorder.label)
            _note(done, event)
        elif isinstance(event, NonFatalError):
            done.problems.append(f"{event.label}: {event.value}")
        elif isinstance(event, FatalError):
            raise event.exception
    done.operations = len(labels)
    done.problems = list(dict.fromkeys(done.problems))
    return done


def _exceptions(app: Flask, version: str, examples: int) -> list[dict[str, object]]:
    """What is different for single operations.

    A header says more than a schema: a body has to be compressed as it says, a tag has to be one. Bodies that
    hold a document have thousands of places to be wrong at: in a short run a few random ones do. What takes
    tokens only gets a run's API key even where a token is left out, and refuses that (403).
    """
    openapi, found = document(app, version), list[dict[str, object]]()
    for operation in (each for methods in openapi["paths"].values() for each in methods.values()):
        checks: dict[str, object] = {}
        other: dict[str, object] = {"checks": checks}
        headers = {parameter["name"] for parameter in operation["parameters"]}
        if headers & {"If-Match", "Content-Encoding"}:
            checks["positive_data_acceptance"] = {"expected-statuses": [*_ACCEPTED, 400]}
        if operation["security"] and not any("apiKey" in way for way in operation["security"]):
            checks["missing_required_header"] = {"enabled": False}
        if examples < _MANY and "Resource" in _named(openapi, operation.get("requestBody")):
            other["phases"] = {"coverage": {"enabled": False}}
        if checks or len(other) > 1:
            found.append({"include-operation-id": operation["operationId"], **other})
    return found


def _named(openapi: dict[str, Any], part: object) -> list[str]:
    """Components `part` refers to, and those they refer to."""
    met = list(dict.fromkeys(references_of(part)))
    for name in met:
        met += [other for other in references_of(openapi["components"]["schemas"][name]) if other not in met]
    return met


def _note(done: Run, event: ScenarioFinished) -> None:
    for interaction in event.recorder.interactions.values():
        done.requests += 1
        if interaction.response is not None:
            done.statuses[interaction.response.status_code] += 1
    for checks in event.recorder.checks.values():
        done.checks += len(checks)
        for check in checks:
            if check.status == Status.FAILURE and check.failure_info is not None:
                failure, code = check.failure_info.failure, check.failure_info.code_sample
                done.problems.append(
                    f"{event.recorder.label}: {failure.title}: {failure.message[:400]}\n    {code[:600]}"
                )


def main() -> int:
    """Run the fuzz test with more examples than `make test` has."""
    parser = ArgumentParser(prog="python -m tests.api.fuzz", description=__doc__)
    parser.add_argument("--examples", type=int, default=200, help="examples an operation (200)")
    examples = str(parser.parse_args().examples)
    test = ["pytest", "-q", "--log-cli-level=WARNING", "tests/api/test_contract_fuzz.py"]
    return subprocess.run(
        [sys.executable, "-m", *test], env=os.environ | {"FUZZ_EXAMPLES": examples}
    ).returncode


if __name__ == "__main__":
    sys.exit(main())
