"""Estimates: time of 100 and of 1,000 resources, through the whole engine.

    python -m tests.bench.bench_estimate

Ratios are against one run of the same document's JSON through `json.loads`, the least any estimate
has to do, and of 1,000 resources against 100.
Exits 1 when a promise is broken.
"""

import json
import sys
from datetime import date
from statistics import median
from time import perf_counter

from webapp.pricing.catalog_file import shipped_catalog
from webapp.pricing.document import parse_document
from webapp.pricing.engine import estimate
from webapp.pricing.presenting import estimate_to_json

ROUNDS = 15
#: The promise for 100 resources; 1,000 may take ten times that.
HUNDRED_S = 0.020


def document_of(resources: int) -> dict[str, object]:
    """A document of five kinds of resources in turn, with a range of traffic."""
    per_event = {"per": "events", "factor": 1.5}
    kinds: list[dict[str, object]] = [
        {"service": "lambda", "settings": {"memory_mb": 512}, "usage": {"requests": per_event}},
        {"service": "sqs", "usage": {"requests": {"per": "chunks_64kb", "factor": 3}}},
        {"service": "dynamodb", "usage": {"writes": per_event, "reads": per_event, "storage_gb": 5}},
        {"service": "s3", "usage": {"storage_gb": 50, "put_requests": per_event, "get_requests": 1_000}},
        {"service": "cloudwatch", "usage": {"log_ingest_gb": 3, "standard_alarms": 2}},
    ]
    volume = {"low": 1_000_000, "expected": 5_000_000, "high": 20_000_000}
    return {
        "region": "eu-west-1",
        "free_tier": "always",
        "traffic": {"volume": volume, "average_payload_bytes": 700},
        "resources": [kinds[index % len(kinds)] for index in range(resources)],
    }


def _price(raw: bytes) -> None:
    estimate_to_json(estimate(parse_document(json.loads(raw)), shipped_catalog(), date(2026, 11, 24)))


def _seconds(raw: bytes, *, price: bool) -> float:
    times = []
    for _ in range(ROUNDS):
        start = perf_counter()
        _price(raw) if price else json.loads(raw)
        times.append(perf_counter() - start)
    return median(times)


def main() -> int:
    small, large = (json.dumps(document_of(count)).encode() for count in (100, 1_000))
    _price(small)
    hundred, thousand = _seconds(small, price=True), _seconds(large, price=True)
    baseline = _seconds(small, price=False)
    print(f"100 resources: {hundred * 1000:.2f} ms ({hundred / baseline:.0f} x json.loads of the document)")
    print(f"1,000 resources: {thousand * 1000:.2f} ms ({thousand / hundred:.2f} x 100 resources)")
    return int(hundred > HUNDRED_S or thousand > 10 * HUNDRED_S)


if __name__ == "__main__":
    sys.exit(main())
