"""Amazon RDS: instances by engine and deployment, their storage, IOPS, throughput and backups."""

from decimal import Decimal

from webapp.domain.words import N_
from webapp.pricing.aws._db_classes import RDS_CLASSES, USUAL_RDS_CLASSES
from webapp.pricing.aws._fields import choice, decimal, monthly, named, whole
from webapp.pricing.aws._hours import further_hours, hours_setting
from webapp.pricing.aws._rds_metering import rds_quantities
from webapp.pricing.aws._rds_prices import DEPLOYMENTS, ENGINES, PRICES
from webapp.pricing.declaration import Allowance, ServiceModel

_GP3, _MAGNETIC = ("storage_type", "gp3"), ("storage_type", "magnetic")
_FREE_CLASSES = ("db.t2.micro", "db.t3.micro", "db.t4g.micro")
_FREE_ENGINES = ("postgresql", "mysql", "mariadb", "sqlserver_express")

SETTINGS = (
    choice("engine", N_("Engine"), tuple((value, label) for value, label, *_ in ENGINES)),
    named(
        "instance_class",
        N_("Instance class"),
        RDS_CLASSES,
        USUAL_RDS_CLASSES,
        N_("As AWS names it: db, family and size, with dots."),
    ),
    choice(
        "deployment",
        N_("Deployment"),
        tuple((value, label) for value, label, *_ in DEPLOYMENTS),
        N_("The standbys are in the price. Clusters exist for PostgreSQL and MySQL."),
    ),
    whole("instances", N_("Instances"), "instances", 1, (0, 10_000), N_("A standby is not counted.")),
    hours_setting(),
    choice(
        "storage_type",
        N_("Storage type"),
        (
            ("gp3", N_("General Purpose SSD gp3")),
            ("gp2", N_("General Purpose SSD gp2")),
            ("io1", N_("Provisioned IOPS SSD io1")),
            ("io2", N_("Provisioned IOPS SSD io2")),
            ("magnetic", N_("Magnetic")),
        ),
    ),
    decimal(
        "storage_gb", N_("Storage of one instance"), "GB", 0, (0, 65_536), N_("Provisioned, used or not.")
    ),
    whole(
        "iops",
        N_("IOPS of one instance"),
        "IOPS",
        0,
        (0, 256_000),
        N_("For gp3, io1 and io2. gp3 includes 3,000, or 12,000 from 400 GB on (Oracle: 200 GB)."),
    ),
    whole(
        "throughput_mibps",
        N_("Throughput of one instance"),
        "MiB/s",
        0,
        (0, 4_000),
        N_("gp3 includes 125 MiB/s, or 500 from 400 GB on (Oracle: 200 GB)."),
        _GP3,
    ),
)

USAGE = (
    monthly(
        "backup_gb",
        N_("Backups and snapshots"),
        "GB",
        N_("All that is kept; as much as the storage is free."),
        per="",
    ),
    monthly("io_requests", N_("I/O requests"), "requests", N_("Of magnetic storage."), shown_when=_MAGNETIC),
    monthly("cpu_credit_hours", N_("CPU above the baseline"), "vCPU-hours", N_("Of T instances."), per=""),
    monthly(
        "extended_support_hours",
        N_("Extended support"),
        "vCPU-hours",
        N_("MySQL and PostgreSQL versions past their end: vCPUs × hours."),
        per="",
    ),
    monthly("snapshot_export_gb", N_("Snapshots exported to S3"), "GB", per=""),
    further_hours("instance_hours", N_("Further instance-hours")),
    monthly("further_storage_gb", N_("Further storage"), "GB", N_("GB-months of a bill."), per=""),
    monthly("further_backup_gb", N_("Backups beyond those free"), "GB", N_("GB-months of a bill."), per=""),
)


def _first_year(name: str, label: str, keys: tuple[str, ...], quantity: int) -> Allowance:
    source = "AWS free tier page; for accounts opened before 2025-07-15"
    return Allowance(name, label, keys, Decimal(quantity), "first-12-months", source)


SERVICE = ServiceModel(
    code="rds",
    name="Amazon RDS",
    category=N_("Database"),
    summary=N_("Relational databases billed by instance hours, storage and backups."),
    settings=SETTINGS,
    usage=USAGE,
    prices=PRICES,
    allowances=(
        _first_year(
            "rds_hours",
            N_("750 hours of a Single-AZ micro instance"),
            tuple(
                f"rds.instance.{kind}.{engine}.single_az"
                for kind in _FREE_CLASSES
                for engine in _FREE_ENGINES
            ),
            750,
        ),
        _first_year("rds_storage", N_("20 GB of gp2 storage"), ("rds.storage.gp2.single_az",), 20),
        _first_year("rds_backup", N_("20 GB of backups"), ("rds.backup",), 20),
    ),
    quantities=rds_quantities,
    assumptions=(
        N_(
            "RDS bills a partial hour by the second, ten minutes at least, which an even month does not show."
        ),
    ),
    pricing_page="https://aws.amazon.com/rds/pricing/",
    keywords=("database", "sql", "postgres", "mysql", "mariadb", "oracle", "sql server"),
)
