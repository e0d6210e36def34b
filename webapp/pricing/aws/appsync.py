"""AWS AppSync: GraphQL operations, real-time updates and connections."""

from collections.abc import Iterator
from decimal import Decimal

from webapp.domain.words import N_, wording
from webapp.pricing.aws._fields import decimal, monthly
from webapp.pricing.aws._rounding import started_at_least_one
from webapp.pricing.aws._wording import counted
from webapp.pricing.declaration import Allowance, Inputs, PriceKey, Quantity, ServiceModel

#: Every started 5 KB of an operation or an update is one (AWS AppSync pricing page).
CHUNK_KB = 5
_PAGE = "AWS AppSync pricing page"


def _quantities(inputs: Inputs) -> Iterator[Quantity]:
    yield from _chunked(inputs, "appsync.query", "operations", "operation_kb")
    yield from _chunked(inputs, "appsync.realtime", "updates", "update_kb")
    yield from counted(
        inputs, (("appsync.connection_minute", "connection_minutes", N_("%(n)s connection minutes")),)
    )


def _chunked(inputs: Inputs, key: str, usage: str, size: str) -> Iterator[Quantity]:
    amount = inputs[usage]
    if amount:
        chunks = started_at_least_one(inputs.number(size), CHUNK_KB)
        how = wording("%(n)s × %(chunks)s started chunks of 5 KB", n=amount, chunks=chunks)
        yield Quantity(key, amount * chunks, how)


def _price(key: str, label: str, unit: str, usagetype: str) -> PriceKey:
    return PriceKey(f"appsync.{key}", label, unit, "AWSAppSync", {"usagetype": usagetype})


def _free(name: str, label: str, key: str, amount: int) -> Allowance:
    return Allowance(f"appsync_{name}", label, (f"appsync.{key}",), Decimal(amount), "first-12-months", _PAGE)


SERVICE = ServiceModel(
    code="appsync",
    name="AWS AppSync",
    category=N_("Integration"),
    summary=N_("GraphQL APIs billed per operation and real-time update."),
    settings=(
        decimal("operation_kb", N_("Size of one operation"), "KB", 1, (0, 5_120), N_("In started 5 KB.")),
        decimal("update_kb", N_("Size of one update"), "KB", 1, (0, 240), N_("In started 5 KB.")),
    ),
    usage=(
        monthly("operations", N_("Queries and mutations"), "operations"),
        monthly(
            "updates",
            N_("Real-time updates"),
            "updates",
            N_("An update to a thousand subscribers is a thousand."),
        ),
        monthly("connection_minutes", N_("Connection minutes"), "minutes", per=""),
    ),
    prices=(
        _price("query", N_("Queries and mutations"), "Operation(5 KB)", "GraphQLInvocation"),
        _price("realtime", N_("Real-time updates"), "Update(5 KB)", "GraphQLNotification"),
        _price("connection_minute", N_("Connection minutes"), "Minute", "ConnectionDuration"),
    ),
    allowances=(
        _free("operations", N_("250,000 queries and mutations"), "query", 250_000),
        _free("updates", N_("250,000 real-time updates"), "realtime", 250_000),
        _free("minutes", N_("600,000 connection minutes"), "connection_minute", 600_000),
    ),
    quantities=_quantities,
    assumptions=(N_("AppSync: caches, Event APIs and merged APIs are not counted."),),
    pricing_page="https://aws.amazon.com/appsync/pricing/",
    keywords=("graphql", "api", "subscriptions"),
)
