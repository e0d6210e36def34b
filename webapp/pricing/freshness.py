"""How old the prices of an estimate are, and whether that is too old to rely on."""

import re
from calendar import monthrange
from datetime import date, timedelta

from webapp.domain.words import N_, Phrase, phrase
from webapp.pricing.commitments import find_price_key
from webapp.pricing.estimate import Estimate
from webapp.pricing.services import all_services

#: Prices not looked at for longer than this many days are warned of.
STALE_DAYS = 40
_DATE = re.compile(r"(\d{4})(?:-(\d{2})(?:-(\d{2}))?)?")


def warnings_of(estimate: Estimate) -> tuple[Phrase, ...]:
    """What a reader must know of the age of the prices; empty when they are fresh.

    A catalog ages as a whole. Prices no refresh can read (most of Bedrock) are as old as the day somebody
    last verified them, whatever the catalog says.
    """
    today = estimate.catalog.published + timedelta(days=estimate.catalog_age_days)
    found = []
    if estimate.catalog_age_days > STALE_DAYS:
        found.append(
            phrase(
                N_("These prices are %(days)s days old. An administrator runs: flask prices refresh"),
                days=estimate.catalog_age_days,
            )
        )
    for service, verified in _verified_by_hand(estimate).items():
        if (today - last_day(verified)).days > STALE_DAYS:
            message = N_("Prices of %(service)s were last verified %(day)s, and no refresh reads them.")
            found.append(phrase(message, service=all_services()[service].name, day=verified))
    return tuple(found)


def _verified_by_hand(estimate: Estimate) -> dict[str, str]:
    """By service the oldest date of its prices that are not in the price list as far as we know."""
    oldest: dict[str, str] = {}
    for line in estimate.lines:
        declared = find_price_key(line.key)
        if line.price_as_of and declared is not None and not declared.selector:
            known = oldest.get(line.service, line.price_as_of)
            oldest[line.service] = min(known, line.price_as_of, key=last_day)
    return oldest


def last_day(stated: str) -> date:
    """The last day a date as precise as its source gave it can mean: "2026-06" is 30 June 2026."""
    parts = _DATE.fullmatch(stated)
    if parts is None:
        return date.min
    year, month = int(parts[1]), int(parts[2] or 12)
    return date(year, month, int(parts[3] or monthrange(year, month)[1]))
