"""Amazon EBS: volumes by type, their IOPS and throughput, snapshots and what is done with them."""

from decimal import Decimal

from webapp.domain.words import N_
from webapp.pricing.aws._ebs_metering import ebs_quantities
from webapp.pricing.aws._fields import choice, decimal, monthly, whole
from webapp.pricing.aws._hours import hours_setting
from webapp.pricing.declaration import Allowance, PriceKey, ServiceModel

_GP3, _MAGNETIC = ("volume_type", "gp3"), ("volume_type", "magnetic")

SETTINGS = (
    choice(
        "volume_type",
        N_("Volume type"),
        (
            ("gp3", N_("General Purpose SSD gp3")),
            ("gp2", N_("General Purpose SSD gp2")),
            ("io2", N_("Provisioned IOPS SSD io2")),
            ("io1", N_("Provisioned IOPS SSD io1")),
            ("st1", N_("Throughput Optimized HDD st1")),
            ("sc1", N_("Cold HDD sc1")),
            ("magnetic", N_("Magnetic")),
        ),
    ),
    whole("volumes", N_("Volumes"), "volumes", 1, (0, 1_000_000)),
    decimal("volume_gb", N_("Size of one volume"), "GB", 0, (0, 65_536), N_("Provisioned, used or not.")),
    whole(
        "iops",
        N_("IOPS of one volume"),
        "IOPS",
        0,
        (0, 256_000),
        N_("For gp3, io1 and io2. 3,000 are included with gp3; io2 is cheaper above 32,000 and 64,000."),
    ),
    whole(
        "throughput_mibps",
        N_("Throughput of one volume"),
        "MiB/s",
        125,
        (0, 2_000),
        N_("125 MiB/s are included."),
        _GP3,
    ),
    hours_setting(),
    whole(
        "restore_snapshots",
        N_("Snapshots with fast restore"),
        "snapshots",
        0,
        (0, 10_000),
    ),
    whole("restore_zones", N_("Zones with fast restore"), "zones", 1, (0, 10), N_("Of each snapshot.")),
    decimal(
        "restore_minutes",
        N_("Time with fast restore"),
        "minutes",
        43_800,
        (0, 44_640),
        N_("Of each snapshot in each zone; an hour is billed at least."),
    ),
)

USAGE = (
    monthly("storage_gb", N_("Further volume storage"), "GB", N_("GB-months of this type."), per=""),
    monthly("io_requests", N_("I/O requests"), "requests", N_("Of magnetic volumes."), shown_when=_MAGNETIC),
    monthly("snapshot_gb", N_("Snapshots"), "GB", N_("Changed blocks kept, average over the month."), per=""),
    monthly(
        "archive_gb",
        N_("Snapshots in the archive"),
        "GB",
        N_("Full size of each; kept for 90 days at least."),
        per="",
    ),
    monthly(
        "archive_early_delete_gb",
        N_("Archived snapshots deleted early"),
        "GB",
        N_("GB × months left of the 90 days."),
        per="",
    ),
    monthly("archive_retrieval_gb", N_("Retrieved from the archive"), "GB", per=""),
    monthly("list_requests", N_("Direct API: list calls"), "requests", per=""),
    monthly("get_units", N_("Direct API: blocks read"), "units", N_("One per 512 KiB block."), per=""),
    monthly("put_units", N_("Direct API: blocks written"), "units", N_("One per 512 KiB block."), per=""),
)


def _price(key: str, label: str, unit: str, usagetype: str) -> PriceKey:
    return PriceKey(f"ebs.{key}", label, unit, "AmazonEC2", {"usagetype": f"EBS:{usagetype}"})


PRICES = (
    _price("gp3.storage", N_("gp3 storage"), "GB-Mo", "VolumeUsage.gp3"),
    _price("gp3.iops", N_("gp3 IOPS above 3,000"), "IOPS-Mo", "VolumeP-IOPS.gp3"),
    _price("gp3.throughput", N_("gp3 throughput above 125 MiB/s"), "GiBps-Mo", "VolumeP-Throughput.gp3"),
    _price("gp2.storage", N_("gp2 storage"), "GB-Mo", "VolumeUsage.gp2"),
    _price("io2.storage", N_("io2 storage"), "GB-Mo", "VolumeUsage.io2"),
    _price("io2.iops.tier1", N_("io2 IOPS up to 32,000"), "IOPS-Mo", "VolumeP-IOPS.io2"),
    _price("io2.iops.tier2", N_("io2 IOPS up to 64,000"), "IOPS-Mo", "VolumeP-IOPS.io2.tier2"),
    _price("io2.iops.tier3", N_("io2 IOPS above 64,000"), "IOPS-Mo", "VolumeP-IOPS.io2.tier3"),
    _price("io1.storage", N_("io1 storage"), "GB-Mo", "VolumeUsage.piops"),
    _price("io1.iops", N_("io1 IOPS"), "IOPS-Mo", "VolumeP-IOPS.piops"),
    _price("st1.storage", N_("st1 storage"), "GB-Mo", "VolumeUsage.st1"),
    _price("sc1.storage", N_("sc1 storage"), "GB-Mo", "VolumeUsage.sc1"),
    _price("magnetic.storage", N_("Magnetic storage"), "GB-Mo", "VolumeUsage"),
    _price("magnetic.io", N_("I/O requests of magnetic volumes"), "IO", "VolumeIOUsage"),
    _price("snapshot", N_("Snapshots"), "GB-Mo", "SnapshotUsage"),
    _price("snapshot_archive", N_("Snapshots in the archive"), "GB-Mo", "SnapshotArchiveStorage"),
    _price("snapshot_archive_retrieval", N_("Retrieved from the archive"), "GB", "SnapshotArchiveRetrieval"),
    _price("fast_snapshot_restore", N_("Fast snapshot restore"), "DSU-Hour", "FastSnapshotRestore"),
    _price("direct.list", N_("Direct API list calls"), "Request", "directAPI.snapshot.List"),
    _price("direct.get", N_("Direct API blocks read"), "SnapshotAPIUnit", "directAPI.snapshot.Get"),
    _price("direct.put", N_("Direct API blocks written"), "SnapshotAPIUnit", "directAPI.snapshot.Put"),
)

SERVICE = ServiceModel(
    code="ebs",
    name="Amazon EBS",
    category=N_("Storage"),
    summary=N_("Volumes billed by provisioned size, IOPS and throughput, and snapshots by what they keep."),
    settings=SETTINGS,
    usage=USAGE,
    prices=PRICES,
    allowances=(
        Allowance(
            "ebs_storage",
            N_("30 GB of gp3, gp2 or magnetic volumes"),
            ("ebs.gp2.storage", "ebs.gp3.storage", "ebs.magnetic.storage"),
            Decimal(30),
            "first-12-months",
            "AWS free tier page; for accounts opened before 2025-07-15",
        ),
    ),
    quantities=ebs_quantities,
    assumptions=(N_("EBS volumes exist for the hours stated; a month is 730 of them."),),
    pricing_page="https://aws.amazon.com/ebs/pricing/",
    keywords=("volume", "disk", "block storage", "snapshot", "gp3"),
)
