"""AWS Client VPN: networks an endpoint is associated with, and connections of people."""

from collections.abc import Iterator

from webapp.domain.words import N_
from webapp.pricing.aws._fields import monthly
from webapp.pricing.aws._wording import counted
from webapp.pricing.declaration import Inputs, PriceKey, Quantity, ServiceModel


def _quantities(inputs: Inputs) -> Iterator[Quantity]:
    return counted(
        inputs,
        (
            ("vpc.client_vpn_endpoint_hour", "association_hours", N_("%(n)s hours")),
            ("vpc.client_vpn_connection_hour", "connection_hours", N_("%(n)s hours")),
        ),
    )


def _price(key: str, label: str, usagetype: str) -> PriceKey:
    return PriceKey(f"vpc.{key}", label, "Hour", "AmazonVPC", {"usagetype": usagetype})


SERVICE = ServiceModel(
    code="client_vpn",
    name="AWS Client VPN",
    category=N_("Networking"),
    summary=N_("Access for people, billed by associated network and connection."),
    settings=(),
    usage=(
        monthly(
            "association_hours",
            N_("Associated networks"),
            "hours",
            N_("Hours times networks: 730 each."),
            per="",
        ),
        monthly("connection_hours", N_("Connections"), "hours", N_("Hours times people connected."), per=""),
    ),
    prices=(
        _price("client_vpn_endpoint_hour", N_("Associated networks"), "ClientVPN-EndpointHours"),
        _price("client_vpn_connection_hour", N_("Connections"), "ClientVPN-ConnectionHours"),
    ),
    allowances=(),
    quantities=_quantities,
    pricing_page="https://aws.amazon.com/vpn/pricing/",
    keywords=("vpn", "remote access"),
)
