"""FSx: what is saved is not billed, and each system and deployment has its own prices."""

from decimal import Decimal

from tests.pricing.metering import metered


def test_windows_in_several_zones_on_disks() -> None:
    units = metered(
        "fsx",
        deployment="multi_az",
        storage_type="hdd",
        storage_gb=2000,
        saved_percent=25,
        throughput_mbps=16,
        backup_gb=10,
    )
    assert units == {
        "fsx.windows.multi_az.hdd": Decimal(1500),
        "fsx.windows.multi_az.throughput": Decimal(16),
        "fsx.windows.multi_az.backup": Decimal(10),
    }


def test_openzfs_knows_neither_disks_nor_several_zones() -> None:
    units = metered("fsx", file_system="openzfs", deployment="multi_az", storage_type="hdd", storage_gb=64)
    assert set(units) == {"fsx.openzfs.ssd", "fsx.openzfs.throughput"}
