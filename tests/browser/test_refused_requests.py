"""A request past the limit, seen from the page: the reason in words, what was typed stays, and it ends."""

from playwright.sync_api import Page, Route, expect

from tests.stack.browser import accessibility_problems
from tests.stack.live import LiveStack


def test_a_refused_request_says_why_in_place_until_one_is_answered(
    browser_page: Page, live_server: LiveStack
) -> None:
    page = browser_page
    page.goto("/sign-in")
    page.get_by_label("E-mail").fill(live_server.email)
    page.get_by_label("Password").fill(live_server.password)
    page.get_by_role("button", name="Sign in").click()
    page.wait_for_url("**/scenarios")
    notice = page.locator("#trouble")
    expect(notice).to_be_hidden()

    def refuse(route: Route) -> None:
        route.fulfill(status=429, headers={"Retry-After": "7"}, body="Too many requests")

    page.route("**/scenarios?*", refuse)
    search = page.get_by_role("searchbox")
    search.press_sequentially("order")
    expect(notice).to_have_text("Too many requests came at once, so this one was left aside. "
                                "What you typed is still here; try again in 7 s.")  # fmt: skip
    expect(notice).to_be_visible()
    expect(search).to_have_value("order")
    assert accessibility_problems(page) == []

    page.unroute("**/scenarios?*")
    search.press_sequentially("s")
    expect(notice).to_be_hidden()
