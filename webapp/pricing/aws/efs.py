"""Amazon EFS: file systems by storage class, throughput and data moved."""

from collections.abc import Iterator
from decimal import Decimal

from webapp.domain.words import N_, wording
from webapp.pricing.aws._fields import choice, decimal, monthly
from webapp.pricing.aws._wording import counted
from webapp.pricing.declaration import Allowance, Inputs, PriceKey, Quantity, ServiceModel

#: Every 20 GB of Standard storage bring 1 MiB/s of provisioned throughput (Amazon EFS pricing page).
GB_PER_INCLUDED_MIBPS = 20
_REGIONAL = ("availability", "regional")
_ELASTIC, _PROVISIONED = ("throughput", "elastic"), ("throughput", "provisioned")

#: Price and usage of what is billed as stated, by the setting that makes it count.
_STORED = {
    "regional": (
        ("efs.standard", "storage_gb", N_("%(n)s GB")),
        ("efs.ia", "infrequent_access_gb", N_("%(n)s GB")),
        ("efs.archive", "archive_gb", N_("%(n)s GB")),
    ),
    "one_zone": (
        ("efs.onezone", "storage_gb", N_("%(n)s GB")),
        ("efs.onezone_ia", "infrequent_access_gb", N_("%(n)s GB")),
    ),
}
_MOVED = (
    ("efs.elastic_read", "read_gb", N_("%(n)s GB read")),
    ("efs.elastic_write", "written_gb", N_("%(n)s GB written")),
)
_TIERED = (
    ("efs.ia_read", "infrequent_read_gb", N_("%(n)s GB read")),
    ("efs.ia_write", "infrequent_written_gb", N_("%(n)s GB moved")),
)


def _quantities(inputs: Inputs) -> Iterator[Quantity]:
    yield from counted(inputs, _STORED[inputs.choice("availability")])
    yield from counted(inputs, _TIERED)
    if inputs.choice("throughput") == "elastic":
        yield from counted(inputs, _MOVED)
    if inputs.choice("throughput") == "provisioned":
        yield from _provisioned(inputs)


def _provisioned(inputs: Inputs) -> Iterator[Quantity]:
    stated, stored = inputs.number("provisioned_mibps"), inputs["storage_gb"]
    billed = max(Decimal(0), stated - stored / GB_PER_INCLUDED_MIBPS)
    how = wording("%(n)s MiB/s − %(gb)s GB / 20", n=stated, gb=stored)
    yield Quantity("efs.provisioned_throughput", billed, how)


def _price(key: str, label: str, unit: str, usagetype: str = "", **more: str) -> PriceKey:
    """Without a `usagetype` no import finds the price: its name in the AWS Price List has not been seen."""
    selector = {"usagetype": usagetype} | more if usagetype else {}
    return PriceKey(f"efs.{key}", label, unit, "AmazonEFS", selector)


SERVICE = ServiceModel(
    code="efs",
    name="Amazon EFS",
    category=N_("Storage"),
    summary=N_("Shared file systems billed by GB stored, by class, and by throughput."),
    settings=(
        choice(
            "availability",
            N_("Availability"),
            (("regional", N_("Regional")), ("one_zone", N_("One Zone"))),
        ),
        choice(
            "throughput",
            N_("Throughput mode"),
            (
                ("elastic", N_("Elastic")),
                ("bursting", N_("Bursting")),
                ("provisioned", N_("Provisioned")),
            ),
            N_("Bursting costs nothing beyond the storage."),
        ),
        decimal(
            "provisioned_mibps",
            N_("Provisioned throughput"),
            "MiB/s",
            0,
            (0, 3_072),
            N_("Every 20 GB of Standard storage bring 1 MiB/s of it."),
            _PROVISIONED,
        ),
    ),
    usage=(
        monthly("storage_gb", N_("Stored in Standard"), "GB", N_("Average over the month."), per=""),
        monthly("infrequent_access_gb", N_("Stored in Infrequent Access"), "GB", per=""),
        monthly("archive_gb", N_("Stored in Archive"), "GB", per="", shown_when=_REGIONAL),
        monthly("read_gb", N_("Data read"), "GB", per="", shown_when=_ELASTIC),
        monthly("written_gb", N_("Data written"), "GB", per="", shown_when=_ELASTIC),
        monthly("infrequent_read_gb", N_("Read from Infrequent Access"), "GB", per=""),
        monthly("infrequent_written_gb", N_("Moved to Infrequent Access"), "GB", per=""),
    ),
    prices=(
        _price("standard", N_("Standard storage"), "GB-Mo", "TimedStorage-ByteHrs"),
        _price("ia", N_("Infrequent Access storage"), "GB-Mo", "IATimedStorage-ByteHrs"),
        _price("archive", N_("Archive storage"), "GB-Mo"),
        _price("onezone", N_("One Zone storage"), "GB-Mo", "TimedStorage-Z-ByteHrs"),
        _price("onezone_ia", N_("One Zone Infrequent Access storage"), "GB-Mo", "IATimedStorage-Z-ByteHrs"),
        _price("elastic_read", N_("Data read"), "GB"),
        _price("elastic_write", N_("Data written"), "GB"),
        _price("ia_read", N_("Read from Infrequent Access"), "GB", "IADataAccess-Bytes", accessType="Read"),
        _price("ia_write", N_("Moved to Infrequent Access"), "GB", "IADataAccess-Bytes", accessType="Write"),
        _price("provisioned_throughput", N_("Provisioned throughput"), "MiBps-Mo", "ProvisionedTP-MiBpsHrs"),
    ),
    allowances=(
        Allowance(
            "efs_storage",
            N_("5 GB of Standard storage"),
            ("efs.standard",),
            Decimal(5),
            "first-12-months",
            "AWS free tier page; for accounts opened before 2025-07-15",
        ),
    ),
    quantities=_quantities,
    assumptions=(N_("EFS includes throughput by its Standard storage alone when it is provisioned."),),
    pricing_page="https://aws.amazon.com/efs/pricing/",
    keywords=("file system", "nfs", "shared storage"),
)
