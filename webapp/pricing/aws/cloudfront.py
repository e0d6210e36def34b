"""Amazon CloudFront: data and requests by area of the viewers, functions, invalidations, flat-rate plans."""

from collections.abc import Iterator
from decimal import Decimal

from webapp.domain.words import N_, wording
from webapp.pricing.aws._cloudfront_prices import EDGES, PRICES
from webapp.pricing.aws._fields import choice, monthly, whole
from webapp.pricing.aws._volume import how_gb, stated_gb
from webapp.pricing.aws._wording import counted
from webapp.pricing.declaration import Allowance, Inputs, Quantity, ServiceModel, Setting

_PAGE = "Amazon CloudFront pricing page"
_PLANS = ("pro", "business", "premium")


def _quantities(inputs: Inputs) -> Iterator[Quantity]:
    edge = inputs.choice("edge")
    gb = stated_gb(inputs, "transfer_gb", "transfer_bytes")
    if gb:
        yield Quantity(f"cf.dto.{edge}", gb, how_gb(inputs, "transfer_gb", "transfer_bytes"))
    by_area = (
        (f"cf.https.{edge}", "https_requests", N_("%(n)s requests")),
        (f"cf.http.{edge}", "http_requests", N_("%(n)s requests")),
        (f"cf.origin.{edge}", "origin_gb", N_("%(n)s GB")),
    )
    yield from counted(inputs, (*by_area, *_AS_STATED))
    for plan in _PLANS:
        count = inputs.number(f"{plan}_plans")
        if count:
            yield Quantity(f"cf.plan.{plan}", count, wording("%(n)s plans", n=count))


_AS_STATED = (
    ("cf.functions", "function_calls", N_("%(n)s calls")),
    ("cf.invalidations", "invalidated_paths", N_("%(n)s paths")),
    ("cf.realtime_logs", "realtime_log_lines", N_("%(n)s lines")),
    ("cf.field_encryption", "encrypted_requests", N_("%(n)s requests")),
    ("cf.dedicated_ip", "dedicated_ip_certificates", N_("%(n)s certificates")),
)


def _plans(name: str, label: str) -> Setting:
    return whole(name, label, "plans", 0, (0, 10_000))


def _always(name: str, label: str, keys: tuple[str, ...], quantity: int) -> Allowance:
    return Allowance(name, label, keys, Decimal(quantity), "always", _PAGE)


def _in_every_area(*kinds: str) -> tuple[str, ...]:
    return tuple(f"cf.{kind}.{edge}" for edge, *_ in EDGES for kind in kinds)


SERVICE = ServiceModel(
    code="cloudfront",
    name="Amazon CloudFront",
    category=N_("Networking"),
    summary=N_("Content delivery billed by GB and request, by where the viewers are."),
    settings=(
        choice(
            "edge",
            N_("Where the viewers are"),
            tuple((value, label) for value, label, _ in EDGES),
            N_("One resource is one area; viewers in two are two resources."),
        ),
        _plans("pro_plans", N_("Pro plans")),
        _plans("business_plans", N_("Business plans")),
        _plans("premium_plans", N_("Premium plans")),
    ),
    usage=(
        monthly("transfer_gb", N_("Data to viewers"), "GB", N_("Not what a flat-rate plan covers."), per=""),
        monthly(
            "transfer_bytes",
            N_("Data to viewers, in bytes"),
            "bytes",
            N_("Added to the GB above."),
            per="bytes",
        ),
        monthly("https_requests", N_("HTTPS requests"), "requests"),
        monthly("http_requests", N_("HTTP requests"), "requests", per=""),
        monthly(
            "origin_gb", N_("Data to the origin"), "GB", N_("Uploads; what the origin sends is free."), per=""
        ),
        monthly("function_calls", N_("CloudFront Functions"), "calls", per=""),
        monthly("invalidated_paths", N_("Invalidated paths"), "paths", per=""),
        monthly("realtime_log_lines", N_("Real-time log lines"), "lines", per=""),
        monthly("encrypted_requests", N_("Requests with field-level encryption"), "requests", per=""),
        monthly("dedicated_ip_certificates", N_("Certificates with a dedicated IP"), "certificates", per=""),
    ),
    prices=PRICES,
    allowances=(
        _always("cf_transfer", N_("1 TB to viewers"), _in_every_area("dto"), 1_024),
        _always("cf_requests", N_("10 million requests"), _in_every_area("https", "http"), 10_000_000),
        _always("cf_functions", N_("2 million function calls"), ("cf.functions",), 2_000_000),
        _always("cf_invalidations", N_("1,000 invalidated paths"), ("cf.invalidations",), 1_000),
    ),
    quantities=_quantities,
    assumptions=(
        N_("CloudFront prices the area of the viewers, not the region; Lambda@Edge is a Lambda resource."),
    ),
    pricing_page="https://aws.amazon.com/cloudfront/pricing/",
    keywords=("cdn", "content delivery", "edge", "distribution"),
)
