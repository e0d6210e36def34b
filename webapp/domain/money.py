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
    rounded = amount.quantize(_CENT, rounding=ROUND_HALF_UP)
    return f"-${-rounded:,.2f}" if rounded < 0 else f"${rounded:,.2f}"


def plain(number: Decimal, places: int = 12) -> str:
    """`number` without exponent or trailing zeros, at most `places` decimals: how JSON and CSV carry it."""
    text = f"{number:f}"
    if len(text) - text.find(".") - 1 > places and "." in text:
        with localcontext() as context:
            context.prec = 60
            text = f"{number.quantize(Decimal(1).scaleb(-places), rounding=ROUND_HALF_UP):f}"
    return text.rstrip("0").rstrip(".") if "." in text else text
