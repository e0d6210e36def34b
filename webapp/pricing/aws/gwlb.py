"""Gateway Load Balancer: hours per zone and capacity units. Its endpoints are VPC endpoints."""

from collections.abc import Iterator

from webapp.domain.words import N_
from webapp.pricing.aws._fields import decimal, monthly
from webapp.pricing.aws._hours import further_hours, hours_setting
from webapp.pricing.aws._lcu import (
    Unit,
    balancer_hours,
    balancers_setting,
    connection_loads,
    elb_price,
    largest,
    unit_hours,
    volume_load,
)
from webapp.pricing.aws._volume import processed_bytes, stated_gb
from webapp.pricing.declaration import Inputs, Quantity, ServiceModel

#: What one unit carries (AWS ELB pricing page, GLCU details).
UNIT = Unit(new=600, active=60_000)


def _quantities(inputs: Inputs) -> Iterator[Quantity]:
    yield from balancer_hours(inputs, "gwlb.hour")
    gb = stated_gb(inputs, "processed_gb", "processed_bytes")
    connections = connection_loads(UNIT, inputs["connections"], inputs.number("connection_seconds"))
    load = largest((*connections, volume_load(UNIT, gb)))
    yield from unit_hours("gwlb.lcu", (load,), inputs["lcu_hours"])


SERVICE = ServiceModel(
    code="gwlb",
    name="Gateway Load Balancer",
    category=N_("Networking"),
    summary=N_("Load balancers in front of firewalls, billed per zone and hour and by capacity units."),
    settings=(
        balancers_setting(N_("Load balancers, each in one zone"), N_("One in three zones counts three.")),
        hours_setting(),
        decimal("connection_seconds", N_("Length of a connection"), "seconds", 60, (0, 86_400)),
    ),
    usage=(
        monthly("connections", N_("New connections or flows"), "connections"),
        monthly("processed_gb", N_("Data processed"), "GB", per=""),
        processed_bytes(),
        monthly("lcu_hours", N_("Further GLCU-hours"), "GLCU-hours", N_("From a bill."), per=""),
        further_hours("balancer_hours", N_("Further load balancer hours")),
    ),
    prices=(
        elb_price("gwlb.hour", N_("Load balancer hours"), "Hour", "LoadBalancerUsage", ":Gateway"),
        elb_price("gwlb.lcu", N_("Capacity units"), "LCU-Hour", "LCUUsage", ":Gateway"),
    ),
    allowances=(),
    quantities=_quantities,
    assumptions=(N_("Load balancers carry an even load; in busy hours they take more capacity units."),),
    pricing_page="https://aws.amazon.com/elasticloadbalancing/pricing/",
    keywords=("load balancer", "elb", "firewall", "appliance", "glcu"),
)
