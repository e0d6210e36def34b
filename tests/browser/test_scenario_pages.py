"""The pages in a real browser: the bill follows the typing, everything can be operated and read."""

import json
import re
import urllib.request
from collections.abc import Callable
from uuid import uuid4

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.stack.browser import accessibility_problems, watched_page
from tests.stack.live import LiveStack

pytestmark = pytest.mark.browser
SignIn = Callable[[Page], None]


@pytest.fixture
def sign_in(live_server: LiveStack) -> SignIn:
    """Sign a page in as the demo account."""

    def enter(page: Page) -> None:
        page.goto("/sign-in")
        page.get_by_label("E-mail").fill(live_server.email)
        page.get_by_label("Password").fill(live_server.password)
        page.get_by_role("main").get_by_role("button", name="Sign in").click()
        expect(page.get_by_role("heading", level=1, name="Scenarios")).to_be_visible()

    return enter


def new_scenario(page: Page, starter: str = "") -> str:
    """Create a scenario through the form; its address."""
    page.goto(f"/scenarios/new?from={starter}")
    page.get_by_label("Name").fill(f"Browser {uuid4().hex[:8]}")
    page.get_by_role("button", name="Create scenario").click()
    expect(page.locator("#bill")).to_be_visible()
    return page.url


def total(page: Page) -> str:
    return page.locator("#bill .total").inner_text().split()[0]


def test_a_new_person_signs_up_and_sees_the_empty_list(browser_page: Page) -> None:
    browser_page.goto("/sign-up")
    browser_page.get_by_label("E-mail").fill(f"{uuid4().hex}@example.com")
    browser_page.get_by_label("Password").fill("a long enough sentence")
    browser_page.get_by_role("button", name="Create account").click()
    expect(browser_page.get_by_role("heading", name="No scenarios yet")).to_be_visible()
    assert accessibility_problems(browser_page) == []


def test_the_bill_follows_the_typing_and_saving_keeps_it(browser_page: Page, sign_in: SignIn) -> None:
    sign_in(browser_page)
    new_scenario(browser_page)
    browser_page.evaluate("window.sameDocument = true")
    browser_page.get_by_role("link", name="Add resource").first.click()
    browser_page.get_by_role("link", name=re.compile("Amazon SQS")).click()
    browser_page.locator("#field-usage-requests").fill("10,000,000")
    browser_page.locator('[name="usage.requests.per"]').select_option("")
    expect(browser_page.locator("#bill .total")).to_contain_text("$4.00")
    expect(browser_page.locator("#bill")).to_contain_text("not saved")
    browser_page.get_by_role("button", name="Add to scenario").click()
    expect(browser_page.locator("article.resource")).to_have_count(1)
    expect(browser_page.locator("#bill")).to_contain_text("Expected bill")
    assert total(browser_page) == "$4.00"
    assert browser_page.evaluate("window.sameDocument") is True
    browser_page.reload()
    assert total(browser_page) == "$4.00"


def test_an_impossible_value_keeps_what_was_typed_and_takes_the_focus(
    browser_page: Page, sign_in: SignIn
) -> None:
    sign_in(browser_page)
    new_scenario(browser_page)
    browser_page.goto(f"{browser_page.url}/resources/new?service=lambda")
    browser_page.locator("#field-settings-memory-mb").fill("64")
    browser_page.locator("#field-usage-requests").fill("lots")
    browser_page.get_by_role("button", name="Add to scenario").click()
    expect(browser_page.locator("#errors")).to_be_focused()
    expect(browser_page.locator("#field-settings-memory-mb")).to_have_value("64")
    expect(browser_page.locator("#field-usage-requests")).to_have_value("lots")
    expect(browser_page.locator("#field-usage-requests-error")).to_contain_text("lots")
    assert accessibility_problems(browser_page) == []


def test_fields_that_do_not_matter_are_hidden_and_not_sent(browser_page: Page, sign_in: SignIn) -> None:
    sign_in(browser_page)
    new_scenario(browser_page)
    browser_page.goto(f"{browser_page.url}/resources/new?service=api_gateway")
    browser_page.locator("#field-usage-rest-requests").fill("5")
    browser_page.get_by_label("API type").select_option("http")
    expect(browser_page.locator("#field-usage-rest-requests")).to_be_hidden()
    browser_page.locator("#field-usage-http-requests").fill("1000000")
    browser_page.locator('[name="usage.http_requests.per"]').select_option("")
    expect(browser_page.locator("#bill .total")).not_to_contain_text("$0.00")
    browser_page.get_by_role("button", name="Add to scenario").click()
    expect(browser_page.locator("article.resource")).to_contain_text("HTTP API")


def test_an_opened_formula_stays_open_while_the_bill_changes(browser_page: Page, sign_in: SignIn) -> None:
    sign_in(browser_page)
    new_scenario(browser_page, "rest-api")
    line = browser_page.locator("details.line").first
    line.locator("summary").click()
    expect(line.locator(".formula")).to_contain_text("Price:")
    before = total(browser_page)
    browser_page.locator(".resource .actions a").nth(2).click()
    browser_page.locator("#field-settings-memory-mb").fill("2048")
    expect(browser_page.locator("#bill .total")).not_to_contain_text(before)
    expect(browser_page.locator("details.line").first.locator(".formula")).to_be_visible()
    assert accessibility_problems(browser_page) == []


def test_deleting_asks_in_a_dialog_that_esc_closes(browser_page: Page, sign_in: SignIn) -> None:
    sign_in(browser_page)
    address = new_scenario(browser_page)
    menu = browser_page.get_by_label("More actions")
    menu.click()
    browser_page.get_by_role("link", name="Delete …").click()
    dialog = browser_page.get_by_role("dialog")
    expect(dialog).to_be_visible()
    assert accessibility_problems(browser_page) == []
    browser_page.keyboard.press("Escape")
    expect(dialog).to_be_hidden()
    expect(menu).to_be_focused()
    assert browser_page.url == address
    menu.click()
    browser_page.get_by_role("link", name="Delete …").click()
    dialog.get_by_role("button", name="Delete scenario").click()
    expect(browser_page.get_by_role("status").first).to_contain_text("was deleted")


def test_the_list_filters_without_a_reload_and_back_shows_what_was_there(
    browser_page: Page, sign_in: SignIn
) -> None:
    sign_in(browser_page)
    new_scenario(browser_page, "chatbot")
    browser_page.goto("/scenarios")
    browser_page.evaluate("window.sameDocument = true")
    rows = browser_page.locator("#scenarios tbody tr")
    everything = rows.count()
    browser_page.get_by_label("Search").fill("no scenario is called this")
    expect(browser_page.get_by_role("heading", name="Nothing matches")).to_be_visible()
    assert "q=no" in browser_page.url
    assert browser_page.evaluate("window.sameDocument") is True
    browser_page.go_back()
    expect(rows).to_have_count(everything)


def send(live_server: LiveStack, page_address: str, body: bytes) -> dict[str, object]:
    scenario = page_address.split("/scenarios/")[1].split("/")[0]
    request = urllib.request.Request(
        f"{live_server.url}/api/v2/scenarios/{scenario}/ingest",
        data=body,
        headers={"X-API-Key": live_server.api_key, "Content-Type": "text/plain"},
    )
    with urllib.request.urlopen(request) as answer:
        found: dict[str, object] = json.load(answer)
        return found


def test_a_recording_grows_on_the_page_and_polling_ends_with_it(
    browser_page: Page, sign_in: SignIn, live_server: LiveStack
) -> None:
    sign_in(browser_page)
    new_scenario(browser_page, "log-pipeline")
    browser_page.get_by_role("link", name="Recording").click()
    expect(browser_page.locator("#recording")).to_contain_text("The first one sent starts the recording")
    expect(browser_page.locator("#curl")).to_contain_text("/ingest")
    send(live_server, browser_page.url, b"one line of a log\n" * 1200)
    expect(browser_page.locator("#recorded-events")).to_have_text("1,200")
    expect(browser_page.locator("#recorded-bytes")).to_have_text("21,600")
    assert accessibility_problems(browser_page) == []
    browser_page.get_by_role("button", name="Finish recording").click()
    browser_page.get_by_role("link", name="Recording").click()
    expect(browser_page.locator("#recorded-events")).to_have_text("1,200")
    polled: list[str] = []
    browser_page.on("request", lambda request: polled.append(request.url))
    browser_page.wait_for_timeout(2_600)
    assert [url for url in polled if "/recording" in url or "/bill" in url] == []


def test_polling_stops_while_the_tab_is_hidden(browser_page: Page, sign_in: SignIn) -> None:
    sign_in(browser_page)
    new_scenario(browser_page, "log-pipeline")
    browser_page.get_by_role("button", name="Start recording").click()
    expect(browser_page.locator("#recording")).to_contain_text("Waiting for the first event")
    with browser_page.expect_request(re.compile(r"/recording\?seen=")):
        pass
    browser_page.evaluate("Object.defineProperty(document, 'hidden', {value: true, configurable: true})")
    browser_page.wait_for_timeout(300)
    polled: list[str] = []
    browser_page.on("request", lambda request: polled.append(request.url))
    browser_page.wait_for_timeout(2_600)
    assert polled == []
    browser_page.evaluate("Object.defineProperty(document, 'hidden', {value: false, configurable: true})")
    with browser_page.expect_request(re.compile(r"/recording\?seen="), timeout=1_500):
        browser_page.evaluate("document.dispatchEvent(new Event('visibilitychange'))")


def test_a_report_is_made_while_the_page_watches(browser_page: Page, sign_in: SignIn) -> None:
    sign_in(browser_page)
    new_scenario(browser_page, "static-site")
    browser_page.get_by_role("link", name="Reports").click()
    browser_page.get_by_label("Formulas").uncheck()
    browser_page.get_by_role("button", name="Make report").click()
    ready = browser_page.locator(".report").first
    expect(ready).to_contain_text("Ready", timeout=15_000)
    assert accessibility_problems(browser_page) == []
    with browser_page.expect_download() as download:
        ready.get_by_role("link", name=re.compile("Download")).click()
    assert download.value.suggested_filename.endswith(".pdf")


def test_a_key_is_shown_once(browser_page: Page, sign_in: SignIn) -> None:
    sign_in(browser_page)
    browser_page.goto("/keys")
    browser_page.get_by_label("Name").fill("browser key")
    browser_page.get_by_role("button", name="Make key").click()
    secret = browser_page.locator("#secret").inner_text()
    assert secret.startswith("mk_")
    browser_page.reload()
    assert secret not in browser_page.content()


def test_the_theme_changes_at_once_and_is_remembered(browser_page: Page, sign_in: SignIn) -> None:
    sign_in(browser_page)
    browser_page.get_by_label("Theme").click()
    browser_page.get_by_role("button", name="Dark").click()
    expect(browser_page.locator("html")).to_have_attribute("data-theme", "dark")
    browser_page.goto("/services/lambda")
    expect(browser_page.locator("html")).to_have_attribute("data-theme", "dark")
    assert accessibility_problems(browser_page) == []


def test_the_phone_has_its_total_at_hand_and_never_scrolls_sideways(
    phone_page: Page, sign_in: SignIn
) -> None:
    sign_in(phone_page)
    address = new_scenario(phone_page, "rest-api")
    for path in ("", "/traffic", "/recording", "/reports", "/resources/new", "/resources/new?service=lambda"):
        phone_page.goto(f"{address}{path}")
        expect(phone_page.locator(".totalbar")).to_be_in_viewport()
        assert phone_page.evaluate("document.documentElement.scrollWidth") == 390, path
    assert accessibility_problems(phone_page) == []


def test_everything_works_without_script(chromium: Browser, live_server: LiveStack, sign_in: SignIn) -> None:
    with watched_page(chromium, live_server.url, script=False) as page:
        sign_in(page)
        new_scenario(page)
        page.get_by_role("link", name="Add resource").first.click()
        page.get_by_role("link", name=re.compile("Amazon SQS")).click()
        page.locator("#field-usage-requests").fill("10000000")
        page.locator('[name="usage.requests.per"]').select_option("")
        page.get_by_role("button", name="See what it would cost").click()
        assert total(page) == "$4.00"
        expect(page.locator("#field-usage-requests")).to_have_value("10000000")
        page.get_by_role("button", name="Add to scenario").click()
        expect(page.locator("article.resource")).to_have_count(1)
        page.get_by_label("More actions").click()
        page.get_by_role("link", name="Delete …").click()
        page.get_by_role("button", name="Delete scenario").click()
        expect(page.get_by_role("heading", level=1, name="Scenarios")).to_be_visible()


def test_a_service_is_found_while_typing(browser_page: Page, sign_in: SignIn) -> None:
    sign_in(browser_page)
    new_scenario(browser_page)
    browser_page.get_by_role("link", name="Add resource").first.click()
    search = browser_page.get_by_label("Find a service")
    expect(search).to_be_focused()
    search.press_sequentially("queue")
    expect(browser_page.get_by_role("link", name=re.compile("AWS Lambda Functions"))).to_have_count(0)
    browser_page.get_by_role("link", name=re.compile("Amazon SQS")).click()
    expect(browser_page.locator("#resource-form")).to_contain_text("Amazon SQS")
    assert accessibility_problems(browser_page) == []
