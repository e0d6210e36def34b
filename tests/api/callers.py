"""Callers of the API and what they send: accounts with a key, talking to the real application."""

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import Any
from uuid import UUID

from flask.testing import FlaskClient
from werkzeug.test import TestResponse

#: 1 million invocations of 100 ms at 128 MB on x86 in us-east-1: small numbers, two lines.
LAMBDA: dict[str, object] = {
    "service": "lambda",
    "name": "worker",
    "settings": {"memory_mb": 128, "duration_ms": 100},
    "usage": {"requests": {"per": "events", "factor": 1}},
}
DOCUMENT: dict[str, object] = {
    "name": "Orders",
    "description": "What the shop sends.",
    "tags": ["shop"],
    "region": "us-east-1",
    "free_tier": "none",
    "traffic": {"volume": 1_000_000, "unit": "events"},
    "resources": [LAMBDA],
}


@dataclass(slots=True)
class Caller:
    """An account's key on a client. Paths are below /api/v2 unless they begin with /api."""

    client: FlaskClient
    owner_id: UUID
    key_id: UUID
    headers: dict[str, str] = field(default_factory=dict)

    def call(
        self, method: str, path: str, headers: dict[str, str] | None = None, **sent: Any
    ) -> TestResponse:
        address = path if path.startswith("/api") else f"/api/v2{path}"
        return self.client.open(address, method=method, headers=self.headers | (headers or {}), **sent)

    def get(self, path: str, **sent: Any) -> TestResponse:
        return self.call("GET", path, **sent)

    def post(self, path: str, **sent: Any) -> TestResponse:
        return self.call("POST", path, **sent)

    def put(self, path: str, **sent: Any) -> TestResponse:
        return self.call("PUT", path, **sent)

    def patch(self, path: str, **sent: Any) -> TestResponse:
        return self.call("PATCH", path, **sent)

    def delete(self, path: str, **sent: Any) -> TestResponse:
        return self.call("DELETE", path, **sent)

    def of_its_own(self) -> "Caller":
        """The same caller with a client of its own, for a thread of its own."""
        return replace(self, client=self.client.application.test_client())

    def new_scenario(self, **changes: object) -> str:
        """Id of a scenario made from DOCUMENT."""
        response = self.post("/scenarios", json=DOCUMENT | changes)
        assert response.status_code == 201, response.get_data(as_text=True)
        return str(response.get_json()["id"])


MakeCaller = Callable[..., Caller]


def pointers(response: TestResponse) -> set[str]:
    """The fields a problem document names."""
    assert response.content_type == "application/problem+json"
    return {error["pointer"] for error in response.get_json()["errors"]}


def problem(response: TestResponse) -> tuple[int, str]:
    """Status and sentence of a problem document."""
    assert response.content_type == "application/problem+json"
    document = response.get_json()
    assert document["status"] == response.status_code
    assert document["correlation_id"] == response.headers["X-Correlation-ID"]
    return response.status_code, document["detail"]
