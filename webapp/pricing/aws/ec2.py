"""Amazon EC2: on-demand instances by type and operating system, and CPU credits of burstable ones."""

from collections.abc import Iterator
from decimal import Decimal

from webapp.domain.words import N_, Wording, wording
from webapp.pricing.aws._ec2_types import INSTANCE_TYPES, USUAL_TYPES
from webapp.pricing.aws._fields import choice, decimal, monthly, named, whole
from webapp.pricing.aws._hours import SECONDS_PER_HOUR, counted_hours, further_hours, hours_setting
from webapp.pricing.aws._rounding import started
from webapp.pricing.aws._wording import added
from webapp.pricing.declaration import Allowance, Inputs, PriceKey, Quantity, ServiceModel

#: A run is billed by the second and for a minute at least (Amazon EC2 on-demand pricing page).
MINIMUM_SECONDS = Decimal(60)
#: SUSE is not billed by the second: every started hour counts (Amazon EC2 on-demand pricing page).
BY_THE_HOUR = ("suse",)
#: Families that can go on above their baseline for CPU credits.
BURSTABLE = ("t2", "t3", "t3a", "t4g")

#: Value, label, and the name the AWS Price List has for it.
_SYSTEMS = (
    ("linux", N_("Linux"), N_("Linux instances"), "Linux"),
    ("windows", N_("Windows"), N_("Windows instances"), "Windows"),
    ("rhel", N_("Red Hat Enterprise Linux"), N_("Red Hat Enterprise Linux instances"), "RHEL"),
    ("suse", N_("SUSE Linux Enterprise"), N_("SUSE Linux Enterprise instances"), "SUSE"),
)


def _quantities(inputs: Inputs) -> Iterator[Quantity]:
    instance_type, system = inputs.choice("instance_type"), inputs.choice("operating_system")
    hours, how = counted_hours(inputs, "instances", "instance_hours")
    more, how_runs = _runs(inputs, system)
    if hours or more:
        words = added((hours, how), (more, how_runs))
        yield Quantity(f"ec2.{instance_type}.{system}", hours + more, words)
    family, surplus = instance_type.partition(".")[0], inputs["surplus_credit_hours"]
    if surplus and family in BURSTABLE:
        licence = "windows" if system == "windows" else "linux"
        yield Quantity(f"ec2.cpu_credits.{family}.{licence}", surplus, wording("%(n)s vCPU-hours", n=surplus))


def _runs(inputs: Inputs, system: str) -> tuple[Decimal, Wording]:
    """Hours of instances that are started for a task and stopped after it."""
    runs, seconds = inputs["runs"], inputs.number("run_seconds")
    if system in BY_THE_HOUR:
        hours = max(Decimal(1), started(seconds, SECONDS_PER_HOUR))
        return runs * hours, wording("%(n)s runs × %(hours)s started hours", n=runs, hours=hours)
    billed = max(MINIMUM_SECONDS, started(seconds, 1))
    how = wording("%(n)s runs × %(seconds)s s / 3,600", n=runs, seconds=billed)
    return runs * billed / SECONDS_PER_HOUR, how


def _instances(system: str, label: str, listed: str) -> PriceKey:
    # Without these attributes reserved capacity, dedicated tenancy and SQL Server images match too.
    selector = {
        "instanceType": "*",
        "operatingSystem": listed,
        "tenancy": "Shared",
        "preInstalledSw": "NA",
        "licenseModel": "No License required",
        "capacitystatus": "Used",
        "operation": _OPERATIONS[system],
    }
    return PriceKey(f"ec2.*.{system}", label, "Hour", "AmazonEC2", selector, INSTANCE_TYPES)


#: The operation tells licence-included images apart (AWS documentation, AMI billing information).
_OPERATIONS = {
    "linux": "RunInstances",
    "windows": "RunInstances:0002",
    "rhel": "RunInstances:0010",
    "suse": "RunInstances:000g",
}


def _credits(system: str, label: str, listed: str) -> PriceKey:
    selector = {"usagetype": "CPUCredits:*", "operatingSystem": listed}
    return PriceKey(f"ec2.cpu_credits.*.{system}", label, "vCPU-Hour", "AmazonEC2", selector, BURSTABLE)


def _first_year(name: str, label: str, system: str) -> Allowance:
    keys = (f"ec2.t2.micro.{system}", f"ec2.t3.micro.{system}")
    source = "AWS free tier page; for accounts opened before 2025-07-15"
    return Allowance(name, label, keys, Decimal(750), "first-12-months", source)


SERVICE = ServiceModel(
    code="ec2",
    name="Amazon EC2",
    category=N_("Compute"),
    summary=N_("On-demand instances billed by the second, by type and operating system."),
    settings=(
        named(
            "instance_type",
            N_("Instance type"),
            INSTANCE_TYPES,
            USUAL_TYPES,
            N_("As AWS names it: family, dot, size."),
        ),
        choice(
            "operating_system",
            N_("Operating system"),
            tuple((value, label) for value, label, *_ in _SYSTEMS),
            N_("The licence is in the price."),
        ),
        whole(
            "instances", N_("Instances"), "instances", 1, (0, 100_000), N_("Average over the hours below.")
        ),
        hours_setting(),
        decimal(
            "run_seconds",
            N_("Length of one run"),
            "seconds",
            60,
            (0, 2_678_400),
            N_("Of instances started for a task; a minute is billed at least. SUSE: every started hour."),
        ),
    ),
    usage=(
        monthly("runs", N_("Runs"), "runs", N_("Instances started for a task and stopped after it.")),
        further_hours("instance_hours", N_("Further instance-hours")),
        monthly(
            "surplus_credit_hours",
            N_("CPU above the baseline"),
            "vCPU-hours",
            N_("Of unlimited T2, T3, T3a and T4g instances; other types have no baseline and no charge."),
            per="",
        ),
    ),
    prices=(
        *(_instances(system, label, listed) for system, _, label, listed in _SYSTEMS),
        _credits("linux", N_("CPU credits on Linux"), "Linux"),
        _credits("windows", N_("CPU credits on Windows"), "Windows"),
    ),
    allowances=(
        _first_year("ec2_linux", N_("750 hours of t2.micro or t3.micro with Linux"), "linux"),
        _first_year("ec2_windows", N_("750 hours of t2.micro or t3.micro with Windows"), "windows"),
    ),
    quantities=_quantities,
    assumptions=(
        N_("EC2 instances have shared tenancy; disks, addresses and transfer are resources of their own."),
    ),
    pricing_page="https://aws.amazon.com/ec2/pricing/on-demand/",
    keywords=("instance", "virtual machine", "server", "vm", "compute"),
)
