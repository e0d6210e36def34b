"""Amazon Managed Service for Apache Flink: processing units, running storage and backups."""

from collections.abc import Iterator
from decimal import Decimal

from webapp.domain.words import N_, wording
from webapp.pricing.aws._fields import decimal, monthly, whole
from webapp.pricing.aws._hours import hours_setting
from webapp.pricing.aws._wording import added
from webapp.pricing.declaration import Inputs, PriceKey, Quantity, ServiceModel
from webapp.pricing.prices import HOURS_PER_MONTH

#: Every application has one unit more, for orchestration (Managed Service for Apache Flink pricing page).
ORCHESTRATION_UNITS = Decimal(1)
#: Every unit of an application, but not that of its orchestration, holds 50 GB (same page).
STORAGE_GB_PER_UNIT = Decimal(50)


def _quantities(inputs: Inputs) -> Iterator[Quantity]:
    applications, hours = inputs.number("applications"), inputs.number("hours")
    units, further, backup = inputs.number("kpus"), inputs["kpu_hours"], inputs.number("backup_gb")
    running = applications * (units + ORCHESTRATION_UNITS) * hours
    if running or further:
        words = {"n": applications, "kpus": units, "h": hours}
        how = added(
            (running, wording("%(n)s applications × (%(kpus)s + 1 orchestration) KPU × %(h)s h", **words)),
            (further, wording("%(n)s KPU-hours", n=further)),
        )
        yield Quantity("flink.kpu_hour", running + further, how)
    stored = applications * units * STORAGE_GB_PER_UNIT * hours / HOURS_PER_MONTH
    if stored:
        how = wording("%(n)s applications × %(kpus)s KPU × 50 GB × %(h)s h / 730 h", **words)
        yield Quantity("flink.running_storage", stored, how)
    if backup:
        yield Quantity("flink.backup", backup, wording("%(n)s GB kept all month", n=backup))


def _price(key: str, label: str, unit: str, usagetype: str) -> PriceKey:
    return PriceKey(f"flink.{key}", label, unit, "AmazonKinesisAnalytics", {"usagetype": usagetype})


SERVICE = ServiceModel(
    code="managed_flink",
    name="Amazon Managed Service for Apache Flink",
    category=N_("Streaming"),
    summary=N_("Stream processing billed by processing unit and hour."),
    settings=(
        whole("applications", N_("Applications"), "applications", 1, (0, 10_000)),
        decimal("kpus", N_("Processing units (KPU) of one"), "KPU", 1, (0, 1024), N_("On average.")),
        hours_setting(),
        decimal("backup_gb", N_("Durable backups"), "GB", 0, (0, 1_000_000)),
    ),
    usage=(monthly("kpu_hours", N_("Further KPU hours"), "KPU-hours", N_("Added as they are."), per=""),),
    prices=(
        _price("kpu_hour", N_("Processing units"), "KPU-Hour", "KPU-Hour-Java"),
        _price("running_storage", N_("Running storage"), "GB-Mo", "RunningApplicationStorage"),
        _price("backup", N_("Durable backups"), "GB-Mo", "DurableApplicationBackups"),
    ),
    allowances=(),
    quantities=_quantities,
    pricing_page="https://aws.amazon.com/managed-service-apache-flink/pricing/",
    keywords=("flink", "kinesis analytics", "streaming sql"),
)
