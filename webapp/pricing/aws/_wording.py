"""Formulas in words, put together from the terms that are there."""

from functools import reduce

from webapp.domain.words import Phrase, phrase


def added(*terms: tuple[object, Phrase]) -> Phrase:
    """The phrases whose amount is not zero, joined by "+"; a formula full of zeros hides what matters."""
    there = [words for amount, words in terms if amount]
    if not there:
        return phrase("none")
    return reduce(lambda left, right: phrase("%(left)s + %(right)s", left=left, right=right), there)
