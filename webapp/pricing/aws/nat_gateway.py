"""NAT gateways: started hours and data processed."""

from collections.abc import Iterator

from webapp.domain.words import N_, wording
from webapp.pricing.aws._fields import monthly, whole
from webapp.pricing.aws._hours import further_hours, hours_setting
from webapp.pricing.aws._rounding import started
from webapp.pricing.aws._volume import how_gb, processed_bytes, stated_gb
from webapp.pricing.aws._wording import added
from webapp.pricing.declaration import Inputs, PriceKey, Quantity, ServiceModel


def _quantities(inputs: Inputs) -> Iterator[Quantity]:
    # A partial hour is billed as a full one (Amazon VPC pricing page).
    gateways, hours = inputs.number("gateways"), started(inputs.number("hours"), 1)
    more = inputs["gateway_hours"]
    if gateways * hours or more:
        how = added(
            (gateways * hours, wording("%(n)s × %(hours)s started hours", n=gateways, hours=hours)),
            (more, wording("%(n)s h", n=more)),
        )
        yield Quantity("nat.hour", gateways * hours + more, how)
    gb = stated_gb(inputs, "processed_gb", "processed_bytes")
    if gb:
        yield Quantity("nat.gb", gb, how_gb(inputs, "processed_gb", "processed_bytes"))


def _price(key: str, label: str, unit: str, usagetype: str) -> PriceKey:
    # Regional NAT gateways have usage types of their own that end alike.
    selector = {"usagetype": usagetype, "operation": "NatGateway"}
    return PriceKey(f"nat.{key}", label, unit, "AmazonEC2", selector)


SERVICE = ServiceModel(
    code="nat_gateway",
    name="NAT gateway",
    category=N_("Networking"),
    summary=N_("The way out of private subnets, billed by the started hour and by GB."),
    settings=(
        whole("gateways", N_("NAT gateways"), "gateways", 1, (0, 100_000), N_("Usually one in each zone.")),
        hours_setting(),
    ),
    usage=(
        monthly(
            "processed_gb",
            N_("Data processed"),
            "GB",
            N_("Both directions. Transfer out to the internet is billed besides."),
            per="",
        ),
        processed_bytes(),
        further_hours("gateway_hours", N_("Further gateway hours")),
    ),
    prices=(
        _price("hour", N_("NAT gateway hours"), "Hour", "NatGateway-Hours"),
        _price("gb", N_("Data processed"), "GB", "NatGateway-Bytes"),
    ),
    allowances=(),
    quantities=_quantities,
    assumptions=(
        N_("Data through a NAT gateway to the internet is data transfer too, a resource of its own."),
    ),
    pricing_page="https://aws.amazon.com/vpc/pricing/",
    keywords=("nat", "vpc", "egress", "subnet"),
)
