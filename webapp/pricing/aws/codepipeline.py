"""AWS CodePipeline: action minutes of V2 pipelines, active V1 pipelines."""

from collections.abc import Iterator
from decimal import Decimal

from webapp.domain.words import N_
from webapp.pricing.aws._fields import monthly
from webapp.pricing.aws._wording import counted
from webapp.pricing.declaration import Allowance, Inputs, PriceKey, Quantity, ServiceModel

_PAGE = "AWS CodePipeline pricing page"


def _quantities(inputs: Inputs) -> Iterator[Quantity]:
    return counted(
        inputs,
        (
            ("codepipeline.action_minute", "action_minutes", N_("%(n)s minutes")),
            ("codepipeline.pipeline", "v1_pipelines", N_("%(n)s pipelines")),
        ),
    )


SERVICE = ServiceModel(
    code="codepipeline",
    name="AWS CodePipeline",
    category=N_("Developer tools"),
    summary=N_("Pipelines of type V2 billed by action minute, V1 by month."),
    settings=(),
    usage=(
        monthly("action_minutes", N_("Action minutes, V2"), "minutes", N_("In started minutes."), per=""),
        monthly("v1_pipelines", N_("Active pipelines, V1"), "pipelines", N_("Older than 30 days."), per=""),
    ),
    prices=(
        PriceKey("codepipeline.action_minute", N_("Action minutes"), "Minute", "AWSCodePipeline"),
        PriceKey("codepipeline.pipeline", N_("Active pipelines"), "Pipeline-month", "AWSCodePipeline"),
    ),
    allowances=(
        Allowance(
            "codepipeline_minutes",
            N_("100 action minutes"),
            ("codepipeline.action_minute",),
            Decimal(100),
            "always",
            _PAGE,
        ),
        Allowance(
            "codepipeline_pipelines",
            N_("1 active pipeline"),
            ("codepipeline.pipeline",),
            Decimal(1),
            "always",
            _PAGE,
        ),
    ),
    quantities=_quantities,
    pricing_page="https://aws.amazon.com/codepipeline/pricing/",
    keywords=("pipeline", "deployment", "continuous delivery"),
)
