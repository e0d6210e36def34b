"""Probes: alive and ready are two questions; neither needs a key nor tells a detail."""

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import create_engine, delete

from webapp.factory import create_app
from webapp.infra.db import db, unit_of_work
from webapp.infra.jobs import RecordingDispatcher
from webapp.models.catalog import Catalog
from webapp.settings import Settings


@pytest.mark.parametrize("path", ["/health", "/api/v2/health/live"])
def test_a_process_that_answers_is_alive(client: FlaskClient, path: str) -> None:
    response = client.get(path)
    assert (response.status_code, response.get_json()) == (200, {"status": "ok"})
    assert response.headers["Cache-Control"] == "no-store"


ALL_THERE = dict.fromkeys(("database", "migrations", "cache", "broker"), "ok")


@pytest.mark.both_databases
def test_ready_names_every_part(client: FlaskClient) -> None:
    response = client.get("/api/v2/health/ready")
    assert response.status_code == 200
    assert response.get_json() == {"status": "ok", "parts": ALL_THERE}


def test_a_broker_that_is_away_is_named_and_not_fatal(
    client: FlaskClient, queue: RecordingDispatcher
) -> None:
    queue.away = True
    response = client.get("/api/v2/health/ready")
    assert response.status_code == 200
    assert response.get_json() == {"status": "degraded", "parts": ALL_THERE | {"broker": "unavailable"}}


def test_a_cache_that_is_away_is_named_and_not_fatal(settings: Settings) -> None:
    app = create_app(settings.model_copy(update={"redis_url": "redis://127.0.0.1:1/0"}))
    response = app.test_client().get("/api/v2/health/ready")
    assert response.status_code == 200
    assert response.get_json() == {"status": "degraded", "parts": ALL_THERE | {"cache": "unavailable"}}


def test_a_database_that_is_away_is_named_and_fatal(
    app: Flask, client: FlaskClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    away = create_engine("sqlite:////nowhere/at/all.db")
    with app.app_context():
        monkeypatch.setitem(db.engines, None, away)
    response = client.get("/api/v2/health/ready")
    assert response.status_code == 503
    assert response.get_json()["parts"] == ALL_THERE | {
        "database": "unavailable",
        "migrations": "unavailable",
    }
    assert client.get("/api/v2/health/live").status_code == 200
    assert client.get("/api/v2/health/info").get_json()["price_date"] is None


def test_tables_of_another_version_are_fatal(app: Flask, client: FlaskClient) -> None:
    assert app.test_cli_runner().invoke(args=["db", "downgrade", "--", "-1"]).exit_code == 0
    response = client.get("/api/v2/health/ready")
    assert (response.status_code, response.get_json()["parts"]["migrations"]) == (503, "unavailable")
    assert client.get("/api/v2/health/startup").status_code == 503


def test_the_start_is_over_once_there_are_tables_and_prices(app: Flask, client: FlaskClient) -> None:
    assert client.get("/api/v2/health/startup").get_json() == {
        "status": "ok",
        "parts": {"database": "ok", "migrations": "ok", "prices": "ok"},
    }
    with app.app_context(), unit_of_work():
        db.session.execute(delete(Catalog))
    response = client.get("/api/v2/health/startup")
    assert (response.status_code, response.get_json()["parts"]["prices"]) == (503, "unavailable")


def test_the_program_says_which_it_is(settings: Settings) -> None:
    image = settings.model_copy(update={"app_version": "1.2.3", "app_commit": "0123abc"})
    told = create_app(image).test_client().get("/api/v2/health/info").get_json()
    assert (told["version"], told["commit"], told["catalog"]) == ("1.2.3", "0123abc", told["price_date"])
    assert told["price_age_days"] >= 0


def test_a_checkout_knows_its_commit(client: FlaskClient) -> None:
    commit = client.get("/api/v2/health/info").get_json()["commit"]
    assert commit == "" or len(commit) == 40
