"""The rounding, minimums and metering steps AWS bills the serverless services by."""

from collections import defaultdict
from datetime import date
from decimal import Decimal

import pytest

from webapp.pricing.aws._rounding import started, started_at_least_one
from webapp.pricing.catalog_file import shipped_catalog
from webapp.pricing.declaration import Inputs, SettingValue
from webapp.pricing.document import parse_document
from webapp.pricing.engine import estimate
from webapp.pricing.services import all_services


def _billed(service: str, **stated: int | str) -> dict[str, Decimal]:
    """Billed units by price key, everything not stated at its default."""
    model = all_services()[service]
    settings: dict[str, SettingValue] = {setting.name: setting.default for setting in model.settings}
    usage = {field.name: field.default for field in model.usage}
    for name, value in stated.items():
        if name in usage:
            usage[name] = Decimal(value)
        else:
            assert name in settings, name
            settings[name] = value if model.setting(name).kind == "choice" else Decimal(value)  # type: ignore[union-attr,assignment]
    units: defaultdict[str, Decimal] = defaultdict(Decimal)
    for quantity in model.quantities(Inputs(settings, usage)):
        units[quantity.key] += quantity.amount
    return dict(units)


@pytest.mark.parametrize(
    ("amount", "steps"), [("0", 0), ("0.1", 1), ("64", 1), ("64.1", 2), ("128", 2), ("129", 3)]
)
def test_a_started_step_is_a_whole_one(amount: str, steps: int) -> None:
    assert started(Decimal(amount), 64) == steps
    assert started_at_least_one(Decimal(amount), 64) == max(1, steps)


def test_lambda_memory_is_in_gb_of_1024_mb() -> None:
    assert _billed("lambda", requests=10, memory_mb=1536, duration_ms=100)["lambda.duration.x86"] == Decimal(
        "1.5"
    )


@pytest.mark.parametrize(("kb", "requests"), [(0, 10), (256, 10), (257, 20), (320, 20), (1024, 130)])
def test_a_large_asynchronous_event_is_more_than_one_request(kb: int, requests: int) -> None:
    assert _billed("lambda", requests=10, async_event_kb=kb)["lambda.requests"] == requests


def test_provisioned_concurrency_is_billed_in_started_five_minutes() -> None:
    key = "lambda.provisioned_concurrency.x86"
    on = {"provisioned_concurrency": 1, "memory_mb": 1024}
    assert _billed("lambda", **on, provisioned_hours="0.1")[key] == 600
    assert _billed("lambda", **on, provisioned_hours=8)[key] == 8 * 3600


def test_ephemeral_storage_counts_both_kinds_of_requests_and_only_what_lies_above_512_mb() -> None:
    busy: dict[str, int | str] = {"requests": 10, "duration_ms": 1000, "architecture": "arm64"}
    busy |= {"provisioned_requests": 10, "provisioned_duration_ms": 500}
    assert _billed("lambda", **busy)["lambda.ephemeral_storage.arm"] == 0
    assert _billed("lambda", **busy, ephemeral_storage_mb=1536)["lambda.ephemeral_storage.arm"] == 15


def test_a_snapstart_snapshot_is_cached_for_at_least_three_hours() -> None:
    one = {"snapstart_versions": 1, "memory_mb": 1024}
    assert _billed("lambda", **one, snapstart_hours=1)["lambda.snapstart.cache"] == 3 * 3600
    assert _billed("lambda", snapstart_hours=1)["lambda.snapstart.cache"] == 0


def test_an_sqs_request_is_64_kb_and_an_empty_one_is_still_one() -> None:
    assert _billed("sqs", requests=10, message_kb=0)["sqs.standard"] == 10
    assert _billed("sqs", requests=10, message_kb="64.5")["sqs.standard"] == 20


def test_a_fair_queue_pays_the_standard_price_and_a_surcharge() -> None:
    assert _billed("sqs", requests=10, queue_type="fair") == {"sqs.standard": 10, "sqs.fair": 10}
    assert _billed("sqs", requests=10, queue_type="fifo") == {"sqs.fifo": 10}


def test_an_sns_fifo_message_is_at_least_1_kb() -> None:
    billed = _billed("sns", topic_type="fifo", requests=1024 * 1024, message_kb="0.1", subscriptions=3)
    assert billed["sns.fifo.publish_payload"] == 1
    assert billed["sns.fifo.sub_payload"] == 3
    assert billed["sns.fifo.sub_messages"] == 3 * 1024 * 1024


def test_an_sns_publish_is_64_kb() -> None:
    assert _billed("sns", requests=5, message_kb=256)["sns.requests"] == 20


def test_api_gateway_meters_each_kind_of_api_its_own_way() -> None:
    assert _billed("api_gateway", rest_requests=5)["apigw.rest.requests"] == 5
    http = _billed("api_gateway", api_type="http", http_requests=5, request_kb=513)
    assert http == {"apigw.http.requests": 10}
    socket = _billed("api_gateway", api_type="websocket", messages=5, message_kb=33, connection_minutes=7)
    assert socket == {"apigw.websocket.messages": 10, "apigw.websocket.connection_minutes": 7}


def test_a_rest_cache_is_billed_for_730_hours() -> None:
    assert _billed("api_gateway", cache_gb="6.1")["apigw.cache.6.1GB"] == 730


def test_express_workflows_round_up_to_100_ms_and_64_mb() -> None:
    billed = _billed("step_functions", workflow_type="express", requests=100, duration_ms=101, memory_mb=65)
    assert billed == {"sfn.express.request": 100, "sfn.express.duration": Decimal("2.5")}


def test_schema_discovery_counts_8_kb_where_the_bus_counts_64() -> None:
    billed = _billed("eventbridge", event_kb=65, custom_events=1, discovered_events=1)
    assert billed["eventbridge.custom"] == 2
    assert billed["eventbridge.schema_discovery"] == 9


def test_a_provisioned_stream_counts_put_units_of_25_kb() -> None:
    billed = _billed("kinesis", capacity_mode="provisioned", records=10, record_kb=26, put_units=1)
    assert billed["kinesis.put_payload_unit"] == 21
    assert billed["kinesis.shard_hour"] == 730


def test_an_on_demand_stream_rounds_each_record_up_to_1_kb() -> None:
    billed = _billed("kinesis", records=1024 * 1024, record_kb="4.5", consumers=2)
    assert billed["kinesis.ondemand.in_gb"] == 5
    assert billed["kinesis.ondemand.out_gb"] == 10
    assert _billed("kinesis", ingested_kb=1024 * 1024)["kinesis.ondemand.in_gb"] == 1


def test_retention_is_included_then_extended_then_long_term() -> None:
    def kept(days: int) -> dict[str, Decimal]:
        billed = _billed("kinesis", ingested_gb=730, retention_days=days)
        return {key.rpartition(".")[2]: units for key, units in billed.items() if "retention" in key}

    assert kept(1) == {}
    assert kept(7) == {"ext_retention": 144 * 1}
    assert kept(8) == {"ext_retention": 144, "long_retention": 24}


def test_on_demand_advantage_bills_at_least_25_mb_a_second_each_way() -> None:
    minimum = Decimal("64160.15625")
    quiet = _billed("kinesis", capacity_mode="on_demand_advantage", ingested_gb=1)
    assert quiet["kinesis.advantage.in_gb"] == quiet["kinesis.advantage.out_gb"] == minimum
    busy = _billed("kinesis", capacity_mode="on_demand_advantage", ingested_gb=100_000, consumers=2)
    assert busy["kinesis.advantage.in_gb"] == 100_000
    assert busy["kinesis.advantage.out_gb"] == 200_000


def test_an_sms_has_no_known_price_and_is_never_free() -> None:
    document = parse_document(
        {"region": "us-east-1", "resources": [{"service": "sns", "usage": {"sms_deliveries": 100}}]}
    )
    answer = estimate(document, shipped_catalog(), date(2026, 11, 24))
    assert [line.key for line in answer.unpriced] == ["sns.sms"]
    assert answer.total == 0
