"""AWS Lambda MicroVMs: sandboxes billed by vCPU-second, GB-second and snapshot traffic."""

from collections.abc import Iterator

from webapp.domain.words import N_, wording
from webapp.pricing.aws._fields import decimal, monthly
from webapp.pricing.aws._rounding import MB_PER_GB
from webapp.pricing.declaration import Inputs, PriceKey, Quantity, ServiceModel


def _quantities(inputs: Inputs) -> Iterator[Quantity]:
    seconds, vcpus, gb = inputs["seconds"], inputs.number("vcpus"), inputs.number("memory_mb") / MB_PER_GB
    yield Quantity(
        "lambda.microvm.vcpu",
        seconds * vcpus,
        wording("%(s)s s running × %(n)s vCPU", s=seconds, n=vcpus),
    )
    yield Quantity(
        "lambda.microvm.memory",
        seconds * gb,
        wording("%(s)s s running × %(gb)s GB", s=seconds, gb=gb),
    )
    written, read = inputs["snapshot_written_gb"], inputs["snapshot_read_gb"]
    yield Quantity(
        "lambda.microvm.snapshot_write", written, wording("%(n)s GB of snapshots written", n=written)
    )
    yield Quantity("lambda.microvm.snapshot_read", read, wording("%(n)s GB of snapshots read", n=read))
    stored = inputs["snapshot_gb_months"]
    yield Quantity("lambda.microvm.snapshot_storage", stored, wording("%(n)s GB-months stored", n=stored))


def _price(key: str, label: str, unit: str) -> PriceKey:
    # No selector: how the AWS Price List names these products has not been seen yet.
    return PriceKey(f"lambda.microvm.{key}", label, unit, "AWSLambda")


SERVICE = ServiceModel(
    code="lambda_microvms",
    name="AWS Lambda MicroVMs",
    category=N_("Compute"),
    summary=N_("Isolated sandboxes that suspend and resume, billed per second."),
    settings=(
        decimal("vcpus", N_("vCPUs"), "vCPU", 1, (0, 64)),
        decimal("memory_mb", N_("Memory"), "MB", 2048, (0, 524_288)),
    ),
    usage=(
        monthly("seconds", N_("Seconds running"), "s", N_("Over all MicroVMs of this size.")),
        monthly(
            "snapshot_written_gb",
            N_("Snapshots written"),
            "GB",
            N_("Each suspension writes the memory in use."),
            per="",
        ),
        monthly(
            "snapshot_read_gb",
            N_("Snapshots read"),
            "GB",
            N_("Each launch reads its image, each resumption its snapshot."),
            per="",
        ),
        monthly(
            "snapshot_gb_months",
            N_("Images and snapshots stored"),
            "GB-months",
            N_("Images all month, suspended memory for the hours it is suspended."),
            per="",
        ),
    ),
    prices=(
        _price("vcpu", N_("MicroVM vCPU"), "vCPU-Second"),
        _price("memory", N_("MicroVM memory"), "GB-Second"),
        _price("snapshot_write", N_("MicroVM snapshots written"), "GB"),
        _price("snapshot_read", N_("MicroVM snapshots read"), "GB"),
        _price("snapshot_storage", N_("MicroVM snapshot storage"), "GB-Mo"),
    ),
    allowances=(),
    quantities=_quantities,
    pricing_page="https://aws.amazon.com/lambda/pricing/",
    keywords=("sandbox", "microvm", "serverless"),
)
