"""Money: `Decimal` made from strings, USD, unrounded until shown. The one place that rounds."""

from decimal import ROUND_HALF_UP, Decimal, localcontext

_CENT = Decimal("0.01")


def show_usd(amount: Decimal) -> str:
    """`amount` USD as a person reads it: "$1,234.50"; below one cent two significant digits ("$0.0034")."""
    if amount != 0 and abs(amount) < _CENT:
        with localcontext() as context:
            context.prec = 2
            context.rounding = ROUND_HALF_UP
            small = +amount
        return f"${small:f}" if abs(small) < _CENT else f"${small:.2f}"
    cents = rounded(amount, 2)
    return f"-${cents.copy_abs():,.2f}" if cents < 0 else f"${cents:,.2f}"


def plain(number: Decimal, places: int = 12) -> str:
    """`number` without exponent or trailing zeros, at most `places` decimals: how JSON and CSV carry it.

    For what was computed. What somebody stated comes back `exact`.
    """
    text = f"{number:f}"
    if len(text) - text.find(".") - 1 > places and "." in text:
        text = f"{rounded(number, places):f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


def exact(number: Decimal) -> str:
    """`number` with every digit it was stated with, without exponent or trailing zeros."""
    text = f"{number:f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


def rounded(number: Decimal, places: int) -> Decimal:
    """`number` to `places` decimals, halves away from zero.

    `quantize` refuses what has more digits than the context at hand; this context has as many as it takes.
    """
    with localcontext() as context:
        # One for the digit before the point, one for a carry.
        context.prec = max(1, number.adjusted() + places + 2)
        return number.quantize(Decimal(1).scaleb(-places), rounding=ROUND_HALF_UP)
