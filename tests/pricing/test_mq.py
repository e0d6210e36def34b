"""MQ: engine, deployment and type make the price; RabbitMQ stores on EBS."""

from decimal import Decimal

from tests.pricing.metering import metered


def test_rabbit_stores_on_ebs_whatever_was_chosen_for_activemq() -> None:
    units = metered("mq", engine="rabbitmq", storage_type="efs", storage_gb=8, brokers=2, hours=10)
    assert units == {"mq.rabbitmq.single.m5.large": Decimal(20), "mq.storage.ebs": Decimal(8)}


def test_activemq_chooses_its_storage() -> None:
    assert metered("mq", storage_gb=1, brokers=0) == {"mq.storage.efs": Decimal(1)}
    assert metered("mq", storage_type="ebs", storage_gb=1, brokers=0) == {"mq.storage.ebs": Decimal(1)}
