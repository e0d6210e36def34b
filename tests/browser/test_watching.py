"""The watched browser page: it refuses what our pages must never do."""

import pytest
from playwright.sync_api import Browser, Page

from tests.stack.browser import accessibility_problems, watched_page
from tests.stack.live import LiveStack

pytestmark = pytest.mark.browser


@pytest.mark.parametrize(
    ("start", "deed", "complaint"),
    [
        ("/health", "setTimeout(() => { throw new Error('broken on purpose') }, 0)", "broken on purpose"),
        ("/health", "console.error('said on purpose')", "said on purpose"),
        ("/health", "fetch('http://192.0.2.1/').catch(() => 0) && 0", "Content Security Policy"),
        ("about:blank", "fetch('http://192.0.2.1/').catch(() => 0) && 0", "off the host"),
    ],
)
def test_a_page_that_breaks_a_rule_fails(
    chromium: Browser, live_server: LiveStack, start: str, deed: str, complaint: str
) -> None:
    with pytest.raises(AssertionError, match=complaint), watched_page(chromium, live_server.url) as page:
        page.goto(start)
        page.evaluate(deed)
        page.wait_for_timeout(200)


def test_axe_names_what_keeps_people_out(browser_page: Page) -> None:
    browser_page.set_content(
        "<!doctype html><html><title>t</title><main><h1>t</h1><img src='data:,'></main></html>"
    )
    found = accessibility_problems(browser_page)
    assert [problem.split(":")[0] for problem in found] == ["html-has-lang", "image-alt"]
