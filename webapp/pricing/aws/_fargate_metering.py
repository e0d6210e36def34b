"""How AWS meters Fargate, for tasks of ECS and pods of EKS alike: by the second, of what was reserved."""

from collections.abc import Iterator
from decimal import Decimal

from webapp.domain.words import N_, Wording, wording
from webapp.pricing.aws._fields import decimal, monthly, whole
from webapp.pricing.aws._hours import SECONDS_PER_HOUR, counted_hours
from webapp.pricing.aws._rounding import started
from webapp.pricing.aws._wording import added
from webapp.pricing.declaration import Inputs, Quantity, Setting, Usage

#: A task is billed for a minute at least, on Windows for five (AWS Fargate pricing page).
MINIMUM_SECONDS = {"linux_x86": 60, "linux_arm": 60, "windows": 300}
#: Ephemeral storage included with every task (AWS Fargate pricing page).
INCLUDED_GB = 20


def size_settings() -> tuple[Setting, ...]:
    """What one task or pod reserves."""
    return (
        decimal("vcpu", N_("vCPU of one task"), "vCPU", 1, (0, 16), N_("0.25, 0.5, 1, 2, 4, 8 or 16.")),
        decimal("memory_gb", N_("Memory of one task"), "GB", 2, (0, 120)),
        decimal(
            "ephemeral_gb",
            N_("Ephemeral storage of one task"),
            "GB",
            INCLUDED_GB,
            (0, 200),
            N_("20 GB are included."),
        ),
        decimal(
            "task_seconds",
            N_("Length of one run"),
            "seconds",
            60,
            (0, 2_678_400),
            N_("From pulling the image to the end; a minute is billed at least, five on Windows."),
        ),
    )


def running_setting(default: int) -> Setting:
    return whole(
        "tasks",
        N_("Tasks that run all the time"),
        "tasks",
        default,
        (0, 100_000),
        N_("Average over the hours."),
    )


def task_usage() -> tuple[Usage, ...]:
    """Tasks started for work, and hours a bill shows."""
    return (
        monthly("task_runs", N_("Tasks run"), "tasks", N_("Started for work and stopped after it.")),
        monthly("vcpu_hours", N_("Further vCPU-hours"), "hours", N_("From a bill."), per=""),
        monthly("gb_hours", N_("Further GB-hours of memory"), "hours", N_("From a bill."), per=""),
        monthly("ephemeral_gb_hours", N_("Further GB-hours of storage"), "hours", N_("From a bill."), per=""),
    )


def fargate_quantities(inputs: Inputs, platform: str, keys: tuple[str, str, str]) -> Iterator[Quantity]:
    """vCPU-hours, GB-hours and GB-hours of storage above 20 GB, under `keys` in this order."""
    hours, how = task_hours(inputs, platform)
    vcpu, memory, storage = keys
    yield from _sized(vcpu, hours, how, inputs.number("vcpu"), inputs["vcpu_hours"])
    yield from _sized(memory, hours, how, inputs.number("memory_gb"), inputs["gb_hours"])
    above = max(Decimal(0), inputs.number("ephemeral_gb") - INCLUDED_GB)
    yield from _sized(storage, hours, how, above, inputs["ephemeral_gb_hours"])


def task_hours(inputs: Inputs, platform: str) -> tuple[Decimal, Wording]:
    """Hours of all tasks, those always running and those run for work."""
    steady, how_steady = counted_hours(inputs, "tasks")
    runs = inputs["task_runs"]
    seconds = max(Decimal(MINIMUM_SECONDS[platform]), started(inputs.number("task_seconds"), 1))
    hours = runs * seconds / SECONDS_PER_HOUR
    how = added(
        (steady, how_steady),
        (hours, wording("%(n)s tasks × %(seconds)s s / 3,600", n=runs, seconds=seconds)),
    )
    return steady + hours, how


def _sized(key: str, hours: Decimal, how: Wording, size: Decimal, more: Decimal) -> Iterator[Quantity]:
    if hours * size or more:
        words = added(
            (hours * size, wording("(%(hours)s) × %(size)s", hours=how, size=size)),
            (more, wording("%(n)s h", n=more)),
        )
        yield Quantity(key, hours * size + more, words)
