"""Amazon Managed Streaming for Apache Kafka: brokers, serverless clusters, connectors, replicators."""

from collections.abc import Iterator

from webapp.domain.words import N_, wording
from webapp.pricing.aws._fields import choice, decimal, monthly, named, whole
from webapp.pricing.aws._hours import counted_hours, further_hours, hours_setting
from webapp.pricing.aws._wording import counted
from webapp.pricing.declaration import Inputs, PriceKey, Quantity, ServiceModel

_PROVISIONED, _SERVERLESS = ("cluster_type", "provisioned"), ("cluster_type", "serverless")
_SIZES = ("large", "xlarge", "2xlarge", "4xlarge", "8xlarge", "12xlarge", "16xlarge", "24xlarge")
BROKER_TYPES = (
    *(f"m5.{size}" for size in _SIZES),
    *(f"m7g.{size}" for size in _SIZES[:-1]),
    "t3.small",
)


def _quantities(inputs: Inputs) -> Iterator[Quantity]:
    yield from _serverless(inputs) if inputs.choice("cluster_type") == "serverless" else _provisioned(inputs)
    yield from counted(inputs, _BESIDE)


def _provisioned(inputs: Inputs) -> Iterator[Quantity]:
    hours, how = counted_hours(inputs, "brokers", "broker_hours")
    if hours:
        yield Quantity(f"msk.broker.{inputs.choice('broker_type')}", hours, how)
    brokers, each = inputs.number("brokers"), inputs.number("broker_storage_gb")
    if brokers and each:
        how = wording("%(n)s brokers × %(gb)s GB", n=brokers, gb=each)
        yield Quantity("msk.storage", brokers * each, how)
    tiered = inputs.number("tiered_storage_gb")
    if tiered:
        yield Quantity("msk.tiered_storage", tiered, wording("%(n)s GB kept all month", n=tiered))
    yield from counted(inputs, (("msk.tiered_retrieval", "tiered_read_gb", N_("%(n)s GB")),))


def _serverless(inputs: Inputs) -> Iterator[Quantity]:
    hours, partitions = inputs.number("hours"), inputs.number("partitions")
    if hours:
        yield Quantity("msk.serverless.cluster_hour", hours, wording("1 cluster × %(h)s h", h=hours))
    if hours and partitions:
        how = wording("%(n)s partitions × %(h)s h", n=partitions, h=hours)
        yield Quantity("msk.serverless.partition_hour", partitions * hours, how)
    stored = inputs.number("serverless_storage_gb")
    if stored:
        yield Quantity("msk.serverless.storage", stored, wording("%(n)s GB kept all month", n=stored))
    yield from counted(
        inputs,
        (
            ("msk.serverless.in_gb", "written_gb", N_("%(n)s GB")),
            ("msk.serverless.out_gb", "read_gb", N_("%(n)s GB")),
        ),
    )


_BESIDE = (
    ("msk.connect.mcu_hour", "connect_mcu_hours", N_("%(n)s MCU-hours")),
    ("msk.replicator.hour", "replicator_hours", N_("%(n)s hours")),
    ("msk.replicator.gb", "replicated_gb", N_("%(n)s GB")),
    ("msk.private.hour", "private_connection_hours", N_("%(n)s hours")),
    ("msk.private.gb", "private_gb", N_("%(n)s GB")),
)


def _price(key: str, label: str, unit: str, **selector: str) -> PriceKey:
    return PriceKey(f"msk.{key}", label, unit, "AmazonMSK", selector)


SETTINGS = (
    choice(
        "cluster_type",
        N_("Cluster"),
        (("provisioned", N_("Provisioned, standard brokers")), ("serverless", N_("Serverless"))),
    ),
    named(
        "broker_type",
        N_("Broker type"),
        BROKER_TYPES,
        ("m7g.large", "m7g.xlarge", "m5.large", "t3.small"),
        shown_when=_PROVISIONED,
    ),
    whole("brokers", N_("Brokers"), "brokers", 3, (0, 10_000), shown_when=_PROVISIONED),
    hours_setting(),
    decimal(
        "broker_storage_gb",
        N_("Storage of one broker"),
        "GB",
        0,
        (0, 16_384),
        N_("As provisioned."),
        shown_when=_PROVISIONED,
    ),
    decimal("tiered_storage_gb", N_("Tiered storage"), "GB", 0, (0, 100_000_000), shown_when=_PROVISIONED),
    whole("partitions", N_("Partitions"), "partitions", 1, (0, 100_000), shown_when=_SERVERLESS),
    decimal("serverless_storage_gb", N_("Data kept"), "GB", 0, (0, 100_000_000), shown_when=_SERVERLESS),
)

USAGE = (
    further_hours("broker_hours", N_("Further broker hours"), _PROVISIONED),
    monthly("tiered_read_gb", N_("Read from tiered storage"), "GB", per="", shown_when=_PROVISIONED),
    monthly("written_gb", N_("Data written"), "GB", per="", shown_when=_SERVERLESS),
    monthly("read_gb", N_("Data read"), "GB", per="", shown_when=_SERVERLESS),
    monthly("connect_mcu_hours", N_("MSK Connect"), "MCU-hours", N_("Workers × MCU × hours."), per=""),
    monthly("replicator_hours", N_("MSK Replicator"), "hours", per=""),
    monthly("replicated_gb", N_("Data replicated"), "GB", per=""),
    monthly(
        "private_connection_hours",
        N_("Private connections"),
        "hours",
        N_("Hours times authentication schemes."),
        per="",
    ),
    monthly("private_gb", N_("Data over private connections"), "GB", per=""),
)

PRICES = (
    PriceKey(
        "msk.broker.*",
        N_("Brokers"),
        "Hour",
        "AmazonMSK",
        {"usagetype": "Kafka.*", "locationType": "AWS Region"},
        BROKER_TYPES,
    ),
    _price("storage", N_("Broker storage"), "GB-Mo", storageFamily="GP2"),
    _price("tiered_storage", N_("Tiered storage"), "GB-Mo"),
    _price("tiered_retrieval", N_("Read from tiered storage"), "GB"),
    _price("serverless.cluster_hour", N_("Serverless clusters"), "Hour"),
    _price("serverless.partition_hour", N_("Serverless partitions"), "Hour"),
    _price("serverless.storage", N_("Serverless storage"), "GB-Mo"),
    _price("serverless.in_gb", N_("Serverless data written"), "GB"),
    _price("serverless.out_gb", N_("Serverless data read"), "GB"),
    _price("connect.mcu_hour", N_("MSK Connect"), "Hour"),
    _price("replicator.hour", N_("MSK Replicator"), "Hour"),
    _price("replicator.gb", N_("Data replicated"), "GB"),
    _price("private.hour", N_("Private connections"), "Hour"),
    _price("private.gb", N_("Data over private connections"), "GB"),
)

SERVICE = ServiceModel(
    code="msk",
    name="Amazon MSK",
    category=N_("Streaming"),
    summary=N_("Apache Kafka, by broker and hour or serverless."),
    settings=SETTINGS,
    usage=USAGE,
    prices=PRICES,
    allowances=(),
    quantities=_quantities,
    assumptions=(
        N_("MSK: Express brokers and provisioned storage throughput are not counted."),
        N_("MSK: data between zones is free inside the cluster; that of clients is data transfer."),
    ),
    pricing_page="https://aws.amazon.com/msk/pricing/",
    keywords=("kafka", "streaming", "brokers"),
)
