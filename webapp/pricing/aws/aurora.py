"""Amazon Aurora: instances or Serverless v2 capacity, storage, I/O and backups."""

from collections.abc import Iterator
from decimal import Decimal

from webapp.domain.words import N_, wording
from webapp.pricing.aws._db_classes import AURORA_CLASSES, USUAL_AURORA_CLASSES
from webapp.pricing.aws._fields import choice, decimal, monthly, named, whole
from webapp.pricing.aws._hours import counted_hours, further_hours, hours_setting
from webapp.pricing.aws._wording import added, counted
from webapp.pricing.declaration import Inputs, PriceKey, Quantity, ServiceModel

_PROVISIONED, _SERVERLESS = ("capacity", "provisioned"), ("capacity", "serverless_v2")
_STANDARD = ("storage_configuration", "standard")
_ENGINES = (("postgresql", "Aurora PostgreSQL"), ("mysql", "Aurora MySQL"))
#: Part of a price key for each storage configuration.
_CONFIGURATIONS = {"standard": "", "io_optimized": ".io_optimized"}


def _quantities(inputs: Inputs) -> Iterator[Quantity]:
    optimized = _CONFIGURATIONS[inputs.choice("storage_configuration")]
    yield from _capacity(inputs, optimized)
    yield from counted(inputs, ((f"aurora.storage{optimized}", "storage_gb", N_("%(n)s GB")),))
    if not optimized:  # I/O is in the price of an I/O-Optimized cluster
        yield from counted(inputs, (("aurora.io", "io_requests", N_("%(n)s requests")),))
    yield from _backup(inputs)
    yield from counted(inputs, _AS_STATED)


_AS_STATED = (
    ("aurora.backtrack", "backtrack_records", N_("%(n)s change record-hours")),
    ("aurora.replicated_io", "replicated_writes", N_("%(n)s writes")),
    ("aurora.snapshot_export", "snapshot_export_gb", N_("%(n)s GB")),
    ("aurora.cpu_credits", "cpu_credit_hours", N_("%(n)s vCPU-hours")),
)


def _capacity(inputs: Inputs, optimized: str) -> Iterator[Quantity]:
    engine = inputs.choice("engine")
    if inputs.choice("capacity") == "provisioned":
        hours, how = counted_hours(inputs, "instances", "instance_hours")
        if hours:
            kind = inputs.choice("instance_class")
            yield Quantity(f"aurora.instance{optimized}.{kind}.{engine}", hours, how)
        return
    hours, how = counted_hours(inputs, "instances")
    units, more = inputs.number("average_acu"), inputs["acu_hours"]
    if hours * units or more:
        words = added(
            (hours * units, wording("(%(hours)s) × %(units)s ACU", hours=how, units=units)),
            (more, wording("%(n)s ACU-hours", n=more)),
        )
        yield Quantity(f"aurora.acu{optimized}", hours * units + more, words)


def _backup(inputs: Inputs) -> Iterator[Quantity]:
    """Backups are free up to the size of the cluster (Amazon Aurora pricing page)."""
    kept, stored, more = inputs["backup_gb"], inputs["storage_gb"], inputs["further_backup_gb"]
    above = max(Decimal(0), kept - stored)
    if above or more:
        how = added(
            (above, wording("%(kept)s GB − %(stored)s GB of storage", kept=kept, stored=stored)),
            (more, wording("%(gb)s GB", gb=more)),
        )
        yield Quantity("aurora.backup", above + more, how)


def _price(key: str, label: str, unit: str, usagetype: str, **more: str) -> PriceKey:
    return PriceKey(f"aurora.{key}", label, unit, "AmazonRDS", {"usagetype": f"Aurora:{usagetype}"} | more)


def _instances() -> Iterator[PriceKey]:
    labels = {
        ("", "postgresql"): N_("Aurora PostgreSQL instances"),
        ("", "mysql"): N_("Aurora MySQL instances"),
        (".io_optimized", "postgresql"): N_("Aurora PostgreSQL instances, I/O-Optimized"),
        (".io_optimized", "mysql"): N_("Aurora MySQL instances, I/O-Optimized"),
    }
    storage = {"": "EBS Only", ".io_optimized": "Aurora IO Optimization Mode"}
    for optimized in _CONFIGURATIONS.values():
        for engine, listed in _ENGINES:
            selector = {"instanceType": "*", "databaseEngine": listed, "storage": storage[optimized]}
            key, label = f"aurora.instance{optimized}.*.{engine}", labels[optimized, engine]
            yield PriceKey(key, label, "Hour", "AmazonRDS", selector, AURORA_CLASSES)


_ANY = {"databaseEngine": "Any"}
_POSTGRES = {"databaseEngine": "Aurora PostgreSQL"}
PRICES = (
    *_instances(),
    _price("acu", N_("Serverless v2 capacity"), "ACU-Hour", "ServerlessV2Usage", **_POSTGRES),
    _price(
        "acu.io_optimized",
        N_("Serverless v2 capacity, I/O-Optimized"),
        "ACU-Hour",
        "ServerlessV2IOOptimizedUsage",
        **_POSTGRES,
    ),
    _price("storage", N_("Storage"), "GB-Mo", "StorageUsage", **_ANY),
    _price("storage.io_optimized", N_("Storage, I/O-Optimized"), "GB-Mo", "IO-OptimizedStorageUsage", **_ANY),
    _price("io", N_("I/O requests"), "IO", "StorageIOUsage", **_ANY),
    _price("backup", N_("Backups beyond the storage"), "GB-Mo", "BackupUsage", **_POSTGRES),
    _price("backtrack", N_("Backtrack"), "CR-Hour", "BacktrackUsage"),
    _price(
        "replicated_io", N_("Replicated writes of a global database"), "IO", "ReplicatedWriteIO", **_POSTGRES
    ),
    _price("snapshot_export", N_("Snapshots exported to S3"), "GB", "SnapshotExportToS3", **_POSTGRES),
    PriceKey(
        "aurora.cpu_credits",
        N_("CPU credits"),
        "vCPU-Hour",
        "AmazonRDS",
        {"usagetype": "CPUCredits:db.t3"} | _POSTGRES,
    ),
)

SERVICE = ServiceModel(
    code="aurora",
    name="Amazon Aurora",
    category=N_("Database"),
    summary=N_("Database clusters billed by instances or capacity units, storage and I/O."),
    settings=(
        choice("engine", N_("Engine"), _ENGINES),
        choice(
            "capacity",
            N_("Capacity"),
            (("provisioned", N_("Instances")), ("serverless_v2", N_("Serverless v2"))),
        ),
        choice(
            "storage_configuration",
            N_("Cluster configuration"),
            (("standard", N_("Standard")), ("io_optimized", N_("I/O-Optimized"))),
            N_("I/O-Optimized: dearer capacity and storage, no charge for I/O."),
        ),
        named(
            "instance_class",
            N_("Instance class"),
            AURORA_CLASSES,
            USUAL_AURORA_CLASSES,
            shown_when=_PROVISIONED,
        ),
        whole("instances", N_("Instances"), "instances", 1, (0, 1_000), N_("Writers and readers together.")),
        hours_setting(),
        decimal(
            "average_acu",
            N_("Average capacity of one instance"),
            "ACU",
            2,
            (0, 256),
            N_("Between the minimum and maximum set; 1 ACU is about 2 GB of memory."),
            _SERVERLESS,
        ),
    ),
    usage=(
        monthly(
            "storage_gb", N_("Stored data"), "GB", N_("Average over the month; one copy is counted."), per=""
        ),
        monthly("io_requests", N_("I/O requests"), "requests", shown_when=_STANDARD),
        monthly(
            "backup_gb", N_("Backups"), "GB", N_("All that is kept; as much as the data is free."), per=""
        ),
        monthly(
            "further_backup_gb", N_("Backups beyond those free"), "GB", N_("GB-months of a bill."), per=""
        ),
        monthly("backtrack_records", N_("Backtrack"), "change record-hours", N_("Aurora MySQL."), per=""),
        monthly("replicated_writes", N_("Replicated writes"), "writes", N_("Of a global database.")),
        monthly("snapshot_export_gb", N_("Snapshots exported to S3"), "GB", per=""),
        monthly(
            "cpu_credit_hours", N_("CPU above the baseline"), "vCPU-hours", N_("Of T instances."), per=""
        ),
        further_hours("instance_hours", N_("Further instance-hours"), _PROVISIONED),
        monthly("acu_hours", N_("Further ACU-hours"), "ACU-hours", N_("From a bill."), "", _SERVERLESS),
    ),
    prices=PRICES,
    allowances=(),
    quantities=_quantities,
    pricing_page="https://aws.amazon.com/rds/aurora/pricing/",
    keywords=("database", "sql", "postgres", "mysql", "serverless", "acu"),
)
