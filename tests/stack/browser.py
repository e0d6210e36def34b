"""A real chromium. A page that breaks our rules (script error, policy, off-host request) fails its test."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Browser, ConsoleMessage, Page, Playwright, Request, sync_playwright

from deploy.local.debian import chromium_path
from deploy.local.places import CHECKOUT, Places
from tests.stack.live import LiveStack

_FLAGS = (
    "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
    "--disable-component-update", "--disable-sync",
)  # fmt: skip
_AXE = next((CHECKOUT / "tests/browser/vendor").glob("axe-*.min.js"))


@pytest.fixture(scope="session")
def playwright_driver() -> Iterator[Playwright]:
    """The driver process behind every page of the session."""
    with sync_playwright() as driver:
        yield driver


@pytest.fixture(scope="session")
def chromium(playwright_driver: Playwright) -> Iterator[Browser]:
    """Debian's chromium without a window."""
    program = chromium_path(Places(CHECKOUT / "var"))
    if program is None:
        pytest.fail("There is no chromium: `make test` installs it, or run apt-get install chromium as root.")
    browser = playwright_driver.chromium.launch(executable_path=program, headless=True, args=list(_FLAGS))
    yield browser
    browser.close()


@pytest.fixture
def browser_page(chromium: Browser, live_server: LiveStack) -> Iterator[Page]:
    """A fresh, signed-out page on the live stack, 1280 pixels wide; `page.goto("/path")` works."""
    with watched_page(chromium, live_server.url) as page:
        yield page


@pytest.fixture
def phone_page(chromium: Browser, live_server: LiveStack) -> Iterator[Page]:
    """The same on a phone, 390 pixels wide."""
    with watched_page(chromium, live_server.url, width=390, height=844) as page:
        yield page


@contextmanager
def watched_page(
    chromium: Browser, url: str, *, width: int = 1280, height: int = 800, script: bool = True
) -> Iterator[Page]:
    """A page of a context of its own; leaving the block fails when the page broke a rule meanwhile."""
    context = chromium.new_context(
        base_url=url, viewport={"width": width, "height": height}, java_script_enabled=script
    )
    context.set_default_timeout(10_000)
    page, broken = context.new_page(), list[str]()
    page.on("console", lambda message: broken.extend(_complaint(message)))
    page.on("pageerror", lambda error: broken.append(f"script error: {error}"))
    page.on("request", lambda request: broken.extend(_foreign(request, url)))
    try:
        yield page
    finally:
        context.close()
    assert not broken, "The page broke its rules:\n- " + "\n- ".join(broken)


def _complaint(message: ConsoleMessage) -> list[str]:
    """Console errors count, except the network's note of a 4xx answer: refused forms are meant to be 422.

    Nor does what htmx notes of a request past the limit.
    """
    network = "Failed to load resource: the server responded with a status of 4"
    refused = message.text.startswith((network, "Response Status Error Code 429"))
    return [f"console: {message.text}"] if message.type == "error" and not refused else []


def _foreign(request: Request, url: str) -> list[str]:
    asked = urlsplit(request.url)
    local = asked.scheme in ("data", "blob", "about") or asked.netloc == urlsplit(url).netloc
    return [] if local else [f"request off the host: {request.url}"]


def accessibility_problems(page: Page) -> list[str]:
    """What axe finds against WCAG 2.2 A and AA on the page as it stands; empty is good."""
    page.evaluate(Path(_AXE).read_text(encoding="utf-8"))
    tags = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]
    result = page.evaluate("tags => axe.run(document, {runOnly: {type: 'tag', values: tags}})", tags)
    return [
        f"{violation['id']}: {violation['help']} at {[node['target'] for node in violation['nodes']]}"
        for violation in result["violations"]
    ]
