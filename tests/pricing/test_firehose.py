"""Firehose: records in steps of 5 KB where the source is rounded, and what follows the volume."""

from decimal import Decimal

import pytest

from tests.pricing.metering import metered

RECORDS_OF_A_GB_IN_KB = 1024 * 1024


@pytest.mark.parametrize(("kb", "billed_kb"), [("0", 5), ("1", 5), ("5", 5), ("5.1", 10), ("12", 15)])
def test_a_record_put_directly_is_rounded_up_to_five_kilobytes(kb: str, billed_kb: int) -> None:
    units = metered("firehose", records=RECORDS_OF_A_GB_IN_KB, record_kb=kb)
    assert units == {"firehose.ingest": Decimal(billed_kb)}


@pytest.mark.parametrize("source", ["msk", "vended"])
def test_records_of_other_sources_are_not_rounded(source: str) -> None:
    units = metered("firehose", source=source, records=RECORDS_OF_A_GB_IN_KB, record_kb="1.5")
    assert units == {f"firehose.ingest.{source}": Decimal("1.5")}


def test_conversion_and_vpc_delivery_bill_the_same_volume_again() -> None:
    units = metered("firehose", ingested_gb=7, format_conversion=True, vpc_delivery=True, vpc_zone_hours=2)
    assert units == {
        "firehose.ingest": 7,
        "firehose.format_conversion": 7,
        "firehose.vpc_gb": 7,
        "firehose.vpc_hour": 2,
    }
