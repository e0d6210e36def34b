"""Commitments: what they cover, what they cost, and when they pay off."""

from collections.abc import Mapping
from decimal import Decimal
from fnmatch import fnmatchcase

import pytest

from tests.pricing.invoice_paper import TODAY, bill, function, price_list, tiers
from webapp.domain.errors import InvalidInput
from webapp.pricing.catalog_file import shipped_catalog
from webapp.pricing.commitments import COVERED, Commitment, CommitmentBill, Payoff, find_price_key, plans
from webapp.pricing.document import parse_document
from webapp.pricing.engine import estimate
from webapp.pricing.estimate import Estimate
from webapp.pricing.presenting import estimate_to_json
from webapp.pricing.prices import Price, PriceList
from webapp.pricing.services import all_services

YEAR = {"term": "1-year", "payment": "no-upfront"}
THREE_YEARS = {"term": "3-years", "payment": "no-upfront"}
UPFRONT = {"term": "1-year", "payment": "all-upfront"}
DURATION = "lambda.duration.x86"


def with_committed(prices: PriceList, **usd: str) -> PriceList:
    """`prices` with made-up committed prices of x86 duration, by terms written with underscores."""
    more = {}
    for name, value in usd.items():
        key = f"{DURATION}@{name.strip('_').replace('_', '-')}"
        more["us-east-1", key] = Price(key, "us-east-1", "unit", tiers(("0", None, value)), "2026", "paper")
    return PriceList(prices.catalog, {**prices.prices, **more})


PAPER = with_committed(
    price_list(lambda__requests="0", lambda__duration__x86="1"),
    _1yr_no_upfront="0.75",
    _1yr_all_upfront="0.5",
)


def committed(
    document: dict[str, object], prices: PriceList = PAPER, terms: Mapping[str, str] = YEAR
) -> Estimate:
    return bill({"commitment": terms} | document, prices)


def commitment_of(answer: Estimate) -> CommitmentBill:
    assert answer.commitment is not None
    return answer.commitment


def shipped(region: str, terms: Mapping[str, str], *resources: Mapping[str, object]) -> Estimate:
    document = {"region": region, "commitment": terms, "resources": list(resources)}
    return estimate(parse_document(document), shipped_catalog(), TODAY)


def test_a_committed_price_replaces_the_one_on_demand() -> None:
    answer = committed({"resources": [function(100)]})
    assert answer.total == 75
    found = commitment_of(answer)
    assert found.on_demand_total == 100
    assert found.payoff.saving == 25
    assert found.payoff.upfront == 0
    line = next(line for line in answer.lines if line.key == DURATION)
    assert line.price_source == "paper"
    assert "100 × $0.75 = $75" in line.formula and "on demand $1, $100" in line.formula


def test_without_a_commitment_nothing_changes() -> None:
    plain = bill({"resources": [function(100)]}, PAPER)
    assert plain.total == 100
    assert plain.commitment is None
    assert all(line.commitment is None for line in plain.lines)
    declined = committed({"resources": [function(100)]}, terms={"term": "none"})
    assert estimate_to_json(declined) == estimate_to_json(plain)


def test_the_free_tier_is_taken_before_the_commitment() -> None:
    answer = committed({"free_tier": "always", "resources": [function(400_100)]})
    assert answer.total == 75
    assert commitment_of(answer).payoff.on_demand == 100


def test_what_is_wholly_free_needs_no_commitment() -> None:
    answer = committed({"free_tier": "always", "resources": [function(100)]})
    found = commitment_of(answer)
    assert answer.total == found.payoff.on_demand == 0
    assert found.without_price == ()
    assert found.payoff.break_even_share is None
    assert found.payoff.sentence == "Nothing is covered."


def test_a_use_without_a_committed_price_stays_on_demand_and_is_named() -> None:
    answer = committed({"resources": [function(100)]}, terms=THREE_YEARS)
    assert answer.total == 100
    assert commitment_of(answer).without_price == ("Duration (x86)",)
    sentence = "No price for 3 years, no upfront is known for Duration (x86): priced on demand."
    assert sentence in answer.assumptions


def test_a_price_for_one_payment_never_stands_in_for_another() -> None:
    partial = committed(
        {"resources": [function(100)]}, terms={"term": "1-year", "payment": "partial-upfront"}
    )
    assert partial.total == 100
    assert commitment_of(partial).without_price == ("Duration (x86)",)


def test_requests_are_never_covered_and_never_named() -> None:
    prices = with_committed(
        price_list(lambda__requests="1", lambda__duration__x86="1"), _1yr_no_upfront="0.75"
    )
    answer = committed({"resources": [function(100)]}, prices)
    assert answer.total == 175
    assert commitment_of(answer).without_price == ()


def test_two_resources_share_a_commitment_by_their_use() -> None:
    answer = committed({"resources": [function(300), function(100)]})
    shares = [line.commitment.payoff.saving for line in answer.lines if line.commitment]
    assert shares == [75, 25]
    assert sum(answer.by_resource) == answer.total == 300


def test_one_committed_price_covers_only_the_first_tier() -> None:
    steps = tiers(("0", "100", "1"), ("100", None, "0.5"))
    prices = with_committed(
        price_list(lambda__requests="0", lambda__duration__x86=steps), _1yr_no_upfront="0.75"
    )
    answer = committed({"resources": [function(300)]}, prices)
    assert answer.total == 100 * Decimal("0.75") + 200 * Decimal("0.5")
    assert commitment_of(answer).payoff == Payoff(Commitment("1-year"), Decimal(100), Decimal(75))
    assert commitment_of(answer).on_demand_total == 200
    assert any("the rest is on demand" in text for text in answer.assumptions)


def test_a_range_is_committed_like_the_expected_month() -> None:
    resource = function({"per": "events", "factor": 1})
    traffic = {"volume": {"low": 100, "expected": 200, "high": 400}}
    answer = committed({"traffic": traffic, "resources": [resource]})
    assert answer.range is not None
    assert [answer.range.low, answer.range.expected, answer.range.high] == [75, 150, 300]


def test_no_upfront_pays_off_by_the_share_of_the_time() -> None:
    payoff = commitment_of(committed({"resources": [function(100)]})).payoff
    assert payoff.break_even_share == Decimal("0.75")
    assert payoff.break_even_months == 9
    assert payoff.sentence == "Pays off when used 75 % of the time, which is 9.0 of 12 months."


def test_all_upfront_is_recovered_after_some_months() -> None:
    payoff = commitment_of(committed({"resources": [function(100)]}, terms=UPFRONT)).payoff
    assert payoff.upfront == 600
    assert payoff.break_even_months == 6
    # Six months on demand cost what was paid on the first day.
    assert payoff.on_demand * payoff.break_even_months == payoff.upfront
    assert payoff.sentence == "The $600.00 upfront are recovered after 6.0 of 12 months."


def test_partial_upfront_does_not_invent_its_upfront_part() -> None:
    payoff = Payoff(Commitment("3-years", "partial-upfront"), Decimal(100), Decimal(50))
    assert payoff.upfront is None
    assert payoff.sentence == "The whole commitment is recovered after 18.0 of 36 months of use."


def test_a_commitment_dearer_than_on_demand_says_so() -> None:
    payoff = Payoff(Commitment("1-year"), Decimal(100), Decimal(125))
    assert payoff.saving == -25
    assert payoff.break_even_months is None
    assert payoff.sentence.startswith("Never pays off")


def test_the_savings_plan_to_buy_is_told_by_the_hour() -> None:
    instance = {"service": "ec2", "settings": {"instance_type": "m7g.large", "instances": 3}}
    database = {"service": "rds", "settings": {"instance_class": "db.t4g.medium", "engine": "postgresql"}}
    found = commitment_of(shipped("eu-west-1", YEAR, instance, database))
    # The database is a reserved instance, which is no part of the plan.
    assert found.savings_plan_hourly == 3 * Decimal("0.069")
    assert found.payoff.committed == 730 * (3 * Decimal("0.069") + Decimal("0.0457"))


def test_a_task_costs_what_the_savings_plan_file_says() -> None:
    task = {
        "service": "fargate",
        "settings": {"platform": "linux_x86", "vcpu": 2, "memory_gb": 4, "tasks": 1},
    }
    answer = shipped("eu-west-1", THREE_YEARS, task)
    assert answer.total == 730 * (2 * Decimal("0.024288") + 4 * Decimal("0.002667"))
    assert answer.assumptions[-1].startswith("Committed for 3 years, no upfront")


def test_a_document_may_state_its_committed_price() -> None:
    prices = {f"{DURATION}@3yr-partial-upfront": "0.25"}
    terms = {"term": "3-years", "payment": "partial-upfront"}
    answer = bill({"commitment": terms, "prices": prices, "resources": [function(100)]}, PAPER)
    assert answer.total == 25


@pytest.mark.parametrize(
    "key",
    [
        "sqs.standard@1yr-no-upfront",
        "lambda.requests@1yr-no-upfront",
        f"{DURATION}@2yr-no-upfront",
        f"{DURATION}@",
        "@1yr-no-upfront",
    ],
)
def test_a_price_nobody_can_commit_to_is_refused(key: str) -> None:
    assert find_price_key(key) is None
    with pytest.raises(InvalidInput) as refused:
        parse_document({"region": "us-east-1", "prices": {key: 1}})
    assert refused.value.problems[0].pointer == f"/prices/{key}"


@pytest.mark.parametrize(
    ("commitment", "pointers"),
    [
        ({"term": "2-years"}, ["/commitment/term"]),
        ({"payment": "all-upfront"}, ["/commitment/term"]),
        ({"term": "1-year", "payment": "later"}, ["/commitment/payment"]),
        ({"term": "1-year", "payment": None}, ["/commitment/payment"]),
        ({"term": "1-year", "years": 1}, ["/commitment/years"]),
        ("1-year", ["/commitment"]),
        ([], ["/commitment"]),
    ],
)
def test_a_wrong_commitment_is_refused_by_field(commitment: object, pointers: list[str]) -> None:
    with pytest.raises(InvalidInput) as refused:
        parse_document({"region": "us-east-1", "commitment": commitment})
    assert [problem.pointer for problem in refused.value.problems] == pointers


def test_left_out_or_empty_is_no_commitment() -> None:
    assert parse_document({"region": "us-east-1"}).commitment == Commitment()
    empty: tuple[dict[str, str] | None, ...] = (None, {})
    for raw in empty:
        assert parse_document({"region": "us-east-1", "commitment": raw}).commitment == Commitment()


def test_every_rule_of_cover_speaks_of_a_declared_price() -> None:
    declared = [price.key for service in all_services().values() for price in service.prices]
    idle = [rule for rule in COVERED if not any(fnmatchcase(key, rule) for key in declared)]
    assert idle == []


@pytest.mark.parametrize(
    "kind", ["ec2.cpu_credits", "lambda.requests", "fargate.ephemeral", "rds.storage", "ebs."]
)
def test_what_no_commitment_covers(kind: str) -> None:
    assert [key for key in plans() if key.startswith(kind)] == []


def test_shipped_committed_prices_undercut_those_on_demand() -> None:
    prices = shipped_catalog().prices
    found = [(region, key) for region, key in prices if "@" in key]
    assert len(found) > 40
    for region, key in found:
        on_demand = prices[region, key.partition("@")[0]].tiers[0].usd
        assert Decimal("0.3") < prices[region, key].tiers[0].usd / on_demand < 1, (region, key)


def test_json_carries_the_break_even_of_the_bill_and_of_each_line() -> None:
    answer = estimate_to_json(committed({"resources": [function(100)]}, terms=UPFRONT))
    covered = {
        "on_demand_usd": "100",
        "committed_usd": "50",
        "saving_usd": "50",
        "upfront_usd": "600",
        "break_even_share": "0.5",
        "break_even_months": "6",
        "break_even": "The $600.00 upfront are recovered after 6.0 of 12 months.",
    }
    assert answer["commitment"] == {
        **UPFRONT,
        "total_usd": "50",
        "on_demand_total_usd": "100",
        "covered": covered,
        "savings_plan_usd_per_hour": "0.068493150685",
        "without_price": [],
    }
    lines = answer["lines"]
    assert isinstance(lines, list)
    requests, duration = lines
    assert requests["commitment"] is None
    assert duration["commitment"] == {"plan": "savings-plan", "on_demand_unit_prices_usd": ["1"], **covered}
