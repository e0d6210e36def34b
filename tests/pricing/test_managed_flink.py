"""Managed Flink: a unit more for orchestration, 50 GB for each of the others."""

from decimal import Decimal

from tests.pricing.metering import metered


def test_each_application_pays_one_unit_more_but_no_storage_for_it() -> None:
    units = metered("managed_flink", applications=2, kpus=3, hours=365)
    assert units == {"flink.kpu_hour": Decimal(2 * 4 * 365), "flink.running_storage": Decimal(150)}
