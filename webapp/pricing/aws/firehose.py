"""Amazon Data Firehose: data ingested in steps of 5 KB, and what is done to it on the way."""

from collections.abc import Iterator
from decimal import Decimal

from webapp.domain.words import N_, Wording, wording
from webapp.pricing.aws._fields import choice, decimal, flag, monthly
from webapp.pricing.aws._rounding import KB_PER_GB, started
from webapp.pricing.aws._wording import added, counted
from webapp.pricing.declaration import Inputs, PriceKey, Quantity, ServiceModel

#: Every record is rounded up to 5 KB where it is put directly or read from a stream
#: (Amazon Data Firehose pricing page).
STEP_KB = Decimal(5)


def _quantities(inputs: Inputs) -> Iterator[Quantity]:
    gb, how = _ingested(inputs)
    if gb:
        yield Quantity(_KEYS[inputs.choice("source")], gb, how)
        if inputs.flag("format_conversion"):
            yield Quantity("firehose.format_conversion", gb, how)
        if inputs.flag("vpc_delivery"):
            yield Quantity("firehose.vpc_gb", gb, how)
    yield from counted(inputs, _AS_STATED)


_KEYS = {"direct": "firehose.ingest", "msk": "firehose.ingest.msk", "vended": "firehose.ingest.vended"}
_AS_STATED = (
    ("firehose.vpc_hour", "vpc_zone_hours", N_("%(n)s hours of one zone")),
    ("firehose.partitioned_gb", "partitioned_gb", N_("%(n)s GB delivered")),
    ("firehose.partitioned_objects", "partitioned_objects", N_("%(n)s objects delivered")),
    ("firehose.jq_hour", "jq_hours", N_("%(n)s hours")),
)


def _ingested(inputs: Inputs) -> tuple[Decimal, Wording]:
    """GB of 2^30 bytes: records of the stated size, rounded where the source is, and GB as stated."""
    records, kb, stated = inputs["records"], inputs.number("record_kb"), inputs["ingested_gb"]
    billed = max(STEP_KB, started(kb, STEP_KB) * STEP_KB) if inputs.choice("source") == "direct" else kb
    gb = records * billed / KB_PER_GB
    how = added(
        (gb, wording("%(n)s records × %(kb)s KB / 1,048,576", n=records, kb=billed)),
        (stated, wording("%(gb)s GB", gb=stated)),
    )
    return gb + stated, how


def _price(key: str, label: str, unit: str, **selector: str) -> PriceKey:
    return PriceKey(f"firehose.{key}", label, unit, "AmazonKinesisFirehose", selector)


SERVICE = ServiceModel(
    code="firehose",
    name="Amazon Data Firehose",
    category=N_("Streaming"),
    summary=N_("Delivery of streams, billed by GB in records of 5 KB steps."),
    settings=(
        choice(
            "source",
            N_("Source"),
            (
                ("direct", N_("Direct PUT or a Kinesis stream")),
                ("msk", N_("Amazon MSK")),
                ("vended", N_("Logs that AWS services send")),
            ),
            N_("Only records put directly or read from a Kinesis stream are rounded up to 5 KB."),
        ),
        decimal("record_kb", N_("Size of one record"), "KB", 1, (0, 10_240)),
        flag("format_conversion", N_("Converted to Parquet or ORC")),
        flag(
            "vpc_delivery", N_("Delivered into a VPC"), N_("The hours of its zones are usage of their own.")
        ),
    ),
    usage=(
        monthly("records", N_("Records"), "records", N_("Each of the size above.")),
        monthly("ingested_gb", N_("Further data"), "GB", N_("As billed, already rounded."), per=""),
        monthly("vpc_zone_hours", N_("VPC delivery"), "hours", N_("Hours times zones."), per=""),
        monthly("partitioned_gb", N_("Dynamic partitioning"), "GB", per=""),
        monthly("partitioned_objects", N_("Objects of dynamic partitioning"), "objects", per=""),
        monthly("jq_hours", N_("JQ processing"), "hours", per=""),
    ),
    prices=(
        _price("ingest", N_("Data ingested"), "GB", group="Event-by-Event Processing", sourcetype=""),
        _price("ingest.msk", N_("Data read from MSK"), "GB"),
        _price("ingest.vended", N_("AWS logs ingested"), "GB"),
        _price("format_conversion", N_("Format conversion"), "GB", operation="DataFormatConversion"),
        _price("vpc_gb", N_("Data delivered into a VPC"), "GB", operation="VpcBandwidth"),
        _price("vpc_hour", N_("VPC delivery hours"), "Hour", operation="RunVpcInstance"),
        _price("partitioned_gb", N_("Dynamic partitioning"), "GB"),
        _price("partitioned_objects", N_("Objects of dynamic partitioning"), "Object"),
        _price("jq_hour", N_("JQ processing"), "Hour"),
    ),
    allowances=(),
    quantities=_quantities,
    assumptions=(
        N_(
            "Firehose in us-east-1 is priced at the first tier whatever the volume; its lower tiers "
            "from 500 TB on are not in the catalog."
        ),
    ),
    pricing_page="https://aws.amazon.com/firehose/pricing/",
    keywords=("delivery stream", "kinesis firehose", "parquet"),
)
