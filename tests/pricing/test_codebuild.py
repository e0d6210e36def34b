"""CodeBuild: started minutes, and the machine that has free ones."""

from datetime import date
from decimal import Decimal

from tests.pricing.metering import metered
from webapp.pricing.catalog_file import shipped_catalog
from webapp.pricing.document import parse_document
from webapp.pricing.engine import estimate


def test_a_started_minute_is_a_minute() -> None:
    units = metered("codebuild", machine="linux.large", builds=10, build_minutes="2.5", minutes=7)
    assert units == {"codebuild.general1.large": Decimal(37)}


def test_only_the_small_machine_has_free_minutes() -> None:
    resources = [
        {"service": "codebuild", "settings": {"machine": machine}, "usage": {"minutes": 100}}
        for machine in ("linux.small", "linux.medium")
    ]
    document = parse_document({"region": "us-east-1", "free_tier": "always", "resources": resources})
    answer = estimate(document, shipped_catalog(), date(2026, 11, 24))
    assert answer.by_resource == (Decimal(0), Decimal(1))
