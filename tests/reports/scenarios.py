"""Scenarios the report tests draw, built from documents without a database."""

from collections.abc import Mapping
from datetime import UTC, datetime
from uuid import uuid4

from webapp.domain.reports import SECTIONS, Section
from webapp.pricing.catalog_file import shipped_catalog
from webapp.pricing.document import parse_document
from webapp.pricing.engine import estimate
from webapp.services.report_contents import ReportContents
from webapp.services.scenarios import ScenarioView

MOMENT = datetime(2026, 11, 24, 9, 30, tzinfo=UTC)

SHOP: Mapping[str, object] = {
    "name": "Shop",
    "description": "Orders over HTTP, fulfilled from a queue.",
    "region": "eu-central-1",
    "free_tier": "always",
    "tags": ["checkout"],
    "traffic": {
        "volume": {"low": 4_000_000, "expected": 12_000_000, "high": 40_000_000},
        "unit": "events",
        "average_payload_bytes": 2_300,
    },
    "resources": [
        {
            "service": "lambda",
            "name": "Place order",
            "settings": {"memory_mb": 512, "duration_ms": 120},
            "usage": {"requests": {"per": "events", "factor": 1}},
        },
        {"service": "sqs", "name": "Fulfilment", "usage": {"requests": {"per": "chunks_64kb", "factor": 3}}},
        {"service": "lambda", "name": "Fraud check", "usage": {"requests": {"per": "frauds", "factor": 1}}},
    ],
}


def contents_of(
    document: Mapping[str, object], sections: tuple[Section, ...] = tuple(SECTIONS), **changes: object
) -> ReportContents:
    """What a report says about `document` (with `changes`), priced with the shipped catalog."""
    parsed = parse_document({**document, **changes})
    view = ScenarioView(uuid4(), uuid4(), parsed, "draft", "declared", (), 1, MOMENT, MOMENT)
    priced = estimate(parsed, shipped_catalog(), MOMENT.date())
    return ReportContents(view, parsed, priced, sections, MOMENT)


def shop_of(resources: int) -> dict[str, object]:
    """SHOP with as many functions as `resources` says: two lines each, to make a report long."""
    function = {
        "service": "lambda",
        "settings": {"memory_mb": 512, "duration_ms": 120},
        "usage": {"requests": {"per": "events", "factor": 1}},
    }
    return {**SHOP, "resources": [{**function, "name": f"Function {n}"} for n in range(1, resources + 1)]}
