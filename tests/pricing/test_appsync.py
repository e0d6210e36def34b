"""AppSync: operations and updates in started 5 KB."""

from decimal import Decimal

from tests.pricing.metering import metered


def test_operations_and_updates_are_counted_in_five_kilobytes() -> None:
    units = metered("appsync", operations=10, operation_kb="5.1", updates=10, update_kb=5)
    assert units == {"appsync.query": Decimal(20), "appsync.realtime": Decimal(10)}


def test_an_empty_operation_is_still_one() -> None:
    assert metered("appsync", operations=3, operation_kb=0) == {"appsync.query": Decimal(3)}
