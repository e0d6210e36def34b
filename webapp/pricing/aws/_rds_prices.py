"""The prices Amazon RDS bills by, per engine and deployment, and where the AWS Price List keeps each."""

from webapp.domain.words import N_, phrase
from webapp.pricing.aws._db_classes import RDS_CLASSES
from webapp.pricing.declaration import PriceKey

#: Value, label, and engine, edition and licence as the AWS Price List has them.
ENGINES = (
    ("postgresql", "PostgreSQL", "PostgreSQL", "", "No license required"),
    ("mysql", "MySQL", "MySQL", "", "No license required"),
    ("mariadb", "MariaDB", "MariaDB", "", "No license required"),
    ("oracle_se2", N_("Oracle SE2, licence included"), "Oracle", "Standard Two", "License included"),
    ("oracle_byol", N_("Oracle EE, own licence"), "Oracle", "Enterprise", "Bring your own license"),
    ("sqlserver_express", "SQL Server Express", "SQL Server", "Express", "License included"),
    ("sqlserver_web", "SQL Server Web", "SQL Server", "Web", "License included"),
    ("sqlserver_standard", "SQL Server Standard", "SQL Server", "Standard", "License included"),
    ("sqlserver_enterprise", "SQL Server Enterprise", "SQL Server", "Enterprise", "License included"),
)
#: Value, label, the AWS Price List's name, and what its usage types put before the storage.
DEPLOYMENTS = (
    ("single_az", N_("Single-AZ"), "Single-AZ", ""),
    ("multi_az", N_("Multi-AZ with a standby"), "Multi-AZ", "Multi-AZ-"),
    (
        "multi_az_cluster",
        N_("Multi-AZ cluster with two readable standbys"),
        "Multi-AZ (readable standbys)",
        "Multi-AZCluster-",
    ),
)
_STORAGE = (
    ("gp3", N_("gp3 storage"), "GP3-Storage"),
    ("gp2", N_("gp2 storage"), "GP2-Storage"),
    ("io1", N_("io1 storage"), "PIOPS-Storage"),
    ("io2", N_("io2 storage"), "PIOPS-Storage-IO2"),
    ("magnetic", N_("Magnetic storage"), "StorageUsage"),
)
_IOPS = (
    ("gp3", N_("gp3 IOPS above those included"), "GP3-PIOPS"),
    ("io1", N_("io1 IOPS"), "PIOPS"),
    ("io2", N_("io2 IOPS"), "PIOPS-IO2"),
)


def _instance_prices() -> tuple[PriceKey, ...]:
    return tuple(
        _instance(engine, label, deployment, name, (listed_engine, edition, licence, listed))
        for engine, label, listed_engine, edition, licence in ENGINES
        for deployment, name, listed, _ in DEPLOYMENTS
    )


def _instance(
    engine: str, label: str, deployment: str, name: str, listed: tuple[str, str, str, str]
) -> PriceKey:
    selector = {
        "instanceType": "*",
        "databaseEngine": listed[0],
        "licenseModel": listed[2],
        "deploymentOption": listed[3],
    }
    edition = {"databaseEdition": listed[1]} if listed[1] else {}
    words = phrase(N_("%(what)s, %(name)s"), what=label, name=name)
    key = f"rds.instance.*.{engine}.{deployment}"
    return PriceKey(key, words, "Hour", "AmazonRDS", selector | edition, RDS_CLASSES)


def _per_deployment(what: str, kind: str, label: str, unit: str, usagetype: str) -> tuple[PriceKey, ...]:
    return tuple(
        PriceKey(
            f"rds.{what}.{kind}.{deployment}",
            phrase(N_("%(what)s, %(name)s"), what=label, name=name),
            unit,
            "AmazonRDS",
            {"usagetype": f"RDS:{prefix}{usagetype}", "databaseEngine": "Any"},
        )
        for deployment, name, _, prefix in DEPLOYMENTS
    )


def _price(key: str, label: str, unit: str, **selector: str) -> PriceKey:
    return PriceKey(f"rds.{key}", label, unit, "AmazonRDS", selector)


PRICES = (
    *_instance_prices(),
    *(
        row
        for kind, label, usage in _STORAGE
        for row in _per_deployment("storage", kind, label, "GB-Mo", usage)
    ),
    *(row for kind, label, usage in _IOPS for row in _per_deployment("iops", kind, label, "IOPS-Mo", usage)),
    *_per_deployment(
        "throughput", "gp3", N_("gp3 throughput above that included"), "MiBps-Mo", "GP3-Throughput"
    ),
    _price("io", N_("I/O requests of magnetic storage"), "IO", usagetype="RDS:StorageIOUsage"),
    _price(
        "backup",
        N_("Backups beyond the storage"),
        "GB-Mo",
        usagetype="RDS:ChargedBackupUsage",
        databaseEngine="PostgreSQL",
    ),
    _price(
        "cpu_credits.open",
        N_("CPU credits"),
        "vCPU-Hour",
        usagetype="CPUCredits:db.t3",
        databaseEngine="PostgreSQL",
    ),
    _price(
        "cpu_credits.sqlserver",
        N_("CPU credits of SQL Server"),
        "vCPU-Hour",
        usagetype="CPUCredits:db.t3",
        databaseEngine="SQL Server",
    ),
    _price(
        "extended_support",
        N_("Extended support, first two years"),
        "vCPU-Hour",
        usagetype="ExtendedSupport:Yr1-Yr2:MySQL5.7",
    ),
    _price(
        "snapshot_export",
        N_("Snapshots exported to S3"),
        "GB",
        usagetype="RDS:SnapshotExportToS3",
        databaseEngine="PostgreSQL",
    ),
)
