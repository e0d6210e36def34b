"""Golden invoices: what AWS itself says a workload costs, read from `invoices/`, and what we say.

Each file holds readable cases of one service. `expected_usd` is the printed total; `tolerance_usd` only where
the source states one; `"rounds": "lines"` where the source adds lines it had rounded to cents, as AWS bills
do. Cases that cannot match are in `exceptions.json`, with the reason.
"""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import ROUND_HALF_UP, Decimal
from functools import cache
from pathlib import Path

from webapp.pricing.catalog_file import shipped_catalog
from webapp.pricing.document import parse_document
from webapp.pricing.engine import estimate
from webapp.pricing.estimate import Estimate

INVOICES = Path(__file__).parent / "invoices"
EXCEPTIONS = "exceptions.json"
TODAY = date(2026, 11, 24)
CENT = Decimal("0.01")
TO_THE_CENT = Decimal("0.005")


@dataclass(frozen=True, slots=True)
class Golden:
    """One invoice. Money is USD a month; `example` names the published example it retells, if it does."""

    id: str
    example: str
    title: str
    service: str
    source: str
    as_of: str
    document: object
    expected: Decimal
    tolerance: Decimal
    rounds_lines: bool
    expected_lines: Mapping[str, Decimal] = field(default_factory=dict)
    stated_prices: bool = False
    note: str = ""

    @property
    def estimate(self) -> Estimate:
        return priced(self.document)

    def ours(self, answer: Estimate) -> Decimal:
        """Our total, unrounded unless the source rounds its lines."""
        if self.rounds_lines:
            return sum(map(cents, by_key(answer).values()), Decimal(0))
        return answer.total


@dataclass(frozen=True, slots=True)
class Exceptional:
    """An example we do not match, why, and what we say instead; no document where we cannot describe it."""

    id: str
    example: str
    reason: str
    expected: Decimal
    ours: str
    document: object


@cache
def golden_invoices() -> tuple[Golden, ...]:
    """Every case, file by file in alphabetical order."""
    paths = (path for path in sorted(INVOICES.glob("*.json")) if path.name != EXCEPTIONS)
    return tuple(_golden(path.stem, raw) for path in paths for raw in _rows(path))


@cache
def exceptions() -> tuple[Exceptional, ...]:
    """Every example known not to match."""
    return tuple(
        Exceptional(
            id=str(raw["id"]),
            example=str(raw.get("example", "")),
            reason=str(raw["reason"]),
            expected=Decimal(str(raw["expected"])),
            ours=str(raw["ours"]),
            document=raw.get("document"),
        )
        for raw in _rows(INVOICES / EXCEPTIONS)
    )


def priced(document: object) -> Estimate:
    """The estimate of a raw document with the newest catalog that ships."""
    return estimate(parse_document(document), shipped_catalog(), TODAY)


def by_key(answer: Estimate) -> dict[str, Decimal]:
    """USD by price key over all resources."""
    costs: dict[str, Decimal] = {}
    for line in answer.lines:
        costs[line.key] = costs.get(line.key, Decimal(0)) + line.cost
    return costs


def cents(amount: Decimal) -> Decimal:
    """`amount` as a bill prints it: half a cent goes up."""
    return amount.quantize(CENT, rounding=ROUND_HALF_UP)


def _rows(path: Path) -> Iterator[dict[str, object]]:
    yield from json.loads(path.read_text("utf-8"))


def _golden(service: str, raw: dict[str, object]) -> Golden:
    origin, document, lines = raw["origin"], raw["document"], raw.get("expected_lines", {})
    assert isinstance(origin, dict) and isinstance(document, dict) and isinstance(lines, dict)
    assert isinstance(raw["expected_usd"], str), raw["id"]
    return Golden(
        id=str(raw["id"]),
        example=str(raw.get("example", "")),
        title=str(raw["title"]),
        service=service,
        source=str(origin.get("url", origin["source"])),
        as_of=str(origin["as_of"]),
        document=document,
        expected=Decimal(raw["expected_usd"]),
        tolerance=Decimal(str(raw.get("tolerance_usd", TO_THE_CENT))),
        rounds_lines=raw.get("rounds") == "lines",
        expected_lines={key: Decimal(usd) for key, usd in lines.items()},
        stated_prices="prices" in document,
        note=str(raw.get("note", "")),
    )
