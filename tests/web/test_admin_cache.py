"""The cache on the administration's page and over the API."""

import pytest
from flask import Flask
from flask.testing import FlaskClient

from tests.services.people import record_of, with_settings
from tests.web.conftest import PASSWORD, Person
from webapp.infra import cache
from webapp.infra.db import unit_of_work
from webapp.services.accounts import register_account
from webapp.services.keys import create_key

STATS = "/api/v2/cache/stats"


@pytest.fixture
def kept(app: Flask) -> None:
    """Two values in L1, read three times: two hits."""
    with app.app_context():
        cache.write("L1", "a", 1)
        cache.write("L1", "b", [2])
        for key in ("a", "b", "c"):
            cache.read("L1", key)


@pytest.fixture
def away(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    """Nobody listens where Redis was."""
    client = app.extensions["cache_tiers"].client
    monkeypatch.setitem(client.connection_pool.connection_kwargs, "path", "/nowhere")
    client.connection_pool.disconnect()


def headers_of(app: Flask, role: str, *scopes: str) -> dict[str, str]:
    with app.app_context(), unit_of_work():
        account = register_account(
            f"{role}@api.example", PASSWORD, role="admin" if role == "admin" else "user"
        )
        return {"X-API-Key": create_key(account.id, "tests", scopes).secret}


def test_every_tier_is_shown_with_what_it_did(admin: Person, kept: None) -> None:
    page = admin.text("/admin/cache")
    for words in ("L1", "L2", "L3", "67 %", "kept for 5 minutes", "kept for 1 day"):
        assert words in page


def test_a_tier_is_emptied_after_asking_and_others_stay(app: Flask, admin: Person, kept: None) -> None:
    with app.app_context():
        cache.write("L2", "a", 1)
    assert "Empty tier L1?" in admin.text("/admin/cache/L1/empty")
    assert admin.post("/admin/cache/L1/empty").location == "/admin/cache"
    with app.app_context():
        assert cache.read("L1", "a") is cache.MISSING
        assert cache.read("L2", "a") == 1
        (entry,) = record_of("CacheEmptied")
    assert entry["tier"] == "L1" and entry["values"] >= 2


def test_a_tier_there_is_not_is_not_found(admin: Person) -> None:
    assert admin.get("/admin/cache/L9/empty").status_code == 404
    assert admin.post("/admin/cache/L9/empty").status_code == 404


def test_a_user_empties_nothing(app: Flask, ada: Person, kept: None) -> None:
    assert ada.post("/admin/cache/L1/empty").status_code == 404
    with app.app_context():
        assert cache.read("L1", "a") == 1


def test_with_redis_away_the_page_says_so(app: Flask, admin: Person, away: None) -> None:
    assert "The cache is away." in admin.text("/admin/cache")
    admin.post("/admin/cache/L1/empty")
    assert "The cache is away." in admin.text("/admin/cache")
    with app.app_context():
        assert record_of("CacheEmptied") == []


def test_a_cache_that_is_switched_off_is_said_to_be(app: Flask, admin: Person) -> None:
    with_settings(app, cache_disabled=True)
    assert "switched off by CACHE_DISABLED" in admin.text("/admin/cache")


# The API


def test_the_api_tells_an_administrator_what_the_tiers_did(
    app: Flask, client: FlaskClient, kept: None
) -> None:
    answer = client.get(STATS, headers=headers_of(app, "admin", "admin"))
    assert answer.status_code == 200
    assert answer.headers["Cache-Control"] == "no-store"
    first = answer.get_json()["tiers"][0]
    assert (first["tier"], first["keeps_s"], first["hits"], first["misses"]) == ("L1", 300, 2, 1)
    assert first["ratio"] == pytest.approx(0.6667)
    assert first["values"] >= 2 and first["bytes"] > 0


def test_the_api_tells_nobody_else(app: Flask, client: FlaskClient) -> None:
    assert client.get(STATS).status_code == 401
    assert client.get(STATS, headers=headers_of(app, "user", "read", "write", "ingest")).status_code == 403
    assert client.get(STATS, headers=headers_of(app, "admin", "read")).status_code == 403


def test_the_api_answers_503_with_redis_away(app: Flask, client: FlaskClient, away: None) -> None:
    answer = client.get(STATS, headers=headers_of(app, "admin", "admin"))
    assert answer.status_code == 503
    assert answer.get_json()["detail"].startswith("The cache is away.")
