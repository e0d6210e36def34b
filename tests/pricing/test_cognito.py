"""Cognito: which free users belong to which pool."""

from datetime import date
from decimal import Decimal

import pytest

from webapp.pricing.catalog_file import shipped_catalog
from webapp.pricing.document import parse_document
from webapp.pricing.engine import estimate


def _total(tier: str, users: int) -> Decimal:
    resource = {"service": "cognito", "settings": {"tier": tier}, "usage": {"active_users": users}}
    document = parse_document({"region": "us-east-1", "free_tier": "always", "resources": [resource]})
    return estimate(document, shipped_catalog(), date(2026, 11, 24)).total


@pytest.mark.parametrize(
    ("tier", "users", "usd"), [("lite", 10_000, "0"), ("lite", 50_000, "220"), ("legacy", 50_000, "0")]
)
def test_older_pools_keep_fifty_thousand_free_users(tier: str, users: int, usd: str) -> None:
    assert _total(tier, users) == Decimal(usd)


def test_tiers_start_after_the_free_users() -> None:
    assert _total("legacy", 100_001) == Decimal(50_000) * Decimal("0.0055") + Decimal("0.0046")
