"""AWS Site-to-Site VPN: connections by the hour."""

from collections.abc import Iterator

from webapp.domain.words import N_
from webapp.pricing.aws._fields import whole
from webapp.pricing.aws._hours import counted_hours, further_hours, hours_setting
from webapp.pricing.declaration import Inputs, PriceKey, Quantity, ServiceModel


def _quantities(inputs: Inputs) -> Iterator[Quantity]:
    hours, how = counted_hours(inputs, "connections", "connection_hours")
    if hours:
        yield Quantity("vpc.vpn_connection_hour", hours, how)


SERVICE = ServiceModel(
    code="vpn",
    name="AWS Site-to-Site VPN",
    category=N_("Networking"),
    summary=N_("Encrypted connections of networks into a VPC, billed by the hour."),
    settings=(whole("connections", N_("Connections"), "connections", 1, (0, 10_000)), hours_setting()),
    usage=(further_hours("connection_hours", N_("Further connection hours")),),
    prices=(
        PriceKey(
            "vpc.vpn_connection_hour",
            N_("Connection hours"),
            "Hour",
            "AmazonVPC",
            {"usagetype": "VPN-Usage-Hours:ipsec.1"},
        ),
    ),
    allowances=(),
    quantities=_quantities,
    assumptions=(N_("Data through a VPN to the internet is data transfer, a resource of its own."),),
    pricing_page="https://aws.amazon.com/vpn/pricing/",
    keywords=("vpn", "ipsec", "tunnel", "site-to-site"),
)
