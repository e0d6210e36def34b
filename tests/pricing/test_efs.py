"""EFS and ECR: what storage includes, what a mode costs, what is always free."""

from datetime import date
from decimal import Decimal

from tests.pricing.metering import metered
from webapp.pricing.catalog_file import shipped_catalog
from webapp.pricing.document import parse_document
from webapp.pricing.engine import estimate


def test_stored_data_brings_provisioned_throughput_of_its_own() -> None:
    billed = metered("efs", throughput="provisioned", provisioned_mibps=10, storage_gb=100)
    assert billed == {"efs.standard": Decimal(100), "efs.provisioned_throughput": Decimal(5)}
    assert "efs.provisioned_throughput" not in metered(
        "efs", throughput="provisioned", provisioned_mibps=10, storage_gb=300
    )


def test_data_moved_costs_only_in_elastic_mode() -> None:
    assert metered("efs", read_gb=5, written_gb=6) == {"efs.elastic_read": 5, "efs.elastic_write": 6}
    assert metered("efs", throughput="bursting", read_gb=5, written_gb=6) == {}


def test_one_zone_has_prices_of_its_own() -> None:
    assert metered("efs", availability="one_zone", storage_gb=1, infrequent_access_gb=2) == {
        "efs.onezone": 1,
        "efs.onezone_ia": 2,
    }


def test_a_small_file_system_of_every_class_in_virginia() -> None:
    usage = {
        "storage_gb": 100,
        "infrequent_access_gb": 400,
        "archive_gb": 500,
        "read_gb": 50,
        "written_gb": 20,
    }
    document = {"region": "us-east-1", "resources": [{"service": "efs", "usage": usage}]}
    answer = estimate(parse_document(document), shipped_catalog(), date(2026, 11, 24))
    # 100 × 0.30 + 400 × 0.025 + 500 × 0.008 + 50 × 0.03 + 20 × 0.06
    assert answer.total == Decimal("46.70")
