"""X-Ray: the sampled share of requests is recorded."""

from decimal import Decimal

from tests.pricing.metering import metered


def test_the_sampled_share_is_recorded() -> None:
    assert metered("xray", requests=1000, sampled_percent=5) == {"xray.recorded": Decimal(50)}
    assert metered("xray", requests=1000, sampled_percent=0) == {}
