"""A share link in a real browser: made with and without script, opened on a desk and in a hand."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser.test_scenario_pages import new_scenario, sign_in  # noqa: F401  # a fixture
from tests.stack.browser import accessibility_problems, watched_page
from tests.stack.live import LiveStack

pytestmark = pytest.mark.browser
SignIn = Callable[[Page], None]


@pytest.mark.parametrize("script", [True, False])
def test_a_scenario_is_shared_read_and_taken_back(
    chromium: Browser,
    live_server: LiveStack,
    sign_in: SignIn,  # noqa: F811
    script: bool,
) -> None:
    with watched_page(chromium, live_server.url, script=script) as page:
        sign_in(page)
        new_scenario(page, "rest-api")
        name = page.get_by_role("heading", level=1).inner_text()
        page.get_by_role("navigation", name="Scenario").get_by_role("link", name="Share").click()
        page.get_by_label("Name").fill("the board")
        page.get_by_role("button", name="Make link").click()
        link = page.locator("#share-link").inner_text()
        if script:
            assert accessibility_problems(page) == []
        _is_readable(chromium, live_server.url, link, name)
        page.get_by_role("link", name="Revoke the board").click()
        page.get_by_role("button", name="Revoke link").click()
        expect(page.get_by_text("Revoked", exact=True)).to_be_visible()
        assert page.goto(link) is not None
        expect(page.get_by_role("heading", level=1)).to_have_text("This link does not open anything")


def _is_readable(chromium: Browser, url: str, link: str, name: str) -> None:
    for width in (1440, 390):
        with watched_page(chromium, url, width=width) as page:
            page.goto(link)
            expect(page.get_by_role("heading", level=1)).to_have_text(name)
            page.locator("details.line summary").first.click()
            assert page.evaluate("document.documentElement.scrollWidth") == width
            assert accessibility_problems(page) == []
            assert page.context.cookies() == []
            page.emulate_media(media="print")
            closed = page.locator("details.line:not([open]) .formula").first
            assert closed.evaluate("formula => formula.checkVisibility({contentVisibilityAuto: true})")
