"""The prices pages in a real browser: found while typing, and on a phone."""

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from tests.browser.test_scenario_pages import sign_in  # noqa: F401  # a fixture
from tests.stack.browser import accessibility_problems

pytestmark = pytest.mark.browser
SignIn = Callable[[Page], None]


def test_a_price_is_found_while_typing_and_back_shows_what_was_there(
    browser_page: Page,
    sign_in: SignIn,  # noqa: F811
) -> None:
    sign_in(browser_page)
    browser_page.get_by_role("link", name="Prices", exact=True).click()
    browser_page.get_by_label("Search").press_sequentially("sqs fifo")
    browser_page.get_by_label("Region").select_option("us-east-1")
    expect(browser_page.locator("#found-prices tbody tr")).to_have_count(1)
    expect(browser_page).to_have_url(re.compile("q=sqs.fifo.*region=us-east-1"))
    assert accessibility_problems(browser_page) == []
    browser_page.locator("#found-prices a.name").click()
    expect(browser_page.get_by_role("heading", name="Across catalogs")).to_be_visible()
    assert accessibility_problems(browser_page) == []
    browser_page.go_back()
    expect(browser_page.locator("#found-prices tbody tr")).to_have_count(1)
    expect(browser_page.get_by_label("Search")).to_have_value("sqs fifo")


def test_the_prices_fit_a_phone(phone_page: Page, sign_in: SignIn) -> None:  # noqa: F811
    sign_in(phone_page)
    for path in ("/prices?service=sqs", "/prices/changes", "/prices/us-east-1/sqs.standard"):
        phone_page.goto(path)
        assert phone_page.evaluate("document.documentElement.scrollWidth") == 390, path
        assert accessibility_problems(phone_page) == []
