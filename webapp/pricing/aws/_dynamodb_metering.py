"""How AWS meters DynamoDB: from settings and monthly usage to billed quantities."""

from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal

from webapp.domain.words import N_, wording
from webapp.pricing.aws._rounding import started_at_least_one
from webapp.pricing.aws._volume import BYTES_PER_GB, how_gb, stated_gb
from webapp.pricing.aws._wording import added, counted
from webapp.pricing.declaration import Inputs, Quantity

#: One write unit carries 1 KB of one item, one read unit 4 KB (DynamoDB developer guide, capacity modes).
WRITE_UNIT_KB, READ_UNIT_KB = 1, 4
#: An eventually consistent read costs half a unit per 4 KB, a transaction doubles either (same guide).
EVENTUAL, STRONG, TRANSACTIONAL = Decimal("0.5"), Decimal(1), Decimal(2)
#: Index overhead billed with every stored item (DynamoDB pricing page, data storage).
ITEM_OVERHEAD_BYTES = Decimal(100)


def dynamodb_quantities(inputs: Inputs) -> Iterator[Quantity]:
    """Everything one table is billed for in a month. GB are of 2^30 bytes."""
    infix = ".ia" if inputs.choice("table_class") == "standard_ia" else ""
    if inputs.choice("capacity_mode") == "on_demand":
        yield from _on_demand(inputs, infix)
    else:
        yield from _provisioned(inputs, infix)
    yield _storage(inputs, infix)
    yield from counted(inputs, _AS_STATED)


_AS_STATED = (
    ("ddb.pitr", "pitr_gb", N_("%(n)s GB")),
    ("ddb.backup", "backup_gb", N_("%(n)s GB")),
    ("ddb.restore", "restore_gb", N_("%(n)s GB")),
    ("ddb.export", "export_gb", N_("%(n)s GB")),
    ("ddb.import", "import_gb", N_("%(n)s GB")),
    ("ddb.streams", "stream_reads", N_("%(n)s GetRecords calls")),
    ("ddb.cdc_kinesis", "kinesis_capture_units", N_("%(n)s started KB captured")),
)


@dataclass(frozen=True, slots=True)
class _Requests:
    """One usage of request units: `weight` units a request, per started unit of the item where `sized`."""

    usage: str
    weight: Decimal
    words: str
    sized: bool = True


_WRITES = (
    _Requests("writes", STRONG, N_("%(n)s writes × %(chunks)s started KB")),
    _Requests(
        "transactional_writes", TRANSACTIONAL, N_("%(n)s transactional writes × %(chunks)s started KB × 2")
    ),
    _Requests("write_units", STRONG, N_("%(n)s units stated"), sized=False),
)
_READS = (
    _Requests("reads", EVENTUAL, N_("%(n)s eventual reads × %(chunks)s started 4 KB × 0.5")),
    _Requests("strong_reads", STRONG, N_("%(n)s strong reads × %(chunks)s started 4 KB")),
    _Requests(
        "transactional_reads", TRANSACTIONAL, N_("%(n)s transactional reads × %(chunks)s started 4 KB × 2")
    ),
    _Requests("read_units", STRONG, N_("%(n)s units stated"), sized=False),
)
_REPLICATED = (_Requests("replicated_writes", STRONG, N_("%(n)s replicated writes × %(chunks)s started KB")),)


def _on_demand(inputs: Inputs, infix: str) -> Iterator[Quantity]:
    yield from _request_units(inputs, f"ddb.ondemand.wru{infix}", WRITE_UNIT_KB, _WRITES)
    yield from _request_units(inputs, f"ddb.ondemand.rru{infix}", READ_UNIT_KB, _READS)
    yield from _request_units(inputs, f"ddb.ondemand.replicated_wru{infix}", WRITE_UNIT_KB, _REPLICATED)


def _request_units(
    inputs: Inputs, key: str, unit_kb: int, requests: tuple[_Requests, ...]
) -> Iterator[Quantity]:
    chunks = started_at_least_one(inputs.number("item_kb"), unit_kb)
    terms = []
    for kind in requests:
        n = inputs[kind.usage]
        if n:
            words = wording(kind.words, n=n, chunks=chunks)
            terms.append((n * kind.weight * (chunks if kind.sized else 1), words))
    if terms:
        yield Quantity(key, sum((amount for amount, _ in terms), Decimal(0)), added(*terms))


def _provisioned(inputs: Inputs, infix: str) -> Iterator[Quantity]:
    hours = inputs.number("provisioned_hours")
    for kind, name in (("wcu", "WCU"), ("rcu", "RCU"), ("replicated_wcu", "rWCU")):
        units, stated = inputs.number(kind), inputs[f"{kind}_hours"]
        if not units and not stated:
            continue
        yield Quantity(
            f"ddb.provisioned.{kind}{infix}",
            units * hours + stated,
            added(
                (
                    units,
                    wording(
                        "%(units)s %(name)s × %(hours)s h",
                        units=units,
                        name=name,
                        hours=hours,
                    ),
                ),
                (stated, wording("%(n)s unit-hours stated", n=stated)),
            ),
        )


def _storage(inputs: Inputs, infix: str) -> Quantity:
    gb, items = stated_gb(inputs, "storage_gb", "stored_bytes"), inputs["stored_items"]
    return Quantity(
        f"ddb.storage{infix}",
        gb + items * ITEM_OVERHEAD_BYTES / BYTES_PER_GB,
        added(
            (gb, how_gb(inputs, "storage_gb", "stored_bytes")),
            (items, wording("%(items)s items × 100 bytes / 1,073,741,824", items=items)),
        ),
    )
