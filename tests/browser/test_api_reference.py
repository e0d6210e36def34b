"""Trying an operation on its page: the request is real, the key stays in the tab."""

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.stack.browser import accessibility_problems, watched_page
from tests.stack.live import LiveStack

pytestmark = pytest.mark.browser


def test_an_operation_is_tried_with_a_key_that_stays_in_the_tab(
    browser_page: Page, live_server: LiveStack
) -> None:
    browser_page.goto("/api/v2/docs/list_scenarios")
    browser_page.get_by_label("API key or access token").fill(live_server.api_key)
    browser_page.get_by_label("limit").fill("1")
    browser_page.keyboard.press("Enter")
    expect(browser_page.locator("[data-status]")).to_contain_text("200")
    expect(browser_page.locator("[data-content]")).to_contain_text('"items"')
    expect(browser_page.locator("[data-headers]")).to_contain_text("x-correlation-id")
    assert live_server.api_key not in browser_page.url
    browser_page.goto("/api/v2/docs/show_scenario")
    expect(browser_page.get_by_label("API key or access token")).to_have_value(live_server.api_key)
    browser_page.get_by_role("button", name="Forget it now").click()
    kept = browser_page.evaluate("JSON.stringify([sessionStorage, localStorage])")
    assert live_server.api_key not in kept


def test_a_refusal_is_shown_as_it_came(browser_page: Page) -> None:
    browser_page.goto("/api/v2/docs/create_estimate")
    browser_page.get_by_label("Body", exact=True).fill('{"region": "mars-1"}')
    browser_page.get_by_role("button", name="Send").click()
    expect(browser_page.locator("[data-status]")).to_contain_text("422")
    expect(browser_page.locator("[data-content]")).to_contain_text("/region")


def test_a_missing_part_of_the_path_is_asked_for(browser_page: Page) -> None:
    browser_page.goto("/api/v2/docs/show_scenario")
    browser_page.get_by_role("button", name="Send").click()
    expect(browser_page.locator("[data-status]")).to_contain_text("scenario_id")
    expect(browser_page.get_by_label("scenario_id")).to_be_focused()


def test_without_script_the_command_remains_and_no_dead_form(
    chromium: Browser, live_server: LiveStack
) -> None:
    with watched_page(chromium, live_server.url, script=False) as page:
        page.goto("/api/v2/docs/create_estimate")
        expect(page.get_by_text("curl -i")).to_be_visible()
        expect(page.get_by_role("button", name="Send")).to_be_hidden()


@pytest.mark.parametrize("path", ["/api/v2/docs", "/api/v2/docs/create_estimate", "/api/v1/docs"])
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_reference_is_accessible(browser_page: Page, path: str, scheme: str) -> None:
    browser_page.emulate_media(color_scheme="dark" if scheme == "dark" else "light")
    browser_page.goto(path)
    assert accessibility_problems(browser_page) == []


def test_nothing_is_wider_than_a_phone(phone_page: Page) -> None:
    for path in ("/api/v2/docs", "/api/v2/docs/create_estimate", "/api/v2/docs/ingest_events"):
        phone_page.goto(path)
        assert phone_page.evaluate("document.documentElement.scrollWidth") <= 390
