"""Amazon Cognito user pools: monthly active users by tier, federation, protection, machine tokens."""

from collections.abc import Iterator
from decimal import Decimal

from webapp.domain.words import N_, wording
from webapp.pricing.aws._fields import choice, monthly
from webapp.pricing.aws._wording import counted
from webapp.pricing.declaration import Allowance, Inputs, PriceKey, Quantity, ServiceModel

_PAGE = "Amazon Cognito pricing page"


def _quantities(inputs: Inputs) -> Iterator[Quantity]:
    users = inputs["active_users"]
    if users:
        yield Quantity(
            f"cognito.{inputs.choice('tier')}.mau", users, wording("%(n)s monthly active users", n=users)
        )
    yield from counted(inputs, _AS_STATED)


_AS_STATED = (
    ("cognito.federation.mau", "federated_users", N_("%(n)s monthly active users")),
    ("cognito.asf.mau", "protected_users", N_("%(n)s monthly active users")),
    ("cognito.m2m.tokens", "machine_tokens", N_("%(n)s token requests")),
    ("cognito.m2m.client", "machine_clients", N_("%(n)s app clients")),
)


def _price(key: str, label: str, unit: str = "MAU", **selector: str) -> PriceKey:
    return PriceKey(f"cognito.{key}", label, unit, "AmazonCognito", selector)


SERVICE = ServiceModel(
    code="cognito",
    name="Amazon Cognito",
    category=N_("Security"),
    summary=N_("User pools billed by the users active in a month."),
    settings=(
        choice(
            "tier",
            N_("Feature plan"),
            (
                ("lite", N_("Lite")),
                ("legacy", N_("Lite, pool older than 2024-11-22")),
                ("essentials", N_("Essentials")),
                ("plus", N_("Plus")),
            ),
            N_("Older pools keep 50,000 free users, newer ones have 10,000. Plus has none."),
        ),
    ),
    usage=(
        monthly(
            "active_users",
            N_("Active users"),
            "users",
            N_("Users that sign in directly or with a social account in the month."),
            per="",
        ),
        monthly(
            "federated_users", N_("Federated users"), "users", N_("Signed in through SAML or OIDC."), per=""
        ),
        monthly(
            "protected_users",
            N_("Users with advanced security"),
            "users",
            N_("On top of the user itself."),
            per="",
        ),
        monthly("machine_tokens", N_("Machine-to-machine tokens"), "requests"),
        monthly("machine_clients", N_("Machine-to-machine app clients"), "clients", per=""),
    ),
    prices=(
        _price("lite.mau", N_("Active users, Lite"), usagetype="CognitoUserPoolsMAU"),
        _price("legacy.mau", N_("Active users, older pool"), usagetype="CognitoUserPoolsMAU"),
        _price("essentials.mau", N_("Active users, Essentials")),
        _price("plus.mau", N_("Active users, Plus")),
        _price("federation.mau", N_("Federated users")),
        _price("asf.mau", N_("Advanced security")),
        _price("m2m.tokens", N_("Machine-to-machine tokens"), "TokenRequest"),
        _price("m2m.client", N_("Machine-to-machine app clients"), "Client-month"),
    ),
    allowances=(
        Allowance(
            "cognito_users",
            N_("10,000 active users, Lite and Essentials together"),
            ("cognito.essentials.mau", "cognito.lite.mau"),
            Decimal(10_000),
            "always",
            _PAGE,
        ),
        Allowance(
            "cognito_users_legacy",
            N_("50,000 active users of pools older than 2024-11-22"),
            ("cognito.legacy.mau",),
            Decimal(50_000),
            "always",
            _PAGE,
        ),
        Allowance(
            "cognito_federated",
            N_("50 federated users"),
            ("cognito.federation.mau",),
            Decimal(50),
            "always",
            _PAGE,
        ),
    ),
    quantities=_quantities,
    assumptions=(N_("SMS and e-mail that Cognito sends are billed by SNS and SES; add them there."),),
    pricing_page="https://aws.amazon.com/cognito/pricing/",
    keywords=("users", "sign-in", "authentication", "mau"),
)
