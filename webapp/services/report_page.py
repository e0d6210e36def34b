"""What a PDF report shows, in words: made by report_pdf, said by templates/reports."""

from dataclasses import dataclass

from webapp.services.report_chart import Bar


@dataclass(frozen=True, slots=True)
class Fact:
    """A label and what it says."""

    label: str
    value: str


@dataclass(frozen=True, slots=True)
class CostRow:
    """One line of the bill. `line` numbers it, the same in costs and formulas."""

    line: int
    item: str
    quantity: str
    unit: str
    free: str
    cost: str
    how: str
    formula: str
    source: str


@dataclass(frozen=True, slots=True)
class ResourceCosts:
    """A resource, what it costs, and its lines."""

    name: str
    service: str
    cost: str
    rows: tuple[CostRow, ...]


@dataclass(frozen=True, slots=True)
class UnpricedRow:
    """A use outside the total, and why."""

    resource: str
    item: str
    quantity: str
    reason: str


@dataclass(frozen=True, slots=True)
class MeasureRow:
    """A measure and what the months bring of it: one amount, or low, expected and high."""

    label: str
    unit: str
    amounts: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class SourceRow:
    """Where prices came from, as of when (first to last), and how many lines stand on it."""

    name: str
    as_of: str
    lines: int


@dataclass(frozen=True, slots=True)
class PdfPage:
    """All the templates say, in words."""

    language: str
    title: str
    header: str
    description: str
    made_at: str
    prices_as_of: str
    page_words: str
    region: str
    is_unknown: bool
    warnings: tuple[str, ...]
    total: str
    total_unrounded: str
    year: str
    low: str
    high: str
    facts: tuple[Fact, ...]
    bars: tuple[Bar, ...]
    resources: tuple[ResourceCosts, ...]
    unpriced: tuple[UnpricedRow, ...]
    months: tuple[str, ...]
    measures: tuple[MeasureRow, ...]
    assumptions: tuple[str, ...]
    sources: tuple[SourceRow, ...]
    sections: tuple[str, ...]
