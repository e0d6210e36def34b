"""The prices CloudFront bills by, per area of its edge locations, and where the AWS Price List keeps each."""

from webapp.domain.words import N_, phrase
from webapp.pricing.declaration import PriceKey

#: Value, label, and the AWS Price List's name of an area.
EDGES = (
    ("us", N_("United States, Mexico, Canada"), "United States"),
    ("europe", N_("Europe, Israel"), "Europe"),
    ("asia", N_("Hong Kong, Philippines, Asia Pacific"), "Asia Pacific"),
    ("japan", N_("Japan"), "Japan"),
    ("australia", N_("Australia, New Zealand"), "Australia"),
    ("india", N_("India"), "India"),
    ("south_america", N_("South America"), "South America"),
    ("africa_middle_east", N_("South Africa, Kenya, Middle East"), "South Africa"),
)


def _price(key: str, label: str, unit: str, **selector: str) -> PriceKey:
    return PriceKey(f"cf.{key}", label, unit, "AmazonCloudFront", selector)


def _named(what: str, area: str) -> str:
    return phrase(N_("%(what)s, %(name)s"), what=what, name=area)


def _of_area(edge: str, label: str, listed: str) -> tuple[PriceKey, ...]:
    return (
        _price(
            f"dto.{edge}",
            _named(N_("Data to viewers"), label),
            "GB",
            transferType="CloudFront Outbound",
            fromLocation=listed,
        ),
        _price(
            f"origin.{edge}",
            _named(N_("Data to the origin"), label),
            "GB",
            transferType="CloudFront to Origin",
            fromLocation=listed,
        ),
        _price(
            f"https.{edge}",
            _named(N_("HTTPS requests"), label),
            "Request",
            requestType="CloudFront-Request-HTTPS-Proxy",
            location=listed,
        ),
        _price(
            f"http.{edge}",
            _named(N_("HTTP requests"), label),
            "Request",
            requestType="CloudFront-Request-HTTP-Proxy",
            location=listed,
        ),
    )


PRICES = (
    *(price for area in EDGES for price in _of_area(*area)),
    _price("functions", N_("CloudFront Functions"), "Invocation", usagetype="Executions-CloudFrontFunctions"),
    _price("invalidations", N_("Invalidated paths"), "Path", usagetype="Invalidations"),
    _price("realtime_logs", N_("Real-time log lines"), "Line", operation="RealTimeLog"),
    _price(
        "field_encryption",
        N_("Requests with field-level encryption"),
        "Request",
        requestDescription="HTTPS Proxy requests with Field Level Encryption",
        location="Europe",
    ),
    _price(
        "dedicated_ip", N_("Certificates with a dedicated IP"), "Certificate", usagetype="SSL-Cert-Custom"
    ),
    _price("plan.pro", N_("Pro plans"), "Plan-month"),
    _price("plan.business", N_("Business plans"), "Plan-month"),
    _price("plan.premium", N_("Premium plans"), "Plan-month"),
)
