"""Amazon ElastiCache: nodes by type and engine, and backups."""

from collections.abc import Iterator
from decimal import Decimal

from webapp.domain.words import N_, wording
from webapp.pricing.aws._cache_nodes import NODE_TYPES, USUAL_NODE_TYPES
from webapp.pricing.aws._fields import choice, monthly, named, whole
from webapp.pricing.aws._hours import further_hours, hours_setting
from webapp.pricing.aws._rounding import started
from webapp.pricing.aws._wording import added, counted
from webapp.pricing.declaration import Allowance, Inputs, PriceKey, Quantity, ServiceModel

_ENGINES = (("valkey", "Valkey"), ("redis", "Redis"), ("memcached", "Memcached"))


def _quantities(inputs: Inputs) -> Iterator[Quantity]:
    # A partial hour of a node is billed as a full one (Amazon ElastiCache pricing page).
    nodes, hours = inputs.number("nodes"), started(inputs.number("hours"), 1)
    more = inputs["node_hours"]
    if nodes * hours or more:
        how = added(
            (nodes * hours, wording("%(n)s × %(hours)s started hours", n=nodes, hours=hours)),
            (more, wording("%(n)s h", n=more)),
        )
        key = f"elasticache.{inputs.choice('node_type')}.{inputs.choice('engine')}"
        yield Quantity(key, nodes * hours + more, how)
    yield from counted(inputs, (("elasticache.backup", "backup_gb", N_("%(n)s GB")),))


def _nodes(engine: str, listed: str) -> PriceKey:
    selector = {"instanceType": "*", "cacheEngine": listed, "locationType": "AWS Region"}
    return PriceKey(f"elasticache.*.{engine}", listed, "Hour", "AmazonElastiCache", selector, NODE_TYPES)


SERVICE = ServiceModel(
    code="elasticache",
    name="Amazon ElastiCache",
    category=N_("Database"),
    summary=N_("Caches of Valkey, Redis and Memcached, billed by node hours."),
    settings=(
        choice("engine", N_("Engine"), _ENGINES),
        named(
            "node_type",
            N_("Node type"),
            NODE_TYPES,
            USUAL_NODE_TYPES,
            N_("As AWS names it: cache, family and size, with dots."),
        ),
        whole("nodes", N_("Nodes"), "nodes", 1, (0, 10_000), N_("Primaries and replicas of all shards.")),
        hours_setting(),
    ),
    usage=(
        monthly("backup_gb", N_("Backups"), "GB", N_("Average over the month."), per=""),
        further_hours("node_hours", N_("Further node hours")),
    ),
    prices=(
        *(_nodes(engine, listed) for engine, listed in _ENGINES),
        PriceKey(
            "elasticache.backup",
            N_("Backups"),
            "GB-Mo",
            "AmazonElastiCache",
            {"usagetype": "ElastiCache:BackupUsage"},
        ),
    ),
    allowances=(
        Allowance(
            "elasticache_hours",
            N_("750 hours of a micro node"),
            tuple(
                f"elasticache.{kind}.{engine}"
                for kind in ("cache.t2.micro", "cache.t3.micro")
                for engine, _ in _ENGINES
            ),
            Decimal(750),
            "first-12-months",
            "AWS free tier page; for accounts opened before 2025-07-15",
        ),
    ),
    quantities=_quantities,
    pricing_page="https://aws.amazon.com/elasticache/pricing/",
    keywords=("cache", "redis", "valkey", "memcached", "in-memory"),
)
