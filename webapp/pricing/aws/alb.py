"""Application Load Balancer: hours, and capacity units by connections, bytes and rule evaluations."""

from collections.abc import Iterator
from decimal import Decimal

from webapp.domain.words import N_, wording
from webapp.pricing.aws._fields import decimal, monthly, whole
from webapp.pricing.aws._hours import SECONDS_PER_HOUR, further_hours, hours_setting
from webapp.pricing.aws._lcu import (
    Load,
    Unit,
    balancer_hours,
    balancers_setting,
    connection_loads,
    elb_price,
    largest,
    unit_hours,
)
from webapp.pricing.aws._volume import how_gb, processed_bytes, stated_gb
from webapp.pricing.aws._wording import added
from webapp.pricing.declaration import Allowance, Inputs, Quantity, ServiceModel

#: One unit carries 25 new connections a second, 3,000 active ones, 1 GB an hour to instances, containers
#: and addresses or 0.4 GB to functions, and 1,000 rule evaluations a second (AWS ELB pricing page).
UNIT = Unit(new=25, active=3_000)
LAMBDA_GB = Decimal("0.4")
EVALUATIONS = Decimal(1_000)
#: Rules a request is held against for nothing.
FREE_RULES = 10


def _quantities(inputs: Inputs) -> Iterator[Quantity]:
    yield from balancer_hours(inputs, "alb.hour")
    connections = connection_loads(UNIT, inputs["connections"], inputs.number("connection_seconds"))
    loads = (*connections, _volume(inputs), _rules(inputs))
    yield from unit_hours("alb.lcu", (largest(loads),), inputs["lcu_hours"])


def _volume(inputs: Inputs) -> Load:
    gb, to_lambda = stated_gb(inputs, "processed_gb", "processed_bytes"), inputs["lambda_gb"]
    how = added(
        (gb, how_gb(inputs, "processed_gb", "processed_bytes")),
        (to_lambda, wording("%(gb)s GB / %(per)s", gb=to_lambda, per=LAMBDA_GB)),
    )
    return Load(gb + to_lambda / LAMBDA_GB, how)


def _rules(inputs: Inputs) -> Load:
    requests, rules = inputs["requests"], max(Decimal(0), inputs.number("rules") - FREE_RULES)
    how = wording(
        "%(n)s requests × %(rules)s rules above %(free)s / (1,000 × 3,600)",
        n=requests,
        rules=rules,
        free=Decimal(FREE_RULES),
    )
    return Load(requests * rules / (EVALUATIONS * SECONDS_PER_HOUR), how)


_FREE = "AWS free tier page; for accounts opened before 2025-07-15"

SERVICE = ServiceModel(
    code="alb",
    name="Application Load Balancer",
    category=N_("Networking"),
    summary=N_("HTTP load balancers billed by the hour and by capacity units, the largest of four measures."),
    settings=(
        balancers_setting(),
        hours_setting(),
        decimal(
            "connection_seconds",
            N_("Length of a connection"),
            "seconds",
            60,
            (0, 86_400),
            N_("How long a connection stays open, on average."),
        ),
        whole(
            "rules",
            N_("Rules a request is held against"),
            "rules",
            1,
            (0, 1_000),
            N_("On average; the first 10 are free."),
        ),
    ),
    usage=(
        monthly("requests", N_("Requests"), "requests", N_("Count only where there are more than 10 rules.")),
        monthly("connections", N_("New connections"), "connections", N_("One carries many requests.")),
        monthly("processed_gb", N_("Data processed"), "GB", N_("Requests and responses together."), per=""),
        processed_bytes(),
        monthly("lambda_gb", N_("Data processed by functions"), "GB", N_("Lambda targets."), per=""),
        monthly("lcu_hours", N_("Further LCU-hours"), "LCU-hours", N_("From a bill."), per=""),
        further_hours("balancer_hours", N_("Further load balancer hours")),
    ),
    prices=(
        elb_price("alb.hour", N_("Load balancer hours"), "Hour", "LoadBalancerUsage", ":Application"),
        elb_price("alb.lcu", N_("Capacity units"), "LCU-Hour", "LCUUsage", ":Application"),
    ),
    allowances=(
        Allowance(
            "elb_hours",
            N_("750 hours of application and classic load balancers"),
            ("alb.hour", "clb.hour"),
            Decimal(750),
            "first-12-months",
            _FREE,
        ),
        Allowance("alb_lcu", N_("15 LCU-hours"), ("alb.lcu",), Decimal(15), "first-12-months", _FREE),
    ),
    quantities=_quantities,
    assumptions=(N_("Load balancers carry an even load; in busy hours they take more capacity units."),),
    pricing_page="https://aws.amazon.com/elasticloadbalancing/pricing/",
    keywords=("load balancer", "elb", "lcu", "http", "ingress"),
)
