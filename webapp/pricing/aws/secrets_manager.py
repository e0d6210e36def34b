"""AWS Secrets Manager: secrets kept and API calls."""

from collections.abc import Iterator

from webapp.domain.words import N_
from webapp.pricing.aws._fields import monthly
from webapp.pricing.aws._wording import counted
from webapp.pricing.declaration import Inputs, PriceKey, Quantity, ServiceModel

OFFER = "AWSSecretsManager"


def _quantities(inputs: Inputs) -> Iterator[Quantity]:
    return counted(
        inputs,
        (
            ("secrets.secret", "secrets", N_("%(n)s secrets kept all month")),
            ("secrets.api", "api_calls", N_("%(n)s calls")),
        ),
    )


SERVICE = ServiceModel(
    code="secrets_manager",
    name="AWS Secrets Manager",
    category=N_("Security"),
    summary=N_("Secrets billed per month, and each call that reads them."),
    settings=(),
    usage=(
        monthly(
            "secrets",
            N_("Secrets"),
            "secrets",
            N_("Counted by the hour: half a month is 0.5. A replica in another region is a secret."),
            per="",
        ),
        monthly(
            "api_calls",
            N_("API calls"),
            "requests",
            N_("Code that keeps a secret for a while calls less often."),
        ),
    ),
    prices=(
        # The usage type ends in "Secret" here and in "Secrets" there; the product family does not differ.
        PriceKey("secrets.secret", N_("Secrets"), "Secret-month", OFFER, {"productFamily": "Secret"}),
        PriceKey("secrets.api", N_("API calls"), "API Request", OFFER, {"productFamily": "API Request"}),
    ),
    allowances=(),
    quantities=_quantities,
    assumptions=(N_("The 30-day trial of a secret is not taken off."),),
    pricing_page="https://aws.amazon.com/secrets-manager/pricing/",
    keywords=("passwords", "credentials", "rotation"),
)
