"""AWS Transit Gateway: attachments by the hour and data processed."""

from collections.abc import Iterator

from webapp.domain.words import N_
from webapp.pricing.aws._fields import monthly, whole
from webapp.pricing.aws._hours import counted_hours, further_hours, hours_setting
from webapp.pricing.aws._volume import how_gb, processed_bytes, stated_gb
from webapp.pricing.declaration import Inputs, PriceKey, Quantity, ServiceModel


def _quantities(inputs: Inputs) -> Iterator[Quantity]:
    hours, how = counted_hours(inputs, "attachments", "attachment_hours")
    if hours:
        yield Quantity("vpc.tgw.attachment_hour", hours, how)
    gb = stated_gb(inputs, "processed_gb", "processed_bytes")
    if gb:
        yield Quantity("vpc.tgw.gb", gb, how_gb(inputs, "processed_gb", "processed_bytes"))


def _price(key: str, label: str, unit: str, usagetype: str) -> PriceKey:
    # Attachments of VPCs; those of VPNs and peerings are products of their own at the same price.
    selector = {"usagetype": usagetype, "operation": "TransitGatewayVPC"}
    return PriceKey(f"vpc.tgw.{key}", label, unit, "AmazonVPC", selector)


SERVICE = ServiceModel(
    code="transit_gateway",
    name="AWS Transit Gateway",
    category=N_("Networking"),
    summary=N_("A hub between VPCs and networks, billed per attachment and hour and by GB."),
    settings=(whole("attachments", N_("Attachments"), "attachments", 1, (0, 100_000)), hours_setting()),
    usage=(
        monthly(
            "processed_gb", N_("Data processed"), "GB", N_("Billed to the attachment that sends it."), per=""
        ),
        processed_bytes(),
        further_hours("attachment_hours", N_("Further attachment hours")),
    ),
    prices=(
        _price("attachment_hour", N_("Attachment hours"), "Hour", "TransitGateway-Hours"),
        _price("gb", N_("Data processed"), "GB", "TransitGateway-Bytes"),
    ),
    allowances=(),
    quantities=_quantities,
    pricing_page="https://aws.amazon.com/transit-gateway/pricing/",
    keywords=("tgw", "vpc", "peering", "network"),
)
