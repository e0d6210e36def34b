"""A line's formula in words: every step from quantity to cost, so a person can redo it on paper."""

from dataclasses import dataclass
from decimal import Decimal

from webapp.domain.money import exact, plain
from webapp.domain.words import N_, Phrase, figure, phrase
from webapp.pricing.prices import TierUse


@dataclass(frozen=True, slots=True)
class Steps:
    """What a formula is written from: one resource's part of one price, as in `estimate.Line`."""

    quantity: Decimal
    unit: str
    free_quantity: Decimal
    share: Decimal
    tiers: tuple[TierUse, ...]
    cost: Decimal


def formula_of(steps: Steps) -> Phrase:
    """ "12,000 Requests − 1,000 free = 11,000; 11,000 × $0.0000002 = $0.0022"."""
    stated = {"quantity": figure(steps.quantity), "unit": steps.unit, "cost": f"${plain(steps.cost)}"}
    multiplied = _tier_steps(steps.tiers) or "0"
    if steps.share != 1:
        return phrase(
            N_(
                "%(quantity)s %(unit)s, %(share)s %% of the account's %(total)s; "
                "account: %(steps)s; share: %(cost)s"
            ),
            **stated,
            share=figure((steps.share * 100).quantize(Decimal("0.0001"))),
            total=figure(steps.quantity / steps.share),
            steps=multiplied,
        )
    if steps.free_quantity:
        return phrase(
            N_("%(quantity)s %(unit)s − %(free)s free = %(billable)s; %(steps)s = %(cost)s"),
            **stated,
            free=figure(steps.free_quantity),
            billable=figure(steps.quantity - steps.free_quantity),
            steps=multiplied,
        )
    return phrase(N_("%(quantity)s %(unit)s: %(steps)s = %(cost)s"), **stated, steps=multiplied)


def _tier_steps(uses: tuple[TierUse, ...]) -> str:
    return " + ".join(f"{figure(use.quantity)} × ${exact(use.tier.usd)}" for use in uses)
