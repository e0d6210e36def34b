"""The CSV report: a spreadsheet gets numbers it can add up and texts it will not run."""

import csv
import io
from collections.abc import Iterator
from decimal import Decimal

import pytest
from flask import Flask

from tests.reports.scenarios import SHOP, contents_of
from webapp.infra.language import speaking
from webapp.services.report_contents import ReportContents
from webapp.services.report_csv import COLUMNS, csv_report


@pytest.fixture(autouse=True)
def _speaking_english(app: Flask) -> Iterator[None]:
    with app.app_context(), speaking("en"):
        yield


def _rows(contents: ReportContents) -> list[dict[str, str]]:
    text = csv_report(contents).decode("utf-8-sig")
    return list(csv.DictReader(io.StringIO(text, newline="")))


def _named(name: str) -> ReportContents:
    resource = {"service": "sqs", "name": name, "usage": {"requests": 3_000_000}}
    return contents_of(SHOP, resources=[resource])


def test_excel_sees_utf8_and_every_row_has_the_same_columns() -> None:
    content = csv_report(contents_of(SHOP, name="Größe, “quoted”\nand broken"))
    assert content.startswith(b"\xef\xbb\xbf") and content.endswith(b"\r\n")
    table = list(csv.reader(io.StringIO(content.decode("utf-8-sig"), newline="")))
    assert tuple(table[0]) == COLUMNS
    assert {len(row) for row in table} == {len(COLUMNS)}
    assert {row[1] for row in table[1:]} == {"Größe, “quoted”\nand broken"}


def test_the_cost_column_adds_up_to_the_total_exactly() -> None:
    contents = contents_of(SHOP)
    rows = _rows(contents)
    costs = sum(Decimal(row["cost_usd"]) for row in rows if row["cost_usd"])
    [total] = [row["value"] for row in rows if row["item"] == "Total"]
    assert costs == Decimal(total) == contents.estimate.total > 0


def test_low_and_high_months_stand_beside_the_total() -> None:
    contents = contents_of(SHOP)
    values = {row["item"]: row["value"] for row in _rows(contents) if row["section"] == "summary"}
    assert contents.estimate.range is not None
    assert Decimal(values["Total of a low month"]) == contents.estimate.range.low
    assert Decimal(values["Total of a high month"]) == contents.estimate.range.high


def test_an_unpriced_use_has_a_reason_and_no_cost() -> None:
    [row] = [row for row in _rows(contents_of(SHOP)) if row["section"] == "unpriced"]
    assert (row["resource"], row["cost_usd"], row["quantity"]) == ("Fraud check", "", "")
    assert "frauds" in row["note"]


@pytest.mark.parametrize(
    "name",
    [
        "=1+1",
        "+cmd|' /C calc'!A0",
        "-2+3",
        "@SUM(A1)",
        "\t=1+1",
        "\r=1+1",
        " =HYPERLINK(1)",
        "＝1+1",
        '=1","=2',
        "+",
        "--5",
    ],
)
def test_a_text_that_a_spreadsheet_would_run_stays_text(name: str) -> None:
    found = {row["resource"] for row in _rows(_named(name)) if row["resource"]}
    assert len(found) == 1
    [written] = found
    # The document trims blanks around a name; what matters is what stands first in the cell.
    assert written.startswith("'")
    assert written.lstrip("'").strip() == name.strip()


@pytest.mark.parametrize("name", ["-5", "+3.5", "0.1", "a=b", "queue - main", "'quoted"])
def test_numbers_and_harmless_texts_are_left_alone(name: str) -> None:
    assert {row["resource"] for row in _rows(_named(name)) if row["resource"]} == {name}


def test_only_asked_sections_are_there() -> None:
    rows = _rows(contents_of(SHOP, sections=("traffic", "assumptions")))
    assert {row["section"] for row in rows} == {"traffic", "assumptions"}
    assert "formula" not in rows[0]


def test_formulas_and_sources_come_with_each_line() -> None:
    contents = contents_of(SHOP)
    costs = [row for row in _rows(contents) if row["section"] == "costs"]
    assert [row["formula"] for row in costs] == [str(line.formula) for line in contents.estimate.lines]
    assert all(row["price_source"] and row["price_as_of"] for row in costs)
    assert all(
        Decimal(row["quantity"]) - Decimal(row["free_quantity"]) == Decimal(row["billable_quantity"])
        for row in costs
    )


SERVER = {"service": "ec2", "name": "Server", "settings": {"instance_type": "m7g.large"}}
TERMS = {"term": "1-year", "payment": "no-upfront"}


def test_a_commitment_says_what_it_saves_and_when_it_pays_off() -> None:
    rows = _rows(contents_of(SHOP, region="us-east-1", resources=[SERVER], commitment=TERMS))
    summary = {row["item"]: row for row in rows if row["section"] == "summary"}
    saved = Decimal(summary["Total on demand"]["value"]) - Decimal(summary["Total"]["value"])
    assert Decimal(summary["Saving by the commitment"]["value"]) == saved > 0
    assert summary["Break-even"]["note"].startswith("Pays off when used 73.4 %")


def test_the_age_of_the_prices_and_an_unknown_total_are_said() -> None:
    far = contents_of(SHOP, region="ap-northeast-3", resources=[{"service": "sqs", "usage": {"requests": 9}}])
    summary = {row["item"]: row for row in _rows(far) if row["section"] == "summary"}
    assert summary["Total"]["value"] == ""
    assert summary["Prices as of"]["note"] == "2026-10-08"
    assert "47 days old" in summary["Age of the prices"]["note"]
