"""VPC endpoints: interface endpoints of AWS PrivateLink and those of gateway load balancers."""

from collections.abc import Iterator

from webapp.domain.words import N_, wording
from webapp.pricing.aws._fields import choice, monthly, whole
from webapp.pricing.aws._hours import further_hours, hours_setting
from webapp.pricing.aws._volume import how_gb, processed_bytes, stated_gb
from webapp.pricing.aws._wording import added
from webapp.pricing.declaration import Inputs, PriceKey, Quantity, ServiceModel

_KEYS = {"interface": "vpc.endpoint", "gateway_load_balancer": "vpc.gwlb_endpoint"}


def _quantities(inputs: Inputs) -> Iterator[Quantity]:
    key = _KEYS[inputs.choice("endpoint_type")]
    endpoints, zones, hours = (inputs.number(name) for name in ("endpoints", "zones", "hours"))
    more = inputs["endpoint_hours"]
    if endpoints * zones * hours or more:
        how = added(
            (
                endpoints * zones * hours,
                wording("%(n)s × %(zones)s zones × %(hours)s h", n=endpoints, zones=zones, hours=hours),
            ),
            (more, wording("%(n)s h", n=more)),
        )
        yield Quantity(f"{key}.hour", endpoints * zones * hours + more, how)
    gb = stated_gb(inputs, "processed_gb", "processed_bytes")
    if gb:
        yield Quantity(f"{key}.gb", gb, how_gb(inputs, "processed_gb", "processed_bytes"))


def _price(key: str, label: str, unit: str, usagetype: str) -> PriceKey:
    return PriceKey(f"vpc.{key}", label, unit, "AmazonVPC", {"usagetype": f"VpcEndpoint-{usagetype}"})


SERVICE = ServiceModel(
    code="vpc_endpoints",
    name="VPC endpoint",
    category=N_("Networking"),
    summary=N_("Private ways to services, billed per zone and hour and by GB."),
    settings=(
        choice(
            "endpoint_type",
            N_("Kind of endpoint"),
            (
                ("interface", N_("Interface (PrivateLink)")),
                ("gateway_load_balancer", N_("Gateway Load Balancer")),
            ),
            N_("Gateway endpoints of S3 and DynamoDB are free."),
        ),
        whole("endpoints", N_("Endpoints"), "endpoints", 1, (0, 100_000)),
        whole("zones", N_("Zones of each endpoint"), "zones", 1, (0, 10)),
        hours_setting(),
    ),
    usage=(
        monthly(
            "processed_gb",
            N_("Data processed"),
            "GB",
            N_("Of all endpoints; larger volumes cost less."),
            per="",
        ),
        processed_bytes(),
        further_hours("endpoint_hours", N_("Further endpoint hours")),
    ),
    prices=(
        _price("endpoint.hour", N_("Interface endpoint hours"), "Hour", "Hours"),
        _price("endpoint.gb", N_("Data through interface endpoints"), "GB", "Bytes"),
        _price("gwlb_endpoint.hour", N_("Gateway Load Balancer endpoint hours"), "Hour", "GWLBE-Hours"),
        _price("gwlb_endpoint.gb", N_("Data through Gateway Load Balancer endpoints"), "GB", "GWLBE-Bytes"),
    ),
    allowances=(),
    quantities=_quantities,
    pricing_page="https://aws.amazon.com/privatelink/pricing/",
    keywords=("privatelink", "endpoint", "vpc", "interface"),
)
