"""RDS and Aurora: what storage and backups include, what a deployment costs, capacity units."""

from decimal import Decimal

import pytest

from tests.pricing.metering import metered


@pytest.mark.parametrize(
    ("engine", "gb", "iops", "mibps"),
    [
        ("postgresql", 399, 12_000 - 3_000, 500 - 125),
        ("postgresql", 400, 0, 0),
        ("oracle_se2", 200, 0, 0),
        ("sqlserver_web", 1_000, 12_000 - 3_000, 500 - 125),
    ],
)
def test_gp3_includes_more_from_a_size_on(engine: str, gb: int, iops: int, mibps: int) -> None:
    billed = metered("rds", engine=engine, storage_gb=gb, iops=12_000, throughput_mibps=500)
    assert billed.get("rds.iops.gp3.single_az", 0) == iops
    assert billed.get("rds.throughput.gp3.single_az", 0) == mibps


def test_backups_are_free_up_to_the_size_of_the_storage() -> None:
    assert "rds.backup" not in metered("rds", instances=2, storage_gb=100, backup_gb=200)
    assert metered("rds", instances=2, storage_gb=100, backup_gb=250)["rds.backup"] == 50
    assert metered("rds", instances=0, further_backup_gb=7) == {"rds.backup": Decimal(7)}


def test_a_deployment_has_prices_of_its_own() -> None:
    billed = metered("rds", deployment="multi_az", instance_class="db.m7g.large", storage_gb=10, hours=365)
    assert billed == {
        "rds.instance.db.m7g.large.postgresql.multi_az": Decimal(365),
        "rds.storage.gp3.multi_az": Decimal(5),
    }


def test_provisioned_iops_are_billed_from_the_first() -> None:
    assert metered("rds", storage_type="io1", iops=1_000)["rds.iops.io1.single_az"] == 1_000


def test_a_serverless_cluster_is_billed_by_its_average_capacity() -> None:
    billed = metered("aurora", capacity="serverless_v2", instances=2, average_acu=4, hours=100)
    assert billed == {"aurora.acu": Decimal(800)}


def test_io_is_free_in_an_io_optimized_cluster() -> None:
    usage = {"storage_gb": 10, "io_requests": 1000}
    assert metered("aurora", instances=0, **usage) == {"aurora.storage": 10, "aurora.io": 1000}
    optimized = metered("aurora", instances=1, storage_configuration="io_optimized", hours=1, **usage)
    assert optimized == {
        "aurora.instance.io_optimized.db.r6g.large.postgresql": 1,
        "aurora.storage.io_optimized": 10,
    }
