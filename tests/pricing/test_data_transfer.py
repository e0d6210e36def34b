"""Data transfer: tiers after the free 100 GB, both directions between zones, what is verified as free."""

from datetime import date
from decimal import Decimal

import pytest

from tests.pricing.metering import metered
from webapp.pricing.catalog_file import shipped_catalog
from webapp.pricing.document import parse_document
from webapp.pricing.engine import estimate
from webapp.pricing.estimate import Estimate


def _estimate(region: str, policy: str, usage: dict[str, int]) -> Estimate:
    document = {
        "region": region,
        "free_tier": policy,
        "resources": [{"service": "data_transfer", "usage": usage}],
    }
    return estimate(parse_document(document), shipped_catalog(), date(2026, 11, 24))


@pytest.mark.parametrize(
    ("gb", "usd"),
    [
        (100, "0"),
        (10_340, "921.6"),
        (51_300, "4403.2"),
        (153_700, "11571.2"),
        (153_800, "11576.2"),
    ],
)
def test_internet_tiers_start_after_the_free_100_gb(gb: int, usd: str) -> None:
    assert _estimate("us-east-1", "always", {"internet_gb": gb}).total == Decimal(usd)


def test_bytes_drive_the_same_price() -> None:
    assert metered("data_transfer", internet_gb=2, internet_bytes=2**30) == {"dto.internet": Decimal(3)}


def test_between_zones_each_gb_is_billed_leaving_and_arriving() -> None:
    assert metered("data_transfer", inter_az_gb=10, regional_gb=5) == {"dto.regional_az": Decimal(25)}


def test_an_unknown_region_pair_stays_unpriced() -> None:
    answer = _estimate("eu-south-1", "none", {"inter_region_gb": 10})
    assert [item.key for item in answer.unpriced] == ["dto.interregion"]


def test_to_cloudfront_is_free_where_the_price_list_says_so() -> None:
    known = _estimate("us-east-1", "none", {"to_cloudfront_gb": 10})
    assert known.total == 0
    assert not known.unpriced
    assert _estimate("eu-west-1", "none", {"to_cloudfront_gb": 10}).unpriced


def test_the_two_us_east_regions_are_nearer_to_each_other() -> None:
    assert _estimate("us-east-1", "none", {"inter_region_us_east_gb": 100}).total == 1
    assert _estimate("us-east-1", "none", {"inter_region_gb": 100}).total == 2
