"""Turns the rates of one product into the tiers of one price key: our unit, no free part, no gaps."""

import re
from collections.abc import Collection, Iterable
from decimal import Decimal, InvalidOperation

from webapp.pricing.price_list.offer import PriceListError, Rate
from webapp.pricing.prices import Tier

#: A last tier may end at a number nobody reaches instead of at "Inf" (S3 has one at 2^50 GB).
_NEVER = Decimal(10) ** 15
_COUNTS = {"k": 1_000, "thousand": 1_000, "m": 1_000_000, "million": 1_000_000}
_COUNTED = re.compile(r"(?:per\s+)?([\d,]*)\s*(k|m|thousand|million)?\s+([a-z]+)", re.IGNORECASE)
_WORDS = re.compile(r"[A-Z]?[a-z]+|[A-Z]+(?![a-z])")
_SIZES = {
    "kb": "KB", "kilobyte": "KB", "mb": "MB", "megabyte": "MB", "gb": "GB", "gib": "GB", "gigabyte": "GB",
    "tb": "TB", "terabyte": "TB",
}  # fmt: skip
_TIMES = {
    "second": "second", "sec": "second", "minute": "minute", "min": "minute", "hour": "hour", "hr": "hour",
    "day": "day", "month": "month", "mo": "month",
}  # fmt: skip


def tiers_of(rates: Iterable[Rate], unit: str, allowances: Collection[Decimal]) -> tuple[Tier, ...]:
    """The tiers of a price in `unit`, from zero without gaps.

    A first part that costs nothing is the free allowance: it must be one of `allowances` (in `unit`), and is
    taken off, because a scenario may be priced without it. Raises PriceListError for rates that cannot be
    understood without guessing.
    """
    rates = tuple(rates)
    if len({rate.term for rate in rates}) > 1:
        raise PriceListError("has several on-demand terms at once")
    if len({rate.unit for rate in rates}) > 1:
        raise PriceListError("has tiers in different units")
    factor = _factor(rates[0].unit, unit)
    tiers = sorted((_tier(rate, factor) for rate in rates), key=lambda tier: tier.start)
    return _chained(_without_free_part(_open_ended(tiers), allowances))


def _tier(rate: Rate, factor: Decimal) -> Tier:
    """`factor` of the file's units make one of ours."""
    end = None if rate.end.lower() == "inf" else _number(rate.end, "end of a tier") / factor
    return Tier(
        _number(rate.begin, "begin of a tier") / factor, end, _number(rate.usd, "price in USD") * factor
    )


def _number(text: str, what: str) -> Decimal:
    try:
        number = Decimal(text)
    except InvalidOperation:
        number = Decimal("NaN")
    if not number.is_finite() or number < 0:
        raise PriceListError(f"has no usable {what} ({text!r})")
    return number


def _open_ended(tiers: list[Tier]) -> list[Tier]:
    last = tiers[-1]
    if last.end is not None and last.end >= _NEVER:
        return [*tiers[:-1], Tier(last.start, None, last.usd)]
    return tiers


def _without_free_part(tiers: list[Tier], allowances: Collection[Decimal]) -> list[Tier]:
    free = tiers[0].start
    while len(tiers) > 1 and tiers[0].usd == 0 and tiers[0].end is not None:
        free, tiers = tiers[0].end, tiers[1:]
    if free == 0:
        return tiers
    if free not in allowances:
        raise PriceListError(f"begins with {free:f} free units, which no declared free tier grants")
    return [Tier(t.start - free, None if t.end is None else t.end - free, t.usd) for t in tiers]


def _chained(tiers: list[Tier]) -> tuple[Tier, ...]:
    reached: Decimal | None = Decimal(0)
    for tier in tiers:
        if reached is None or tier.start != reached or (tier.end is not None and tier.end <= tier.start):
            raise PriceListError(f"has a gap or an overlap at {tier.start:f}")
        reached = tier.end
    if reached is not None:
        raise PriceListError(f"ends at {reached:f}")
    return tuple(tiers)


def _factor(theirs: str, ours: str) -> Decimal:
    """How many of `theirs` make one of `ours`. Raises PriceListError when they measure different things."""
    their_count, their_noun = _count(theirs)
    our_count, our_noun = _count(ours)
    for words, what in ((_SIZES, "sizes"), (_TIMES, "times")):
        if _differ(_named(theirs, words), _named(ours, words)):
            raise PriceListError(f"is sold by {theirs}, not by {ours}: different {what}")
    if our_count != their_count and our_noun != their_noun:
        raise PriceListError(f"is sold by {theirs}, which does not say how many make {ours}")
    return Decimal(our_count) / Decimal(their_count)


def _count(unit: str) -> tuple[int, str]:
    """How many things a unit counts, and what: "1K tokens" is (1000, "token"), "GB-Mo" (1, "GB-Mo")."""
    counted = _COUNTED.match(unit)
    if not counted or not (counted.group(1) or counted.group(2)):
        return 1, _singular(unit)
    number = int(counted.group(1).replace(",", "") or 1)
    return number * _COUNTS.get((counted.group(2) or "").lower(), 1), _singular(counted.group(3))


def _named(unit: str, words: dict[str, str]) -> set[str]:
    """Which of `words` a unit names; what stands in brackets ("Request(64 KB)") only describes it."""
    said = _WORDS.findall(re.sub(r"\(.*?\)", "", unit))
    return {words[_singular(word)] for word in said if _singular(word) in words}


def _differ(theirs: set[str], ours: set[str]) -> bool:
    return bool(theirs) and bool(ours) and theirs != ours


def _singular(word: str) -> str:
    return word.lower().removesuffix("s")
