"""Network Load Balancer: hours, and capacity units of TCP, UDP and TLS, each by its largest measure."""

from collections.abc import Iterator

from webapp.domain.words import N_
from webapp.pricing.aws._fields import decimal, monthly
from webapp.pricing.aws._hours import further_hours, hours_setting
from webapp.pricing.aws._lcu import (
    Load,
    Unit,
    balancer_hours,
    balancers_setting,
    connection_loads,
    elb_price,
    largest,
    unit_hours,
    volume_load,
)
from webapp.pricing.aws._volume import stated_gb
from webapp.pricing.declaration import Inputs, Quantity, ServiceModel, Setting, Usage

#: What one unit carries of each protocol (AWS ELB pricing page, NLCU details).
UNITS = {
    "tcp": Unit(new=800, active=100_000),
    "udp": Unit(new=400, active=50_000),
    "tls": Unit(new=50, active=3_000),
}


def _quantities(inputs: Inputs) -> Iterator[Quantity]:
    yield from balancer_hours(inputs, "nlb.hour")
    loads = [_load(inputs, protocol, unit) for protocol, unit in UNITS.items()]
    yield from unit_hours("nlb.lcu", loads, inputs["lcu_hours"])


def _load(inputs: Inputs, protocol: str, unit: Unit) -> Load:
    seconds = inputs.number(f"{protocol}_seconds")
    connections = connection_loads(unit, inputs[f"{protocol}_connections"], seconds)
    gb = stated_gb(inputs, "tcp_gb", "tcp_bytes") if protocol == "tcp" else inputs[f"{protocol}_gb"]
    return largest((*connections, volume_load(unit, gb)))


def _seconds(name: str, label: str) -> Setting:
    return decimal(name, label, "seconds", 60, (0, 86_400), N_("On average."))


def _gb(name: str, label: str) -> Usage:
    return monthly(name, label, "GB", N_("Both directions together."), per="")


SERVICE = ServiceModel(
    code="nlb",
    name="Network Load Balancer",
    category=N_("Networking"),
    summary=N_("TCP, UDP and TLS load balancers billed by the hour and by capacity units."),
    settings=(
        balancers_setting(),
        hours_setting(),
        _seconds("tcp_seconds", N_("Length of a TCP connection")),
        _seconds("udp_seconds", N_("Length of a UDP flow")),
        _seconds("tls_seconds", N_("Length of a TLS connection")),
    ),
    usage=(
        monthly("tcp_connections", N_("New TCP connections"), "connections"),
        _gb("tcp_gb", N_("Data processed over TCP")),
        monthly(
            "tcp_bytes",
            N_("Data processed over TCP, in bytes"),
            "bytes",
            N_("Added to the GB above."),
            per="bytes",
        ),
        monthly("tls_connections", N_("New TLS connections"), "connections", per=""),
        _gb("tls_gb", N_("Data processed over TLS")),
        monthly("udp_connections", N_("New UDP flows"), "flows", per=""),
        _gb("udp_gb", N_("Data processed over UDP")),
        monthly("lcu_hours", N_("Further NLCU-hours"), "NLCU-hours", N_("From a bill."), per=""),
        further_hours("balancer_hours", N_("Further load balancer hours")),
    ),
    prices=(
        elb_price("nlb.hour", N_("Load balancer hours"), "Hour", "LoadBalancerUsage", ":Network"),
        elb_price("nlb.lcu", N_("Capacity units"), "LCU-Hour", "LCUUsage", ":Network"),
    ),
    allowances=(),
    quantities=_quantities,
    assumptions=(N_("Load balancers carry an even load; in busy hours they take more capacity units."),),
    pricing_page="https://aws.amazon.com/elasticloadbalancing/pricing/",
    keywords=("load balancer", "elb", "tcp", "udp", "tls", "nlcu"),
)
