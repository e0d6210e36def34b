"""Athena: queries are rounded up to a megabyte and never below ten."""

from decimal import Decimal

import pytest

from tests.pricing.metering import metered

TB_IN_MB = 1024 * 1024


@pytest.mark.parametrize(("mb", "billed"), [("0", 10), ("9.9", 10), ("10.1", 11), ("2048", 2048)])
def test_a_query_is_billed_in_started_megabytes_at_least_ten(mb: str, billed: int) -> None:
    units = metered("athena", queries=TB_IN_MB, query_mb=mb)
    assert units == {"athena.scan": Decimal(billed)}


def test_volume_measured_elsewhere_is_added_as_it_is() -> None:
    assert metered("athena", scanned_tb=3, dpu_hours=48) == {"athena.scan": 3, "athena.dpu_hour": 48}
