"""Budgets: what is watched, when a threshold counts as passed, and how long a webhook is tried."""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import ROUND_FLOOR, Decimal
from random import random
from typing import Literal

from webapp.domain.words import N_

#: Which month of the estimate a budget watches. "high" without a high volume is the expected month.
Figure = Literal["expected", "high"]
FIGURES: Mapping[Figure, str] = {"expected": N_("Expected month"), "high": N_("High month")}

#: Percent of the budget whose reaching is told, in rising order.
THRESHOLDS: tuple[int, ...] = (50, 80, 100)
#: Percent of the budget a bill has to fall below a threshold before reaching it again is told again: a bill
#: that sways around a threshold would write a mail with every batch of events.
MARGIN = 5

#: USD a month; what people type by mistake lies outside.
LEAST_AMOUNT, MOST_AMOUNT = Decimal("0.01"), Decimal(1_000_000_000)
#: Percent of a budget; more is said as this. Beyond 2^53 readers of JSON begin to lose digits of an integer.
MOST_PERCENT = Decimal(10) ** 15

Event = Literal["budget.passed", "budget.test"]
DeliveryStatus = Literal["waiting", "sending", "delivered", "failed"]
DELIVERY_STATUSES: Mapping[DeliveryStatus, str] = {
    "waiting": N_("Waiting"),
    "sending": N_("Being sent"),
    "delivered": N_("Delivered"),
    "failed": N_("Failed"),
}
#: How often an event is tried; a test is a question to be answered now.
TRIES: Mapping[Event, int] = {"budget.passed": 6, "budget.test": 1}
_FIRST_WAIT_S, _FACTOR = 240.0, 4.0


@dataclass(frozen=True, slots=True)
class BudgetUse:
    """How much of a budget a bill takes, USD a month.

    `total` leaves `unpriced` uses out, so with any it is the least the bill can be. `is_unknown`: nothing has
    a price, and there is no total at all. `percent` is rounded down: it reaches 80 with the threshold.
    """

    amount: Decimal
    figure: Figure
    total: Decimal
    unpriced: int = 0
    is_unknown: bool = False

    @property
    def percent(self) -> int:
        exact = min(self.total * 100 / self.amount, MOST_PERCENT)
        return int(exact.to_integral_value(ROUND_FLOOR))

    @property
    def passed(self) -> int | None:
        """The highest threshold reached; None below the lowest."""
        return max(self.reached, default=None)

    @property
    def reached(self) -> tuple[int, ...]:
        """Every threshold reached, the lowest first; none for a bill nobody knows."""
        if self.is_unknown:
            return ()
        return tuple(threshold for threshold in THRESHOLDS if self.total * 100 >= self.amount * threshold)

    @property
    def left_behind(self) -> tuple[int, ...]:
        """Thresholds the bill lies so far below that reaching them is news again."""
        if self.is_unknown:
            return ()
        return tuple(
            threshold for threshold in THRESHOLDS if self.total * 100 < self.amount * (threshold - MARGIN)
        )


def webhook_wait_s(attempts: int) -> float:
    """Seconds to wait after the `attempts`-th failed try: 4 minutes, four times as long each time, give or
    take a quarter. Six tries end within about a day."""
    return _FIRST_WAIT_S * _FACTOR ** (attempts - 1) * (0.75 + random() / 2)  # noqa: S311 - spreads load
