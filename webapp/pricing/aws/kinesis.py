"""Amazon Kinesis Data Streams: provisioned, on-demand and On-demand Advantage capacity."""

from webapp.domain.words import N_
from webapp.pricing.aws._fields import choice, decimal, monthly, whole
from webapp.pricing.aws._kinesis_metering import kinesis_quantities
from webapp.pricing.declaration import PriceKey, ServiceModel

_PROVISIONED = ("capacity_mode", "provisioned")


def _price(key: str, label: str, unit: str, usagetype: str = "", operation: str = "") -> PriceKey:
    """Without a `usagetype` no import finds the price: its name in the AWS Price List has not been seen."""
    selector = {"usagetype": usagetype, "operation": operation} if usagetype else {}
    return PriceKey(f"kinesis.{key}", label, unit, "AmazonKinesis", selector)


SETTINGS = (
    choice(
        "capacity_mode",
        N_("Capacity mode"),
        (
            ("on_demand", N_("On-demand")),
            ("provisioned", N_("Provisioned")),
            ("on_demand_advantage", N_("On-demand Advantage")),
        ),
        N_("Advantage bills at least 25 MB/s each way over all streams; describe them as one resource."),
    ),
    decimal(
        "record_kb",
        N_("Size of one record"),
        "KB",
        1,
        (0, 10240),
        N_("Provisioned: billed in started 25 KB. On-demand: rounded up to 1 KB."),
    ),
    whole("shards", N_("Shards"), "shards", 1, (0, 100_000), shown_when=_PROVISIONED),
    whole(
        "consumers",
        N_("Consumers"),
        "consumers",
        1,
        (0, 1000),
        N_("Applications that read the whole stream, without enhanced fan-out. Free when provisioned."),
    ),
    whole(
        "efo_consumers",
        N_("Enhanced fan-out consumers"),
        "consumers",
        0,
        (0, 1000),
        N_("Applications with read throughput of their own."),
    ),
    whole(
        "retention_days",
        N_("Retention"),
        "days",
        1,
        (1, 365),
        N_("The first day is included; up to 7 days is extended, beyond is long-term."),
    ),
)

USAGE = (
    monthly("records", N_("Records put"), "records", N_("Each of the size above.")),
    monthly(
        "put_units",
        N_("Further PUT payload units"),
        "units",
        N_("Started 25 KB units counted elsewhere, added as they are."),
        per="chunks_25kb",
        shown_when=_PROVISIONED,
    ),
    monthly(
        "ingested_kb",
        N_("Further data put, in KB"),
        "KB",
        N_("Records counted elsewhere, each rounded up to 1 KB, added as they are."),
        per="chunks_1kb",
    ),
    monthly(
        "ingested_gb",
        N_("Further data put"),
        "GB",
        N_("Measured elsewhere, added as it is; for on-demand, retention and fan-out."),
        per="",
    ),
    monthly(
        "long_term_read_gb",
        N_("Long-term data read"),
        "GB",
        N_("Read again after more than 7 days."),
        per="",
        shown_when=_PROVISIONED,
    ),
)

PRICES = (
    _price("shard_hour", N_("Shard hours"), "ShardHour", "Storage-ShardHour", "shardHourStorage"),
    _price(
        "put_payload_unit",
        N_("PUT payload units"),
        "PutPayloadUnit(25 KB)",
        "PutRequestPayloadUnits",
        "PutRequest",
    ),
    _price(
        "extended_retention_shard_hour",
        N_("Extended retention"),
        "ShardHour",
        "Extended-ShardHour",
        "shardHourStorage",
    ),
    _price(
        "long_retention",
        N_("Long-term retention"),
        "GB-Mo",
        "LongTermRetention-ByteHrs",
        "LongTermRetentionByteHrs",
    ),
    _price(
        "long_retrieval",
        N_("Long-term data read"),
        "GB",
        "LongTermRetention-ReadBytes",
        "LongTermRetentionDataRetrieval",
    ),
    _price(
        "efo_consumer_shard_hour",
        N_("Enhanced fan-out hours"),
        "ConsumerShardHour",
        "EnhancedFanoutHour",
        "ConsumerHour",
    ),
    _price("efo_gb", N_("Enhanced fan-out data"), "GB", "ReadBytes", "EnhancedFanoutDataRetrieval"),
    _price(
        "ondemand.stream_hour",
        N_("On-demand stream hours"),
        "StreamHour",
        "OnDemand-StreamHour",
        "OnDemandStreamHr",
    ),
    _price(
        "ondemand.in_gb",
        N_("On-demand data put"),
        "GB",
        "OnDemand-BilledIncomingBytes",
        "OnDemandDataIngested",
    ),
    _price(
        "ondemand.out_gb",
        N_("On-demand data read"),
        "GB",
        "OnDemand-BilledOutgoingBytes",
        "OnDemandDataRetrieval",
    ),
    _price(
        "ondemand.efo_gb",
        N_("On-demand enhanced fan-out data"),
        "GB",
        "OnDemand-BilledOutgoingEFOBytes",
        "OnDemandEFODataRetrieval",
    ),
    _price(
        "ondemand.ext_retention",
        N_("On-demand extended retention"),
        "GB-Mo",
        "OnDemand-ExtendedRetention-ByteHrs",
        "OnDemandExtendedRetentionByteHrs",
    ),
    _price(
        "ondemand.long_retention",
        N_("On-demand long-term retention"),
        "GB-Mo",
        "OnDemand-LongTermRetention-ByteHrs",
        "OnDemandLongTermRetentionByteHrs",
    ),
    _price("advantage.in_gb", N_("On-demand Advantage data put"), "GB"),
    _price("advantage.out_gb", N_("On-demand Advantage data read"), "GB"),
    _price("advantage.efo_gb", N_("On-demand Advantage enhanced fan-out data"), "GB"),
    _price("advantage.ext_retention", N_("On-demand Advantage extended retention"), "GB-Mo"),
    _price("advantage.long_retention", N_("On-demand Advantage long-term retention"), "GB-Mo"),
)

SERVICE = ServiceModel(
    code="kinesis",
    name="Amazon Kinesis Data Streams",
    category=N_("Streaming"),
    summary=N_("Streams billed by shard or by GB."),
    settings=SETTINGS,
    usage=USAGE,
    prices=PRICES,
    allowances=(),
    quantities=kinesis_quantities,
    assumptions=(
        N_("A Kinesis stream exists for the whole month of 730 hours and each record is read whole."),
    ),
    pricing_page="https://aws.amazon.com/kinesis/data-streams/pricing/",
    keywords=("stream", "shards", "records"),
)
