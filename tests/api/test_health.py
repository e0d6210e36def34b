"""Probes: alive and ready are two questions; neither needs a key nor tells a detail."""

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import create_engine

from webapp.infra.db import db
from webapp.infra.jobs import RecordingDispatcher


@pytest.mark.parametrize("path", ["/health", "/api/v2/health/live"])
def test_a_process_that_answers_is_alive(client: FlaskClient, path: str) -> None:
    response = client.get(path)
    assert (response.status_code, response.get_json()) == (200, {"status": "ok"})
    assert response.headers["Cache-Control"] == "no-store"


def test_ready_names_every_part(client: FlaskClient) -> None:
    response = client.get("/api/v2/health/ready")
    assert response.status_code == 200
    assert response.get_json() == {"status": "ok", "parts": {"database": "ok", "broker": "ok"}}


def test_a_broker_that_is_away_is_named(client: FlaskClient, queue: RecordingDispatcher) -> None:
    queue.away = True
    response = client.get("/api/v2/health/ready")
    assert response.status_code == 503
    assert response.get_json() == {
        "status": "unavailable",
        "parts": {"database": "ok", "broker": "unavailable"},
    }
    assert client.get("/health").status_code == 200


def test_a_database_that_is_away_is_named(
    app: Flask, client: FlaskClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    away = create_engine("sqlite:////nowhere/at/all.db")
    with app.app_context():
        monkeypatch.setitem(db.engines, None, away)
    response = client.get("/api/v2/health/ready")
    assert response.status_code == 503
    assert response.get_json()["parts"] == {"database": "unavailable", "broker": "ok"}
    assert client.get("/api/v2/health/live").status_code == 200
