"""AWS Backup: recovery points kept, and data restored from them."""

from collections.abc import Iterator

from webapp.domain.words import N_
from webapp.pricing.aws._fields import monthly
from webapp.pricing.aws._wording import counted
from webapp.pricing.declaration import Inputs, PriceKey, Quantity, ServiceModel

_GB, _RESTORED = N_("%(n)s GB kept all month"), N_("%(n)s GB restored")
#: Usage, price key, label, billing unit, and how an amount is said.
_ITEMS = (
    ("ebs_gb", "ebs", N_("EBS snapshots"), "GB-Mo", _GB),
    ("efs_warm_gb", "efs.warm", N_("EFS backups, warm"), "GB-Mo", _GB),
    ("efs_cold_gb", "efs.cold", N_("EFS backups, cold"), "GB-Mo", _GB),
    ("rds_gb", "rds", N_("RDS snapshots"), "GB-Mo", _GB),
    ("aurora_gb", "aurora", N_("Aurora snapshots"), "GB-Mo", _GB),
    ("dynamodb_gb", "dynamodb", N_("DynamoDB backups"), "GB-Mo", _GB),
    ("fsx_windows_gb", "fsx_windows", N_("FSx for Windows backups"), "GB-Mo", _GB),
    ("fsx_lustre_gb", "fsx_lustre", N_("FSx for Lustre backups"), "GB-Mo", _GB),
    ("s3_gb", "s3", N_("S3 backups"), "GB-Mo", _GB),
    ("efs_warm_restored_gb", "restore.efs.warm", N_("EFS restored from warm"), "GB", _RESTORED),
    ("efs_cold_restored_gb", "restore.efs.cold", N_("EFS restored from cold"), "GB", _RESTORED),
    ("efs_item_restores", "restore.efs.item", N_("EFS item restores"), "Request", N_("%(n)s requests")),
    ("dynamodb_restored_gb", "restore.dynamodb", N_("DynamoDB restored"), "GB", _RESTORED),
    ("s3_restored_gb", "restore.s3", N_("S3 restored"), "GB", _RESTORED),
)


def _quantities(inputs: Inputs) -> Iterator[Quantity]:
    return counted(inputs, ((f"backup.{key}", name, how) for name, key, *_, how in _ITEMS))


SERVICE = ServiceModel(
    code="backup",
    name="AWS Backup",
    category=N_("Storage"),
    summary=N_("Recovery points of other services billed by what they hold."),
    settings=(),
    usage=tuple(
        monthly(name, label, "requests" if unit == "Request" else "GB", per="")
        for name, _, label, unit, _ in _ITEMS
    ),
    prices=tuple(PriceKey(f"backup.{key}", label, unit, "AWSBackup") for _, key, label, unit, _ in _ITEMS),
    allowances=(),
    quantities=_quantities,
    assumptions=(
        N_("Backup: cold recovery points are kept for the 90 days AWS bills at least."),
        N_("Backup: copies to another region also pay data transfer; add it there."),
    ),
    pricing_page="https://aws.amazon.com/backup/pricing/",
    keywords=("snapshots", "restore", "recovery"),
)
