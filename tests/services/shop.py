"""A small shop to test with: one document, stored."""

from uuid import UUID

from webapp.infra.db import unit_of_work
from webapp.pricing.document import parse_document
from webapp.services.scenarios import ScenarioView, create_scenario


def shop_document(**parts: object) -> dict[str, object]:
    """A raw document: 1,000 events a month through a queue."""
    queue = {"service": "sqs", "name": "Queue", "usage": {"requests": {"per": "chunks_64kb", "factor": 3}}}
    document: dict[str, object] = {
        "name": "Shop",
        "region": "us-east-1",
        "tags": ["web"],
        "traffic": {"volume": 1_000_000, "average_payload_bytes": 100},
        "resources": [queue],
    }
    return document | parts


def make_shop(owner_id: UUID, **parts: object) -> ScenarioView:
    """The document, stored in a transaction of its own."""
    with unit_of_work():
        return create_scenario(owner_id, parse_document(shop_document(**parts)))
