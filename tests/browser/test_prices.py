"""The prices pages in a real browser: found while typing, on a phone, and a refresh that moves a bill."""

import os
import re
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from deploy.local.places import CHECKOUT
from tests.browser.test_scenario_pages import new_scenario, sign_in  # noqa: F401  # a fixture
from tests.price_list.offers import Offer, queue, queues
from tests.price_list.price_server import PriceServer, running
from tests.stack.browser import accessibility_problems, watched_page
from tests.stack.live import LiveStack, launched, read_env

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


@pytest.fixture
def own_stack(tmp_path: Path) -> Iterator[LiveStack]:
    """A stack of this test's own: other prices would move what other tests look at."""
    with launched(tmp_path) as stack:
        yield stack


def refresh(stack: LiveStack, server: PriceServer) -> str:
    """`flask prices refresh` for SQS against `server`, as an administrator of the stack runs it."""
    done = subprocess.run(
        [sys.executable, "-m", "flask", "--app", "wsgi", "prices", "refresh", "--service", "sqs"],
        env=read_env(stack.state / "env") | {"PATH": os.environ["PATH"], "PRICE_LIST_URL": server.url},
        cwd=CHECKOUT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_a_refresh_that_moves_a_bill_is_seen(chromium: Browser, own_stack: LiveStack) -> None:
    with running() as server, watched_page(chromium, own_stack.url) as page:
        page.goto("/sign-in")
        page.get_by_label("E-mail").fill(own_stack.email)
        page.get_by_label("Password").fill(own_stack.password)
        page.get_by_role("main").get_by_role("button", name="Sign in").click()
        scenario = new_scenario(page)
        name = page.get_by_role("heading", level=1).inner_text()
        page.goto(f"{scenario}/resources/new?service=sqs")
        page.locator("#field-usage-requests").fill("10,000,000")
        page.locator('[name="usage.requests.per"]').select_option("")
        page.get_by_role("button", name="Add to scenario").click()
        expect(page.locator("#bill .total")).to_contain_text("$4.00")
        server.publish(Offer("AWSQueueService", queues(queue("0.0000005000"))))
        assert "1 changed" in refresh(own_stack, server)
        page.goto("/prices/changes")
        moved = page.get_by_role("row").filter(has=page.get_by_role("link", name=name))
        for shown in ("4.00", "5.00", "+1.00", "+25.0 %"):
            expect(moved).to_contain_text(shown)
        assert accessibility_problems(page) == []
        moved.get_by_role("link", name=name).click()
        expect(page.locator("#bill .total")).to_contain_text("$5.00")
        page.get_by_text("Price it with another catalog").click()
        page.get_by_label("Catalog").select_option("2026-10-08")
        page.get_by_role("button", name="Re-price").click()
        expect(page.locator("#bill .total")).to_contain_text("$4.00")
        expect(page.locator("#bill")).to_contain_text("With the prices in use: $5.00")
        assert accessibility_problems(page) == []
