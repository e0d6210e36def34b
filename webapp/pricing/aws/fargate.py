"""AWS Fargate for Amazon ECS: tasks on Linux (x86 and Arm) and Windows, by what they reserve."""

from collections.abc import Iterator
from decimal import Decimal

from webapp.domain.words import N_, wording
from webapp.pricing.aws._fargate_metering import (
    fargate_quantities,
    running_setting,
    size_settings,
    task_hours,
    task_usage,
)
from webapp.pricing.aws._fields import choice
from webapp.pricing.aws._hours import hours_setting
from webapp.pricing.aws._wording import added
from webapp.pricing.declaration import Inputs, PriceKey, Quantity, ServiceModel

_KEYS = {"linux_x86": "x86", "linux_arm": "arm", "windows": "windows"}


def _quantities(inputs: Inputs) -> Iterator[Quantity]:
    platform = inputs.choice("platform")
    code = _KEYS[platform]
    keys = (f"fargate.vcpu.{code}", f"fargate.gb.{code}", "fargate.ephemeral")
    yield from fargate_quantities(inputs, platform, keys)
    if platform == "windows":
        yield from _licences(inputs)


def _licences(inputs: Inputs) -> Iterator[Quantity]:
    """Windows is billed on top, for the same vCPU-hours."""
    hours, how = task_hours(inputs, "windows")
    vcpu, more = inputs.number("vcpu"), inputs["vcpu_hours"]
    amount: Decimal = hours * vcpu + more
    if amount:
        words = added(
            (hours * vcpu, wording("(%(hours)s) × %(size)s", hours=how, size=vcpu)),
            (more, wording("%(n)s h", n=more)),
        )
        yield Quantity("fargate.windows_license", amount, words)


def _price(key: str, label: str, unit: str, usagetype: str) -> PriceKey:
    return PriceKey(f"fargate.{key}", label, unit, "AmazonECS", {"usagetype": f"Fargate-{usagetype}"})


SERVICE = ServiceModel(
    code="fargate",
    name="AWS Fargate",
    category=N_("Containers"),
    summary=N_("ECS tasks without servers, billed by the second for the vCPU and memory they reserve."),
    settings=(
        choice(
            "platform",
            N_("Platform"),
            (
                ("linux_x86", N_("Linux on x86")),
                ("linux_arm", N_("Linux on Arm")),
                ("windows", N_("Windows on x86")),
            ),
        ),
        *size_settings(),
        running_setting(0),
        hours_setting(),
    ),
    usage=task_usage(),
    prices=(
        _price("vcpu.x86", N_("vCPU (Linux on x86)"), "vCPU-Hour", "vCPU-Hours:perCPU"),
        _price("gb.x86", N_("Memory (Linux on x86)"), "GB-Hour", "GB-Hours"),
        _price("vcpu.arm", N_("vCPU (Linux on Arm)"), "vCPU-Hour", "ARM-vCPU-Hours:perCPU"),
        _price("gb.arm", N_("Memory (Linux on Arm)"), "GB-Hour", "ARM-GB-Hours"),
        _price("vcpu.windows", N_("vCPU (Windows)"), "vCPU-Hour", "Windows-vCPU-Hours:perCPU"),
        _price("gb.windows", N_("Memory (Windows)"), "GB-Hour", "Windows-GB-Hours"),
        _price("windows_license", N_("Windows licence"), "vCPU-Hour", "Windows-OS-Hours:perCPU"),
        _price("ephemeral", N_("Ephemeral storage above 20 GB"), "GB-Hour", "EphemeralStorage-GB-Hours"),
    ),
    allowances=(),
    quantities=_quantities,
    assumptions=(N_("Fargate tasks do not run on Spot capacity, which is cheaper and can be taken away."),),
    pricing_page="https://aws.amazon.com/fargate/pricing/",
    keywords=("container", "ecs", "task", "docker", "serverless"),
)
