"""Golden invoices: what AWS itself says a workload costs, against what we say, to the cent.

Each file in `invoices/` holds readable cases of one service. `expected_usd` is the printed total;
`tolerance_usd` only where the source states one; `"rounds": "lines"` where the source adds lines it had
rounded to cents, as AWS bills do. Cases that cannot match are in `exceptions.json`, with the reason.
"""

import json
from collections.abc import Iterator
from datetime import date
from decimal import ROUND_HALF_UP, Decimal
from pathlib import Path
from typing import Any

import pytest

from webapp.pricing.catalog_file import shipped_catalog
from webapp.pricing.document import parse_document
from webapp.pricing.engine import estimate
from webapp.pricing.estimate import Estimate

INVOICES = Path(__file__).parent / "invoices"
EXCEPTIONS: list[dict[str, Any]] = json.loads((INVOICES / "exceptions.json").read_text("utf-8"))
TODAY = date(2026, 11, 24)
CENT = Decimal("0.01")
TO_THE_CENT = Decimal("0.005")


def _cases() -> Iterator[dict[str, Any]]:
    for path in sorted(INVOICES.glob("*.json")):
        if path.name != "exceptions.json":
            yield from json.loads(path.read_text("utf-8"))


CASES = tuple(_cases())


def _estimate(document: object) -> Estimate:
    return estimate(parse_document(document), shipped_catalog(), TODAY)


def _cents(amount: Decimal) -> Decimal:
    return amount.quantize(CENT, rounding=ROUND_HALF_UP)


def _by_key(answer: Estimate) -> dict[str, Decimal]:
    costs: dict[str, Decimal] = {}
    for line in answer.lines:
        costs[line.key] = costs.get(line.key, Decimal(0)) + line.cost
    return costs


@pytest.mark.parametrize("case", CASES, ids=lambda case: str(case["id"]))
def test_we_ask_what_aws_asks(case: dict[str, Any]) -> None:
    answer = _estimate(case["document"])
    lines = _by_key(answer)
    total = sum(map(_cents, lines.values())) if case.get("rounds") == "lines" else answer.total
    tolerance = Decimal(case.get("tolerance_usd", TO_THE_CENT))
    assert not answer.unpriced
    assert abs(total - Decimal(case["expected_usd"])) <= tolerance, lines
    for key, usd in case.get("expected_lines", {}).items():
        assert abs(lines[key] - Decimal(usd)) <= tolerance, (key, lines)


@pytest.mark.parametrize("case", CASES, ids=lambda case: str(case["id"]))
def test_an_invoice_says_what_it_is_and_where_it_is_from(case: dict[str, Any]) -> None:
    assert case["title"] and case["origin"]
    assert isinstance(case["expected_usd"], str)


@pytest.mark.parametrize("case", EXCEPTIONS, ids=lambda case: str(case["id"]))
def test_an_exception_states_its_reason_and_what_we_say(case: dict[str, Any]) -> None:
    assert len(case["reason"]) > 20
    assert case["expected"] != case["ours"]
    if "document" in case:
        assert _cents(_estimate(case["document"]).total) == Decimal(case["ours"])


def test_ids_are_unique_and_exceptions_are_sorted() -> None:
    ids = [case["id"] for case in (*CASES, *EXCEPTIONS)]
    assert len(ids) == len(set(ids))
    exceptions = [case["id"] for case in EXCEPTIONS]
    assert exceptions == sorted(exceptions)
