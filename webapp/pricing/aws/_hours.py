"""Time that is paid by the hour: so many of a thing, each for part or all of a month."""

from decimal import Decimal

from webapp.domain.words import N_, Wording, wording
from webapp.pricing.aws._fields import ShownWhen, decimal, monthly
from webapp.pricing.aws._wording import added
from webapp.pricing.declaration import Inputs, Setting, Usage

#: Where AWS bills by the second, a price is still per hour.
SECONDS_PER_HOUR = Decimal(3600)


def hours_setting(name: str = "hours", shown_when: ShownWhen = None) -> Setting:
    """How long each of the counted things exists in a month."""
    return decimal(
        name,
        N_("Hours a month"),
        "hours",
        730,
        (0, 744),
        N_("Of each. 730 is AWS's average month; a bill of 31 days has 744."),
        shown_when,
    )


def further_hours(name: str, label: str, shown_when: ShownWhen = None) -> Usage:
    """Hours counted elsewhere, for instance by a bill."""
    return monthly(name, label, "hours", N_("From a bill; added as they are."), "", shown_when)


def counted_hours(
    inputs: Inputs, count: str, further: str = "", hours: str = "hours"
) -> tuple[Decimal, Wording]:
    """Hours of `count` things for `hours` each, plus the usage `further`; and how, in words."""
    things, each = inputs.number(count), inputs.number(hours)
    more = inputs[further] if further else Decimal(0)
    how = added(
        (things * each, wording("%(n)s × %(hours)s h", n=things, hours=each)),
        (more, wording("%(n)s h", n=more)),
    )
    return things * each + more, how
