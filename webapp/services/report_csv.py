"""The CSV report: one table that a spreadsheet opens without harm and a pivot table can work on.

Every row has the same columns. Only rows of the section "costs" fill `cost_usd`, so that the sum of that
column is the total; figures of other sections stand in `value`. Money and quantities are plain decimals,
unrounded like the API's. What could not be priced has no cost, because unknown is not zero.
"""

import csv
import io
import re
from collections.abc import Iterable, Iterator, Mapping
from decimal import Decimal

from webapp.domain.measures import MEASURES
from webapp.domain.money import exact, plain
from webapp.domain.traffic import VOLUME_NAMES
from webapp.domain.words import N_
from webapp.infra.language import say
from webapp.infra.tracing import traced
from webapp.pricing.commitments import CommitmentBill
from webapp.pricing.estimate import Estimate, Line
from webapp.pricing.freshness import warnings_of
from webapp.pricing.services import all_services
from webapp.services.report_contents import ReportContents

Cell = str | Decimal | None

#: Names for machines; they are not translated, so that a saved pivot table keeps working.
COLUMNS = (
    "section",
    "scenario",
    "region",
    "resource",
    "service",
    "item",
    "quantity",
    "unit",
    "free_quantity",
    "billable_quantity",
    "unit_prices_usd",
    "cost_usd",
    "value",
    "note",
    "formula",
    "price_source",
    "price_as_of",
)
#: A byte order mark tells Excel that the file is UTF-8.
_BOM = "\ufeff"
# What spreadsheets start a formula with, after any blanks; the wide forms do the same in some of them.
_FORMULA = re.compile(r"^[\s\x00-\x1f]*[=+\-@＝＋－＠]|^[\t\r\n]")
_NUMBER = re.compile(r"[+-]?\d+(\.\d+)?")


@traced
def csv_report(contents: ReportContents) -> bytes:
    """The report's file: UTF-8 with a byte order mark, RFC 4180 (commas, CRLF)."""
    columns = [name for name in COLUMNS if name != "formula" or contents.has("formulas")]
    text = io.StringIO(newline="")
    text.write(_BOM)
    writer = csv.DictWriter(text, columns, restval="", extrasaction="ignore", lineterminator="\r\n")
    writer.writeheader()
    for row in _rows(contents):
        writer.writerow({name: _written(value) for name, value in row.items()})
    return text.getvalue().encode()


def _written(cell: Cell) -> str:
    """A number as digits, a text as it is harmless."""
    if cell is None:
        return ""
    return plain(cell) if isinstance(cell, Decimal) else harmless(cell)


def harmless(text: str) -> str:
    """`text` for a cell: one that a spreadsheet would run gets an apostrophe in front and stays text."""
    text = text.replace("\x00", "")
    return f"'{text}" if _FORMULA.match(text) and not _NUMBER.fullmatch(text) else text


def _rows(contents: ReportContents) -> Iterator[Mapping[str, Cell]]:
    everywhere: Mapping[str, Cell] = {
        "scenario": contents.scenario.document.name,
        "region": contents.document.region,
    }
    for section, rows in _sections(contents):
        for row in rows:
            yield {"section": section, **everywhere, **row}


def _sections(contents: ReportContents) -> Iterator[tuple[str, Iterable[Mapping[str, Cell]]]]:
    estimate = contents.estimate
    if contents.has("summary"):
        yield "summary", _summary(estimate, contents.made_at.isoformat(timespec="seconds"))
    if contents.has("costs") or contents.has("formulas"):
        yield "costs", [_cost(line) for line in estimate.lines]
        yield "unpriced", _unpriced(estimate)
    if contents.has("traffic"):
        yield "traffic", _traffic(contents)
    if contents.has("assumptions"):
        yield "assumptions", [{"note": say(text)} for text in estimate.assumptions]


def _summary(estimate: Estimate, made_at: str) -> Iterator[Mapping[str, Cell]]:
    month = say(N_("USD a month"))
    total = None if estimate.is_unknown else estimate.total
    yield {"item": say(N_("Total")), "value": total, "unit": month}
    if estimate.range is not None and not estimate.is_unknown:
        yield {"item": say(N_("Total of a low month")), "value": estimate.range.low, "unit": month}
        yield {"item": say(N_("Total of a high month")), "value": estimate.range.high, "unit": month}
    for row in estimate.by_service:
        yield {"item": say(N_("Service total")), "service": say(row.name), "value": row.cost, "unit": month}
    yield {
        "item": say(N_("Uses without a price, not in the total")),
        "value": Decimal(len(estimate.unpriced)),
    }
    if estimate.commitment is not None:
        yield from _commitment(estimate.commitment, month)
    yield {"item": say(N_("Price catalog")), "note": estimate.catalog.name}
    yield {"item": say(N_("Prices as of")), "note": estimate.catalog.published.isoformat()}
    for warning in warnings_of(estimate):
        yield {"item": say(N_("Age of the prices")), "note": say(warning)}
    yield {"item": say(N_("Report made at (UTC)")), "note": made_at}


def _commitment(bill: CommitmentBill, month: str) -> Iterator[Mapping[str, Cell]]:
    yield {"item": say(N_("Commitment")), "note": say(bill.terms.label)}
    yield {"item": say(N_("Total on demand")), "value": bill.on_demand_total, "unit": month}
    yield {"item": say(N_("Saving by the commitment")), "value": bill.payoff.saving, "unit": month}
    if bill.payoff.upfront is not None:
        yield {"item": say(N_("Paid upfront")), "value": bill.payoff.upfront, "unit": say(N_("USD once"))}
    yield {"item": say(N_("Break-even")), "note": say(bill.payoff.sentence)}


def _cost(line: Line) -> Mapping[str, Cell]:
    return {
        "resource": line.resource_name,
        "service": say(all_services()[line.service].name),
        "item": say(line.dimension),
        "quantity": line.quantity,
        "unit": line.unit,
        "free_quantity": line.free_quantity,
        "billable_quantity": line.quantity - line.free_quantity,
        "unit_prices_usd": _unit_prices(line),
        "cost_usd": line.cost,
        "note": say(line.how),
        "formula": say(line.formula),
        "price_source": line.price_source,
        "price_as_of": line.price_as_of,
    }


def _unit_prices(line: Line) -> Cell:
    """The unit price as a number; where several tiers were used, each tier's account quantity and price."""
    if not line.tiers:
        return None
    if len(line.tiers) == 1:
        return exact(line.tiers[0].tier.usd)
    return " + ".join(f"{plain(use.quantity)} × {exact(use.tier.usd)}" for use in line.tiers)


def _unpriced(estimate: Estimate) -> Iterator[Mapping[str, Cell]]:
    for item in estimate.unpriced:
        yield {
            "resource": item.resource_name,
            "service": say(all_services()[item.service].name),
            "item": say(item.dimension),
            "quantity": item.quantity,
            "unit": item.unit,
            "note": say(item.reason),
        }


def _traffic(contents: ReportContents) -> Iterator[Mapping[str, Cell]]:
    names = VOLUME_NAMES if contents.estimate.range is not None else ("expected",)
    months = {"low": N_("low month"), "expected": N_("a month"), "high": N_("high month")}
    for name in names:
        for measure, amount in contents.document.traffic.month(name).items():
            known = MEASURES.get(measure)
            yield {
                "item": say(known.label) if known else measure,
                "quantity": amount,
                "unit": known.unit if known else measure,
                "note": say(months[name]),
            }
