"""Bedrock: tokens by kind and model, regions and profiles a price is known for, stated prices."""

from datetime import date
from decimal import Decimal

import pytest

from tests.pricing.metering import metered
from webapp.pricing.catalog_file import shipped_catalog
from webapp.pricing.document import parse_document
from webapp.pricing.engine import estimate
from webapp.pricing.estimate import Estimate

CLAUDE = "anthropic.claude-3-7-sonnet-20250219-v1:0"
SONNET_4_6 = "anthropic.claude-sonnet-4-6"
TITAN = "amazon.titan-embed-text-v2:0"
KINDS = ("input", "output", "cache_read", "cache_write", "cache_write_1h", "batch_input", "batch_output")


def _estimate(region: str, model: str, usage: dict[str, int], **prices: object) -> Estimate:
    resource = {"service": "bedrock", "settings": {"model": model}, "usage": usage}
    document: dict[str, object] = {"region": region, "resources": [resource], **prices}
    return estimate(parse_document(document), shipped_catalog(), date(2026, 11, 24))


def test_tokens_are_billed_in_millions_by_kind() -> None:
    tokens = {f"{kind}_tokens": 500_000 * (place + 1) for place, kind in enumerate(KINDS)}
    billed = metered("bedrock", model=CLAUDE, **tokens)
    assert billed == {f"bedrock.{CLAUDE}.{kind}": Decimal(place + 1) / 2 for place, kind in enumerate(KINDS)}


def test_an_embedding_model_bills_what_it_reads_only() -> None:
    billed = metered("bedrock", model=TITAN, input_tokens=10**6, output_tokens=10**6)
    assert billed == {f"bedrock.{TITAN}.input": Decimal(1)}


def test_cached_tokens_have_their_own_price() -> None:
    usage = {"cache_read_tokens": 1_000_000, "cache_write_tokens": 1_000_000}
    assert _estimate("us-east-1", CLAUDE, usage).total == Decimal("4.05")


@pytest.mark.parametrize(("model", "usd"), [(SONNET_4_6, "12.21"), (f"global.{SONNET_4_6}", "11.1")])
def test_sonnet_4_6_costs_a_tenth_more_in_region(model: str, usd: str) -> None:
    usage = {"batch_input_tokens": 1_000_000, "input_tokens": 1_000_000, "cache_write_1h_tokens": 1_000_000}
    usage |= {"cache_read_tokens": 2_000_000}
    answer = _estimate("eu-west-2", model, usage)
    assert answer.total == Decimal(usd)
    assert {line.price_as_of for line in answer.lines} == {"2026-09-11"}


def test_a_kind_without_a_price_is_unpriced_and_not_free() -> None:
    answer = _estimate("us-east-1", CLAUDE, {"batch_input_tokens": 1_000_000})
    assert answer.total == 0
    assert len(answer.unpriced) == 1


@pytest.mark.parametrize(
    ("model", "region", "usd"),
    [
        ("amazon.nova-lite-v1:0", "eu-central-1", "0.078"),
        ("amazon.nova-lite-v1:0", "us-east-1", "0.06"),
        ("meta.llama3-8b-instruct-v1:0", "sa-east-1", "0.5"),
        ("meta.llama3-8b-instruct-v1:0", "us-west-2", "0.3"),
        ("eu.anthropic.claude-3-haiku-20240307-v1:0", "eu-west-3", "0.25"),
    ],
)
def test_a_price_is_that_of_the_region(model: str, region: str, usd: str) -> None:
    assert _estimate(region, model, {"input_tokens": 1_000_000}).total == Decimal(usd)


@pytest.mark.parametrize(
    ("model", "region"),
    [
        ("anthropic.claude-3-haiku-20240307-v1:0", "eu-west-1"),
        ("us.anthropic.claude-3-haiku-20240307-v1:0", "eu-west-1"),
        ("eu.amazon.nova-pro-v1:0", "eu-west-1"),
    ],
)
def test_a_region_nobody_priced_borrows_from_no_other(model: str, region: str) -> None:
    assert len(_estimate(region, model, {"input_tokens": 1_000_000}).unpriced) == 1


def test_another_model_takes_the_prices_the_document_states() -> None:
    prices = {"bedrock.other.input": "1", "bedrock.other.batch_output": "2.5"}
    usage = {"input_tokens": 3_000_000, "batch_output_tokens": 2_000_000}
    assert _estimate("eu-south-1", "other", usage, prices=prices).total == 8
