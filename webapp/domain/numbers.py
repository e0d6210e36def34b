"""Numbers as they are sent: exact, and of a size that can be computed with and written out.

An exponent is a few bytes to send and as many zeros to write as it says: "1e-300000000" fills 300 MB. So
whoever reads a number asks `is_usual` before anything else is done with it.
"""

import re
from decimal import Decimal, InvalidOperation

from webapp.domain.words import N_, Phrase, phrase

#: Digits of a number, and the power of ten it may reach in either direction.
MAX_DIGITS = 100
#: Characters of the longest usual number when it is written out: sign, point, and digits on both sides.
MAX_NUMERAL = 2 * MAX_DIGITS + 3
_NUMERAL = re.compile(r"[+-]?(\d++(\.\d*+)?|\.\d++)([eE][+-]?\d++)?")
#: Stands for what is too large or too small for `Decimal` itself, so that it is refused like its neighbours.
_BEYOND = Decimal(10).scaleb(MAX_DIGITS)


def read_decimal(numeral: str) -> Decimal | None:
    """The number that is written, NaN and infinity too; None for what is no number. It need not be usual."""
    try:
        return Decimal(numeral)
    except InvalidOperation:
        return _BEYOND if _NUMERAL.fullmatch(numeral) else None


def is_usual(number: Decimal) -> bool:
    """Whether a finite `number` has a size and a length anybody needs. Zero too: "0e300000000" is not."""
    return abs(number.adjusted()) <= MAX_DIGITS and len(number.as_tuple().digits) <= MAX_DIGITS


def too_unusual() -> Phrase:
    """The refusal of what is not usual."""
    return phrase(
        N_("A number has at most %(n)s digits and lies between 1e-%(n)s and 1e%(n)s."), n=MAX_DIGITS
    )


def brought_near(number: Decimal) -> Decimal:
    """A finite `number` that is not usual as the nearest that is: for what was kept before this was asked."""
    if number.adjusted() < -MAX_DIGITS:
        return Decimal(0)
    if number.adjusted() > MAX_DIGITS:
        return Decimal(1).scaleb(MAX_DIGITS).copy_sign(number) if number else Decimal(0)
    return number
