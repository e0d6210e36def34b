"""Amazon ECR: stored container images, private and public, and what public ones send out."""

from collections.abc import Iterator
from decimal import Decimal

from webapp.domain.words import N_
from webapp.pricing.aws._fields import monthly
from webapp.pricing.aws._wording import counted
from webapp.pricing.declaration import Allowance, Inputs, PriceKey, Quantity, ServiceModel


def _quantities(inputs: Inputs) -> Iterator[Quantity]:
    yield from counted(inputs, _LINES)


_LINES = (
    ("ecr.storage", "storage_gb", N_("%(n)s GB")),
    ("ecr.public_storage", "public_storage_gb", N_("%(n)s GB")),
)

SERVICE = ServiceModel(
    code="ecr",
    name="Amazon ECR",
    category=N_("Containers"),
    summary=N_("Container images billed by the GB stored."),
    settings=(),
    usage=(
        monthly(
            "storage_gb", N_("Stored in private repositories"), "GB", N_("Average over the month."), per=""
        ),
        monthly("public_storage_gb", N_("Stored in public repositories"), "GB", per=""),
    ),
    prices=(
        PriceKey(
            "ecr.storage",
            N_("Private repositories"),
            "GB-Mo",
            "AmazonECR",
            {"usagetype": "TimedStorage-ByteHrs"},
        ),
        PriceKey("ecr.public_storage", N_("Public repositories"), "GB-Mo", "AmazonECRPublic"),
    ),
    allowances=(
        Allowance(
            "ecr_private",
            N_("0.5 GB in private repositories"),
            ("ecr.storage",),
            Decimal("0.5"),
            "first-12-months",
            "AWS free tier page; for accounts opened before 2025-07-15",
        ),
        Allowance(
            "ecr_public",
            N_("50 GB in public repositories"),
            ("ecr.public_storage",),
            Decimal(50),
            "always",
            "Amazon ECR pricing page",
        ),
    ),
    quantities=_quantities,
    assumptions=(
        N_("Images pulled inside a region are free; what leaves it is data transfer, a resource of its own."),
    ),
    pricing_page="https://aws.amazon.com/ecr/pricing/",
    keywords=("container", "registry", "docker", "images"),
)
