"""The rules of the engine, one promise each."""

import json
from decimal import Decimal, localcontext

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.pricing.extremes import EXTREMES
from tests.pricing.invoice_paper import bill, function, price_list, tiers
from webapp.domain.money import plain, rounded, show_usd
from webapp.pricing.document import parse_document
from webapp.pricing.presenting import document_to_json, estimate_to_json, line_to_json
from webapp.pricing.prices import use_tiers

LAMBDA = price_list(
    lambda__requests="0.01", lambda__duration__x86=tiers(("0", "100", "1"), ("100", None, "0.5"))
)


def test_tiers_are_shared_by_all_resources_of_the_account() -> None:
    alone = bill({"resources": [function(150)]}, LAMBDA)
    split = bill({"resources": [function(100), function(50)]}, LAMBDA)
    assert alone.total == split.total == Decimal("126.5")  # 1.50 requests + 100 + 25 duration


def test_a_resource_pays_its_proportion_of_the_shared_tiers() -> None:
    split = bill({"resources": [function(100), function(50)]}, LAMBDA)
    durations = [line.cost for line in split.lines if line.key == "lambda.duration.x86"]
    assert abs(durations[0] - 2 * durations[1]) < Decimal("1E-17")
    assert sum(durations) == 125


def test_an_allowance_is_given_once_and_not_per_resource() -> None:
    prices = price_list(lambda__requests="1", lambda__duration__x86="0")
    both = bill({"free_tier": "always", "resources": [function(900_000), function(300_000)]}, prices)
    assert both.total == 200_000
    assert sum(line.free_quantity for line in both.lines if line.key == "lambda.requests") == 1_000_000


def test_x86_takes_the_shared_allowance_before_arm() -> None:
    prices = price_list(
        lambda__requests="0", lambda__requests__arm="0", lambda__duration__x86="1", lambda__duration__arm="1"
    )
    resources = [function(300_000, architecture="arm64"), function(300_000)]
    free = {
        line.key: line.free_quantity
        for line in bill({"free_tier": "always", "resources": resources}, prices).lines
    }
    assert free["lambda.duration.x86"] == 300_000
    assert free["lambda.duration.arm"] == 100_000


def test_without_a_free_tier_nothing_is_free() -> None:
    prices = price_list(lambda__requests="1", lambda__duration__x86="0")
    assert bill({"free_tier": "none", "resources": [function(10)]}, prices).total == 10
    assert bill({"free_tier": "always", "resources": [function(10)]}, prices).total == 0


def test_twelve_month_offers_exist_only_under_their_policy() -> None:
    prices = price_list(apigw__rest__requests="1")
    document = {"resources": [{"service": "api_gateway", "usage": {"rest_requests": 1_000_001}}]}
    assert bill(document | {"free_tier": "always"}, prices).total == 1_000_001
    assert bill(document | {"free_tier": "first-12-months"}, prices).total == 1


def test_a_missing_price_is_outside_the_total_and_named() -> None:
    only_requests = price_list(lambda__requests="0.01")
    answer = bill({"resources": [function(100)]}, only_requests)
    assert answer.total == 1
    assert [item.key for item in answer.unpriced] == ["lambda.duration.x86"]
    assert "us-east-1" in answer.unpriced[0].reason


def test_an_unknown_measure_is_unpriced_and_not_zero() -> None:
    answer = bill({"resources": [function({"per": "events", "factor": 2})]}, LAMBDA)
    assert answer.total == 0
    assert "events" in answer.unpriced[0].reason


def test_a_price_stated_in_the_document_wins() -> None:
    stated = {"lambda.requests": "2", "lambda.duration.x86": [["0", "10", "1"], ["10", None, "0"]]}
    answer = bill({"prices": stated, "resources": [function(20)]}, LAMBDA)
    assert answer.total == 50
    assert answer.lines[0].price_source == "stated in the document"


def test_a_price_smaller_than_an_amount_shows_is_not_shown_as_nothing() -> None:
    answer = bill({"prices": {"lambda.requests": "0.0000000000001"}, "resources": [function(10**6)]}, LAMBDA)
    assert "1,000,000 × $0.0000000000001 = $0.0000001" in answer.lines[0].formula
    assert line_to_json(answer.lines[0])["tiers"][0]["unit_price_usd"] == "0.0000000000001"


def test_more_than_anybody_is_billed_is_unpriced_and_says_why() -> None:
    """Usage, factor and price multiply: each may be as large as it may be alone."""
    volume = {"low": 1, "expected": 10**17, "high": 10**17}
    document: dict[str, object] = {
        "traffic": {"volume": volume},
        "resources": [function({"per": "events", "factor": 10**17})],
        "prices": {"lambda.requests": 10**9},
    }
    answer = bill(document, LAMBDA)
    assert answer.is_unknown and answer.total == 0 and answer.range is None
    assert {item.key for item in answer.unpriced} == {"lambda.requests", "lambda.duration.x86"}
    assert all("more than anybody is billed" in item.reason for item in answer.unpriced)


def test_a_busy_month_beyond_pricing_leaves_no_range_and_the_expected_month_alone() -> None:
    document: dict[str, object] = {
        "traffic": {"volume": {"expected": 1, "high": 10**17}},
        "resources": [function({"per": "events", "factor": 10})],
        "prices": {"lambda.requests": 10**9},
    }
    answer = bill(document, LAMBDA)
    assert answer.total == 10 * 10**9 + 10 and not answer.unpriced
    assert answer.range is None


@pytest.mark.parametrize("document", EXTREMES.values(), ids=EXTREMES)
@pytest.mark.parametrize("term", ["none", "1-year"])
def test_no_accepted_document_is_too_large_or_too_small_to_price(
    document: dict[str, object], term: str
) -> None:
    stated = document | {"commitment": {"term": term}}
    answer = bill(stated, price_list())
    assert json.dumps(estimate_to_json(answer))
    assert len(show_usd(answer.total * 12)) < 140
    parsed = parse_document({"region": "us-east-1"} | stated)
    assert parse_document(json.loads(json.dumps(document_to_json(parsed)))) == parsed


def test_usage_scales_with_the_driver_and_low_and_high_follow() -> None:
    traffic = {
        "volume": {"low": 50, "expected": 100, "high": 400},
        "measures": {"events": 10, "chunks_64kb": 20},
    }
    prices = price_list(sqs__standard="1")
    usage = {"requests": {"per": "chunks_64kb", "factor": 3}}
    answer = bill({"traffic": traffic, "resources": [{"service": "sqs", "usage": usage}]}, prices)
    assert answer.total == 600
    assert answer.range is not None
    assert (answer.range.low, answer.range.expected, answer.range.high) == (
        Decimal(300),
        Decimal(600),
        Decimal(2400),
    )


def test_an_average_payload_gives_every_chunk_measure() -> None:
    traffic = {"volume": 10, "average_payload_bytes": 65_537}
    prices = price_list(sqs__standard="1")
    usage = {"requests": {"per": "chunks_64kb"}}
    assert bill({"traffic": traffic, "resources": [{"service": "sqs", "usage": usage}]}, prices).total == 20


def test_every_line_opens_its_formula() -> None:
    line = bill({"free_tier": "always", "resources": [function(1_000_150)]}, LAMBDA).lines[0]
    assert line.formula == "1,000,150 unit − 1,000,000 free = 150; 150 × $0.01 = $1.5"
    assert line.how.startswith("1,000,150 requests")
    assert (line.price_source, line.price_as_of) == ("test paper", "2026-10-08")


def test_a_formula_can_be_said_in_another_language() -> None:
    line = bill({"resources": [function(3)]}, LAMBDA).lines[0]
    assert line.formula.msgid % line.formula.params == line.formula


@given(st.lists(st.integers(min_value=0, max_value=10**9), min_size=1, max_size=12))
def test_shares_add_up_to_the_total_exactly(requests: list[int]) -> None:
    answer = bill({"free_tier": "always", "resources": [function(amount) for amount in requests]}, LAMBDA)
    assert sum(line.cost for line in answer.lines) == answer.total
    assert sum(row.cost for row in answer.by_service) == answer.total
    assert sum(answer.by_resource) == answer.total


@given(st.decimals(min_value=0, max_value=10**12, places=3))
def test_tiers_hold_the_whole_quantity(quantity: Decimal) -> None:
    steps = tiers(("0", "10", "3"), ("10", "1000", "2"), ("1000", None, "1"))
    assert sum(use.quantity for use in use_tiers(steps, quantity)) == quantity


@pytest.mark.parametrize(
    "number", ["1e60", "99999999999999999999999999999999999.995", "-1e100", "1e-100", "0e40"]
)
def test_no_amount_has_too_many_digits_to_be_rounded(number: str) -> None:
    amount = Decimal(number)
    with localcontext(prec=300):
        assert abs(rounded(amount, 2) - amount) <= Decimal("0.005")
    assert rounded(amount, 2).as_tuple().exponent == -2
    assert plain(amount) and show_usd(amount)


def test_money_is_rounded_half_up_and_only_when_shown() -> None:
    assert show_usd(Decimal("1234.565")) == "$1,234.57"
    assert show_usd(Decimal("-0.125")) == "-$0.13"
    assert show_usd(Decimal("0.0034567")) == "$0.0035"
    assert show_usd(Decimal("0.00999")) == "$0.01"
    assert plain(Decimal("0.000000012500")) == "0.0000000125"
    assert plain(Decimal("1E+3")) == "1000"
