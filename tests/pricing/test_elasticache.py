"""ElastiCache: started node hours, and a price for each engine."""

from datetime import date
from decimal import Decimal

import pytest

from tests.pricing.metering import metered
from webapp.pricing.catalog_file import shipped_catalog
from webapp.pricing.document import parse_document
from webapp.pricing.engine import estimate


def test_a_started_hour_of_a_node_is_a_whole_one() -> None:
    assert metered("elasticache", nodes=3, hours="1.5", node_hours=4) == {
        "elasticache.cache.t4g.medium.valkey": Decimal(10)
    }


@pytest.mark.parametrize(
    ("region", "node_type", "engine", "usd"),
    [
        ("us-east-1", "cache.m4.large", "redis", "0.156"),
        ("us-east-1", "cache.c7gn.large", "valkey", "0.204"),
        ("us-west-2", "cache.t3.medium", "memcached", "0.068"),
        ("eu-central-1", "cache.m7g.large", "valkey", "0.1504"),
    ],
)
def test_an_hour_costs_what_the_price_list_says(region: str, node_type: str, engine: str, usd: str) -> None:
    settings = {"node_type": node_type, "engine": engine, "hours": 1}
    document = {"region": region, "resources": [{"service": "elasticache", "settings": settings}]}
    assert estimate(parse_document(document), shipped_catalog(), date(2026, 11, 24)).total == Decimal(usd)
