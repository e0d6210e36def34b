"""How AWS meters Kinesis data streams: from settings and monthly usage to billed quantities."""

from collections.abc import Iterator
from decimal import Decimal

from webapp.domain.words import wording
from webapp.pricing.aws._rounding import KB_PER_GB, MB_PER_GB, started_at_least_one
from webapp.pricing.declaration import Inputs, Quantity
from webapp.pricing.prices import HOURS_PER_MONTH, SECONDS_PER_MONTH

#: One PUT payload unit of a provisioned stream (AWS Kinesis Data Streams pricing page).
PUT_UNIT_KB = 25
#: On-demand streams round every record up to this (AWS Kinesis Data Streams pricing page).
ON_DEMAND_STEP_KB = 1
#: Retention included in the price, and where the long-term price begins (same page).
INCLUDED_DAYS, EXTENDED_DAYS = Decimal(1), Decimal(7)
#: On-demand Advantage bills at least this throughput in each direction (AWS Pricing Calculator, 2026).
ADVANTAGE_MINIMUM_MB_S = Decimal(25)


def kinesis_quantities(inputs: Inputs) -> Iterator[Quantity]:
    """Everything one stream is billed for in a month. GB are of 1,048,576 KB."""
    mode = inputs.choice("capacity_mode")
    if mode == "provisioned":
        yield from _provisioned(inputs)
    elif mode == "on_demand":
        yield from _on_demand(inputs)
    else:
        yield from _advantage(inputs)


def _gb(inputs: Inputs, record_kb: Decimal) -> Decimal:
    return (inputs["records"] * record_kb + inputs["ingested_kb"]) / KB_PER_GB + inputs["ingested_gb"]


def _on_demand_gb(inputs: Inputs) -> Decimal:
    return _gb(inputs, started_at_least_one(inputs.number("record_kb"), ON_DEMAND_STEP_KB))


def _provisioned(inputs: Inputs) -> Iterator[Quantity]:
    shards, records = inputs.number("shards"), inputs["records"]
    yield _shard_hours("kinesis.shard_hour", shards)
    units = started_at_least_one(inputs.number("record_kb"), PUT_UNIT_KB)
    yield Quantity(
        "kinesis.put_payload_unit",
        records * units + inputs["put_units"],
        wording(
            "%(n)s records × %(units)s started units of 25 KB + %(stated)s units stated",
            n=records,
            units=units,
            stated=inputs["put_units"],
        ),
    )
    gb, consumers = _gb(inputs, inputs.number("record_kb")), inputs.number("efo_consumers")
    yield Quantity(
        "kinesis.efo_consumer_shard_hour",
        consumers * shards * HOURS_PER_MONTH,
        wording("%(c)s consumers × %(s)s shards × 730 h", c=consumers, s=shards),
    )
    yield _read("kinesis.efo_gb", gb, consumers)
    if inputs.number("retention_days") > INCLUDED_DAYS:
        yield _shard_hours("kinesis.extended_retention_shard_hour", shards)
    yield from _long_term(inputs, gb, "kinesis.long_retention")
    read_again = inputs["long_term_read_gb"]
    yield Quantity("kinesis.long_retrieval", read_again, wording("%(n)s GB read again", n=read_again))


def _on_demand(inputs: Inputs) -> Iterator[Quantity]:
    gb = _on_demand_gb(inputs)
    yield Quantity("kinesis.ondemand.stream_hour", HOURS_PER_MONTH, wording("1 stream × 730 h"))
    yield Quantity("kinesis.ondemand.in_gb", gb, wording("%(gb)s GB, each record rounded up to 1 KB", gb=gb))
    yield _read("kinesis.ondemand.out_gb", gb, inputs.number("consumers"))
    yield _read("kinesis.ondemand.efo_gb", gb, inputs.number("efo_consumers"))
    yield from _extended(inputs, gb, "kinesis.ondemand.ext_retention")
    yield from _long_term(inputs, gb, "kinesis.ondemand.long_retention")


def _advantage(inputs: Inputs) -> Iterator[Quantity]:
    gb, least = _on_demand_gb(inputs), ADVANTAGE_MINIMUM_MB_S * SECONDS_PER_MONTH / MB_PER_GB
    read = gb * inputs.number("consumers")
    for key, amount in (("kinesis.advantage.in_gb", gb), ("kinesis.advantage.out_gb", read)):
        yield Quantity(
            key,
            max(amount, least),
            wording(
                "the greater of %(gb)s GB and 25 MB/s × 2,628,000 s / 1,024 = %(least)s GB",
                gb=amount,
                least=least,
            ),
        )
    yield _read("kinesis.advantage.efo_gb", gb, inputs.number("efo_consumers"))
    yield from _extended(inputs, gb, "kinesis.advantage.ext_retention")
    yield from _long_term(inputs, gb, "kinesis.advantage.long_retention")


def _shard_hours(key: str, shards: Decimal) -> Quantity:
    return Quantity(key, shards * HOURS_PER_MONTH, wording("%(n)s shards × 730 h", n=shards))


def _read(key: str, gb: Decimal, consumers: Decimal) -> Quantity:
    how = wording("%(gb)s GB × %(consumers)s consumers", gb=gb, consumers=consumers)
    return Quantity(key, gb * consumers, how)


def _extended(inputs: Inputs, gb: Decimal, key: str) -> Iterator[Quantity]:
    """GB-months kept between the first and the seventh day."""
    yield from _kept(gb, min(inputs.number("retention_days"), EXTENDED_DAYS) - INCLUDED_DAYS, key)


def _long_term(inputs: Inputs, gb: Decimal, key: str) -> Iterator[Quantity]:
    """GB-months kept beyond the seventh day."""
    yield from _kept(gb, inputs.number("retention_days") - EXTENDED_DAYS, key)


def _kept(gb: Decimal, days: Decimal, key: str) -> Iterator[Quantity]:
    if days > 0:
        yield Quantity(
            key,
            gb * days * 24 / HOURS_PER_MONTH,
            wording("%(gb)s GB a month × %(days)s days × 24 h / 730 h", gb=gb, days=days),
        )
