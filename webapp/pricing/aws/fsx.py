"""Amazon FSx: file systems for Windows and OpenZFS, by storage, throughput and backups."""

from collections.abc import Iterator
from decimal import Decimal

from webapp.domain.words import N_, Wording, wording
from webapp.pricing.aws._fields import choice, decimal, whole
from webapp.pricing.declaration import Inputs, PriceKey, Quantity, ServiceModel

_WINDOWS, _OPENZFS = ("file_system", "windows"), ("file_system", "openzfs")


def _quantities(inputs: Inputs) -> Iterator[Quantity]:
    """GB and MBps that exist all month. What is saved by deduplication or compression is not billed."""
    windows = inputs.choice("file_system") == "windows"
    base = f"fsx.windows.{inputs.choice('deployment')}" if windows else "fsx.openzfs"
    media = inputs.choice("storage_type") if windows else "ssd"
    gb, saved = inputs.number("storage_gb"), inputs.number("saved_percent")
    stored = gb * (100 - saved) / 100
    if stored:
        yield Quantity(f"{base}.{media}", stored, _saved(gb, saved))
    amounts = {"throughput": inputs.number("throughput_mbps"), "backup": inputs.number("backup_gb")}
    words = {"throughput": N_("%(n)s MBps"), "backup": N_("%(n)s GB kept all month")}
    if not windows:
        amounts["iops"], words["iops"] = inputs.number("provisioned_iops"), N_("%(n)s IOPS")
    for part, amount in amounts.items():
        if amount:
            yield Quantity(f"{base}.{part}", amount, wording(words[part], n=amount))


def _saved(gb: Decimal, saved: Decimal) -> Wording:
    if not saved:
        return wording("%(gb)s GB", gb=gb)
    return wording("%(gb)s GB × %(kept)s %% left after what is saved", gb=gb, kept=100 - saved)


def _windows(deployment: str, listed: str) -> Iterator[PriceKey]:
    found = {"fileSystemType": "Windows", "deploymentOption": listed}
    key = f"fsx.windows.{deployment}"
    yield PriceKey(
        f"{key}.ssd", N_("Windows SSD storage"), "GB-Mo", "AmazonFSx", {**found, "storageType": "SSD"}
    )
    yield PriceKey(
        f"{key}.hdd", N_("Windows HDD storage"), "GB-Mo", "AmazonFSx", {**found, "storageType": "HDD"}
    )
    yield PriceKey(
        f"{key}.throughput",
        N_("Windows throughput"),
        "MBps-Mo",
        "AmazonFSx",
        {**found, "productFamily": "Provisioned Throughput"},
    )
    yield PriceKey(
        f"{key}.backup", N_("Windows backups"), "GB-Mo", "AmazonFSx", {**found, "usagetype": "BackupUsage"}
    )


def _openzfs(part: str, label: str, unit: str, **selector: str) -> PriceKey:
    found = {"fileSystemType": "OpenZFS", "deploymentOption": "Single-AZ", **selector}
    return PriceKey(f"fsx.openzfs.{part}", label, unit, "AmazonFSx", found)


SERVICE = ServiceModel(
    code="fsx",
    name="Amazon FSx",
    category=N_("Storage"),
    summary=N_("File systems billed by storage, throughput and backups."),
    settings=(
        choice(
            "file_system",
            N_("File system"),
            (("windows", N_("FSx for Windows File Server")), ("openzfs", N_("FSx for OpenZFS, single zone"))),
        ),
        choice(
            "deployment",
            N_("Deployment"),
            (("single_az", N_("One zone")), ("multi_az", N_("Several zones"))),
            shown_when=_WINDOWS,
        ),
        choice("storage_type", N_("Storage"), (("ssd", N_("SSD")), ("hdd", N_("HDD"))), shown_when=_WINDOWS),
        decimal("storage_gb", N_("Storage"), "GB", 100, (0, 10_000_000), N_("Before what is saved.")),
        decimal(
            "saved_percent",
            N_("Saved by deduplication or compression"),
            "%",
            0,
            (0, 99),
            N_("AWS expects 50 to 60 % for general files."),
        ),
        whole("throughput_mbps", N_("Throughput"), "MBps", 32, (0, 1_000_000)),
        whole("provisioned_iops", N_("Provisioned IOPS"), "IOPS", 0, (0, 1_000_000), shown_when=_OPENZFS),
        decimal("backup_gb", N_("Backups"), "GB", 0, (0, 10_000_000)),
    ),
    usage=(),
    prices=(
        *_windows("single_az", "Single-AZ"),
        *_windows("multi_az", "Multi-AZ"),
        _openzfs("ssd", N_("OpenZFS storage"), "GB-Mo", storageType="SSD"),
        _openzfs("throughput", N_("OpenZFS throughput"), "MBps-Mo", productFamily="Provisioned Throughput"),
        _openzfs("iops", N_("OpenZFS IOPS"), "IOPS-Mo", productFamily="Provisioned IOPS"),
        _openzfs("backup", N_("OpenZFS backups"), "GB-Mo", usagetype="BackupUsage"),
    ),
    allowances=(),
    quantities=_quantities,
    assumptions=(
        N_("An FSx file system exists for the whole month; extra SSD IOPS for Windows are not counted."),
    ),
    pricing_page="https://aws.amazon.com/fsx/pricing/",
    keywords=("file system", "windows", "smb", "openzfs"),
)
