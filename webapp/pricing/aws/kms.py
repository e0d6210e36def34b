"""AWS Key Management Service: key versions kept, and requests by kind."""

from collections.abc import Iterator
from decimal import Decimal

from webapp.domain.words import N_, wording
from webapp.pricing.aws._fields import monthly, whole
from webapp.pricing.aws._wording import counted
from webapp.pricing.declaration import Allowance, Inputs, PriceKey, Quantity, ServiceModel

#: Only the first two rotations of a key add a billed version (AWS KMS pricing page).
BILLED_ROTATIONS = Decimal(2)


def _quantities(inputs: Inputs) -> Iterator[Quantity]:
    keys = inputs["keys"]
    versions = 1 + min(BILLED_ROTATIONS, inputs.number("rotations"))
    if keys:
        how = wording("%(n)s keys × %(versions)s versions", n=keys, versions=versions)
        yield Quantity("kms.key", keys * versions, how)
    yield from counted(inputs, _AS_STATED)


_AS_STATED = (
    ("kms.requests.symmetric", "symmetric_requests", N_("%(n)s requests")),
    ("kms.requests.rsa2048", "rsa_2048_requests", N_("%(n)s requests")),
    ("kms.requests.asymmetric_other", "asymmetric_requests", N_("%(n)s requests")),
    ("kms.requests.gendatakeypair_ecc", "ecc_key_pairs", N_("%(n)s key pairs")),
    ("kms.requests.gendatakeypair_rsa", "rsa_key_pairs", N_("%(n)s key pairs")),
)


def _price(key: str, label: str, unit: str, usagetype: str) -> PriceKey:
    # The prefix of a KMS usage type is the region code itself: "eu-west-2-KMS-Requests".
    return PriceKey(f"kms.{key}", label, unit, "awskms", {"usagetype": usagetype})


SERVICE = ServiceModel(
    code="kms",
    name="AWS Key Management Service",
    category=N_("Security"),
    summary=N_("Customer managed keys billed per version and month, and requests by kind."),
    settings=(
        whole(
            "rotations",
            N_("Rotations so far"),
            "rotations",
            0,
            (0, 1000),
            N_("Each of the first two rotations of a key adds a version that is billed."),
        ),
    ),
    usage=(
        monthly(
            "keys",
            N_("Customer managed keys"),
            "keys",
            N_("Counted by the hour: half a month is 0.5. Keys that AWS manages are free."),
            per="",
        ),
        monthly(
            "symmetric_requests", N_("Symmetric requests"), "requests", N_("Encrypt, decrypt, data keys.")
        ),
        monthly("rsa_2048_requests", N_("RSA 2048 requests"), "requests"),
        monthly("asymmetric_requests", N_("Other asymmetric requests"), "requests"),
        monthly("ecc_key_pairs", N_("ECC data key pairs"), "requests"),
        monthly("rsa_key_pairs", N_("RSA data key pairs"), "requests"),
    ),
    prices=(
        _price("key", N_("Keys"), "Key-month", "KMS-Keys"),
        _price("requests.symmetric", N_("Symmetric requests"), "Request", "KMS-Requests"),
        _price("requests.rsa2048", N_("RSA 2048 requests"), "Request", "KMS-Requests-Asymmetric-RSA_2048"),
        _price(
            "requests.asymmetric_other", N_("Other asymmetric requests"), "Request", "KMS-Requests-Asymmetric"
        ),
        _price(
            "requests.gendatakeypair_ecc",
            N_("ECC data key pairs"),
            "Request",
            "KMS-Requests-GenerateDatakeyPair-ECC",
        ),
        _price(
            "requests.gendatakeypair_rsa",
            N_("RSA data key pairs"),
            "Request",
            "KMS-Requests-GenerateDatakeyPair-RSA",
        ),
    ),
    allowances=(
        Allowance(
            "kms_requests",
            N_("20,000 symmetric requests"),
            ("kms.requests.symmetric",),
            Decimal(20_000),
            "always",
            "AWS KMS pricing page",
        ),
    ),
    quantities=_quantities,
    pricing_page="https://aws.amazon.com/kms/pricing/",
    keywords=("encryption", "keys", "cmk"),
)
