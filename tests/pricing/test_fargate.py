"""Fargate and EKS: minimums, what is included, and the Windows licence on top."""

from decimal import Decimal

import pytest

from tests.pricing.metering import metered


@pytest.mark.parametrize(
    ("platform", "seconds", "hours"),
    [
        ("linux_x86", 1, 1),
        ("linux_arm", 60, 1),
        ("linux_x86", 120, 2),
        ("windows", 60, 5),
        ("windows", 600, 10),
    ],
)
def test_a_task_is_billed_for_a_minute_at_least_and_five_on_windows(
    platform: str, seconds: int, hours: int
) -> None:
    billed = metered("fargate", platform=platform, task_runs=60, task_seconds=seconds)
    code = platform.removeprefix("linux_")
    assert billed[f"fargate.vcpu.{code}"] == hours
    assert billed[f"fargate.gb.{code}"] == 2 * hours


def test_windows_pays_its_licence_for_the_same_vcpu_hours() -> None:
    billed = metered("fargate", platform="windows", tasks=2, vcpu=4, hours=100)
    assert billed["fargate.windows_license"] == billed["fargate.vcpu.windows"] == 800


def test_20_gb_of_storage_are_included() -> None:
    assert "fargate.ephemeral" not in metered("fargate", tasks=1, ephemeral_gb=20)
    assert metered("fargate", tasks=2, ephemeral_gb=50, hours=10)["fargate.ephemeral"] == 600


def test_extended_support_comes_on_top_of_the_cluster() -> None:
    assert metered("eks", clusters=2, support="extended", hours=10) == {
        "eks.cluster": Decimal(20),
        "eks.cluster.extended": Decimal(20),
    }
