"""One's account in a real browser: without script, on a phone, and readable for everybody."""

from collections.abc import Iterator
from uuid import uuid4

import pyotp
import pytest
from playwright.sync_api import Browser, Page, expect

from tests.stack.browser import accessibility_problems, watched_page
from tests.stack.live import LiveStack

pytestmark = pytest.mark.browser
PASSWORD = "a long enough sentence"


@pytest.fixture
def plain_page(chromium: Browser, live_server: LiveStack) -> Iterator[Page]:
    """A browser that runs no script, as narrow as a phone."""
    with watched_page(chromium, live_server.url, width=390, height=844, script=False) as page:
        yield page


def sign_up(page: Page) -> str:
    email = f"{uuid4().hex[:12]}@example.com"
    page.goto("/sign-up")
    page.get_by_label("E-mail").fill(email)
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Create account").click()
    expect(page.get_by_role("heading", name="No scenarios yet")).to_be_visible()
    return email


def set_up_second_factor(page: Page) -> tuple[pyotp.TOTP, str]:
    """The app, and one recovery code."""
    page.goto("/account")
    page.get_by_role("button", name="Set up …").click()
    totp = pyotp.TOTP(page.locator("#secret").inner_text().replace(" ", ""))
    page.get_by_label("Code", exact=True).fill(totp.now())
    page.get_by_label("Present password").fill(PASSWORD)
    page.get_by_role("button", name="Switch on").click()
    return totp, page.locator("#codes").inner_text().split()[0]


def test_two_steps_to_sign_in_work_without_script(plain_page: Page) -> None:
    page = plain_page
    email = sign_up(page)
    _, recovery_code = set_up_second_factor(page)
    page.get_by_role("link", name="I have kept them").click()
    page.get_by_role("link", name="Sign out everywhere").click()
    page.get_by_role("button", name="Sign out everywhere").click()
    page.get_by_label("E-mail").fill(email)
    page.get_by_label("Password").fill(PASSWORD)
    page.locator("form.stack button").click()
    expect(page.get_by_role("heading", name="Enter your code")).to_be_visible()
    page.get_by_label("Code", exact=True).fill(recovery_code)
    page.locator("form.stack button").click()
    expect(page.get_by_role("heading", name="No scenarios yet")).to_be_visible()
    page.goto("/account")
    expect(page.get_by_text("9 recovery codes are left")).to_be_visible()


def test_the_pages_fit_a_phone_and_everybody_can_use_them(phone_page: Page) -> None:
    page = phone_page

    def check(where: str) -> None:
        assert page.evaluate("document.documentElement.scrollWidth") == 390, where
        assert accessibility_problems(page) == [], where

    for path in ("/sign-in", "/sign-up", "/forgot-password", "/confirm/again", "/reset-password?token=old"):
        page.goto(path)
        check(path)
    sign_up(page)
    page.goto("/account")
    check("/account")
    page.get_by_role("button", name="Set up …").click()
    check("setup")
    set_up_second_factor(page)
    check("recovery codes")
    page.goto("/account/second-factor")
    check("second factor")


def test_a_session_is_ended_in_a_dialog(
    browser_page: Page, chromium: Browser, live_server: LiveStack
) -> None:
    email = sign_up(browser_page)
    with watched_page(chromium, live_server.url) as other:
        other.goto("/sign-in")
        other.get_by_label("E-mail").fill(email)
        other.get_by_label("Password").fill(PASSWORD)
        other.locator("form.stack button").click()
        expect(other.get_by_role("heading", name="No scenarios yet")).to_be_visible()
        browser_page.goto("/account")
        theirs = browser_page.locator("tbody tr").filter(has_not=browser_page.get_by_text("This one"))
        theirs.get_by_role("link").click()
        browser_page.get_by_role("button", name="End session").click()
        expect(browser_page.locator("tbody tr")).to_have_count(1)
        other.goto("/scenarios")
        expect(other.get_by_role("heading", name="Sign in")).to_be_visible()
