"""Public IPv4 addresses, in use or idle, by the hour."""

from collections.abc import Iterator
from decimal import Decimal

from webapp.domain.words import N_
from webapp.pricing.aws._fields import whole
from webapp.pricing.aws._hours import counted_hours, further_hours, hours_setting
from webapp.pricing.declaration import Allowance, Inputs, PriceKey, Quantity, ServiceModel


def _quantities(inputs: Inputs) -> Iterator[Quantity]:
    for kind in ("in_use", "idle"):
        hours, how = counted_hours(inputs, kind, f"{kind}_hours")
        if hours:
            yield Quantity(f"vpc.ipv4.{kind}", hours, how)


def _price(kind: str, label: str, usagetype: str) -> PriceKey:
    return PriceKey(f"vpc.ipv4.{kind}", label, "Hour", "AmazonVPC", {"usagetype": f"PublicIPv4:{usagetype}"})


SERVICE = ServiceModel(
    code="public_ipv4",
    name="Public IPv4 address",
    category=N_("Networking"),
    summary=N_("Every public IPv4 address of an account, billed by the hour."),
    settings=(
        whole(
            "in_use",
            N_("Addresses in use"),
            "addresses",
            1,
            (0, 1_000_000),
            N_("Of instances, load balancers, NAT gateways, tasks and databases."),
        ),
        whole(
            "idle", N_("Idle addresses"), "addresses", 0, (0, 1_000_000), N_("Kept but attached to nothing.")
        ),
        hours_setting(),
    ),
    usage=(
        further_hours("in_use_hours", N_("Further hours in use")),
        further_hours("idle_hours", N_("Further idle hours")),
    ),
    prices=(
        _price("in_use", N_("Addresses in use"), "InUseAddress"),
        _price("idle", N_("Idle addresses"), "IdleAddress"),
    ),
    allowances=(
        Allowance(
            "ipv4_hours",
            N_("750 hours of a public IPv4 address in use"),
            ("vpc.ipv4.in_use",),
            Decimal(750),
            "first-12-months",
            "AWS free tier page; for accounts opened before 2025-07-15",
        ),
    ),
    quantities=_quantities,
    pricing_page="https://aws.amazon.com/vpc/pricing/",
    keywords=("ip", "elastic ip", "address", "vpc"),
)
