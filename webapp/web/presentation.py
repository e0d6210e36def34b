"""How values look on a page: filters and functions every template may use."""

from collections.abc import Mapping
from datetime import date, datetime
from decimal import Decimal
from functools import cache
from hashlib import sha256
from pathlib import Path
from typing import Any

from flask import Flask, current_app, request, url_for
from flask_babel import format_date, format_datetime, gettext, ngettext
from werkzeug.datastructures import MultiDict

from webapp.domain import money
from webapp.domain.measures import MEASURES
from webapp.domain.money import exact, plain, show_usd
from webapp.domain.regions import REGIONS
from webapp.domain.reports import FORMATS, SECTIONS
from webapp.domain.reports import STATUSES as REPORT_STATUSES
from webapp.domain.scenarios import STATUSES
from webapp.domain.words import N_, figure, translated
from webapp.infra.clock import now
from webapp.infra.language import spoken_language
from webapp.pricing.services import all_services
from webapp.web.facts import facts_of

_YEAR_S = 31_536_000
THEMES = ("auto", "light", "dark")
POLICY_LABELS: Mapping[str, str] = {
    "none": N_("No free tier"),
    "always": N_("Always-free offers"),
    "first-12-months": N_("Always-free and first 12 months"),
}


def init_presentation(app: Flask) -> None:
    """Make the filters and functions below known to the templates."""
    app.get_send_file_max_age = _static_age_s  # type: ignore[method-assign, assignment]
    app.jinja_env.trim_blocks = app.jinja_env.lstrip_blocks = True
    app.jinja_env.filters.update(
        usd=show_usd,
        amount=amount,
        signed=signed,
        signed_percent=signed_percent,
        figure=figure_of,
        figure_plain=plain,
        exact=exact,
        tr=tr,
        moment=moment,
        day=day_of,
        ago=ago,
        size=size,
        rounded=rounded,
    )
    app.jinja_env.globals.update(
        asset=asset,
        language=spoken_language,
        theme=theme,
        address_with=address_with,
        region_name=lambda code: tr(REGIONS.get(code, code)),
        service_name=lambda code: all_services()[code].name,
        service_of=lambda code: all_services()[code],
        facts_of=facts_of,
        status_label=lambda code: tr(STATUSES[code]),
        report_status_label=lambda code: tr(REPORT_STATUSES[code]),
        policy_label=lambda code: tr(POLICY_LABELS[code]),
        measure_label=lambda name: tr(MEASURES[name].label) if name in MEASURES else name,
        section_labels=SECTIONS,
        format_labels=FORMATS,
    )


def tr(text: str) -> str:
    """`text`, an English msgid or a Phrase from a floor below, in the reader's language."""
    return translated(text, gettext)


def amount(cost: Decimal) -> str:
    """USD without the sign, for columns whose heading says the unit."""
    return show_usd(cost).replace("$", "")


def signed(cost: Decimal) -> str:
    """A difference in USD without the dollar sign: "+1.20", "−1.20", "0"."""
    if not cost:
        return "0"
    return ("+" if cost > 0 else "−") + amount(abs(cost))


def signed_percent(percent: Decimal) -> str:
    """A difference in percent, one decimal: "+4.2 %"; "0.0 %" has no sign."""
    shown = money.rounded(percent, 1)
    return f"{'+' if shown > 0 else '−' if shown < 0 else ''}{abs(shown):,} %"


def figure_of(number: Decimal | int) -> str:
    """With thousands separators."""
    return figure(Decimal(number))


def rounded(number: Decimal, places: int = 2) -> str:
    """A quantity to glance at: at most `places` decimals, more only for what would round to nothing."""
    quantum = Decimal(1).scaleb(-places)
    if number and abs(number) < quantum:
        return figure(number)
    return figure(money.rounded(number, places))


def moment(at: datetime) -> str:
    """A full date and time, UTC."""
    return str(format_datetime(at, "d MMM y, HH:mm 'UTC'"))


def day_of(on: date) -> str:
    """A date as people write it: "8 Oct 2026"."""
    return str(format_date(on, "d MMM y"))


def ago(at: datetime) -> str:
    """How long ago, in the coarsest unit that says it; older than a month as a date."""
    seconds = int((now() - at).total_seconds())
    if seconds < 60:
        return str(gettext("just now"))
    minutes, hours, days = seconds // 60, seconds // 3_600, seconds // 86_400
    if not hours:
        return str(ngettext("%(num)d minute ago", "%(num)d minutes ago", minutes))
    if not days:
        return str(ngettext("%(num)d hour ago", "%(num)d hours ago", hours))
    if days < 30:
        return str(ngettext("%(num)d day ago", "%(num)d days ago", days))
    return str(format_datetime(at, "d MMM y"))


def size(number: int) -> str:
    """A file's size in the decimal units file managers show."""
    for unit, factor in (("GB", 10**9), ("MB", 10**6), ("kB", 10**3)):
        if number >= factor:
            return f"{number / factor:.1f} {unit}"
    return f"{number} B"


def theme() -> str:
    """The theme this browser chose; "auto" follows the system."""
    chosen = request.cookies.get("theme", "auto")
    return chosen if chosen in THEMES else "auto"


def address_with(**changes: str | int | None) -> str:
    """This page's address with some query values changed; None takes one out."""
    query = MultiDict(request.args)
    for name, value in changes.items():
        query.poplist(name)
        if value is not None:
            query[name] = str(value)
    kept = {name: value for name, value in query.items() if value}
    named: dict[str, Any] = {**(request.view_args or {}), **kept}
    return url_for(str(request.endpoint), **named)


def asset(name: str) -> str:
    """Address of a static file that changes with its content, so that browsers may keep it."""
    return url_for("static", filename=name, v=_digest(str(current_app.static_folder), name))


def _static_age_s(name: str | None) -> int | None:
    """Seconds a browser may keep a static file without asking: a year when `asset` made the address."""
    return _YEAR_S if "v" in request.args else None


@cache
def _digest(folder: str, name: str) -> str:
    return sha256((Path(folder) / name).read_bytes()).hexdigest()[:10]
