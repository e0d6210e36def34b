"""MSK: provisioned brokers with their storage, or a serverless cluster with its partitions."""

from decimal import Decimal

from tests.pricing.metering import metered


def test_every_broker_has_its_storage() -> None:
    units = metered("msk", broker_type="t3.small", brokers=2, hours=100, broker_storage_gb=50)
    assert units == {"msk.broker.t3.small": Decimal(200), "msk.storage": Decimal(100)}


def test_a_serverless_cluster_pays_for_itself_and_its_partitions() -> None:
    units = metered("msk", cluster_type="serverless", partitions=5, hours=10, written_gb=3)
    assert units == {
        "msk.serverless.cluster_hour": Decimal(10),
        "msk.serverless.partition_hour": Decimal(50),
        "msk.serverless.in_gb": Decimal(3),
    }
