"""AWS X-Ray: traces recorded, retrieved and scanned."""

from collections.abc import Iterator
from decimal import Decimal

from webapp.domain.words import N_, wording
from webapp.pricing.aws._fields import decimal, monthly
from webapp.pricing.aws._wording import counted
from webapp.pricing.declaration import Allowance, Inputs, PriceKey, Quantity, ServiceModel

_PAGE = "AWS X-Ray pricing page"


def _quantities(inputs: Inputs) -> Iterator[Quantity]:
    requests, percent = inputs["requests"], inputs.number("sampled_percent")
    if requests and percent:
        how = wording("%(n)s requests × %(percent)s %% sampled", n=requests, percent=percent)
        yield Quantity("xray.recorded", requests * percent / 100, how)
    yield from counted(
        inputs,
        (
            ("xray.retrieved", "traces_retrieved", N_("%(n)s traces")),
            ("xray.scanned", "traces_scanned", N_("%(n)s traces")),
            ("xray.insights", "insights_traces", N_("%(n)s traces")),
        ),
    )


def _price(key: str, label: str, **selector: str) -> PriceKey:
    return PriceKey(f"xray.{key}", label, "Trace", "AWSXRay", selector)


SERVICE = ServiceModel(
    code="xray",
    name="AWS X-Ray",
    category=N_("Monitoring"),
    summary=N_("Traces billed when they are recorded and when they are read."),
    settings=(
        decimal(
            "sampled_percent", N_("Requests that are traced"), "%", 5, (0, 100), N_("The sampling rate.")
        ),
    ),
    usage=(
        monthly("requests", N_("Requests"), "requests", N_("Of which the sampled share is recorded.")),
        monthly("traces_retrieved", N_("Traces retrieved"), "traces", per=""),
        monthly("traces_scanned", N_("Traces scanned"), "traces", per=""),
        monthly("insights_traces", N_("Traces analysed by Insights"), "traces", per=""),
    ),
    prices=(
        _price("recorded", N_("Traces recorded"), usagetype="XRay-TracesStored"),
        _price("retrieved", N_("Traces retrieved"), usagetype="XRay-TracesAccessed"),
        _price("scanned", N_("Traces scanned")),
        _price("insights", N_("Traces analysed by Insights")),
    ),
    allowances=(
        Allowance(
            "xray_recorded",
            N_("100,000 traces recorded"),
            ("xray.recorded",),
            Decimal(100_000),
            "always",
            _PAGE,
        ),
        Allowance(
            "xray_read",
            N_("1 million traces retrieved or scanned"),
            ("xray.retrieved", "xray.scanned"),
            Decimal(1_000_000),
            "always",
            _PAGE,
        ),
    ),
    quantities=_quantities,
    pricing_page="https://aws.amazon.com/xray/pricing/",
    keywords=("tracing", "traces"),
)
