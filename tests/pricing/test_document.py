"""The estimate document: everything wrong is named at once, with where it stands and what to do."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from webapp.domain.errors import InvalidInput
from webapp.domain.traffic import Volume
from webapp.pricing.document import parse_document, read_kept_document
from webapp.pricing.presenting import document_to_json


def problems(document: object) -> dict[str, str]:
    with pytest.raises(InvalidInput) as refused:
        parse_document(document)
    return {problem.pointer: problem.message for problem in refused.value.problems}


def with_resource(**parts: object) -> dict[str, object]:
    return {"region": "eu-west-1", "resources": [{"service": "lambda"} | parts]}


@pytest.mark.parametrize("document", [None, [], "x", 3, True])
def test_what_is_not_an_object_is_refused(document: object) -> None:
    assert problems(document) == {"": "This must be a JSON object."}


def test_every_problem_is_named_in_one_answer() -> None:
    found = problems(
        {
            "region": "moon-1",
            "free_tier": "forever",
            "colour": "red",
            "traffic": {"volume": -1, "unit": "Big Orders"},
            "resources": [{"service": "teleport"}, {"service": "lambda", "usage": {"requests": -5}}],
        }
    )
    assert set(found) == {
        "/region",
        "/free_tier",
        "/colour",
        "/traffic/volume",
        "/traffic/unit",
        "/resources/0/service",
        "/resources/1/usage/requests",
    }
    assert "eu-west-1" in found["/region"]
    assert "lambda" in found["/resources/0/service"]


@pytest.mark.parametrize(
    "value", ["NaN", "Infinity", "-Infinity", "sNaN", "", "12 apples", True, None, [1], "1_000"]
)
def test_what_is_not_a_finite_number_is_refused(value: object) -> None:
    assert "/resources/0/usage/requests" in problems(with_resource(usage={"requests": value}))


@pytest.mark.parametrize("value", [10**30, 1e30, "1e30", "9" * 60, 1e-300 * -1])
def test_absurd_usage_is_refused(value: object) -> None:
    assert "/resources/0/usage/requests" in problems(with_resource(usage={"requests": value}))


@pytest.mark.parametrize(
    "numeral", ["1e-300000000", "1e-999999999999999999", "1e99999999999999999999", "0e-999999999"]
)
def test_a_short_text_cannot_ask_for_endless_zeros(numeral: str) -> None:
    """As text a number passes the limits of JSON; every place a document has for one asks again."""
    document = with_resource(
        settings={"duration_ms": numeral},
        usage={"requests": numeral, "gb_seconds": {"per": "events", "factor": numeral}},
    )
    document["traffic"] = {
        "volume": {"low": numeral, "expected": numeral, "high": numeral},
        "average_payload_bytes": numeral,
        "measures": {"events": numeral},
    }
    document["prices"] = {"lambda.requests": numeral, "sqs.standard": [[numeral, numeral, numeral]]}
    found = problems(document)
    assert {place: text for place, text in found.items() if "at most 100 digits" not in text} == {
        "/prices/sqs.standard": "Tiers must start at 0, follow each other without a gap, and end open."
    }
    assert set(found) >= {
        "/resources/0/settings/duration_ms",
        "/resources/0/usage/requests",
        "/resources/0/usage/gb_seconds/factor",
        "/traffic/volume/low",
        "/traffic/volume/expected",
        "/traffic/volume/high",
        "/traffic/average_payload_bytes",
        "/traffic/measures/events",
        "/prices/lambda.requests",
        "/prices/sqs.standard/0/0",
        "/prices/sqs.standard/0/1",
        "/prices/sqs.standard/0/2",
    }


def test_a_stated_price_has_a_maximum() -> None:
    prices = {
        "lambda.requests": "1e38",
        "sqs.standard": [["0", "1e18", "1"], ["1e18", None, "1000000000.01"]],
    }
    found = problems({"region": "us-east-1", "prices": prices})
    assert found["/prices/lambda.requests"] == "This cannot be more than 1,000,000,000. Check the unit."
    assert set(found) >= {"/prices/sqs.standard/0/1", "/prices/sqs.standard/1/2"}
    most = parse_document({"region": "us-east-1", "prices": {"lambda.requests": 10**9}})
    assert most.prices["lambda.requests"][0].usd == 10**9


def test_what_was_kept_is_read_whatever_limit_came_later() -> None:
    kept = {
        "region": "us-east-1",
        "traffic": {"volume": 1e-300},
        "resources": [{"service": "sqs", "usage": {"requests": 1e-300}}],
        "prices": {"sqs.standard": "1" + "0" * 38, "lambda.requests": "1" + "0" * 300},
    }
    document = read_kept_document(kept)
    assert document.traffic.volume == Volume(Decimal(0))
    assert document.resources[0].usage["requests"] == 0
    assert document.prices["sqs.standard"][0].usd == Decimal("1e38")
    assert document.prices["lambda.requests"][0].usd == Decimal("1e100")
    with pytest.raises(InvalidInput):
        parse_document(kept)


@pytest.mark.parametrize("numeral", ["0.00000012345678901", "1E-100", "0.1" + "0" * 60 + "1", "12345678.9"])
def test_a_stated_number_comes_back_digit_for_digit(numeral: str) -> None:
    price = {"lambda.requests": numeral, "sqs.standard": [["0", numeral, numeral], [numeral, None, "0"]]}
    document = with_resource(usage={"requests": numeral}) | {
        "prices": price,
        "traffic": {"volume": numeral, "measures": {"events": numeral}},
    }
    sent = parse_document(document)
    written = document_to_json(sent)
    digits = f"{Decimal(numeral):f}"
    assert written["prices"] == {
        "lambda.requests": digits,
        "sqs.standard": [["0", digits, digits], [digits, None, "0"]],
    }
    assert parse_document(written) == sent


def test_a_setting_outside_its_bounds_says_the_bound() -> None:
    found = problems(
        with_resource(settings={"memory_mb": 64, "ephemeral_storage_mb": 1e9, "architecture": "mips"})
    )
    assert "128" in found["/resources/0/settings/memory_mb"]
    assert "10,240" in found["/resources/0/settings/ephemeral_storage_mb"]
    assert "arm64" in found["/resources/0/settings/architecture"]


def test_a_half_megabyte_is_not_an_integer_setting() -> None:
    assert (
        "whole" in problems(with_resource(settings={"memory_mb": 128.5}))["/resources/0/settings/memory_mb"]
    )


def test_a_setting_among_the_usage_says_where_it_belongs() -> None:
    found = problems(with_resource(usage={"memory_mb": 512}, settings={"requests": 1}))
    assert "settings" in found["/resources/0/usage/memory_mb"]
    assert "usage" in found["/resources/0/settings/requests"]


def test_an_unknown_name_lists_the_known_ones() -> None:
    assert "requests" in problems(with_resource(usage={"request": 5}))["/resources/0/usage/request"]


def test_volumes_must_not_fall() -> None:
    traffic = {"volume": {"low": 5, "expected": 4, "high": 9}}
    assert "low ≤ expected ≤ high" in problems({"region": "eu-west-1", "traffic": traffic})["/traffic/volume"]


def test_stated_tiers_must_join() -> None:
    document = {
        "region": "eu-west-1",
        "prices": {"lambda.requests": [[0, 10, 1], [11, None, 1]], "no.key": 1},
    }
    assert set(problems(document)) == {"/prices/lambda.requests", "/prices/no.key"}


def test_numbers_may_be_sent_as_text() -> None:
    document = parse_document(with_resource(usage={"requests": " 1500.25 "}))
    assert str(document.resources[0].usage["requests"]) == "1500.25"


def test_what_is_sent_comes_back() -> None:
    sent = {
        "name": "Shop",
        "description": "All of it",
        "tags": ["a", "b"],
        "region": "eu-west-1",
        "free_tier": "always",
        "commitment": {"term": "3-years", "payment": "all-upfront"},
        "traffic": {
            "volume": {"low": 1, "expected": 2.5, "high": None},
            "unit": "orders",
            "average_payload_bytes": 12,
            "measures": {"orders": 3, "chunks_64kb": 0.1},
        },
        "resources": [
            {
                "service": "lambda",
                "name": "Worker",
                "settings": {"memory_mb": 512, "architecture": "arm64"},
                "usage": {"requests": {"per": "orders", "factor": 0.1}, "gb_seconds": 7},
            }
        ],
        "prices": {
            "lambda.requests": "0.0000001",
            "lambda.duration.arm": [["0", "10", "1"], ["10", None, "0.5"]],
        },
    }
    assert document_to_json(parse_document(sent)) == sent


_json = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=12), inner, max_size=4),
    max_leaves=20,
)
_fields = (
    "region",
    "name",
    "free_tier",
    "traffic",
    "resources",
    "prices",
    "tags",
    "description",
    "commitment",
)


@given(st.dictionaries(st.sampled_from(_fields), _json) | _json)
def test_no_document_breaks_the_reader(document: object) -> None:
    try:
        parse_document(document)
    except InvalidInput as refused:
        assert refused.problems


def test_usage_that_the_settings_leave_unread_is_refused() -> None:
    resource = {"service": "step_functions", "usage": {"requests": 1_000_000}}
    found = problems({"region": "us-east-1", "resources": [resource]})
    assert "counts only when" in found["/resources/0/usage/requests"]


def test_a_setting_that_another_setting_leaves_unread_is_refused() -> None:
    table = {"service": "dynamodb", "settings": {"wcu": 10}}
    found = problems({"region": "us-east-1", "resources": [table]})
    assert "capacity_mode is provisioned" in found["/resources/0/settings/wcu"]
    fine = {"service": "dynamodb", "settings": {"wcu": 10, "capacity_mode": "provisioned"}}
    assert parse_document({"region": "us-east-1", "resources": [fine]}).resources
