"""Starters: whole documents a new scenario can begin from, sized for a small product in its first year."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache

from webapp.domain.words import N_
from webapp.pricing.document import EstimateDocument, parse_document


@dataclass(frozen=True, slots=True)
class Starter:
    """A template: `document` has a name, a region, traffic and resources, all of it to be changed."""

    code: str
    name: str
    summary: str
    document: EstimateDocument


def _per(measure: str, factor: float = 1) -> dict[str, object]:
    return {"per": measure, "factor": factor}


_REST_API: dict[str, object] = {
    "name": "Serverless REST API",
    "region": "eu-west-1",
    "tags": ["api"],
    "traffic": {
        "volume": {"low": 1_000_000, "expected": 5_000_000, "high": 20_000_000},
        "unit": "events",
        "average_payload_bytes": 2_000,
    },
    "resources": [
        {
            "service": "api_gateway",
            "name": "Public API",
            "settings": {"api_type": "rest"},
            "usage": {"rest_requests": _per("events")},
        },
        {
            "service": "lambda",
            "name": "Request handler",
            "settings": {"architecture": "arm64", "memory_mb": 512, "duration_ms": 120},
            "usage": {"requests": _per("events")},
        },
        {
            "service": "dynamodb",
            "name": "Orders table",
            "settings": {"item_kb": 1},
            "usage": {"writes": _per("events", 0.3), "reads": _per("events", 1.5), "storage_gb": 40},
        },
        {
            "service": "cloudwatch",
            "name": "Logs and alarms",
            "usage": {"log_ingest_gb": 12, "standard_alarms": 15},
        },
        {"service": "data_transfer", "name": "Responses", "usage": {"internet_bytes": _per("events", 6_000)}},
    ],
}

_LOG_PIPELINE: dict[str, object] = {
    "name": "Log pipeline",
    "region": "eu-central-1",
    "tags": ["logs"],
    "traffic": {
        "volume": {"low": 30_000_000, "expected": 60_000_000, "high": 150_000_000},
        "unit": "events",
        "average_payload_bytes": 400,
    },
    "resources": [
        {"service": "sqs", "name": "Log queue", "usage": {"requests": _per("chunks_64kb", 1.2)}},
        {
            "service": "lambda",
            "name": "Log shipper",
            "settings": {"architecture": "arm64", "memory_mb": 256, "duration_ms": 90},
            "usage": {"requests": _per("events", 0.1)},
        },
        {
            "service": "s3",
            "name": "Log archive",
            "usage": {
                "stored_bytes": _per("bytes", 0.2),
                "put_requests": _per("events", 0.002),
                "get_requests": 200_000,
            },
        },
        {
            "service": "cloudwatch",
            "name": "Shipper logs",
            "usage": {"log_ingest_gb": 3, "custom_metrics": 12},
        },
    ],
}

_CHATBOT: dict[str, object] = {
    "name": "Chatbot on Bedrock",
    "region": "us-east-1",
    "tags": ["ai"],
    "traffic": {
        "volume": {"low": 50_000, "expected": 200_000, "high": 600_000},
        "unit": "events",
        "average_payload_bytes": 1_200,
    },
    "resources": [
        {
            "service": "bedrock",
            "name": "Answers",
            "settings": {"model": "amazon.nova-pro-v1:0"},
            "usage": {"input_tokens": _per("input_tokens", 6), "output_tokens": _per("events", 350)},
        },
        {
            "service": "api_gateway",
            "name": "Chat socket",
            "settings": {"api_type": "websocket"},
            "usage": {"messages": _per("events", 4), "connection_minutes": _per("events", 3)},
        },
        {
            "service": "lambda",
            "name": "Conversation",
            "settings": {"architecture": "arm64", "memory_mb": 1024, "duration_ms": 4_000},
            "usage": {"requests": _per("events")},
        },
        {
            "service": "dynamodb",
            "name": "Chat history",
            "settings": {"item_kb": 2},
            "usage": {"writes": _per("events", 2), "reads": _per("events", 4), "storage_gb": 20},
        },
        {"service": "cloudwatch", "name": "Logs", "usage": {"log_ingest_gb": 5}},
    ],
}

_STATIC_SITE: dict[str, object] = {
    "name": "Static site with API",
    "region": "us-east-1",
    "tags": ["site"],
    "traffic": {
        "volume": {"low": 300_000, "expected": 1_000_000, "high": 5_000_000},
        "unit": "events",
        "average_payload_bytes": 800,
    },
    "resources": [
        {
            "service": "s3",
            "name": "Site files",
            "usage": {"storage_gb": 5, "put_requests": 2_000, "get_requests": _per("events", 8)},
        },
        {
            "service": "data_transfer",
            "name": "Page downloads",
            "usage": {"internet_bytes": _per("events", 900_000)},
        },
        {
            "service": "api_gateway",
            "name": "Form API",
            "settings": {"api_type": "http"},
            "usage": {"http_requests": _per("chunks_512kb", 0.2)},
        },
        {
            "service": "lambda",
            "name": "Form handler",
            "settings": {"memory_mb": 256, "duration_ms": 60},
            "usage": {"requests": _per("events", 0.2)},
        },
    ],
}


@cache
def all_starters() -> tuple[Starter, ...]:
    """Every starter, its document checked like any other."""
    return (
        Starter(
            "rest-api",
            N_("Serverless REST API"),
            N_("API Gateway, Lambda and DynamoDB behind a public API, with logs and responses."),
            parse_document(_REST_API),
        ),
        Starter(
            "log-pipeline",
            N_("Log pipeline"),
            N_("SQS buffers log lines, Lambda batches them, S3 keeps them."),
            parse_document(_LOG_PIPELINE),
        ),
        Starter(
            "chatbot",
            N_("Chatbot on Bedrock"),
            N_("A model answers over a WebSocket, DynamoDB remembers the conversation."),
            parse_document(_CHATBOT),
        ),
        Starter(
            "static-site",
            N_("Static site with API"),
            N_("S3 serves pages to the internet, a small HTTP API takes forms."),
            parse_document(_STATIC_SITE),
        ),
    )


def find_starter(code: str) -> Starter | None:
    """The starter called `code`."""
    known: Mapping[str, Starter] = {starter.code: starter for starter in all_starters()}
    return known.get(code)
