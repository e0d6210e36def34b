"""AWS Step Functions: transitions of Standard workflows, requests and GB-seconds of Express ones."""

from collections.abc import Iterator
from decimal import Decimal

from webapp.domain.words import N_, wording
from webapp.pricing.aws._fields import choice, decimal, monthly
from webapp.pricing.aws._rounding import MB_PER_GB, started_at_least_one
from webapp.pricing.declaration import Allowance, Inputs, PriceKey, Quantity, ServiceModel

OFFER = "AmazonStates"
#: An Express execution is billed in started steps of 100 ms and 64 MB (AWS Step Functions pricing page).
STEP_MS = 100
STEP_MB = 64
_STANDARD, _EXPRESS = ("workflow_type", "standard"), ("workflow_type", "express")


def _quantities(inputs: Inputs) -> Iterator[Quantity]:
    if inputs.choice("workflow_type") == "standard":
        n = inputs["transitions"]
        yield Quantity("sfn.standard.transition", n, wording("%(n)s state transitions", n=n))
    else:
        yield from _express(inputs)


def _express(inputs: Inputs) -> Iterator[Quantity]:
    requests = inputs["requests"]
    yield Quantity("sfn.express.request", requests, wording("%(n)s executions", n=requests))
    seconds = started_at_least_one(inputs.number("duration_ms"), STEP_MS) * STEP_MS / 1000
    gb = started_at_least_one(inputs.number("memory_mb"), STEP_MB) * STEP_MB / MB_PER_GB
    yield Quantity(
        "sfn.express.duration",
        requests * seconds * gb + inputs["gb_seconds"],
        wording(
            "%(n)s executions × %(seconds)s s in steps of 100 ms × %(gb)s GB in steps of 64 MB + %(stated)s",
            n=requests,
            seconds=seconds,
            gb=gb,
            stated=inputs["gb_seconds"],
        ),
    )


SERVICE = ServiceModel(
    code="step_functions",
    name="AWS Step Functions",
    category=N_("Integration"),
    summary=N_("Workflows billed per state transition, or per request and GB-second."),
    settings=(
        choice(
            "workflow_type",
            N_("Workflow type"),
            (("standard", N_("Standard")), ("express", N_("Express"))),
        ),
        decimal(
            "duration_ms",
            N_("Average duration"),
            "ms",
            1000,
            (0, 300_000),
            N_("Of one Express execution; rounded up to 100 ms."),
            shown_when=_EXPRESS,
        ),
        decimal(
            "memory_mb",
            N_("Memory"),
            "MB",
            64,
            (0, 10240),
            N_("Of one Express execution, 50 MB and its payload; rounded up to 64 MB."),
            shown_when=_EXPRESS,
        ),
    ),
    usage=(
        monthly(
            "transitions",
            N_("State transitions"),
            "transitions",
            N_("Steps of all executions; every retry counts again."),
            shown_when=_STANDARD,
        ),
        monthly("requests", N_("Executions"), "requests", N_("Of Express workflows."), shown_when=_EXPRESS),
        monthly(
            "gb_seconds",
            N_("Further GB-seconds"),
            "GB-seconds",
            N_("Express duration from a bill or a report, added as it is."),
            per="",
            shown_when=_EXPRESS,
        ),
    ),
    prices=(
        PriceKey(
            "sfn.standard.transition",
            N_("State transitions"),
            "StateTransition",
            OFFER,
            {"usagetype": "StateTransition"},
        ),
        PriceKey(
            "sfn.express.request",
            N_("Express requests"),
            "Request",
            OFFER,
            {"usagetype": "StepFunctions-Request"},
        ),
        PriceKey(
            "sfn.express.duration",
            N_("Express duration"),
            "GB-Second",
            OFFER,
            {"usagetype": "StepFunctions-GB-Second"},
        ),
    ),
    allowances=(
        Allowance(
            "sfn_transitions",
            N_("4,000 state transitions of Standard workflows"),
            ("sfn.standard.transition",),
            Decimal(4000),
            "always",
            "AWS Step Functions pricing page",
        ),
    ),
    quantities=_quantities,
    pricing_page="https://aws.amazon.com/step-functions/pricing/",
    keywords=("workflow", "state machine", "orchestration"),
)
