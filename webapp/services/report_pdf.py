"""The PDF report: says everything in the reader's language and hands it to the templates as finished rows."""

from collections.abc import Iterator
from decimal import Decimal
from itertools import groupby

from webapp.domain.measures import MEASURES
from webapp.domain.money import plain, rounded, show_usd
from webapp.domain.regions import REGIONS
from webapp.domain.traffic import VOLUME_NAMES
from webapp.domain.words import N_, figure, phrase
from webapp.infra.language import long_date, long_moment, say, spoken_language
from webapp.infra.pdf import html_to_pdf
from webapp.infra.printing import print_page
from webapp.infra.tracing import traced
from webapp.pricing.commitments import CommitmentBill
from webapp.pricing.declaration import FreeTierPolicy
from webapp.pricing.estimate import Line
from webapp.pricing.freshness import warnings_of
from webapp.pricing.services import all_services
from webapp.services.report_chart import bars_of
from webapp.services.report_contents import ReportContents
from webapp.services.report_page import (
    CostRow,
    Fact,
    MeasureRow,
    PdfPage,
    ResourceCosts,
    SourceRow,
    UnpricedRow,
)

_POLICIES: dict[FreeTierPolicy, str] = {
    "none": N_("Not taken off"),
    "always": N_("Always-free allowances taken off"),
    "first-12-months": N_("Always-free and first-12-month allowances taken off"),
}
#: A running header is one line; longer names end in an ellipsis there and stand in full on the first page.
_HEADER_LENGTH = 70


@traced
def pdf_report(contents: ReportContents) -> bytes:
    """The report's file, in the language being spoken."""
    return html_to_pdf(html_report(contents))


def html_report(contents: ReportContents) -> str:
    """The page the PDF is made of: complete, with its style sheet, needing nothing from anywhere."""
    return print_page("reports/report.html", page=page_of(contents))


def page_of(contents: ReportContents) -> PdfPage:
    """Everything the templates need. Reads no database."""
    estimate, document = contents.estimate, contents.document
    title = document.name or say(N_("Unnamed scenario"))
    months = VOLUME_NAMES if estimate.range is not None else VOLUME_NAMES[1:2]
    return PdfPage(
        language=spoken_language(),
        title=title,
        header=title if len(title) <= _HEADER_LENGTH else title[: _HEADER_LENGTH - 1].rstrip() + "…",
        description=document.description,
        made_at=long_moment(contents.made_at),
        prices_as_of=long_date(estimate.catalog.published),
        page_words=_page_words(),
        region=_region(document.region),
        is_unknown=estimate.is_unknown,
        warnings=tuple(say(text) for text in warnings_of(estimate)),
        total=say(N_("Unpriced")) if estimate.is_unknown else show_usd(estimate.total),
        total_unrounded=plain(estimate.total),
        year=show_usd(estimate.total * 12),
        low=show_usd(estimate.range.low) if estimate.range else "",
        high=show_usd(estimate.range.high) if estimate.range else "",
        facts=tuple(_facts(contents)),
        bars=bars_of(estimate.by_service, estimate.total),
        resources=tuple(_resources(contents)),
        unpriced=tuple(_unpriced(contents)),
        months=tuple(say(_MONTHS[name]) for name in months),
        measures=tuple(_measures(contents)),
        assumptions=tuple(say(text) for text in estimate.assumptions),
        sources=_sources(estimate.lines),
        sections=contents.sections,
    )


_MONTHS = {"low": N_("Low month"), "expected": N_("Expected month"), "high": N_("High month")}


def _page_words() -> str:
    """ "Page 2 of 5" as the value of the CSS property `content`, in the reader's word order."""
    words = say(N_("Page %(page)s of %(pages)s")).replace("\\", "").replace('"', "")
    counters = {"page": '" counter(page) "', "pages": '" counter(pages) "'}
    return f'"{words % counters}"'


def _region(code: str) -> str:
    return f"{REGIONS.get(code, code)}, {code}"


def _facts(contents: ReportContents) -> Iterator[Fact]:
    estimate, document = contents.estimate, contents.document
    yield Fact(say(N_("Region")), _region(document.region))
    yield Fact(say(N_("Traffic")), _traffic_words(contents))
    yield Fact(say(N_("Resources")), figure(Decimal(len(document.resources))))
    yield Fact(say(N_("Free tier")), say(_POLICIES[document.free_tier]))
    published, age = long_date(estimate.catalog.published), figure(Decimal(estimate.catalog_age_days))
    words = phrase(N_("%(day)s (catalog %(name)s, %(age)s days old)"), name=estimate.catalog.name,
                   day=published, age=age)  # fmt: skip
    yield Fact(say(N_("Prices as of")), say(words))
    if estimate.commitment is not None:
        yield from _commitment_facts(estimate.commitment)
    if document.tags:
        yield Fact(say(N_("Tags")), ", ".join(document.tags))


def _commitment_facts(bill: CommitmentBill) -> Iterator[Fact]:
    """The terms, what they save, and when they pay off."""
    yield Fact(say(N_("Commitment")), say(bill.terms.label))
    if bill.payoff.on_demand:
        msgid = (
            N_("%(total)s instead of %(on_demand)s a month, %(difference)s less")
            if bill.payoff.saving >= 0
            else N_("%(total)s instead of %(on_demand)s a month, %(difference)s more")
        )
        words = phrase(
            msgid,
            total=show_usd(bill.total),
            on_demand=show_usd(bill.on_demand_total),
            difference=show_usd(abs(bill.payoff.saving)),
        )
        yield Fact(say(N_("Saving")), say(words))
    yield Fact(say(N_("Break-even")), say(bill.payoff.sentence))
    if bill.payoff.upfront:
        yield Fact(say(N_("Paid upfront")), show_usd(bill.payoff.upfront))


def _traffic_words(contents: ReportContents) -> str:
    traffic = contents.document.traffic
    is_recorded = contents.scenario.traffic_source == "recorded"
    if traffic.volume is not None:
        msgid = (
            N_("%(amount)s %(unit)s a month, scaled from a recording")
            if is_recorded
            else N_("%(amount)s %(unit)s a month")
        )
        words = phrase(msgid, amount=figure(traffic.volume.expected), unit=traffic.unit)
    elif is_recorded:
        events = figure(traffic.measures.get("events", Decimal(0)))
        words = phrase(N_("Recorded: %(amount)s events, taken as the month"), amount=events)
    else:
        words = phrase(N_("Stated per resource"))
    return say(words)


def _resources(contents: ReportContents) -> Iterator[ResourceCosts]:
    numbered = enumerate(contents.estimate.lines, start=1)
    for index, lines in groupby(numbered, key=lambda pair: pair[1].resource):
        resource = contents.document.resources[index]
        yield ResourceCosts(
            name=resource.name,
            service=say(all_services()[resource.service].name),
            cost=show_usd(contents.estimate.by_resource[index]),
            rows=tuple(_cost_row(number, line) for number, line in lines),
        )


def _cost_row(number: int, line: Line) -> CostRow:
    source = phrase(N_("%(source)s, as of %(day)s"), source=line.price_source, day=line.price_as_of)
    return CostRow(
        line=number,
        item=say(line.dimension),
        quantity=shown_quantity(line.quantity),
        unit=line.unit,
        free=shown_quantity(line.free_quantity) if line.free_quantity else "",
        cost=show_usd(line.cost),
        how=say(line.how),
        formula=say(line.formula),
        source=say(source) if line.price_as_of else line.price_source,
    )


def shown_quantity(quantity: Decimal) -> str:
    """`quantity` for a table: two decimals from 1 up, six below; the formulas carry it exactly."""
    return figure(rounded(quantity, 2 if abs(quantity) >= 1 else 6))


def _unpriced(contents: ReportContents) -> Iterator[UnpricedRow]:
    for item in contents.estimate.unpriced:
        amount = "" if item.quantity is None else f"{shown_quantity(item.quantity)} {item.unit}"
        yield UnpricedRow(item.resource_name, say(item.dimension), amount, say(item.reason))


def _measures(contents: ReportContents) -> Iterator[MeasureRow]:
    traffic = contents.document.traffic
    names = VOLUME_NAMES if contents.estimate.range is not None else VOLUME_NAMES[1:2]
    months = [traffic.month(name) for name in names]
    for measure in months[0]:
        known = MEASURES.get(measure)
        amounts = tuple(_shown_count(month[measure]) for month in months)
        label, unit = (say(known.label), known.unit) if known else (measure, measure)
        yield MeasureRow(label, unit, amounts)


def _shown_count(amount: Decimal) -> str:
    """A scaled count has decimals that mean nothing to a reader."""
    return figure(rounded(amount, 0)) if abs(amount) >= 1 else shown_quantity(amount)


def _sources(lines: tuple[Line, ...]) -> tuple[SourceRow, ...]:
    dates: dict[str, list[str]] = {}
    for line in lines:
        dates.setdefault(line.price_source, []).append(line.price_as_of)
    return tuple(SourceRow(say(name), _span(found), len(found)) for name, found in sorted(dates.items()))


def _span(dates: list[str]) -> str:
    """ "2025-08-28 to 2025-10-30", or the one date; a price stated by the document itself has none."""
    known = sorted(filter(None, dates))
    if not known:
        return "–"
    if known[0] == known[-1]:
        return known[0]
    return say(phrase(N_("%(first)s to %(last)s"), first=known[0], last=known[-1]))
