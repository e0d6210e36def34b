"""How AWS meters EBS volumes and snapshots: from settings and monthly usage to billed quantities."""

from collections.abc import Iterator
from decimal import Decimal

from webapp.domain.words import N_, Wording, wording
from webapp.pricing.aws._wording import added, counted
from webapp.pricing.declaration import Inputs, Quantity
from webapp.pricing.prices import HOURS_PER_MONTH

#: Included with every gp3 volume (Amazon EBS pricing page).
GP3_IOPS, GP3_MIBPS = 3_000, 125
#: The price of throughput is per GiB/s (AWS Price List, unit GiBps-mo).
MIB_PER_GIB = 1_024
#: Up to which IOPS of one io2 volume each price holds; AWS lists each as a product of its own.
IO2_STEPS = (("tier1", 0, 32_000), ("tier2", 32_000, 64_000), ("tier3", 64_000, None))
#: Fast snapshot restore is billed by the minute, an hour at least (Amazon EBS pricing page).
RESTORE_MINIMUM_MINUTES = 60


def ebs_quantities(inputs: Inputs) -> Iterator[Quantity]:
    """Everything the volumes of one resource and their snapshots are billed for in a month."""
    kind = inputs.choice("volume_type")
    yield from _storage(inputs, kind)
    if inputs.number("volumes") and inputs.number("hours"):
        yield from _performance(inputs, kind)
    yield from _fast_restore(inputs)
    if kind == "magnetic":
        yield from counted(inputs, (("ebs.magnetic.io", "io_requests", N_("%(n)s requests")),))
    yield from _archive(inputs)
    yield from counted(inputs, _AS_STATED)


_AS_STATED = (
    ("ebs.snapshot", "snapshot_gb", N_("%(n)s GB")),
    ("ebs.snapshot_archive_retrieval", "archive_retrieval_gb", N_("%(n)s GB")),
    ("ebs.direct.list", "list_requests", N_("%(n)s requests")),
    ("ebs.direct.get", "get_units", N_("%(n)s blocks")),
    ("ebs.direct.put", "put_units", N_("%(n)s blocks")),
)


def _storage(inputs: Inputs, kind: str) -> Iterator[Quantity]:
    months, how = _volume_months(inputs)
    gb, more = inputs.number("volume_gb"), inputs["storage_gb"]
    if not (months * gb or more):
        return
    words = added(
        (months * gb, wording("%(gb)s GB × %(volumes)s", gb=gb, volumes=how)),
        (more, wording("%(gb)s GB-months", gb=more)),
    )
    yield Quantity(f"ebs.{kind}.storage", months * gb + more, words)


def _volume_months(inputs: Inputs) -> tuple[Decimal, Wording]:
    """Volumes, each counted by the part of a month it exists."""
    volumes, hours = inputs.number("volumes"), inputs.number("hours")
    if hours == HOURS_PER_MONTH:
        return volumes, wording("%(n)s volumes", n=volumes)
    how = wording("%(n)s volumes × %(hours)s h / 730 h", n=volumes, hours=hours)
    return volumes * hours / HOURS_PER_MONTH, how


def _performance(inputs: Inputs, kind: str) -> Iterator[Quantity]:
    months, how = _volume_months(inputs)
    iops = inputs.number("iops")
    if kind == "gp3":
        yield from _per_volume(
            "ebs.gp3.iops", months, how, iops - GP3_IOPS, N_("%(each)s IOPS × %(volumes)s")
        )
        message = N_("%(each)s GiB/s × %(volumes)s")
        gib = (inputs.number("throughput_mibps") - GP3_MIBPS) / MIB_PER_GIB
        yield from _per_volume("ebs.gp3.throughput", months, how, gib, message)
    elif kind == "io1":
        yield from _per_volume("ebs.io1.iops", months, how, iops, N_("%(each)s IOPS × %(volumes)s"))
    elif kind == "io2":
        for step, start, end in IO2_STEPS:
            within = (iops if end is None else min(iops, Decimal(end))) - start
            message = N_("%(each)s IOPS of a volume in this step × %(volumes)s")
            yield from _per_volume(f"ebs.io2.iops.{step}", months, how, within, message)


def _per_volume(key: str, months: Decimal, how: Wording, each: Decimal, message: str) -> Iterator[Quantity]:
    """`each` above what is included, on every volume."""
    if each > 0:
        yield Quantity(key, each * months, wording(message, each=each, volumes=how))


def _fast_restore(inputs: Inputs) -> Iterator[Quantity]:
    snapshots, zones = inputs.number("restore_snapshots"), inputs.number("restore_zones")
    if not (snapshots and zones):
        return
    minutes = max(inputs.number("restore_minutes"), Decimal(RESTORE_MINIMUM_MINUTES))
    how = wording(
        "%(snapshots)s snapshots × %(zones)s zones × %(minutes)s min / 60",
        snapshots=snapshots,
        zones=zones,
        minutes=minutes,
    )
    yield Quantity("ebs.fast_snapshot_restore", snapshots * zones * minutes / 60, how)


def _archive(inputs: Inputs) -> Iterator[Quantity]:
    """Archived GB, and the rest of the 90 days of what was deleted before; AWS charges both alike."""
    kept, deleted = inputs["archive_gb"], inputs["archive_early_delete_gb"]
    if kept or deleted:
        how = added(
            (kept, wording("%(gb)s GB", gb=kept)),
            (deleted, wording("%(gb)s GB-months of early deletion", gb=deleted)),
        )
        yield Quantity("ebs.snapshot_archive", kept + deleted, how)
