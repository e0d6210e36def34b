"""Amazon Route 53: hosted zones, queries by routing, health checks and resolver endpoints."""

from collections.abc import Iterator
from decimal import Decimal

from webapp.domain.words import N_, wording
from webapp.pricing.aws._fields import monthly, whole
from webapp.pricing.aws._hours import counted_hours, hours_setting
from webapp.pricing.aws._wording import counted
from webapp.pricing.declaration import Allowance, Inputs, PriceKey, Quantity, ServiceModel, Setting


def _quantities(inputs: Inputs) -> Iterator[Quantity]:
    for key, name, message in _COUNTED:
        count = inputs.number(name)
        if count:
            yield Quantity(key, count, wording(message, n=count))
    hours, how = counted_hours(inputs, "resolver_addresses")
    if hours:
        yield Quantity("route53.resolver.eni_hour", hours, how)
    yield from counted(inputs, _QUERIES)


#: A zone is never prorated: one that lives 12 hours is paid for the month (Amazon Route 53 pricing page).
_COUNTED = (
    ("route53.zone", "zones", N_("%(n)s zones, never prorated")),
    ("route53.health_check.aws", "aws_health_checks", N_("%(n)s health checks")),
    ("route53.health_check.other", "other_health_checks", N_("%(n)s health checks")),
    ("route53.health_option.aws", "aws_health_options", N_("%(n)s options")),
    ("route53.health_option.other", "other_health_options", N_("%(n)s options")),
)
_QUERIES = (
    ("route53.query.standard", "queries", N_("%(n)s queries")),
    ("route53.query.latency", "latency_queries", N_("%(n)s queries")),
    ("route53.query.geo", "geo_queries", N_("%(n)s queries")),
    ("route53.resolver.queries", "resolver_queries", N_("%(n)s queries")),
)


def _count(name: str, label: str, unit: str, default: int = 0, help: str = "") -> Setting:
    return whole(name, label, unit, default, (0, 1_000_000), help)


def _price(key: str, label: str, unit: str, usagetype: str = "") -> PriceKey:
    """Without a `usagetype` no import finds the price: its name in the AWS Price List has not been seen."""
    selector = {"usagetype": usagetype} if usagetype else {}
    return PriceKey(f"route53.{key}", label, unit, "AmazonRoute53", selector)


SERVICE = ServiceModel(
    code="route53",
    name="Amazon Route 53",
    category=N_("Networking"),
    summary=N_("DNS billed by hosted zone and by query, health checks and resolver endpoints."),
    settings=(
        _count(
            "zones", N_("Hosted zones"), "zones", 1, N_("Never prorated; free when deleted within 12 hours.")
        ),
        _count("aws_health_checks", N_("Health checks of AWS endpoints"), "checks", 0, N_("50 are free.")),
        _count("other_health_checks", N_("Health checks of other endpoints"), "checks"),
        _count(
            "aws_health_options",
            N_("Options on AWS endpoints"),
            "options",
            0,
            N_("HTTPS, string matching, fast interval and latency, for each check."),
        ),
        _count("other_health_options", N_("Options on other endpoints"), "options"),
        _count(
            "resolver_addresses",
            N_("Resolver endpoint addresses"),
            "addresses",
            0,
            N_("At least two for each endpoint."),
        ),
        hours_setting(),
    ),
    usage=(
        monthly("queries", N_("Standard queries"), "queries", N_("Alias queries to AWS resources are free.")),
        monthly("latency_queries", N_("Latency-based queries"), "queries", per=""),
        monthly("geo_queries", N_("Geo DNS and geoproximity queries"), "queries", per=""),
        monthly("resolver_queries", N_("Resolver queries"), "queries", N_("Through endpoints."), per=""),
    ),
    prices=(
        _price("zone", N_("Hosted zones"), "HostedZone-month", "HostedZone"),
        _price("query.standard", N_("Standard queries"), "Query", "DNS-Queries"),
        _price("query.latency", N_("Latency-based queries"), "Query", "LBR-Queries"),
        _price("query.geo", N_("Geo DNS queries"), "Query", "Geo-Queries"),
        _price("health_check.aws", N_("Health checks of AWS endpoints"), "Check-month", "Health-Check-AWS"),
        _price("health_check.other", N_("Health checks elsewhere"), "Check-month", "Health-Check-Non-AWS"),
        _price(
            "health_option.aws", N_("Options on AWS endpoints"), "Option-month", "Health-Check-Option-AWS"
        ),
        _price("health_option.other", N_("Options elsewhere"), "Option-month", "Health-Check-Option-Non-AWS"),
        _price("resolver.eni_hour", N_("Resolver endpoint addresses"), "Hour", "ResolverNetworkInterface"),
        _price("resolver.queries", N_("Resolver queries"), "Query"),
    ),
    allowances=(
        Allowance(
            "route53_health_checks",
            N_("50 health checks of AWS endpoints"),
            ("route53.health_check.aws",),
            Decimal(50),
            "always",
            "Amazon Route 53 pricing page",
        ),
    ),
    quantities=_quantities,
    assumptions=(N_("Route 53 zones and queries cost the same wherever the scenario is."),),
    pricing_page="https://aws.amazon.com/route53/pricing/",
    keywords=("dns", "domain", "hosted zone", "health check", "resolver"),
)
