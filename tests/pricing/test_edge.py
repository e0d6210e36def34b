"""CloudFront and Route 53: tiers by area, what is always free, the same price from every region."""

from datetime import date
from decimal import Decimal

import pytest

from webapp.pricing.catalog_file import shipped_catalog
from webapp.pricing.document import parse_document
from webapp.pricing.engine import estimate


def _total(
    service: str, policy: str = "none", region: str = "us-east-1", **stated: dict[str, object]
) -> Decimal:
    document = {"region": region, "free_tier": policy, "resources": [{"service": service, **stated}]}
    answer = estimate(parse_document(document), shipped_catalog(), date(2026, 11, 24))
    assert not answer.unpriced
    return answer.total


@pytest.mark.parametrize(
    ("gb", "usd"),
    [
        (10_240, "870.4"),
        (51_200, "4147.2"),
        (153_600, "10291.2"),
        (512_000, "24627.2"),
        (1_048_576, "40724.48"),
    ],
)
def test_data_to_american_viewers_falls_in_price(gb: int, usd: str) -> None:
    assert _total("cloudfront", usage={"transfer_gb": gb}) == Decimal(usd)


def test_the_free_terabyte_is_shared_by_all_areas() -> None:
    areas = [
        {"service": "cloudfront", "settings": {"edge": edge}, "usage": {"transfer_gb": 1000}}
        for edge in ("us", "india")
    ]
    document = {"region": "us-east-1", "free_tier": "always", "resources": areas}
    answer = estimate(parse_document(document), shipped_catalog(), date(2026, 11, 24))
    assert answer.total == (2000 - 1024) * Decimal("0.109")


def test_requests_functions_and_invalidations_have_their_free_part() -> None:
    usage: dict[str, object] = {
        "https_requests": 10_000_000,
        "function_calls": 3_000_000,
        "invalidated_paths": 1_100,
    }
    assert _total("cloudfront", "always", usage=usage) == Decimal("0.1") + Decimal("0.5")


@pytest.mark.parametrize("region", ["us-east-1", "eu-west-3", "af-south-1"])
def test_the_price_does_not_depend_on_the_region(region: str) -> None:
    assert _total("route53", region=region, settings={"zones": 30}) == Decimal("13.0")


def test_queries_over_a_billion_cost_half() -> None:
    usage: dict[str, object] = {"queries": 1_100_000_000}
    assert _total("route53", settings={"zones": 0}, usage=usage) == 420
