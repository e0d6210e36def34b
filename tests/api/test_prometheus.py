"""The page of metrics: who may read it, and what it says after something happened."""

import re
from uuid import uuid4

import pytest
from prometheus_client.parser import text_string_to_metric_families

from webapp.domain.activities import EventsIngested
from webapp.factory import create_app
from webapp.infra.db import unit_of_work
from webapp.infra.jobs import RecordingDispatcher
from webapp.services.activities import record
from webapp.settings import Settings

PAGE = "/api/v2/health/metrics"
TOKEN = {"Authorization": "Bearer sesame"}


def readable(settings: Settings) -> Settings:
    return settings.model_copy(update={"metrics_token": "sesame"})


def samples(page: str) -> dict[tuple[str, ...], float]:
    """Every sample by its name and the values of its labels."""
    families = list(text_string_to_metric_families(page))
    return {
        (sample.name, *sample.labels.values()): sample.value
        for family in families
        for sample in family.samples
    }


def test_nobody_reads_metrics_until_somebody_is_named(settings: Settings) -> None:
    client = create_app(settings).test_client()
    assert client.get(PAGE).status_code == 404
    assert client.get(PAGE, headers=TOKEN).status_code == 404


def test_a_token_opens_the_metrics_and_a_wrong_one_does_not(settings: Settings) -> None:
    client = create_app(readable(settings)).test_client()
    assert client.get(PAGE, headers=TOKEN).status_code == 200
    for wrong in ({}, {"Authorization": "Bearer sesam"}, {"Authorization": "Bearer sésame"}):
        assert client.get(PAGE, headers=wrong).status_code == 401


def test_an_address_that_is_named_reads_without_a_token(settings: Settings) -> None:
    app = create_app(settings.model_copy(update={"metrics_addresses": "10.0.0.9, 127.0.0.1"}))
    assert app.test_client().get(PAGE).status_code == 200
    assert app.test_client().get(PAGE, environ_base={"REMOTE_ADDR": "10.0.0.8"}).status_code == 404


def test_requests_are_counted_by_route_and_never_by_path(settings: Settings) -> None:
    client = create_app(readable(settings)).test_client()
    for path in ("/services/sqs", "/services/lambda", "/nowhere/1", "/nowhere/2"):
        client.get(path)
    told = samples(client.get(PAGE, headers=TOKEN).get_data(as_text=True))
    assert told["mockupaws_http_request_total", "GET", "200", "/services/<code>"] == 2
    assert told["mockupaws_http_request_total", "GET", "404", "None"] == 2
    timed = "mockupaws_http_request_duration_seconds"
    assert told[f"{timed}_count", "page", "GET", "200", "/services/<code>"] == 2
    assert told[f"{timed}_sum", "page", "GET", "200", "/services/<code>"] > 0
    assert not [name for name in told if any("nowhere" in part or "lambda" in part for part in name)]


def test_sizes_are_told_by_route(settings: Settings) -> None:
    client = create_app(readable(settings)).test_client()

    def told() -> tuple[float, float]:
        page = samples(client.get(PAGE, headers=TOKEN).get_data(as_text=True))
        size, route = "mockupaws_http_response_size_bytes", "/services/<code>"
        return page.get((f"{size}_count", route), 0), page.get((f"{size}_sum", route), 0)

    count, total = told()
    bodies = [client.get(path).data for path in ("/services/sqs", "/services/lambda")]
    assert told() == (count + 2, total + sum(len(body) for body in bodies))


def test_an_invented_method_makes_no_series(settings: Settings) -> None:
    client = create_app(readable(settings)).test_client()
    client.open("/services/sqs", method="BREW")
    page = client.get(PAGE, headers=TOKEN).get_data(as_text=True)
    assert "BREW" not in page


def test_the_page_tells_the_product_queues_prices_and_build(settings: Settings) -> None:
    client = create_app(readable(settings)).test_client()
    told = samples(client.get(PAGE, headers=TOKEN).get_data(as_text=True))
    assert told["mockupaws_queue_jobs", "reports"] >= 0
    assert told["mockupaws_queue_oldest_seconds", "emails"] >= 0
    assert told["mockupaws_price_age_days",] >= 0
    assert any(name[0] == "mockupaws_build_info" for name in told)
    assert told["mockupaws_db_query_seconds_count", "select"] > 0
    assert told["mockupaws_db_pool_limit_connections",] == 15  # SQLAlchemy's five, and ten past them


def test_the_page_tells_which_part_is_away(settings: Settings) -> None:
    app = create_app(readable(settings))

    def told(part: str) -> float:
        page = app.test_client().get(PAGE, headers=TOKEN).get_data(as_text=True)
        return samples(page)["mockupaws_part_up", part]

    app.extensions["jobs"] = RecordingDispatcher()
    assert [told("database"), told("broker")] == [1, 1]
    app.extensions["jobs"] = RecordingDispatcher(away=True)
    assert [told("database"), told("broker")] == [1, 0]


def test_what_happened_is_counted_once_it_is_committed(settings: Settings) -> None:
    app = create_app(readable(settings))
    client = app.test_client()

    def told() -> dict[tuple[str, ...], float]:
        return samples(client.get(PAGE, headers=TOKEN).get_data(as_text=True))

    before = told()
    with app.app_context():
        with unit_of_work():
            record(EventsIngested(uuid4(), uuid4(), accepted=7, rejected=1, bytes=900))
        with pytest.raises(RuntimeError), unit_of_work():
            record(EventsIngested(uuid4(), uuid4(), accepted=7, rejected=1, bytes=900))
            raise RuntimeError
    after = told()

    def grew(*name: str) -> float:
        return after[name] - before.get(name, 0)

    assert grew("mockupaws_ingested_events_total") == 7
    assert grew("mockupaws_ingested_bytes_total") == 900


def test_the_series_stay_few_whatever_is_asked_for(settings: Settings) -> None:
    app = create_app(readable(settings))
    client = app.test_client()
    for rule in app.url_map.iter_rules():
        path = re.sub(r"<[^>]+>", str(uuid4()), rule.rule)
        for method in ("GET", "POST", "DELETE"):
            client.open(path, method=method)
    page = client.get(PAGE, headers=TOKEN).get_data(as_text=True)
    assert len([line for line in page.splitlines() if line and not line.startswith("#")]) < 2_000
