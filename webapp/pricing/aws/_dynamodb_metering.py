"""How AWS meters DynamoDB: from settings and monthly usage to billed quantities."""

from collections.abc import Iterator
from decimal import Decimal

from webapp.domain.words import figure, phrase
from webapp.pricing.aws._rounding import started_at_least_one
from webapp.pricing.aws._volume import BYTES_PER_GB, how_gb, stated_gb
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
    for key, usage in _GB_LINES:
        yield Quantity(f"ddb.{key}", inputs[usage], phrase("%(gb)s GB", gb=figure(inputs[usage])))
    reads, captured = inputs["stream_reads"], inputs["kinesis_capture_units"]
    yield Quantity("ddb.streams", reads, phrase("%(n)s GetRecords calls", n=figure(reads)))
    yield Quantity("ddb.cdc_kinesis", captured, phrase("%(n)s started KB captured", n=figure(captured)))


_GB_LINES = (
    ("pitr", "pitr_gb"),
    ("backup", "backup_gb"),
    ("restore", "restore_gb"),
    ("export", "export_gb"),
    ("import", "import_gb"),
)


def _on_demand(inputs: Inputs, infix: str) -> Iterator[Quantity]:
    item_kb = inputs.number("item_kb")
    writing, reading = (started_at_least_one(item_kb, step) for step in (WRITE_UNIT_KB, READ_UNIT_KB))
    writes, transactional = inputs["writes"], inputs["transactional_writes"]
    yield Quantity(
        f"ddb.ondemand.wru{infix}",
        (writes + transactional * TRANSACTIONAL) * writing + inputs["write_units"],
        phrase(
            "(%(writes)s writes + %(transactional)s transactional × 2) × %(kb)s started KB "
            "+ %(stated)s units stated",
            writes=figure(writes),
            transactional=figure(transactional),
            kb=figure(writing),
            stated=figure(inputs["write_units"]),
        ),
    )
    eventual, strong, isolated = inputs["reads"], inputs["strong_reads"], inputs["transactional_reads"]
    yield Quantity(
        f"ddb.ondemand.rru{infix}",
        (eventual * EVENTUAL + strong * STRONG + isolated * TRANSACTIONAL) * reading + inputs["read_units"],
        phrase(
            "(%(eventual)s eventual reads × 0.5 + %(strong)s strong + %(isolated)s transactional × 2) "
            "× %(chunks)s started 4 KB + %(stated)s units stated",
            eventual=figure(eventual),
            strong=figure(strong),
            isolated=figure(isolated),
            chunks=figure(reading),
            stated=figure(inputs["read_units"]),
        ),
    )
    replicated = inputs["replicated_writes"]
    yield Quantity(
        f"ddb.ondemand.replicated_wru{infix}",
        replicated * writing,
        phrase(
            "%(n)s replicated writes × %(kb)s started KB in this region",
            n=figure(replicated),
            kb=figure(writing),
        ),
    )


def _provisioned(inputs: Inputs, infix: str) -> Iterator[Quantity]:
    hours = inputs.number("provisioned_hours")
    for kind, name in (("wcu", "WCU"), ("rcu", "RCU"), ("replicated_wcu", "rWCU")):
        units, stated = inputs.number(kind), inputs[f"{kind}_hours"]
        yield Quantity(
            f"ddb.provisioned.{kind}{infix}",
            units * hours + stated,
            phrase(
                "%(units)s %(name)s × %(hours)s h + %(stated)s unit-hours stated",
                units=figure(units),
                name=name,
                hours=figure(hours),
                stated=figure(stated),
            ),
        )


def _storage(inputs: Inputs, infix: str) -> Quantity:
    gb, items = stated_gb(inputs, "storage_gb", "stored_bytes"), inputs["stored_items"]
    how = how_gb(inputs, "storage_gb", "stored_bytes")
    if items:
        how = phrase("%(how)s + %(items)s items × 100 bytes / 1,073,741,824", how=how, items=figure(items))
    return Quantity(f"ddb.storage{infix}", gb + items * ITEM_OVERHEAD_BYTES / BYTES_PER_GB, how)
