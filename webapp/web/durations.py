"""Lengths of time in words."""

from collections.abc import Mapping

from flask_babel import gettext, ngettext

from webapp.domain.words import N_

_SINGLE: Mapping[float, str] = {60: N_("every minute"), 3_600: N_("every hour"), 86_400: N_("every day")}


def duration_in_words(seconds: float) -> str:
    """`seconds` in the coarsest unit that is not rounded much: "10 seconds", "5 minutes", "1 day"."""
    whole = round(seconds)
    if whole < 120 and whole != 60:
        return str(ngettext("%(num)d second", "%(num)d seconds", whole))
    if whole < 7_200 and whole != 3_600:
        return str(ngettext("%(num)d minute", "%(num)d minutes", round(whole / 60)))
    if whole < 172_800 and whole != 86_400:
        return str(ngettext("%(num)d hour", "%(num)d hours", round(whole / 3_600)))
    return str(ngettext("%(num)d day", "%(num)d days", round(whole / 86_400)))


def interval_in_words(seconds: float) -> str:
    """How often something comes: "every hour", "every 10 seconds"."""
    if seconds in _SINGLE:
        return str(gettext(_SINGLE[seconds]))
    return str(gettext("every %(time)s", time=duration_in_words(seconds)))
