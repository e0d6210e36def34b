"""`make accuracy`: the committed pages are what it writes, and it says so when an invoice is missed."""

from dataclasses import replace
from decimal import Decimal

import pytest

from tests.pricing.accuracy import (
    ACCURACY,
    APPROXIMATIONS,
    Row,
    accuracy_page,
    approximations_page,
    row_of,
    rows,
    table,
)
from tests.pricing.golden import CENT, exceptions, golden_invoices

#: Published examples retold so far; one that vanishes is noticed here.
PUBLISHED_EXAMPLES = 181
RENEW = "run `make accuracy` and commit what it wrote"


def test_the_committed_page_is_what_the_program_writes() -> None:
    assert ACCURACY.read_text("utf-8") == accuracy_page(), RENEW


def test_approximations_say_what_the_declarations_say() -> None:
    assert APPROXIMATIONS.read_text("utf-8") == approximations_page(), RENEW


def test_every_published_example_is_retold_or_excepted() -> None:
    retold = {row.golden.example for row in rows()} | {case.example for case in exceptions()}
    assert len(retold - {""}) == PUBLISHED_EXAMPLES


@pytest.mark.parametrize(
    "row", [row for row in rows() if abs(row.difference) > CENT], ids=lambda row: row.name
)
def test_what_is_more_than_a_cent_apart_says_why(row: Row) -> None:
    assert len(row.golden.note) > 20


def test_a_wrong_total_is_a_miss() -> None:
    golden = golden_invoices()[0]
    assert row_of(golden).held
    assert not row_of(replace(golden, expected=golden.expected + 1)).held


def test_an_unpriced_line_is_a_miss_even_of_nothing() -> None:
    unknown = {"service": "xray", "settings": {"sampled_percent": 100}, "usage": {"requests": 1}}
    golden = replace(
        golden_invoices()[0],
        document={"region": "us-east-1", "resources": [unknown]},
        expected=Decimal(0),
    )
    assert not row_of(golden).held


def test_the_table_names_every_invoice_and_every_exception() -> None:
    printed = table()
    for name in (*(row.name for row in rows()), *(case.example or case.id for case in exceptions())):
        assert f"\n{name} " in printed
    assert "MISSED" not in printed


def test_difference_is_that_of_the_printed_figures() -> None:
    row = row_of(golden_invoices()[0])
    bill = replace(row.golden, expected=Decimal("0.99"))
    assert Row(bill, Decimal("0.995"), held=True).difference == CENT
    fine = replace(row.golden, expected=Decimal("0.184"))
    assert Row(fine, Decimal("0.1838"), held=True).difference == 0
