"""Logs: one line per request, joined by an id, nothing secret, no forged lines."""

import json
import logging
from uuid import UUID

import pytest
from flask import Flask
from flask.testing import FlaskClient

from webapp.infra.db import unit_of_work
from webapp.infra.logs import configure_logging, correlated, correlation_id
from webapp.services.keys import create_key
from webapp.settings import Settings


def _lines(capsys: pytest.CaptureFixture[str]) -> list[dict[str, object]]:
    lines = (json.loads(line) for line in capsys.readouterr().err.splitlines())
    return [line for line in lines if line["logger"] == "webapp.request"]


def test_a_request_is_one_json_line(client: FlaskClient, capsys: pytest.CaptureFixture[str]) -> None:
    client.get("/page?search=my+words", headers={"X-Correlation-ID": "abc-1"})
    (line,) = _lines(capsys)
    assert isinstance(line.pop("duration_ms"), float) and line.pop("timestamp")
    assert line == {
        "level": "INFO",
        "logger": "webapp.request",
        "message": "GET /page 200",
        "correlation_id": "abc-1",
        "method": "GET",
        "path": "/page",
        "endpoint": "page",
        "status": 200,
        "caller": "visitor",
    }


def test_a_log_names_the_caller_and_never_the_key(
    app: Flask, client: FlaskClient, owner_id: UUID, capsys: pytest.CaptureFixture[str]
) -> None:
    with app.app_context(), unit_of_work():
        key = create_key(owner_id, "ci", ["read"])
    client.get("/api/v2/owner", headers={"X-API-Key": key.secret})
    written = capsys.readouterr().err
    assert json.loads(written.splitlines()[-1])["caller"] == f"key/{owner_id}/{key.card.id}"
    assert key.secret not in written


@pytest.mark.parametrize("sent", ["abc-1", "A" * 64, "00-4bf92f:1._x"])
def test_a_harmless_correlation_id_is_kept(client: FlaskClient, sent: str) -> None:
    assert client.get("/page", headers={"X-Correlation-ID": sent}).headers["X-Correlation-ID"] == sent


@pytest.mark.parametrize("sent", ["", "A" * 65, "a b", "<script>", "é", '"'])
def test_any_other_is_replaced(client: FlaskClient, sent: str) -> None:
    answered = client.get("/page", headers={"X-Correlation-ID": sent}).headers["X-Correlation-ID"]
    assert answered != sent and len(answered) == 32 and answered.isalnum()


def test_text_for_people_cannot_be_forged(settings: Settings, capsys: pytest.CaptureFixture[str]) -> None:
    configure_logging(settings.model_copy(update={"json_logging": False}))
    with correlated("job-7"):
        logging.getLogger("webapp.test").warning("one\n2026-01-01 INFO two")
    assert correlation_id() == "-"
    (line,) = capsys.readouterr().err.splitlines()
    assert line.endswith("WARNING webapp.test [job-7] one\\n2026-01-01 INFO two")


def test_a_second_set_up_does_not_double_the_lines(
    settings: Settings, capsys: pytest.CaptureFixture[str]
) -> None:
    for _ in range(2):
        configure_logging(settings)
    logging.getLogger("webapp.test").warning("once")
    assert len(capsys.readouterr().err.splitlines()) == 1
