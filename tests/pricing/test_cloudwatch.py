"""CloudWatch: log storage that follows ingestion, tiers of metrics and vended logs, what stays free."""

from datetime import date
from decimal import Decimal

from tests.pricing.metering import metered
from webapp.pricing.catalog_file import shipped_catalog
from webapp.pricing.document import parse_document
from webapp.pricing.engine import estimate


def _costs(region: str, policy: str, usage: dict[str, int]) -> dict[str, Decimal]:
    resource = {"service": "cloudwatch", "settings": {"log_retention_months": 0}, "usage": usage}
    document = {"region": region, "free_tier": policy, "resources": [resource]}
    answer = estimate(parse_document(document), shipped_catalog(), date(2026, 11, 24))
    return {line.key: line.cost for line in answer.lines}


def test_logs_are_stored_compressed_for_as_long_as_they_are_kept() -> None:
    billed = metered("cloudwatch", log_ingest_bytes=2**34, vended_gb=4, log_retention_months=3)
    assert billed == {
        "cwlogs.ingest.standard": Decimal(16),
        "cwlogs.vended.cloudwatch": Decimal(4),
        "cwlogs.storage": Decimal(9),
    }


def test_stated_storage_is_added_as_it_is() -> None:
    billed = metered("cloudwatch", log_ingest_gb=10, log_compression="0.5", log_storage_gb=7)
    assert billed["cwlogs.storage"] == 12


def test_the_infrequent_access_class_ingests_at_its_own_price() -> None:
    billed = metered("cloudwatch", log_class="infrequent_access", log_ingest_gb=1, vended_gb=1)
    assert set(billed) == {"cwlogs.ingest.ia", "cwlogs.vended.cloudwatch.ia", "cwlogs.storage"}


def test_metrics_fall_in_price_beyond_ten_thousand() -> None:
    costs = _costs("us-east-1", "none", {"custom_metrics": 260_000})
    assert costs == {"cw.metric": Decimal(10_000 * 3 + 240_000 + 10_000 // 2) / 10}


def test_vended_logs_fall_in_price_beyond_ten_and_thirty_tb() -> None:
    costs = _costs("us-east-1", "none", {"vended_gb": 61_440, "vended_s3_gb": 20_480})
    assert costs["cwlogs.vended.cloudwatch"] == 5120 + 5120 + 2048 + 512
    assert costs["cwlogs.vended.s3"] == 2560 + 1536


def test_free_are_ten_metrics_ten_alarms_three_dashboards_and_a_million_requests() -> None:
    free = {"custom_metrics": 10, "standard_alarms": 10, "dashboards": 3, "api_requests": 1_000_000}
    free |= {"log_ingest_gb": 5, "insights_scan_gb": 5, "canary_runs": 100}
    assert set(_costs("us-east-1", "always", free).values()) == {0}
    assert all(cost > 0 for cost in _costs("us-east-1", "none", free).values())


def test_never_free_are_get_metric_data_and_dearer_alarms() -> None:
    costs = _costs(
        "us-east-1",
        "first-12-months",
        {"get_metric_data_metrics": 1000, "high_resolution_alarms": 1, "composite_alarms": 1},
    )
    assert costs == {
        "cw.api.get_metric_data": Decimal("0.01"),
        "cw.alarm.high_res": Decimal("0.3"),
        "cw.alarm.composite": Decimal("0.5"),
    }
