"""Keeps prices current: reads the AWS Price List and makes a catalog of what changed.

Only files whose version changed are fetched. A price whose selector finds anything but exactly one product is
reported and keeps its last good value. A catalog that looks worse than the one in use is held for a person.
"""

import logging
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from pathlib import Path

from sqlalchemy import select

from webapp.domain.errors import DomainError, InvalidInput, NotFound, Problem, Unavailable
from webapp.domain.jobs import REFRESH_PRICES
from webapp.domain.regions import REGIONS
from webapp.domain.words import N_, phrase
from webapp.infra.clock import now
from webapp.infra.config import current_settings
from webapp.infra.db import db, unit_of_work
from webapp.infra.feed import Feed, FeedError, FeedLimits
from webapp.infra.jobs import OutOfTime, send
from webapp.infra.tracing import traced
from webapp.models.catalog import Catalog
from webapp.pricing.price_list.offer import OfferReading, PriceListError
from webapp.pricing.price_list.offered import keys_by_offer, offers_of_service
from webapp.pricing.price_list.reading import offer_code, read_offer
from webapp.pricing.price_list.selectors import Selectors
from webapp.pricing.prices import Price
from webapp.pricing.services import all_services
from webapp.services.catalog_changes import compare, forget_old_catalogs, reasons_to_hold
from webapp.services.catalog_making import Draft, digest_of, grouped, keep_seen, seen_by, store_catalog
from webapp.services.price_files import FileRead, Gathered, Gatherer, Seen, forget_old_files, is_older
from webapp.services.prices import catalog_in_use, catalog_prices
from webapp.services.refresh_runs import (
    RefreshProblem,
    RefreshReport,
    RefreshView,
    Run,
    get_refresh,
    only_run,
    unfinished_in_a_row,
)

#: Prices read again and found the same make a fresh catalog only this often: years of copies help nobody.
_FRESH = timedelta(days=7)
_MEGABYTE = 1_000_000
#: Turns of a worker after which a refresh is given up for the day.
_MOST_TURNS = 60
_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class _Base:
    """The catalog in use when a refresh began."""

    name: str
    published: date
    prices: Mapping[tuple[str, str], Price]
    seen: Mapping[tuple[str, str], Seen]


@traced
def refresh_prices(
    service: str = "", region: str = "", *, budget_s: float = float("inf"), limits: FeedLimits | None = None
) -> RefreshView:
    """Fetch what changed, all of it or that of one service or region, and make a catalog of it.

    A service brings the whole of the offers it is sold in. Once `budget_s` seconds are over no further file
    is begun; the outcome is then "unfinished", and the next call goes on. Raises NotFound for an unknown
    service or region, Conflict while another refresh runs, Unavailable when the feed cannot be read at all or
    no catalog is loaded.
    """
    offers, regions = _offers(service), _regions(region)
    with only_run() as run:
        base = _base()
        feed = _feed(run, limits)
        try:
            gatherer = Gatherer(feed, current_settings().prices_dir, base.seen, regions, budget_s, run.beat)
            gathered = gatherer.gather(offers)
        except (FeedError, PriceListError) as error:
            raise Unavailable(
                phrase(N_("The price list could not be read: %(reason)s"), reason=str(error))
            ) from error
        finally:
            feed.close()
        report = RefreshReport(
            service=service, region=region, requests=feed.requests, fetched_bytes=feed.fetched_bytes
        )
        _conclude(run, base, gathered, report, now().date())
    forget_old_files(current_settings().prices_dir)
    with unit_of_work():
        forget_old_catalogs()
    return get_refresh(run.id)


def refresh_in_turns(turn_s: float) -> None:
    """The refresh of a worker, whose jobs must be short: does what fits into `turn_s` and sends for the rest.

    What cannot be helped (no internet, a refresh at work already) is logged; tomorrow is another day.
    """
    try:
        unfinished = refresh_prices(budget_s=turn_s).outcome == "unfinished"
    except OutOfTime:
        unfinished = True
    except DomainError as error:
        _log.warning("prices were not refreshed: %s", error.message)
        return
    if unfinished and unfinished_in_a_row() < _MOST_TURNS:
        send(REFRESH_PRICES)


@traced
def import_price_files(paths: Sequence[Path]) -> RefreshView:
    """Make a catalog of offer files on disk (JSON or CSV, one region or all, packed or not).

    Raises InvalidInput naming each file when none of them can be used, Conflict while a refresh runs,
    Unavailable when no catalog is loaded.
    """
    with only_run() as run:
        base = _base()
        gathered = Gathered()
        for path in paths:
            _import_file(path, base, gathered)
            run.beat()
        if not gathered.files:
            raise InvalidInput([Problem(p.offer, p.message) for p in gathered.problems])
        published = min(_published(file.reading) for file in gathered.files if file.reading)
        _conclude(run, base, gathered, RefreshReport(), published, imported=True)
    return get_refresh(run.id)


def _offers(service: str) -> tuple[str, ...]:
    if not service:
        return tuple(keys_by_offer())
    if service not in all_services():
        raise NotFound(
            phrase(N_("There is no service “%(code)s”. Services: %(known)s."), code=service,
                   known=", ".join(all_services()))
        )  # fmt: skip
    return offers_of_service(service)


def _regions(region: str) -> tuple[str, ...]:
    if region and region not in REGIONS:
        raise NotFound(
            phrase(N_("There is no region “%(code)s”. Regions: %(known)s."), code=region,
                   known=", ".join(REGIONS))
        )  # fmt: skip
    return (region,) if region else tuple(REGIONS)


def _base() -> _Base:
    with unit_of_work():
        catalog = catalog_in_use()
        return _Base(catalog.name, catalog.published_on, catalog_prices(catalog.id), seen_by(catalog.id))


def _feed(run: Run, limits: FeedLimits | None) -> Feed:
    settings = current_settings()
    limits = limits or FeedLimits(
        timeout_s=settings.price_list_timeout_s,
        file_bytes=settings.price_list_file_mb * _MEGABYTE,
        total_bytes=settings.price_list_total_mb * _MEGABYTE,
    )
    return Feed(settings.price_list_url, settings.prices_dir / "index", limits, run.beat)


def _conclude(
    run: Run, base: _Base, gathered: Gathered, report: RefreshReport, as_of: date, *, imported: bool = False
) -> None:
    """Compose the catalog and write it with the outcome in one transaction: there is never half of it."""
    draft = Draft(dict(base.prices), dict(base.seen))
    draft.take(gathered, as_of)
    diff = compare(base.prices, draft.prices)
    read = [file for file in gathered.files if file.reading is not None]
    report = replace(
        report, base=base.name, files_read=len(read), files_unchanged=len(gathered.files) - len(read),
        prices_read=draft.prices_read, added=len(diff.added), changed=len(diff.changed),
        removed=len(diff.removed), problems=tuple(grouped(draft.problems)),
    )  # fmt: skip
    run.report = report
    if gathered.unfinished:
        with unit_of_work():
            run.finish("unfinished", "", report)
        return
    reasons = reasons_to_hold(base.prices, draft.prices, draft.vanished)
    if imported:
        reasons += _older_and_different(base, draft, as_of)
    whole = not imported and not report.service and not report.region
    with unit_of_work():
        _store(run, base, draft, replace(report, reasons=reasons), as_of if whole else base.published)


def _store(run: Run, base: _Base, draft: Draft, report: RefreshReport, published: date) -> None:
    """Write the draft if it says anything new. Another catalog may have been put in use meanwhile."""
    used = catalog_in_use()
    if used.name != base.name:
        raise Unavailable(
            phrase(N_("Catalog %(name)s was put in use meanwhile; run the refresh again."), name=used.name)
        )
    same = not (report.added or report.changed or report.removed)
    if same and not report.reasons and published - base.published < _FRESH:
        keep_seen(used.id, draft.seen)
        run.finish("unchanged", "", report)
        return
    digest = digest_of(draft.prices)
    waiting = _decided_before(base.name, digest) if report.reasons else None
    if waiting is not None:
        run.finish("held" if waiting.status == "held" else "unchanged", waiting.name, report)
    else:
        made = store_catalog(draft, used, published, digest, report.reasons)
        _replace_held(made)
        run.finish(made.status, made.name, report)


def _decided_before(base: str, digest: str) -> Catalog | None:
    """The same prices, made from the same catalog, that wait for a person or were refused by one."""
    return db.session.scalar(
        select(Catalog).where(Catalog.base == base, Catalog.digest == digest, Catalog.status != "accepted")
    )


def _replace_held(made: Catalog) -> None:
    """What was held before knows less than the catalog just made."""
    for older in db.session.scalars(select(Catalog).where(Catalog.status == "held", Catalog.id != made.id)):
        older.status = "refused"
        older.reasons = [*older.reasons, str(phrase(N_("Replaced by %(name)s."), name=made.name))]


def _import_file(path: Path, base: _Base, gathered: Gathered) -> None:
    try:
        offer = offer_code(path)
        if offer not in keys_by_offer():
            raise PriceListError(f"Nothing we price is in offer “{offer}”.")
        selectors = Selectors(keys_by_offer()[offer])
        reading = read_offer(path, selectors, _region_in(path))
        if not reading.matches:
            raise PriceListError("No price in it is one we know.")
    except PriceListError as error:
        gathered.problems.append(RefreshProblem("file", str(path), (), "", str(error)))
        return
    for region in sorted({match.region for match in reading.matches}):
        known = base.seen.get((offer, region))
        if known is not None and is_older(reading.version, known.version):
            message = f"{path.name} is version {reading.version}, older than {known.version} in use."
            gathered.problems.append(RefreshProblem("older", offer, (region,), "", message))
            continue
        part = replace(reading, matches=tuple(m for m in reading.matches if m.region == region))
        gathered.files.append(FileRead(offer, region, reading.version, selectors.digest, part))


def _region_in(path: Path) -> str:
    """The region a path names (`.../eu-west-1/index.csv`), for files that do not say where they hold."""
    return next((region for region in REGIONS if region in path.as_posix()), "")


def _published(reading: OfferReading) -> date:
    try:
        return date.fromisoformat(reading.published[:10])
    except ValueError:
        return now().date()


def _older_and_different(base: _Base, draft: Draft, as_of: date) -> tuple[str, ...]:
    """An old file must not quietly turn a newer price back."""
    turned_back = [
        change
        for change in compare(base.prices, draft.prices).changed
        if change.before is not None and change.before.as_of > as_of.isoformat()
    ]
    if not turned_back:
        return ()
    message = N_("%(count)s prices in use are newer than the files, of %(date)s, that differ from them")
    return (str(phrase(message, count=len(turned_back), date=as_of.isoformat())),)
