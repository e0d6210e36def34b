"""Formulas in words, put together from the terms that are there."""

from collections.abc import Iterable, Iterator
from decimal import Decimal
from functools import reduce

from webapp.domain.words import Wording, wording
from webapp.pricing.declaration import Inputs, Quantity


def added(*terms: tuple[Decimal, Wording]) -> Wording:
    """The phrases whose amount is not zero, joined by "+"; a formula full of zeros hides what matters."""
    there = [words for amount, words in terms if amount]
    if not there:
        return wording("none")
    return reduce(lambda left, right: wording("%(left)s + %(right)s", left=left, right=right), there)


def counted(inputs: Inputs, lines: Iterable[tuple[str, str, str]]) -> Iterator[Quantity]:
    """Usage billed as it is stated: (price key, usage, message with %(n)s) for what is above zero.

    A bucket can be billed by fifty keys and uses five; wording the others would cost most of an estimate.
    """
    for key, usage, message in lines:
        amount = inputs[usage]
        if amount:
            yield Quantity(key, amount, wording(message, n=amount))
