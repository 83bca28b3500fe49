"""A real browser, and pages that fail their test on whatever the browser complains about."""

import re
from collections.abc import Callable, Generator, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import (
    Browser,
    BrowserContext,
    ConsoleMessage,
    Page,
    Request,
    Response,
    sync_playwright,
)

from tests.support import parts

FLAGS = [
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--disable-dev-shm-usage",  # a container's /dev/shm may be 64 MB
    "--host-resolver-rules=MAP * ~NOTFOUND , EXCLUDE 127.0.0.1",  # nothing from elsewhere
]
# A click that does not find its button within this time won't find it at all.
PATIENCE_MS = 30_000
SCREENSHOTS = Path(__file__).parents[2] / "build" / "schermen"


@dataclass
class Watch:
    """What the browser complained about during a test.

    A test that wants a complaint, say by asking for a page that isn't there,
    names it: `watch.allow("404")`.
    """

    origin: str
    complaints: list[str] = field(default_factory=list)
    allowed: list[str] = field(default_factory=list)

    def allow(self, *patterns: str) -> None:
        self.allowed.extend(patterns)

    def unexpected(self) -> list[str]:
        return [
            complaint
            for complaint in self.complaints
            if not any(re.search(pattern, complaint) for pattern in self.allowed)
        ]

    def follow(self, context: BrowserContext) -> None:
        """Listen to every page of `context`, also those it opens itself."""
        context.on("console", self._console)
        context.on("weberror", lambda error: self.complaints.append(f"script: {error.error}"))
        context.on("request", self._request)
        context.on("requestfailed", self._failed)
        context.on("response", self._response)

    def _console(self, message: ConsoleMessage) -> None:
        # Chromium reports a CSP violation as an error, one that blocked nothing as well.
        if message.type in {"error", "warning"}:
            where = message.location.get("url", "")
            self.complaints.append(f"console: {message.text} ({where})")

    def _request(self, request: Request) -> None:
        address = urlsplit(request.url)
        if address.scheme in {"http", "https"} and not request.url.startswith(self.origin + "/"):
            self.complaints.append(f"elders: {request.url}")

    def _failed(self, request: Request) -> None:
        # Aborted: the page was left, or the answer was a download.
        if request.failure != "net::ERR_ABORTED":
            self.complaints.append(f"mislukt: {request.url} {request.failure}")

    def _response(self, response: Response) -> None:
        if response.status >= 400:
            self.complaints.append(f"antwoord: {response.status} {response.url}")


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """The system's chromium, one per worker."""
    program = parts.required(parts.browser(), parts.BROWSERS[0])
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=program, headless=True, args=FLAGS)
        yield chromium
        chromium.close()


@pytest.fixture
def watch(live_server: str) -> Watch:
    """The complaints of this test's pages."""
    return Watch(live_server)


@pytest.fixture
def open_page(
    browser: Browser, live_server: str, watch: Watch, request: pytest.FixtureRequest
) -> Iterator[Callable[..., Page]]:
    """Opens a page as somebody new: cookies of its own. For two people at once.

    Takes what Playwright's `new_context` takes, for instance `viewport`.
    """
    contexts: list[BrowserContext] = []

    def open_(**options: object) -> Page:
        wanted = {
            "base_url": live_server,
            "locale": "nl-NL",
            "timezone_id": "Europe/Amsterdam",
            "viewport": {"width": 1280, "height": 900},
            # Dots and lines that move would be in the way of screenshots and clicks.
            "reduced_motion": "reduce",
        }
        context = browser.new_context(**(wanted | options))  # type: ignore[arg-type]
        context.set_default_timeout(PATIENCE_MS)
        watch.follow(context)
        contexts.append(context)
        return context.new_page()

    yield open_
    if getattr(request.node, "failed_in_call", False):
        for number, page in enumerate(page for context in contexts for page in context.pages):
            name = re.sub(r"\W+", "-", request.node.name)
            page.screenshot(path=SCREENSHOTS / f"{name}-{number}.png", full_page=True)
    for context in contexts:
        context.close()
    assert not watch.unexpected(), "\n".join(watch.unexpected())


@pytest.fixture
def page(open_page: Callable[..., Page]) -> Page:
    """A page of the live server; `page.goto("/projecten")`."""
    return open_page()


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(
    item: pytest.Item, call: pytest.CallInfo[None]
) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """Let `open_page` know that there is something to take a screenshot of."""
    report = yield
    if call.when == "call" and report.failed:
        item.failed_in_call = True  # type: ignore[attr-defined]
    return report
