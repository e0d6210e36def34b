"""Exact numbers in answers."""

from webapp.pricing.answers import Amount as Amount
from webapp.pricing.answers import Usd as Usd

#: What was sent, as it was sent: a number where a double holds it exactly, else text.
Number = int | float | str
