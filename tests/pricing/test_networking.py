"""Load balancers, NAT gateways, endpoints and addresses: capacity units, started hours, zones."""

from decimal import Decimal

import pytest

from tests.pricing.metering import metered

#: A second of every hour of a month.
A_MONTH = 3600 * 730


@pytest.mark.parametrize(
    ("usage", "settings", "units"),
    [
        ({"connections": 25 * A_MONTH}, {"connection_seconds": 1}, 1),
        ({"connections": 25 * A_MONTH}, {"connection_seconds": 240}, 2),
        ({"processed_gb": 3 * 730}, {}, 3),
        ({"lambda_gb": 2 * 730}, {}, 5),
        ({"requests": 1000 * A_MONTH}, {"rules": 10}, 0),
        ({"requests": 1000 * A_MONTH}, {"rules": 60}, 50),
        ({"processed_gb": 730, "lambda_gb": 292, "connections": 25 * A_MONTH}, {"connection_seconds": 1}, 2),
    ],
)
def test_an_application_balancer_is_billed_for_its_largest_measure(
    usage: dict[str, int], settings: dict[str, int], units: int
) -> None:
    billed = metered("alb", balancers=0, **usage, **settings)
    assert billed.get("alb.lcu", 0) == units * 730


def test_a_network_balancer_adds_up_its_protocols() -> None:
    billed = metered(
        "nlb",
        balancers=0,
        tcp_connections=1600 * A_MONTH,
        tcp_seconds=1,
        udp_gb=3 * 730,
        tls_connections=50 * A_MONTH,
        tls_seconds=120,
    )
    assert billed == {"nlb.lcu": Decimal((2 + 3 + 2) * 730)}


def test_a_gateway_balancer_unit_is_600_new_connections_a_second() -> None:
    billed = metered("gwlb", balancers=0, connections=600 * A_MONTH, connection_seconds=1)
    assert billed == {"gwlb.lcu": Decimal(730)}


def test_a_started_hour_of_a_nat_gateway_is_a_whole_one() -> None:
    hours, further = 2, 5
    assert metered("nat_gateway", gateways=2, hours=hours, gateway_hours=further) == {"nat.hour": Decimal(9)}
    assert metered("nat_gateway", gateways=2, hours="1.01") == {"nat.hour": Decimal(4)}


def test_an_endpoint_is_paid_in_each_of_its_zones() -> None:
    assert metered("vpc_endpoints", endpoints=2, zones=3, hours=10, processed_bytes=2**31) == {
        "vpc.endpoint.hour": Decimal(60),
        "vpc.endpoint.gb": Decimal(2),
    }
