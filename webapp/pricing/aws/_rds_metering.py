"""How AWS meters RDS instances, their storage and backups: from settings and usage to billed quantities."""

from collections.abc import Iterator
from decimal import Decimal

from webapp.domain.words import N_, Wording, wording
from webapp.pricing.aws._hours import counted_hours
from webapp.pricing.aws._wording import added, counted
from webapp.pricing.declaration import Inputs, Quantity
from webapp.pricing.prices import HOURS_PER_MONTH

#: From this size on a gp3 volume is striped and includes more (Amazon RDS user guide, gp3 storage).
STRIPED_FROM_GB = {"oracle_se2": 200, "oracle_byol": 200}
STRIPED_FROM_GB_ELSE = 400
#: IOPS and MiB/s that gp3 includes, before and after; SQL Server is never striped.
GP3_INCLUDED, GP3_STRIPED = (3_000, 125), (12_000, 500)


def rds_quantities(inputs: Inputs) -> Iterator[Quantity]:
    """Everything the instances of one resource are billed for in a month."""
    yield from _instances(inputs)
    yield from _storage(inputs)
    yield from _backup(inputs)
    credits_of = "sqlserver" if _is_sqlserver(inputs) else "open"
    lines = (
        (f"rds.cpu_credits.{credits_of}", "cpu_credit_hours", N_("%(n)s vCPU-hours")),
        ("rds.extended_support", "extended_support_hours", N_("%(n)s vCPU-hours")),
        ("rds.snapshot_export", "snapshot_export_gb", N_("%(n)s GB")),
    )
    yield from counted(inputs, lines)


def _is_sqlserver(inputs: Inputs) -> bool:
    return inputs.choice("engine").startswith("sqlserver")


def _instances(inputs: Inputs) -> Iterator[Quantity]:
    hours, how = counted_hours(inputs, "instances", "instance_hours")
    if hours:
        kind, engine = inputs.choice("instance_class"), inputs.choice("engine")
        yield Quantity(f"rds.instance.{kind}.{engine}.{inputs.choice('deployment')}", hours, how)


def _instance_months(inputs: Inputs) -> tuple[Decimal, Wording]:
    """Instances, each counted by the part of a month it exists."""
    instances, hours = inputs.number("instances"), inputs.number("hours")
    if hours == HOURS_PER_MONTH:
        return instances, wording("%(n)s instances", n=instances)
    how = wording("%(n)s instances × %(hours)s h / 730 h", n=instances, hours=hours)
    return instances * hours / HOURS_PER_MONTH, how


def _storage(inputs: Inputs) -> Iterator[Quantity]:
    kind, deployment = inputs.choice("storage_type"), inputs.choice("deployment")
    months, how = _instance_months(inputs)
    each, more = inputs.number("storage_gb"), inputs["further_storage_gb"]
    if each * months or more:
        words = added(
            (each * months, wording("%(gb)s GB × %(instances)s", gb=each, instances=how)),
            (more, wording("%(gb)s GB-months", gb=more)),
        )
        yield Quantity(f"rds.storage.{kind}.{deployment}", each * months + more, words)
    for what, above in _above_included(inputs, kind):
        if above * months > 0:
            words = wording("%(each)s × %(instances)s", each=above, instances=how)
            yield Quantity(f"rds.{what}.{kind}.{deployment}", above * months, words)
    if kind == "magnetic":
        yield from counted(inputs, (("rds.io", "io_requests", N_("%(n)s requests")),))


def _above_included(inputs: Inputs, kind: str) -> Iterator[tuple[str, Decimal]]:
    """Provisioned IOPS and MiB/s of one instance that are billed."""
    if kind == "gp3":
        iops, mibps = _included(inputs)
        yield "iops", inputs.number("iops") - iops
        yield "throughput", inputs.number("throughput_mibps") - mibps
    elif kind in ("io1", "io2"):
        yield "iops", inputs.number("iops")


def _included(inputs: Inputs) -> tuple[int, int]:
    striped_from = STRIPED_FROM_GB.get(inputs.choice("engine"), STRIPED_FROM_GB_ELSE)
    is_striped = inputs.number("storage_gb") >= striped_from and not _is_sqlserver(inputs)
    return GP3_STRIPED if is_striped else GP3_INCLUDED


def _backup(inputs: Inputs) -> Iterator[Quantity]:
    """Backups are free up to the size of the storage (Amazon RDS pricing page)."""
    months, _ = _instance_months(inputs)
    kept, stored = inputs["backup_gb"], inputs.number("storage_gb") * months
    above, more = max(Decimal(0), kept - stored), inputs["further_backup_gb"]
    if above or more:
        how = added(
            (above, wording("%(kept)s GB − %(stored)s GB of storage", kept=kept, stored=stored)),
            (more, wording("%(gb)s GB", gb=more)),
        )
        yield Quantity("rds.backup", above + more, how)
