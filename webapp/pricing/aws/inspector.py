"""Amazon Inspector: machines, container images and functions scanned."""

from collections.abc import Iterator

from webapp.domain.words import N_
from webapp.pricing.aws._fields import monthly
from webapp.pricing.aws._wording import counted
from webapp.pricing.declaration import Inputs, PriceKey, Quantity, ServiceModel

_IMAGES, _HOURS = N_("%(n)s images"), N_("%(n)s hours")
#: Usage, price key, label, unit of the usage, billing unit, and how an amount is said.
_ITEMS = (
    ("instance_hours", "ec2_hour", N_("EC2 instances with agent"), "hours", "Hour", _HOURS),
    ("image_scans", "image", N_("Images scanned when pushed"), "images", "Image", _IMAGES),
    ("image_rescans", "image_rescan", N_("Images scanned again"), "images", "Image", _IMAGES),
    ("function_hours", "lambda_hour", N_("Lambda functions scanned"), "hours", "Hour", _HOURS),
)


def _quantities(inputs: Inputs) -> Iterator[Quantity]:
    return counted(inputs, ((f"inspector.{key}", name, how) for name, key, *_, how in _ITEMS))


SERVICE = ServiceModel(
    code="inspector",
    name="Amazon Inspector",
    category=N_("Security"),
    summary=N_("Scans for vulnerabilities, billed by machine hour and image."),
    settings=(),
    usage=tuple(monthly(name, label, unit, per="") for name, _, label, unit, _, _ in _ITEMS),
    prices=tuple(
        PriceKey(f"inspector.{key}", label, unit, "AmazonInspectorV2") for _, key, label, _, unit, _ in _ITEMS
    ),
    allowances=(),
    quantities=_quantities,
    assumptions=(N_("The 15-day trial of Inspector is not taken off."),),
    pricing_page="https://aws.amazon.com/inspector/pricing/",
    keywords=("vulnerabilities", "scan", "images"),
)
