"""How AWS meters DynamoDB: from settings and monthly usage to billed quantities."""

from collections.abc import Iterator
from decimal import Decimal

from webapp.domain.words import N_, figure, phrase
from webapp.pricing.aws._rounding import started_at_least_one
from webapp.pricing.aws._volume import BYTES_PER_GB, how_gb, stated_gb
from webapp.pricing.aws._wording import added
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
    chunks = {step: started_at_least_one(item_kb, step) for step in (WRITE_UNIT_KB, READ_UNIT_KB)}
    for key, step, requests, stated in _REQUESTS:
        terms = [
            (inputs[usage], inputs[usage] * weight * chunks[step], words) for usage, weight, words in requests
        ]
        units = inputs[stated] if stated else Decimal(0)
        yield Quantity(
            f"ddb.ondemand.{key}{infix}",
            sum((amount for _, amount, _ in terms), units),
            added(
                *(
                    (count, phrase(words, n=figure(count), chunks=figure(chunks[step])))
                    for count, _, words in terms
                ),
                (units, phrase("%(n)s units stated", n=figure(units))),
            ),
        )


#: Price, KB of one unit, requests with their weight, and the usage that states units.
_REQUESTS = (
    (
        "wru",
        WRITE_UNIT_KB,
        (
            ("writes", STRONG, N_("%(n)s writes × %(chunks)s started KB")),
            (
                "transactional_writes",
                TRANSACTIONAL,
                N_("%(n)s transactional writes × %(chunks)s started KB × 2"),
            ),
        ),
        "write_units",
    ),
    (
        "rru",
        READ_UNIT_KB,
        (
            ("reads", EVENTUAL, N_("%(n)s eventual reads × %(chunks)s started 4 KB × 0.5")),
            ("strong_reads", STRONG, N_("%(n)s strong reads × %(chunks)s started 4 KB")),
            (
                "transactional_reads",
                TRANSACTIONAL,
                N_("%(n)s transactional reads × %(chunks)s started 4 KB × 2"),
            ),
        ),
        "read_units",
    ),
    (
        "replicated_wru",
        WRITE_UNIT_KB,
        (("replicated_writes", STRONG, N_("%(n)s replicated writes × %(chunks)s started KB")),),
        "",
    ),
)


def _provisioned(inputs: Inputs, infix: str) -> Iterator[Quantity]:
    hours = inputs.number("provisioned_hours")
    for kind, name in (("wcu", "WCU"), ("rcu", "RCU"), ("replicated_wcu", "rWCU")):
        units, stated = inputs.number(kind), inputs[f"{kind}_hours"]
        yield Quantity(
            f"ddb.provisioned.{kind}{infix}",
            units * hours + stated,
            added(
                (
                    units,
                    phrase(
                        "%(units)s %(name)s × %(hours)s h",
                        units=figure(units),
                        name=name,
                        hours=figure(hours),
                    ),
                ),
                (stated, phrase("%(n)s unit-hours stated", n=figure(stated))),
            ),
        )


def _storage(inputs: Inputs, infix: str) -> Quantity:
    gb, items = stated_gb(inputs, "storage_gb", "stored_bytes"), inputs["stored_items"]
    return Quantity(
        f"ddb.storage{infix}",
        gb + items * ITEM_OVERHEAD_BYTES / BYTES_PER_GB,
        added(
            (gb, how_gb(inputs, "storage_gb", "stored_bytes")),
            (items, phrase("%(items)s items × 100 bytes / 1,073,741,824", items=figure(items))),
        ),
    )
