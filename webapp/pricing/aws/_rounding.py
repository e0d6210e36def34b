"""Started steps: how AWS rounds sizes and times up. `-(-a // b)` would be wrong: Decimal cuts towards 0."""

from decimal import ROUND_CEILING, Decimal

#: AWS counts 1 KB as 1,024 bytes and 1 GB as 1,024 x 1,024 KB for transfer, storage and memory.
KB_PER_GB = Decimal(1024 * 1024)
MB_PER_GB = Decimal(1024)


def started(amount: Decimal, step: Decimal | int) -> Decimal:
    """How many steps of `step` are begun by `amount`, in the same unit: 0 for nothing, 2 for 64.1 by 64."""
    return (amount / step).to_integral_value(ROUND_CEILING)


def started_at_least_one(amount: Decimal, step: Decimal | int) -> Decimal:
    """As `started`, but an empty request, message or record is still one."""
    return max(Decimal(1), started(amount, step))
