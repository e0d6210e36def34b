"""Every golden invoice is matched to the cent, or within what its source states."""

from decimal import Decimal

import pytest

from tests.pricing.golden import Exceptional, Golden, by_key, cents, exceptions, golden_invoices, priced

CASES, EXCEPTIONS = golden_invoices(), exceptions()


@pytest.mark.parametrize("case", CASES, ids=lambda case: str(case.id))
def test_we_ask_what_aws_asks(case: Golden) -> None:
    answer = case.estimate
    lines = by_key(answer)
    assert not answer.unpriced
    assert abs(case.ours(answer) - case.expected) <= case.tolerance, lines
    for key, usd in case.expected_lines.items():
        assert abs(lines[key] - usd) <= case.tolerance, (key, lines)


@pytest.mark.parametrize("case", CASES, ids=lambda case: str(case.id))
def test_an_invoice_says_what_it_is_and_where_it_is_from(case: Golden) -> None:
    assert case.title and case.source and case.as_of


@pytest.mark.parametrize("case", EXCEPTIONS, ids=lambda case: str(case.id))
def test_an_exception_states_its_reason_and_what_we_say(case: Exceptional) -> None:
    assert len(case.reason) > 20
    assert str(case.expected) != case.ours
    if case.document is not None:
        assert cents(priced(case.document).total) == Decimal(case.ours)


def test_ids_are_unique_and_exceptions_are_sorted() -> None:
    ids = [*(case.id for case in CASES), *(case.id for case in EXCEPTIONS)]
    assert len(ids) == len(set(ids))
    order = [case.id for case in EXCEPTIONS]
    assert order == sorted(order)
