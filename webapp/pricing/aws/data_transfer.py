"""Data transfer out of a region: to the internet, to other regions, between zones, to CloudFront."""

from collections.abc import Iterator
from decimal import Decimal

from webapp.domain.words import N_, wording
from webapp.pricing.aws._fields import monthly
from webapp.pricing.aws._volume import how_gb, stated_gb
from webapp.pricing.aws._wording import added, counted
from webapp.pricing.declaration import Allowance, Inputs, PriceKey, Quantity, ServiceModel

#: Traffic between zones is billed once leaving and once arriving (Amazon EC2 on-demand pricing page).
DIRECTIONS = 2
_PAGE = "Amazon EC2 on-demand pricing page, data transfer"


def _quantities(inputs: Inputs) -> Iterator[Quantity]:
    gb = stated_gb(inputs, "internet_gb", "internet_bytes")
    if gb:
        yield Quantity("dto.internet", gb, how_gb(inputs, "internet_gb", "internet_bytes"))
    moved, billed = inputs["inter_az_gb"], inputs["regional_gb"]
    if moved or billed:
        how = added(
            (moved, wording("%(gb)s GB between zones × 2 directions", gb=moved)),
            (billed, wording("%(gb)s GB counted by direction", gb=billed)),
        )
        yield Quantity("dto.regional_az", moved * DIRECTIONS + billed, how)
    yield from counted(inputs, _AS_STATED)


_AS_STATED = (
    ("dto.interregion", "inter_region_gb", N_("%(n)s GB")),
    ("dto.interregion.us_east", "inter_region_us_east_gb", N_("%(n)s GB")),
    ("dto.to_cloudfront", "to_cloudfront_gb", N_("%(n)s GB")),
)


def _price(key: str, label: str, **selector: str) -> PriceKey:
    return PriceKey(f"dto.{key}", label, "GB", "AWSDataTransfer", selector)


SERVICE = ServiceModel(
    code="data_transfer",
    name="AWS data transfer",
    category=N_("Networking"),
    summary=N_("Data leaving a region, billed per GB over all services together."),
    settings=(),
    usage=(
        monthly(
            "internet_gb",
            N_("Out to the internet"),
            "GB",
            N_("GB of 2^30 bytes. Data coming in is free."),
            per="",
        ),
        monthly(
            "internet_bytes",
            N_("Out to the internet, in bytes"),
            "bytes",
            N_("Added to the GB above; for traffic that is counted in bytes."),
            per="bytes",
        ),
        monthly(
            "inter_region_gb",
            N_("To other AWS regions"),
            "GB",
            N_("Billed to the sending region. Some destinations differ from the usual price."),
            per="",
        ),
        monthly(
            "inter_region_us_east_gb",
            N_("Between N. Virginia and Ohio"),
            "GB",
            N_("us-east-1 to us-east-2 and back costs less than other pairs."),
            per="",
        ),
        monthly(
            "inter_az_gb",
            N_("Between availability zones"),
            "GB",
            N_(
                "GB moved; each is billed twice, leaving one zone and entering the other. Traffic over "
                "public addresses and between peered networks in a region counts the same."
            ),
            per="",
        ),
        monthly(
            "regional_gb",
            N_("Regional transfer as billed"),
            "GB",
            N_("GB as a bill shows them, each direction already counted."),
            per="",
        ),
        monthly(
            "to_cloudfront_gb",
            N_("To CloudFront"),
            "GB",
            N_("Origin fetches by CloudFront."),
            per="",
        ),
    ),
    prices=(
        _price(
            "internet",
            N_("Out to the internet"),
            usagetype="DataTransfer-Out-Bytes",
            transferType="AWS Outbound",
        ),
        _price("interregion", N_("To other regions"), transferType="InterRegion Outbound"),
        _price(
            "interregion.us_east",
            N_("Between N. Virginia and Ohio"),
            usagetype="USE2-AWS-Out-Bytes",
            transferType="InterRegion Outbound",
        ),
        _price(
            "regional_az",
            N_("Between availability zones"),
            usagetype="DataTransfer-Regional-Bytes",
            transferType="IntraRegion",
        ),
        _price("to_cloudfront", N_("To CloudFront"), usagetype="CloudFront-Out-Bytes"),
    ),
    allowances=(
        Allowance(
            "dto_internet",
            N_("100 GB out to the internet, over all services and regions"),
            ("dto.internet",),
            Decimal(100),
            "always",
            _PAGE,
        ),
        Allowance(
            "dto_regional",
            N_("1 GB between zones"),
            ("dto.regional_az",),
            Decimal(1),
            "always",
            "A real bill of 2025-05 shows it",
        ),
    ),
    quantities=_quantities,
    assumptions=(
        N_("Tiers of internet transfer count what all services of the account send from the region."),
        N_("Transfer to other regions is priced as to most of them; a few destinations cost more or less."),
    ),
    pricing_page="https://aws.amazon.com/ec2/pricing/on-demand/#Data_Transfer",
    keywords=("egress", "bandwidth", "internet", "inter-region", "availability zone"),
)
