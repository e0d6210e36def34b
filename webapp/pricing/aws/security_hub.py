"""AWS Security Hub: security checks and findings taken in."""

from collections.abc import Iterator
from decimal import Decimal

from webapp.domain.words import N_
from webapp.pricing.aws._fields import monthly
from webapp.pricing.aws._wording import counted
from webapp.pricing.declaration import Allowance, Inputs, PriceKey, Quantity, ServiceModel


def _quantities(inputs: Inputs) -> Iterator[Quantity]:
    return counted(
        inputs,
        (
            ("securityhub.check", "checks", N_("%(n)s checks")),
            ("securityhub.finding", "findings", N_("%(n)s findings")),
        ),
    )


SERVICE = ServiceModel(
    code="security_hub",
    name="AWS Security Hub",
    category=N_("Security"),
    summary=N_("Security checks and findings, billed by number."),
    settings=(),
    usage=(
        monthly("checks", N_("Security checks"), "checks", per=""),
        monthly(
            "findings", N_("Findings taken in"), "findings", N_("Those of its own checks are free."), per=""
        ),
    ),
    prices=(
        PriceKey("securityhub.check", N_("Security checks"), "Check", "AWSSecurityHub"),
        PriceKey("securityhub.finding", N_("Findings taken in"), "Finding", "AWSSecurityHub"),
    ),
    allowances=(
        Allowance(
            "securityhub_findings",
            N_("10,000 findings taken in"),
            ("securityhub.finding",),
            Decimal(10_000),
            "always",
            "A real bill of 2025-05 shows it",
        ),
    ),
    quantities=_quantities,
    assumptions=(
        N_("Security checks are priced at the first tier whatever their number; lower tiers are unknown."),
    ),
    pricing_page="https://aws.amazon.com/security-hub/pricing/",
    keywords=("findings", "compliance", "security checks"),
)
