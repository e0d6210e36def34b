"""Amazon DynamoDB Accelerator: cache nodes by the hour."""

from collections.abc import Iterator

from webapp.domain.words import N_
from webapp.pricing.aws._fields import named, whole
from webapp.pricing.aws._hours import counted_hours, further_hours, hours_setting
from webapp.pricing.declaration import Inputs, PriceKey, Quantity, ServiceModel

NODE_TYPES = (
    *("r5.large", "r5.xlarge", "r5.2xlarge", "r5.4xlarge", "r5.8xlarge", "r5.12xlarge", "r5.16xlarge"),
    *("r5.24xlarge", "r4.large", "r4.xlarge", "r4.2xlarge", "r4.4xlarge", "r4.8xlarge", "r4.16xlarge"),
    *("t3.small", "t3.medium", "t2.small", "t2.medium"),
)


def _quantities(inputs: Inputs) -> Iterator[Quantity]:
    hours, how = counted_hours(inputs, "nodes", "node_hours")
    if hours:
        yield Quantity(f"dax.{inputs.choice('node_type')}", hours, how)


SERVICE = ServiceModel(
    code="dax",
    name="Amazon DynamoDB Accelerator (DAX)",
    category=N_("Database"),
    summary=N_("A cache in front of DynamoDB, billed by node-hour."),
    settings=(
        named("node_type", N_("Node type"), NODE_TYPES, ("r5.large", "r5.xlarge", "t3.small", "t3.medium")),
        whole("nodes", N_("Nodes"), "nodes", 1, (0, 11), N_("Three or more survive the loss of a zone.")),
        hours_setting(),
    ),
    usage=(further_hours("node_hours", N_("Further node hours")),),
    prices=(
        PriceKey("dax.*", N_("DAX nodes"), "Hour", "AmazonDAX", {"usagetype": "NodeUsage:dax.*"}, NODE_TYPES),
    ),
    allowances=(),
    quantities=_quantities,
    pricing_page="https://aws.amazon.com/dynamodb/pricing/",
    keywords=("cache", "dynamodb", "accelerator"),
)
