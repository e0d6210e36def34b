"""Amazon MQ: brokers by engine, deployment and type, and their storage."""

from collections.abc import Iterator

from webapp.domain.words import N_, wording
from webapp.pricing.aws._fields import choice, decimal, whole
from webapp.pricing.aws._hours import counted_hours, further_hours, hours_setting
from webapp.pricing.declaration import Inputs, PriceKey, Quantity, ServiceModel

_ACTIVEMQ = ("engine", "activemq")
_TYPES = ("m5.large", "t3.micro", "m5.xlarge", "m5.2xlarge", "m5.4xlarge", "m4.large", "t2.micro")


def _quantities(inputs: Inputs) -> Iterator[Quantity]:
    engine, deployment = inputs.choice("engine"), inputs.choice("deployment")
    hours, how = counted_hours(inputs, "brokers", "broker_hours")
    if hours:
        yield Quantity(f"mq.{engine}.{deployment}.{inputs.choice('broker_type')}", hours, how)
    stored = inputs.number("storage_gb")
    if stored:
        durable = engine == "activemq" and inputs.choice("storage_type") == "efs"
        how = wording("%(n)s GB kept all month", n=stored)
        yield Quantity("mq.storage.efs" if durable else "mq.storage.ebs", stored, how)


def _brokers(engine: str, deployment: str, label: str) -> PriceKey:
    listed = {
        "instanceType": "mq.*",
        "brokerEngine": "ActiveMQ" if engine == "activemq" else "RabbitMQ",
        "deploymentOption": "Single-AZ" if deployment == "single" else "Multi-AZ",
    }
    return PriceKey(f"mq.{engine}.{deployment}.*", label, "Hour", "AmazonMQ", listed, _TYPES)


SERVICE = ServiceModel(
    code="mq",
    name="Amazon MQ",
    category=N_("Integration"),
    summary=N_("ActiveMQ and RabbitMQ brokers billed by the hour, and their storage."),
    settings=(
        choice("engine", N_("Engine"), (("activemq", "ActiveMQ"), ("rabbitmq", "RabbitMQ"))),
        choice(
            "deployment",
            N_("Deployment"),
            (("single", N_("One broker")), ("multi_az", N_("Active and standby, or cluster of three"))),
        ),
        choice(
            "broker_type",
            N_("Broker type"),
            tuple((name, f"mq.{name}") for name in _TYPES),
            N_("RabbitMQ takes m5 types, and t3.micro as one broker. What is not sold has no price."),
        ),
        whole(
            "brokers",
            N_("Deployments"),
            "deployments",
            1,
            (0, 10_000),
            N_("The price of several zones is that of all its machines."),
        ),
        hours_setting(),
        choice(
            "storage_type",
            N_("Storage"),
            (("efs", N_("Durable, EFS")), ("ebs", N_("Throughput, EBS"))),
            N_("RabbitMQ stores on EBS."),
            shown_when=_ACTIVEMQ,
        ),
        decimal("storage_gb", N_("Messages stored"), "GB", 0, (0, 1_000_000), N_("Average, all machines.")),
    ),
    usage=(further_hours("broker_hours", N_("Further broker hours")),),
    prices=(
        _brokers("activemq", "single", N_("ActiveMQ, one broker")),
        _brokers("activemq", "multi_az", N_("ActiveMQ, active and standby")),
        _brokers("rabbitmq", "single", N_("RabbitMQ, one broker")),
        _brokers("rabbitmq", "multi_az", N_("RabbitMQ cluster")),
        PriceKey(
            "mq.storage.efs",
            N_("Durable storage"),
            "GB-Mo",
            "AmazonMQ",
            {"usagetype": "TimedStorage-ByteHrs"},
        ),
        PriceKey(
            "mq.storage.ebs",
            N_("Throughput storage"),
            "GB-Mo",
            "AmazonMQ",
            {"usagetype": "TimedStorage-EBS-ByteHrs"},
        ),
    ),
    allowances=(),
    quantities=_quantities,
    pricing_page="https://aws.amazon.com/amazon-mq/pricing/",
    keywords=("activemq", "rabbitmq", "broker", "queue"),
)
