"""Classic Load Balancer: hours and data processed."""

from collections.abc import Iterator
from decimal import Decimal

from webapp.domain.words import N_
from webapp.pricing.aws._fields import monthly
from webapp.pricing.aws._hours import further_hours, hours_setting
from webapp.pricing.aws._lcu import balancer_hours, balancers_setting, elb_price
from webapp.pricing.aws._volume import how_gb, processed_bytes, stated_gb
from webapp.pricing.declaration import Allowance, Inputs, Quantity, ServiceModel


def _quantities(inputs: Inputs) -> Iterator[Quantity]:
    yield from balancer_hours(inputs, "clb.hour")
    gb = stated_gb(inputs, "processed_gb", "processed_bytes")
    if gb:
        yield Quantity("clb.gb", gb, how_gb(inputs, "processed_gb", "processed_bytes"))


SERVICE = ServiceModel(
    code="clb",
    name="Classic Load Balancer",
    category=N_("Networking"),
    summary=N_("Load balancers of the first generation, billed by the hour and by GB."),
    settings=(balancers_setting(), hours_setting()),
    usage=(
        monthly("processed_gb", N_("Data processed"), "GB", per=""),
        processed_bytes(),
        further_hours("balancer_hours", N_("Further load balancer hours")),
    ),
    prices=(
        elb_price("clb.hour", N_("Load balancer hours"), "Hour", "LoadBalancerUsage", ""),
        elb_price("clb.gb", N_("Data processed"), "GB", "DataProcessing-Bytes", ""),
    ),
    allowances=(
        Allowance(
            "clb_gb",
            N_("15 GB of classic load balancers"),
            ("clb.gb",),
            Decimal(15),
            "first-12-months",
            "AWS free tier page; for accounts opened before 2025-07-15",
        ),
    ),
    quantities=_quantities,
    pricing_page="https://aws.amazon.com/elasticloadbalancing/pricing/",
    keywords=("load balancer", "elb"),
)
