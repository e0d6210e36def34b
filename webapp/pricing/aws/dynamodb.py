"""Amazon DynamoDB: on-demand and provisioned tables, storage, backup, streams, export and import."""

from decimal import Decimal

from webapp.domain.words import N_
from webapp.pricing.aws._dynamodb_metering import dynamodb_quantities
from webapp.pricing.aws._fields import choice, decimal, monthly, whole
from webapp.pricing.declaration import Allowance, PriceKey, ServiceModel

_ON_DEMAND = ("capacity_mode", "on_demand")
_PROVISIONED = ("capacity_mode", "provisioned")
#: 25 units for a whole month of 744 hours (AWS Price List, first tier of the provisioned units).
FREE_UNIT_HOURS = Decimal(18_600)
_PAGE = "Amazon DynamoDB pricing page; AWS Price List"

SETTINGS = (
    choice(
        "capacity_mode",
        N_("Capacity mode"),
        (("on_demand", N_("On-demand")), ("provisioned", N_("Provisioned"))),
    ),
    choice(
        "table_class",
        N_("Table class"),
        (("standard", N_("Standard")), ("standard_ia", N_("Standard-Infrequent Access"))),
        N_("Infrequent Access: cheaper storage, dearer requests, no free storage."),
    ),
    decimal(
        "item_kb",
        N_("Average item size"),
        "KB",
        1,
        (0, 400),
        N_("Every started KB of a write and every started 4 KB of a read is one unit."),
        _ON_DEMAND,
    ),
    whole("wcu", N_("Write capacity units"), "WCU", 0, (0, 10_000_000), shown_when=_PROVISIONED),
    whole("rcu", N_("Read capacity units"), "RCU", 0, (0, 10_000_000), shown_when=_PROVISIONED),
    whole(
        "replicated_wcu",
        N_("Replicated write capacity units"),
        "rWCU",
        0,
        (0, 10_000_000),
        N_("Of a global table, in this region."),
        _PROVISIONED,
    ),
    decimal(
        "provisioned_hours",
        N_("Hours provisioned"),
        "hours",
        730,
        (0, 744),
        N_("A month has 730."),
        _PROVISIONED,
    ),
)

USAGE = (
    monthly("writes", N_("Writes"), "writes", N_("Of the item size above."), shown_when=_ON_DEMAND),
    monthly(
        "transactional_writes",
        N_("Transactional writes"),
        "writes",
        N_("Count two units per KB."),
        shown_when=_ON_DEMAND,
    ),
    monthly(
        "reads",
        N_("Eventually consistent reads"),
        "reads",
        N_("The default of DynamoDB; half a unit per 4 KB."),
        shown_when=_ON_DEMAND,
    ),
    monthly("strong_reads", N_("Strongly consistent reads"), "reads", shown_when=_ON_DEMAND),
    monthly(
        "transactional_reads",
        N_("Transactional reads"),
        "reads",
        N_("Count two units per 4 KB."),
        shown_when=_ON_DEMAND,
    ),
    monthly(
        "write_units",
        N_("Further write request units"),
        "WRU",
        N_("Counted elsewhere, or one per started KB of recorded traffic."),
        per="chunks_1kb",
        shown_when=_ON_DEMAND,
    ),
    monthly(
        "read_units",
        N_("Further read request units"),
        "RRU",
        N_("Counted elsewhere, or one per started 4 KB of recorded traffic."),
        per="chunks_4kb",
        shown_when=_ON_DEMAND,
    ),
    monthly(
        "replicated_writes",
        N_("Replicated writes"),
        "writes",
        N_("Of a global table, in this region; each replica region is billed its own."),
        shown_when=_ON_DEMAND,
    ),
    monthly(
        "wcu_hours", N_("Further WCU-hours"), "unit-hours", N_("From a bill."), "", shown_when=_PROVISIONED
    ),
    monthly(
        "rcu_hours", N_("Further RCU-hours"), "unit-hours", N_("From a bill."), "", shown_when=_PROVISIONED
    ),
    monthly(
        "replicated_wcu_hours",
        N_("Further rWCU-hours"),
        "unit-hours",
        N_("From a bill."),
        "",
        shown_when=_PROVISIONED,
    ),
    monthly("storage_gb", N_("Stored data"), "GB", N_("Average over the month, indexes included."), per=""),
    monthly(
        "stored_bytes",
        N_("Stored data, in bytes"),
        "bytes",
        N_("Added to the GB above; what a month writes × the months it is kept."),
        per="bytes",
    ),
    monthly(
        "stored_items",
        N_("Items stored"),
        "items",
        N_("Each adds 100 bytes of index overhead. 0 leaves the overhead out."),
        per="",
    ),
    monthly("pitr_gb", N_("Point-in-time recovery"), "GB", N_("Size of the tables protected."), per=""),
    monthly("backup_gb", N_("On-demand backups"), "GB", per=""),
    monthly("restore_gb", N_("Restored data"), "GB", per=""),
    monthly("export_gb", N_("Exported to S3"), "GB", N_("Full and incremental exports."), per=""),
    monthly("import_gb", N_("Imported from S3"), "GB", per=""),
    monthly(
        "stream_reads",
        N_("Stream read requests"),
        "requests",
        N_("GetRecords calls of DynamoDB Streams; those Lambda triggers make are free."),
    ),
    monthly(
        "kinesis_capture_units",
        N_("Changes captured to Kinesis"),
        "units",
        N_("One unit per started KB of each change."),
        per="chunks_1kb",
    ),
)


def _price(key: str, label: str, unit: str, usagetype: str, **more: str) -> PriceKey:
    return PriceKey(f"ddb.{key}", label, unit, "AmazonDynamoDB", {"usagetype": usagetype} | more)


_PAY, _COMMITTED = "PayPerRequestThroughput", "CommittedThroughput"
PRICES = (
    _price(
        "ondemand.wru", N_("Write request units"), "WriteRequestUnit", "WriteRequestUnits", operation=_PAY
    ),
    _price("ondemand.rru", N_("Read request units"), "ReadRequestUnit", "ReadRequestUnits", operation=_PAY),
    _price(
        "ondemand.wru.ia",
        N_("Write request units (Infrequent Access)"),
        "WriteRequestUnit",
        "IA-WriteRequestUnits",
    ),
    _price(
        "ondemand.rru.ia",
        N_("Read request units (Infrequent Access)"),
        "ReadRequestUnit",
        "IA-ReadRequestUnits",
    ),
    _price(
        "ondemand.replicated_wru",
        N_("Replicated write request units"),
        "ReplicatedWriteRequestUnit",
        "ReplWriteRequestUnits",
    ),
    _price(
        "ondemand.replicated_wru.ia",
        N_("Replicated write request units (Infrequent Access)"),
        "ReplicatedWriteRequestUnit",
        "IA-ReplWriteRequestUnits",
    ),
    _price(
        "provisioned.wcu",
        N_("Write capacity"),
        "WriteCapacityUnit-Hrs",
        "WriteCapacityUnit-Hrs",
        operation=_COMMITTED,
    ),
    _price(
        "provisioned.rcu",
        N_("Read capacity"),
        "ReadCapacityUnit-Hrs",
        "ReadCapacityUnit-Hrs",
        operation=_COMMITTED,
    ),
    _price(
        "provisioned.replicated_wcu",
        N_("Replicated write capacity"),
        "ReplicatedWriteCapacityUnit-Hrs",
        "ReplWriteCapacityUnit-Hrs",
    ),
    _price(
        "provisioned.wcu.ia",
        N_("Write capacity (Infrequent Access)"),
        "WriteCapacityUnit-Hrs",
        "IA-WriteCapacityUnit-Hrs",
    ),
    _price(
        "provisioned.rcu.ia",
        N_("Read capacity (Infrequent Access)"),
        "ReadCapacityUnit-Hrs",
        "IA-ReadCapacityUnit-Hrs",
    ),
    _price(
        "provisioned.replicated_wcu.ia",
        N_("Replicated write capacity (Infrequent Access)"),
        "ReplicatedWriteCapacityUnit-Hrs",
        "IA-ReplWriteCapacityUnit-Hrs",
    ),
    _price("storage", N_("Storage"), "GB-Mo", "TimedStorage-ByteHrs"),
    _price("storage.ia", N_("Storage (Infrequent Access)"), "GB-Mo", "IA-TimedStorage-ByteHrs"),
    _price("pitr", N_("Point-in-time recovery"), "GB-Mo", "TimedPITRStorage-ByteHrs"),
    _price("backup", N_("On-demand backups"), "GB-Mo", "TimedBackupStorage-ByteHrs"),
    _price("restore", N_("Restored data"), "GB", "RestoreDataSize-Bytes"),
    _price("export", N_("Exported to S3"), "GB", "ExportDataSize-Bytes"),
    _price("import", N_("Imported from S3"), "GB", "ImportDataSize-Bytes"),
    _price("streams", N_("Stream read requests"), "ReadRequestUnit", "Streams-Requests"),
    _price(
        "cdc_kinesis",
        N_("Changes captured to Kinesis"),
        "ChangeDataCaptureUnit",
        "ChangeDataCaptureUnits-Kinesis",
    ),
)


def _always(name: str, label: str, key: str, quantity: Decimal) -> Allowance:
    return Allowance(name, label, (key,), quantity, "always", _PAGE)


SERVICE = ServiceModel(
    code="dynamodb",
    name="Amazon DynamoDB",
    category=N_("Database"),
    summary=N_("Tables billed per request unit or per capacity unit, and by storage."),
    settings=SETTINGS,
    usage=USAGE,
    prices=PRICES,
    allowances=(
        _always("ddb_storage", N_("25 GB of Standard storage"), "ddb.storage", Decimal(25)),
        _always("ddb_wcu", N_("25 write capacity units"), "ddb.provisioned.wcu", FREE_UNIT_HOURS),
        _always("ddb_rcu", N_("25 read capacity units"), "ddb.provisioned.rcu", FREE_UNIT_HOURS),
        _always("ddb_streams", N_("2.5 million stream reads"), "ddb.streams", Decimal(2_500_000)),
    ),
    quantities=dynamodb_quantities,
    assumptions=(
        N_("Items of DynamoDB have the average size stated; a mix of sizes rounds up more often."),
        N_("Secondary indexes of DynamoDB cost writes of their own; add them to the writes."),
    ),
    pricing_page="https://aws.amazon.com/dynamodb/pricing/",
    keywords=("table", "nosql", "key-value", "database"),
)
