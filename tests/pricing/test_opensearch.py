"""OpenSearch: nodes of three roles, and volumes whose first IOPS are free on gp3."""

from decimal import Decimal

import pytest

from tests.pricing.metering import metered


def test_masters_and_warm_nodes_are_billed_beside_data_nodes() -> None:
    units = metered("opensearch", node_type="m7g.large", nodes=2, masters=3, warm_nodes=1, hours=10)
    assert units == {"opensearch.node.m7g.large": Decimal(50), "opensearch.ultrawarm.medium": Decimal(10)}


@pytest.mark.parametrize(
    ("volume", "billed"),
    [
        ("gp3", {"opensearch.iops.gp3": 2000, "opensearch.throughput.gp3": 50}),
        ("io1", {"opensearch.iops.io1": 8000}),
        ("gp2", {}),
    ],
)
def test_performance_is_billed_by_kind_of_volume(volume: str, billed: dict[str, int]) -> None:
    stated = {"nodes": 2, "hours": 0, "node_storage_gb": 10, "volume_iops": 4000, "volume_mibps": 150}
    units = metered("opensearch", volume=volume, **stated)
    assert units == {f"opensearch.storage.{volume}": Decimal(20), **billed}


def test_a_node_without_a_volume_has_no_volume_performance() -> None:
    assert metered("opensearch", hours=0, volume_iops=9000) == {}
