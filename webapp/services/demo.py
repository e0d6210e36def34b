"""The demo account of a local installation: somebody to sign in as, with traffic already recorded."""

import json
import secrets
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from io import BytesIO
from random import Random
from uuid import UUID

from webapp.domain.errors import Unauthenticated
from webapp.infra.clock import now
from webapp.metering.stream import meter
from webapp.pricing.document import parse_document
from webapp.services.account_administration import confirm_account, set_plan, set_role
from webapp.services.accounts import authenticate, find_account, register_account, set_password
from webapp.services.identities import ORDINARY_SCOPES
from webapp.services.keys import create_key, identify_key
from webapp.services.recordings import keep_receipt
from webapp.services.scenario_lists import ScenarioQuery, list_scenarios
from webapp.services.scenarios import create_scenario, set_status

DEMO_EMAIL = "demo@mockupaws.local"
RECORDED_MINUTES = 24

_DOCUMENT: dict[str, object] = {
    "name": "Order events, recorded on staging",
    "description": "24 minutes of staging traffic, projected to the month we expect after launch.",
    "tags": ["demo", "orders"],
    "region": "eu-west-1",
    "free_tier": "always",
    "traffic": {"volume": {"low": 4_000_000, "expected": 9_000_000, "high": 25_000_000}, "unit": "events"},
    "resources": [
        {
            "service": "api_gateway",
            "name": "Order intake",
            "settings": {"api_type": "http"},
            "usage": {"http_requests": {"per": "chunks_512kb", "factor": 1}},
        },
        {
            "service": "sqs",
            "name": "Order queue",
            "usage": {"requests": {"per": "chunks_64kb", "factor": 3}},
        },
        {
            "service": "lambda",
            "name": "Order worker",
            "settings": {"architecture": "arm64", "memory_mb": 512, "duration_ms": 140},
            "usage": {"requests": {"per": "events", "factor": 1}},
        },
        {
            "service": "dynamodb",
            "name": "Orders",
            "usage": {
                "write_units": {"per": "chunks_1kb", "factor": 1},
                "reads": {"per": "events", "factor": 2},
                "storage_gb": 60,
            },
        },
        {
            "service": "s3",
            "name": "Event archive",
            "usage": {
                "stored_bytes": {"per": "bytes", "factor": 1},
                "put_requests": {"per": "events", "factor": 0.01},
                "get_requests": 50_000,
            },
        },
        {
            "service": "cloudwatch",
            "name": "Logs and alarms",
            "usage": {"log_ingest_bytes": {"per": "bytes", "factor": 1.5}, "standard_alarms": 20},
        },
    ],
}


@dataclass(frozen=True, slots=True)
class DemoAccess:
    """How to sign in to the demo, as a person and as a client."""

    email: str
    password: str
    api_key: str


def create_demo(known: DemoAccess | None) -> DemoAccess:
    """Make sure the demo account, its key and its scenario are there.

    `known` is the access of an earlier start; what of it still works is kept, what is lost is made anew.
    """
    account = find_account(DEMO_EMAIL)
    password = known.password if known and _signs_in(known) else secrets.token_urlsafe(9)
    if account is None:
        account = register_account(DEMO_EMAIL, password, role="admin", plan="enterprise", is_confirmed=True)
        _record_scenario(account.id)
    else:
        _open_everything(account.id)
        if known is None or password != known.password:
            set_password(account.id, password)
    api_key = (
        known.api_key
        if known and _opens(known, account.id)
        else create_key(account.id, "Demo", ORDINARY_SCOPES).secret
    )
    return DemoAccess(DEMO_EMAIL, password, api_key)


def _open_everything(account_id: UUID) -> None:
    """A first look is to see every page and to meet no limit, also in a demo of an earlier version."""
    set_role(account_id, "admin")
    set_plan(account_id, "enterprise")
    confirm_account(account_id)


def _signs_in(known: DemoAccess) -> bool:
    try:
        return bool(authenticate(known.email, known.password))
    except Unauthenticated:
        return False


def _opens(known: DemoAccess, owner_id: UUID) -> bool:
    try:
        return identify_key(known.api_key).owner_id == owner_id
    except Unauthenticated:
        return False


def _record_scenario(owner_id: UUID) -> None:
    """Run generated order events through the same metering a client's events pass, a minute at a time."""
    if list_scenarios(owner_id, ScenarioQuery(status="completed")).total:
        return
    scenario = create_scenario(owner_id, parse_document(_DOCUMENT))
    random = Random(20_261_124)  # noqa: S311 - example events, the same at every first start
    first = now() - timedelta(minutes=RECORDED_MINUTES)
    for minute in range(RECORDED_MINUTES):
        body = b"".join(_order_events(random, 90 + 45 * (minute % 7) + random.randrange(60)))
        receipt = meter(BytesIO(body), content_type="application/x-ndjson")
        keep_receipt(owner_id, scenario.id, receipt, None, first + timedelta(minutes=minute))
    set_status(owner_id, scenario.id, "completed")


def _order_events(random: Random, count: int) -> Iterator[bytes]:
    for _ in range(count):
        lines = [
            {
                "sku": f"SKU-{random.randrange(10_000):05}",
                "quantity": random.randint(1, 4),
                "unit_price_cents": random.randint(199, 24_999),
            }
            for _ in range(random.choice((1, 1, 1, 2, 3, 8)))
        ]
        event = {
            "type": random.choice(("order.placed", "order.paid", "order.shipped")),
            "order_id": f"{random.getrandbits(64):016x}",
            "customer_id": random.randrange(400_000),
            "lines": lines,
        }
        yield json.dumps(event).encode() + b"\n"
