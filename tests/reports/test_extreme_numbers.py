"""Reports about scenarios whose numbers stand at the ends of what is accepted."""

from collections.abc import Iterator

import pytest
from flask import Flask

from tests.pricing.extremes import EXTREMES
from tests.reports.scenarios import contents_of
from webapp.infra.language import speaking
from webapp.services.report_csv import csv_report
from webapp.services.report_pdf import html_report


@pytest.fixture(autouse=True)
def _speaking_english(app: Flask) -> Iterator[None]:
    with app.app_context(), speaking("en"):
        yield


@pytest.mark.parametrize("name", EXTREMES)
def test_extreme_numbers_can_be_reported(name: str) -> None:
    contents = contents_of(EXTREMES[name], commitment={"term": "3-years"})
    assert csv_report(contents)
    assert html_report(contents)


def test_a_price_of_ones_own_is_reported_with_every_digit() -> None:
    resource = {"service": "sqs", "usage": {"requests": 1_000_000}}
    stated = {"sqs.standard": "0.00000012345678901"}
    contents = contents_of({"region": "us-east-1"}, resources=[resource], prices=stated)
    assert b",0.00000012345678901," in csv_report(contents)
