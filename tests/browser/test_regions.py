"""The regions tab in a real browser, with and without script, on a desk and in a hand."""

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser.test_scenario_pages import new_scenario, sign_in  # noqa: F401  # a fixture
from tests.stack.browser import accessibility_problems, watched_page
from tests.stack.live import LiveStack

pytestmark = pytest.mark.browser
SignIn = Callable[[Page], None]


def test_a_region_is_compared_and_made_a_scenario(
    chromium: Browser,
    live_server: LiveStack,
    sign_in: SignIn,  # noqa: F811
) -> None:
    for script in (True, False):
        with watched_page(chromium, live_server.url, script=script) as page:
            sign_in(page)
            original = new_scenario(page, "static-site")
            page.get_by_role("link", name="Regions").click()
            expect(page.locator(".region-table tbody tr")).to_have_count(21)
            expect(page.get_by_role("img", name=re.compile("cheapest to the dearest"))).to_be_visible()
            if script:
                assert accessibility_problems(page) == []
            page.get_by_role("button", name="Make a scenario in Europe (London)").click()
            expect(page.get_by_role("heading", level=1)).to_contain_text("in eu-west-2")
            expect(page.get_by_role("status").first).to_contain_text("The original is unchanged")
            assert page.url != original


def test_no_label_runs_into_its_bar_on_a_phone(phone_page: Page, sign_in: SignIn) -> None:  # noqa: F811
    sign_in(phone_page)
    phone_page.goto(f"{new_scenario(phone_page, 'rest-api')}/regions")
    assert phone_page.evaluate("document.documentElement.scrollWidth") == 390
    overlaps = phone_page.locator(".ranked[role=img] g").evaluate_all(
        """groups => groups.filter(group => {
             const [label, bar, amount] = [...group.children].map(part => part.getBoundingClientRect());
             return label.right > bar.left || bar.right > amount.left;
           }).map(group => group.textContent)"""
    )
    assert overlaps == []
    assert accessibility_problems(phone_page) == []
