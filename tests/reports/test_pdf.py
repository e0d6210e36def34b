"""The PDF report: read back as a reader's program sees it."""

import re
import subprocess
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path

import pytest
from flask import Flask

from tests.reports.scenarios import SHOP, contents_of, shop_of
from webapp.domain.money import plain, show_usd
from webapp.infra.language import speaking
from webapp.infra.pdf import html_to_pdf
from webapp.services.report_contents import ReportContents
from webapp.services.report_pdf import html_report, pdf_report


@pytest.fixture(autouse=True)
def _speaking_english(app: Flask) -> Iterator[None]:
    with app.app_context(), speaking("en"):
        yield


def _seen(program: list[str], pdf: bytes, folder: Path) -> str:
    path = folder / "report.pdf"
    path.write_bytes(pdf)
    done = subprocess.run(
        [*program, str(path), *(["-"] if program[0] == "pdftotext" else [])],
        capture_output=True, text=True, check=True,
    )  # fmt: skip
    return done.stdout


def _text(contents: ReportContents, folder: Path) -> str:
    return _seen(["pdftotext", "-layout"], pdf_report(contents), folder)


def test_the_totals_are_those_of_the_page_rounded_and_exact(tmp_path: Path) -> None:
    contents = contents_of(SHOP)
    text = _text(contents, tmp_path)
    assert contents.estimate.range is not None
    assert show_usd(contents.estimate.total) in text
    assert f"Total, unrounded: {plain(contents.estimate.total)} USD" in text
    assert f"{show_usd(contents.estimate.range.low)} in a low month" in text
    assert f"{show_usd(contents.estimate.range.high)} in a high one" in text


def test_every_line_stands_with_its_formula_and_source(tmp_path: Path) -> None:
    contents = contents_of(SHOP)
    words = " ".join(_text(contents, tmp_path).split())
    assert len(contents.estimate.lines) >= 3
    for line in contents.estimate.lines:
        assert line.formula in words
        assert show_usd(line.cost) in words
        assert line.price_source in words and line.price_as_of in words


def test_what_has_no_price_is_named_outside_the_total(tmp_path: Path) -> None:
    text = " ".join(_text(contents_of(SHOP), tmp_path).split())
    assert "1 use has no known price and is not in this total." in text
    assert "Outside the total" in text and "Fraud check" in text


def test_a_report_of_costs_alone_still_names_what_has_no_price(tmp_path: Path) -> None:
    text = _text(contents_of(SHOP, sections=("costs",)), tmp_path)
    assert "Outside the total" in text
    assert "Assumptions" not in text and "Formulas" not in text and "Summary" not in text


def test_pages_are_numbered_and_carry_the_scenario_name(tmp_path: Path) -> None:
    pages = _text(contents_of(shop_of(20)), tmp_path).rstrip("\f").split("\f")
    assert len(pages) > 3
    for number, page in enumerate(pages, start=1):
        assert f"Page {number} of {len(pages)}" in page
        assert "Shop" in page


def test_a_reader_program_finds_title_tags_and_bookmarks(tmp_path: Path) -> None:
    pdf = pdf_report(contents_of(SHOP))
    facts = _seen(["pdfinfo"], pdf, tmp_path)
    assert re.search(r"Title: +Cost estimate: Shop\n", facts)
    assert re.search(r"Tagged: +yes\n", facts)
    outline = _seen(["pdftohtml", "-xml", "-i", "-stdout"], pdf, tmp_path).partition("<outline>")[2]
    for heading in ("Shop", "Summary", "Outside the total", "Costs", "Place order", "Traffic", "Formulas"):
        assert f">{heading}</item>" in outline


def test_the_language_is_set() -> None:
    assert '<html lang="en">' in html_report(contents_of(SHOP))


def test_names_are_text_and_never_markup(tmp_path: Path) -> None:
    name = "<b>Bold</b> & </style><img src=x>"
    assert name in " ".join(_text(contents_of(SHOP, name=name), tmp_path).split())


def test_a_name_without_blanks_is_broken_instead_of_cut(tmp_path: Path) -> None:
    text = "".join(_text(contents_of(SHOP, name="x" * 199 + "Z"), tmp_path).split())
    assert "x" * 199 + "Z" in text


def test_an_empty_scenario_says_so(tmp_path: Path) -> None:
    text = _text(contents_of(SHOP, resources=[], traffic=None), tmp_path)
    assert "$0.00" in text
    assert "Nothing in this scenario has a cost yet." in text


class _Counter(BaseHTTPRequestHandler):
    asked: list[str] = []  # noqa: RUF012 - one server, one test

    def do_GET(self) -> None:
        self.asked.append(self.path)
        self.send_response(404)
        self.end_headers()


def test_no_address_is_ever_opened(tmp_path: Path) -> None:
    secret = tmp_path / "secret.css"
    secret.write_text("body::after { content: 'leaked' }")
    with HTTPServer(("127.0.0.1", 0), _Counter) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        host = f"http://127.0.0.1:{server.server_port}"
        page = (
            f'<title>t</title><link rel=stylesheet href="{host}/a.css">'
            f'<link rel=stylesheet href="{secret.as_uri()}">'
            f'<p>kept</p><img alt=a src="{host}/b.png"><object data="{host}/c.svg"></object>'
            f"<style>@import url({host}/d.css); p {{ background: url({host}/e.png) }}</style>"
        )
        text = _seen(["pdftotext"], html_to_pdf(page), tmp_path)
        server.shutdown()
    assert _Counter.asked == []
    assert "kept" in text and "leaked" not in text


def test_a_commitment_says_what_it_saves_and_when_it_pays_off(tmp_path: Path) -> None:
    server = {"service": "ec2", "name": "Server", "settings": {"instance_type": "m7g.large"}}
    terms = {"term": "1-year", "payment": "no-upfront"}
    contents = contents_of(SHOP, region="us-east-1", resources=[server], commitment=terms)
    words = " ".join(_text(contents, tmp_path).split())
    assert "$43.73 instead of $59.57 a month, $15.84 less" in words
    assert "Pays off when used 73.4 % of the time" in words


def test_every_report_says_how_old_its_prices_are(tmp_path: Path) -> None:
    words = " ".join(_text(contents_of(SHOP, sections=("costs",)), tmp_path).split())
    assert "Prices as of 8 October 2026" in words
    assert "These prices are 47 days old" in words


def test_a_bill_without_a_known_price_is_unpriced_and_never_zero(tmp_path: Path) -> None:
    queue = {"service": "sqs", "name": "Queue", "usage": {"requests": 1_000_000}}
    contents = contents_of(SHOP, region="ap-northeast-3", resources=[queue])
    words = " ".join(_text(contents, tmp_path).split())
    assert "Unpriced" in words
    assert "$0.00" not in words
