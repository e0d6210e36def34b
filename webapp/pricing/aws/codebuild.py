"""AWS CodeBuild: build minutes by operating system and machine size."""

from collections.abc import Iterator
from decimal import Decimal

from webapp.domain.words import N_, Wording, wording
from webapp.pricing.aws._fields import choice, decimal, monthly
from webapp.pricing.aws._rounding import started
from webapp.pricing.aws._wording import added
from webapp.pricing.declaration import Allowance, Inputs, PriceKey, Quantity, ServiceModel

#: (choice, price key, label, selecting usage type).
_MACHINES = (
    ("linux.small", "general1.small", N_("Linux, general1.small"), "Build-Min:Linux:g1.small"),
    ("linux.medium", "general1.medium", N_("Linux, general1.medium"), "Build-Min:Linux:g1.medium"),
    ("linux.large", "general1.large", N_("Linux, general1.large"), "Build-Min:Linux:g1.large"),
    ("linux.2xlarge", "general1.2xlarge", N_("Linux, general1.2xlarge"), "Build-Min:Linux:g1.2xlarge"),
    ("arm.small", "arm1.small", N_("Arm, arm1.small"), "Build-Min:ARM:g1.small"),
    ("arm.large", "arm1.large", N_("Arm, arm1.large"), "Build-Min:ARM:g1.large"),
    ("windows.medium", "windows.medium", N_("Windows, general1.medium"), "Build-Min:Windows:g1.medium"),
    ("windows.large", "windows.large", N_("Windows, general1.large"), "Build-Min:Windows:g1.large"),
)
_KEYS = {machine: f"codebuild.{key}" for machine, key, _, _ in _MACHINES}


def _quantities(inputs: Inputs) -> Iterator[Quantity]:
    builds, further = inputs["builds"], inputs["minutes"]
    each = started(inputs.number("build_minutes"), 1)
    if builds or further:
        how = added((builds * each, _built(builds, each)), (further, wording("%(n)s minutes", n=further)))
        yield Quantity(_KEYS[inputs.choice("machine")], builds * each + further, how)


def _built(builds: Decimal, each: Decimal) -> Wording:
    return wording("%(n)s builds × %(minutes)s started minutes", n=builds, minutes=each)


SERVICE = ServiceModel(
    code="codebuild",
    name="AWS CodeBuild",
    category=N_("Developer tools"),
    summary=N_("Builds billed by the started minute of a machine."),
    settings=(
        choice("machine", N_("Machine"), tuple((machine, label) for machine, _, label, _ in _MACHINES)),
        decimal(
            "build_minutes",
            N_("Length of a build"),
            "minutes",
            5,
            (0, 2160),
            N_("Rounded up to the next minute."),
        ),
    ),
    usage=(
        monthly("builds", N_("Builds"), "builds"),
        monthly("minutes", N_("Further build minutes"), "minutes", N_("Added as they are."), per=""),
    ),
    prices=tuple(
        PriceKey(f"codebuild.{key}", label, "Minute", "CodeBuild", {"usagetype": usagetype})
        for _, key, label, usagetype in _MACHINES
    ),
    allowances=(
        Allowance(
            "codebuild_minutes",
            N_("100 minutes of general1.small"),
            ("codebuild.general1.small",),
            Decimal(100),
            "always",
            "AWS CodeBuild pricing page",
        ),
    ),
    quantities=_quantities,
    pricing_page="https://aws.amazon.com/codebuild/pricing/",
    keywords=("build", "ci", "continuous integration"),
)
