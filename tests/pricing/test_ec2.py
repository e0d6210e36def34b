"""EC2 and EBS: seconds and minimums, what is included, steps per volume, and prices by type and region."""

from datetime import date
from decimal import Decimal

import pytest

from tests.pricing.metering import metered
from webapp.domain.errors import InvalidInput
from webapp.pricing.catalog_file import shipped_catalog
from webapp.pricing.document import parse_document
from webapp.pricing.engine import estimate
from webapp.pricing.estimate import Estimate
from webapp.pricing.services import all_price_keys


def _bill(region: str, service: str, **settings: object) -> Estimate:
    document = {"region": region, "resources": [{"service": service, "settings": settings}]}
    return estimate(parse_document(document), shipped_catalog(), date(2026, 11, 24))


@pytest.mark.parametrize(
    ("seconds", "hours"), [(1, "1"), (60, "1"), (61, "1.016666666666666667"), (3600, "60")]
)
def test_a_run_is_billed_by_the_second_and_for_a_minute_at_least(seconds: int, hours: str) -> None:
    billed = metered("ec2", instances=0, runs=60, run_seconds=seconds)
    assert round(billed["ec2.t3.medium.linux"], 15) == round(Decimal(hours), 15)


def test_suse_is_billed_by_the_started_hour() -> None:
    billed = metered("ec2", instances=0, runs=10, run_seconds=3601, operating_system="suse")
    assert billed == {"ec2.t3.medium.suse": Decimal(20)}


def test_credits_are_those_of_the_family_and_only_of_burstable_ones() -> None:
    burst = metered("ec2", instances=0, instance_type="t4g.small", surplus_credit_hours=5)
    assert burst == {"ec2.cpu_credits.t4g.linux": Decimal(5)}
    assert metered("ec2", instances=0, instance_type="m5.large", surplus_credit_hours=5) == {}


@pytest.mark.parametrize(
    ("region", "instance_type", "usd"),
    [
        ("us-east-1", "m5.large", "0.096"),
        ("eu-central-1", "m5a.xlarge", "0.208"),
        ("ap-northeast-1", "c5.large", "0.107"),
        ("eu-west-1", "m7g.large", "0.091"),
        ("us-east-1", "c6g.metal", "2.3066"),
    ],
)
def test_an_hour_costs_what_the_price_list_says(region: str, instance_type: str, usd: str) -> None:
    answer = _bill(region, "ec2", instance_type=instance_type, hours=1)
    assert answer.total == Decimal(usd)


def test_a_type_a_region_does_not_price_is_unpriced_not_free() -> None:
    answer = _bill("af-south-1", "ec2", instance_type="m5.large")
    assert [item.key for item in answer.unpriced] == ["ec2.m5.large.linux"]


def test_a_mistyped_type_is_answered_with_the_nearest() -> None:
    with pytest.raises(InvalidInput) as refused:
        _bill("us-east-1", "ec2", instance_type="m7g.largee")
    assert [problem.pointer for problem in refused.value.problems] == ["/resources/0/settings/instance_type"]
    assert "m7g.large" in refused.value.problems[0].message


def test_the_first_year_has_750_hours_of_one_micro_instance() -> None:
    micro = {"service": "ec2", "settings": {"instance_type": "t3.micro", "instances": 2}}
    document = {"region": "us-east-1", "free_tier": "first-12-months", "resources": [micro]}
    answer = estimate(parse_document(document), shipped_catalog(), date(2026, 11, 24))
    assert answer.total == (1460 - 750) * Decimal("0.0104")


def test_gp3_includes_3000_iops_and_125_mibps_on_every_volume() -> None:
    included = metered("ebs", volumes=2, volume_gb=10, iops=3000, throughput_mibps=125)
    assert included == {"ebs.gp3.storage": Decimal(20)}
    above = metered("ebs", volumes=2, iops=4000, throughput_mibps=125 + 512)
    assert above == {"ebs.gp3.iops": Decimal(2000), "ebs.gp3.throughput": Decimal(1)}


def test_io2_steps_are_counted_per_volume() -> None:
    billed = metered("ebs", volume_type="io2", volumes=2, iops=70_000)
    assert billed == {
        "ebs.io2.iops.tier1": Decimal(64_000),
        "ebs.io2.iops.tier2": Decimal(64_000),
        "ebs.io2.iops.tier3": Decimal(12_000),
    }


def test_fast_restore_is_an_hour_at_least() -> None:
    assert metered("ebs", restore_snapshots=2, restore_zones=3, restore_minutes=1) == {
        "ebs.fast_snapshot_restore": Decimal(6)
    }


def test_a_price_per_type_is_found_by_its_key_and_no_other() -> None:
    keys = all_price_keys()
    found = keys["ec2.m7g.large.linux"]
    assert (found.key, found.selector["instanceType"]) == ("ec2.m7g.large.linux", "m7g.large")
    assert str(found.label) == "Linux instances, m7g.large"
    for unknown in ("ec2.m7g.larger.linux", "ec2..linux", "ec2.m7g.large", "ec2.*.linux"):
        assert unknown not in keys
    assert len(keys) > 10_000
    assert set(keys) >= {"sqs.standard", "ec2.m7g.large.windows", "rds.instance.db.m7g.large.mysql.multi_az"}
