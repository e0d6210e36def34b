"""Catalogs and refreshes as text a person reads in a terminal."""

from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from decimal import Decimal

from webapp.cli.text import table
from webapp.domain.money import plain
from webapp.pricing.prices import Price
from webapp.services.catalog_changes import CatalogDiff, CatalogState, PriceChange
from webapp.services.refresh_runs import RefreshProblem, RefreshReport, RefreshView

#: Lines of one kind shown; a diff of everything would hide what matters.
_MOST_LINES = 200
_OUTCOMES = {
    "accepted": "Catalog {name} is in use.",
    "held": "Catalog {name} is held back; the one in use stays. Look at it, then: flask prices accept {name}",
    "unchanged": "No price changed; the catalog in use stays.",
    "unfinished": "There was not enough time for everything; the next refresh goes on from here.",
    "failed": "The refresh failed: {failure}",
    "abandoned": "The refresh was killed; the next one goes on.",
    "running": "The refresh is running.",
}


def refresh_text(view: RefreshView) -> str:
    """What one refresh did: counts, outcome, reasons, problems."""
    report = view.report
    parts = [
        f"{report.files_read:,} offer files read, {report.files_unchanged:,} unchanged; "
        f"{report.prices_read:,} prices found.",
        f"Against {report.base}: {report.changed:,} changed, {report.added:,} new, {report.removed:,} gone.",
        *(f"  {reason}" for reason in report.reasons),
        _outcome(view),
    ]
    if report.problems:
        parts += ["", f"Not used ({len(report.problems):,}):", *_limited(map(_problem, report.problems))]
    return "\n".join(parts)


def status_text(catalogs: Sequence[CatalogState], refreshes: Sequence[RefreshView]) -> str:
    """All catalogs with what they wait for, and what the latest refreshes came to."""
    rows = [("Catalog", "Published", "Prices", "Status", "Made from")]
    rows += [
        (c.name, f"{c.published_on}", f"{c.prices:,}", "in use" if c.in_use else c.status, c.base)
        for c in catalogs
    ]
    parts = [table(rows, right=(2,))]
    for catalog in catalogs:
        if catalog.status == "held":
            parts += ["", f"{catalog.name} waits for a person (flask prices accept {catalog.name}):"]
            parts += [f"  {reason}" for reason in catalog.reasons]
    parts += ["", "Latest refreshes:" if refreshes else "There was no refresh yet: flask prices refresh"]
    parts += [f"  {_moment(view.started_at)}  {_outcome(view)}{_counts(view.report)}" for view in refreshes]
    return "\n".join(parts)


def diff_text(diff: CatalogDiff) -> str:
    """Changed, new and gone prices, the largest moves first."""
    if diff.is_empty:
        return "Both catalogs price everything the same."
    changed = sorted(diff.changed, key=_size, reverse=True)
    parts = [f"{len(changed):,} changed, {len(diff.added):,} new, {len(diff.removed):,} gone."]
    for title, changes in (("Changed", changed), ("New", diff.added), ("Gone", diff.removed)):
        if changes:
            parts += ["", f"{title}:", *_limited(map(_change, changes))]
    return "\n".join(parts)


def _size(change: PriceChange) -> Decimal:
    return abs(change.share or Decimal(0))


def _change(change: PriceChange) -> str:
    share = "" if change.share is None else f"  {change.share:+.1%}"
    prices = " → ".join(_tiers(price) for price in (change.before, change.after) if price is not None)
    return f"{change.key} ({change.region})  {prices}{share}"


def _tiers(price: Price) -> str:
    steps = [
        f"{plain(tier.usd, 18)}" + (f" to {plain(tier.end)}" if tier.end else "") for tier in price.tiers
    ]
    return " / ".join(steps)


def _problem(problem: RefreshProblem) -> str:
    regions = ", ".join(problem.regions[:3]) + (f" +{len(problem.regions) - 3}" * (len(problem.regions) > 3))
    where = " ".join(part for part in (problem.offer, problem.key, f"({regions})" if regions else "") if part)
    return f"{where}: {problem.message}"


def _outcome(view: RefreshView) -> str:
    return _OUTCOMES[view.outcome].format(name=view.catalog, failure=view.report.failure)


def _counts(report: RefreshReport) -> str:
    if not report.base:
        return ""
    return f" ({report.changed:,} changed, {report.added:,} new, {len(report.problems):,} problems)"


def _limited(lines: Iterable[str]) -> Iterator[str]:
    for number, line in enumerate(lines):
        if number == _MOST_LINES:
            yield "  …"
            return
        yield f"  {line}"


def _moment(moment: datetime) -> str:
    return moment.strftime("%Y-%m-%d %H:%M UTC")
