"""Amazon GuardDuty: events, logs and resources it watches."""

from collections.abc import Iterator

from webapp.domain.words import N_
from webapp.pricing.aws._fields import monthly
from webapp.pricing.aws._wording import counted
from webapp.pricing.declaration import Inputs, PriceKey, Quantity, ServiceModel, Usage

_EVENTS, _GB, _VCPU = N_("%(n)s events"), N_("%(n)s GB"), N_("%(n)s vCPU-months")
#: Usage, price key, label, unit of the usage, unit of the price, and how an amount is said.
_SOURCES = (
    ("cloudtrail_events", "cloudtrail", N_("CloudTrail management events"), "events", "Event", _EVENTS),
    ("flow_and_dns_gb", "logs", N_("VPC flow and DNS logs"), "GB", "GB", _GB),
    ("s3_events", "s3", N_("S3 data events"), "events", "Event", _EVENTS),
    ("eks_events", "eks", N_("EKS audit log events"), "events", "Event", _EVENTS),
    ("runtime_vcpu_months", "runtime", N_("Runtime monitoring"), "vCPU-months", "vCPU-month", _VCPU),
    ("rds_vcpu_months", "rds", N_("RDS protection"), "vCPU-months", "vCPU-month", _VCPU),
    ("lambda_gb", "lambda", N_("Lambda network logs"), "GB", "GB", _GB),
    ("malware_gb", "malware", N_("Volumes scanned for malware"), "GB", "GB", _GB),
)


def _quantities(inputs: Inputs) -> Iterator[Quantity]:
    return counted(inputs, ((f"guardduty.{key}", name, how) for name, key, *_, how in _SOURCES))


def _usage() -> Iterator[Usage]:
    for name, _, label, unit, _, _ in _SOURCES:
        yield monthly(name, label, unit, per="")


SERVICE = ServiceModel(
    code="guardduty",
    name="Amazon GuardDuty",
    category=N_("Security"),
    summary=N_("Threat detection billed by what it reads."),
    settings=(),
    usage=tuple(_usage()),
    prices=tuple(
        # The names these have in the AWS Price List have not been seen, so no import finds them yet.
        PriceKey(f"guardduty.{key}", label, unit, "AmazonGuardDuty")
        for _, key, label, _, unit, _ in _SOURCES
    ),
    allowances=(),
    quantities=_quantities,
    assumptions=(N_("The 30-day trial of GuardDuty is not taken off."),),
    pricing_page="https://aws.amazon.com/guardduty/pricing/",
    keywords=("threats", "security", "detection"),
)
