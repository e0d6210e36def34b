"""What an estimate is asked with and answers: the shape, and an example that is really computed."""

from webapp.infra.clock import now
from webapp.pricing.answers import EstimateJson as EstimateJson
from webapp.pricing.catalog_file import shipped_catalog
from webapp.pricing.document import parse_document
from webapp.pricing.engine import estimate
from webapp.pricing.presenting import estimate_to_json as estimate_to_json

#: What the documents show: small numbers, two services, a range.
EXAMPLE_DOCUMENT = {
    "name": "Orders",
    "description": "What the shop sends.",
    "tags": ["shop"],
    "region": "eu-west-1",
    "free_tier": "none",
    "traffic": {
        "volume": {"low": 500000, "expected": 1000000, "high": 4000000},
        "unit": "events",
        "average_payload_bytes": 900,
    },
    "resources": [
        {
            "service": "lambda",
            "name": "worker",
            "settings": {"memory_mb": 512, "duration_ms": 120},
            "usage": {"requests": {"per": "events", "factor": 1}},
        },
        {"service": "sqs", "name": "queue", "usage": {"requests": 3000000}},
    ],
}


def example_estimate() -> EstimateJson:
    """The bill of EXAMPLE_DOCUMENT, with the prices shipped with this release."""
    found = estimate(parse_document(EXAMPLE_DOCUMENT), shipped_catalog(), now().date())
    return estimate_to_json(found)
