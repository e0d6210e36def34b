"""A line's formula in words: every step from quantity to cost, so a person can redo it on paper."""

from decimal import Decimal
from typing import TYPE_CHECKING

from webapp.domain.money import plain
from webapp.domain.words import N_, Phrase, figure, phrase
from webapp.pricing.prices import TierUse

if TYPE_CHECKING:
    from webapp.pricing.estimate import Line


def formula_of(line: "Line") -> Phrase:
    """ "12,000 Requests − 1,000 free = 11,000; 11,000 × $0.0000002 = $0.0022"."""
    steps = _tier_steps(line.tiers)
    cost = f"${plain(line.cost)}"
    if line.share != 1:
        return phrase(
            N_(
                "%(quantity)s %(unit)s, %(share)s %% of the account's %(total)s; "
                "account: %(steps)s; share: %(cost)s"
            ),
            quantity=figure(line.quantity),
            unit=line.unit,
            share=figure((line.share * 100).quantize(Decimal("0.0001"))),
            total=figure(line.quantity / line.share),
            steps=steps or "$0",
            cost=cost,
        )
    if line.free_quantity:
        return phrase(
            N_("%(quantity)s %(unit)s − %(free)s free = %(billable)s; %(steps)s = %(cost)s"),
            quantity=figure(line.quantity),
            unit=line.unit,
            free=figure(line.free_quantity),
            billable=figure(line.quantity - line.free_quantity),
            steps=steps or "0",
            cost=cost,
        )
    return phrase(
        N_("%(quantity)s %(unit)s: %(steps)s = %(cost)s"),
        quantity=figure(line.quantity),
        unit=line.unit,
        steps=steps,
        cost=cost,
    )


def _tier_steps(uses: tuple[TierUse, ...]) -> str:
    return " + ".join(f"{figure(use.quantity)} × ${plain(use.tier.usd)}" for use in uses)
