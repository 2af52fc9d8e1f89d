"""One chromium for the session, pages in contexts of their own, and a server in the same loop.

Whatever a page complains about, and every request to another host, fails its test.
"""

from __future__ import annotations

import os
import re
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlsplit

import axe_playwright_python
import pytest
import pytest_asyncio
from playwright.async_api import Browser, BrowserContext, Page, async_playwright

from tests.support.clock import FakeClock
from tests.support.running import WEBSITE, Server, running

CHROMIUM = Path("/usr/bin/chromium")
ARGS = (
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    # a stray request fails instead of reaching anything
    "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE localhost, EXCLUDE 127.0.0.1",
)
HERE = ("localhost", "127.0.0.1")
#: Nothing on this machine takes longer; a test waits for what it expects, never for time.
PATIENCE_MS = 5_000
ARTIFACTS = Path(__file__).parents[1] / "artifacts"
WIDE, NARROW = (1280, 800), (360, 740)
AXE_RULES = ("wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice")

BROWSER = CHROMIUM.exists()


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """What uses the browser is marked so, and runs in the loop in which the browser lives."""
    for item in items:
        if "browser" in getattr(item, "fixturenames", ()):
            item.add_marker(pytest.mark.browser)
            item.add_marker(pytest.mark.asyncio(loop_scope="session"), append=False)


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def browser() -> AsyncIterator[Browser]:
    """Debian's chromium; skipped on a laptop without it, a failure in CI."""
    if not BROWSER:
        if os.environ.get("CI") == "true":
            pytest.fail(f"{CHROMIUM} is needed in CI")
        pytest.skip(f"needs {CHROMIUM}")
    async with async_playwright() as playwright:
        found = await playwright.chromium.launch(executable_path=str(CHROMIUM), args=list(ARGS))
        yield found
        await found.close()


@pytest_asyncio.fixture(loop_scope="session")
async def server(
    browser: Browser, sqlite_database: str, tmp_path: Path, clock: FakeClock
) -> AsyncIterator[Server]:
    """A running server in the browser's loop, with a clock that a test moves by hand."""
    async with running(sqlite_database, tmp_path, clock, demo=WEBSITE) as found:
        yield found


@dataclass
class Pages:
    """Makes pages, each in a context of its own, and remembers what they complained about."""

    browser: Browser
    contexts: list[BrowserContext] = field(default_factory=list)
    faults: list[str] = field(default_factory=list)
    allowed: list[str] = field(default_factory=list)

    async def __call__(
        self, address: str, *, size: tuple[int, int] = WIDE, frozen: bool = False, **more: object
    ) -> Page:
        """A page at `address`; `frozen` stops its clock until the test moves it."""
        context = await self.browser.new_context(
            viewport={"width": size[0], "height": size[1]},
            reduced_motion="reduce",
            **more,  # type: ignore[arg-type]
        )
        context.set_default_timeout(PATIENCE_MS)
        self.contexts.append(context)
        page = await context.new_page()
        page.on("console", lambda said: self._heard(said.type, said.text))
        page.on("pageerror", lambda error: self._heard("error", f"{error.message}\n{error.stack}"))
        page.on("request", lambda request: self._asked(request.url))
        page.on("websocket", lambda socket: self._asked(socket.url))
        if frozen:
            await page.clock.install()
        await page.goto(address)
        return page

    def allow(self, *patterns: str) -> None:
        """What this test makes a page complain about, as regular expressions."""
        self.allowed.extend(patterns)

    def _heard(self, kind: str, text: str) -> None:
        if kind in ("error", "warning"):
            self.faults.append(f"{kind}: {text}")

    def _asked(self, url: str) -> None:
        parts = urlsplit(url)
        if parts.scheme in ("http", "https", "ws", "wss") and parts.hostname not in HERE:
            self.faults.append(f"asked another host: {url}")

    @property
    def unexpected(self) -> list[str]:
        """The complaints that no test asked for."""
        return [
            fault
            for fault in self.faults
            if not any(re.search(pattern, fault) for pattern in self.allowed)
        ]


@pytest_asyncio.fixture(loop_scope="session")
async def page(browser: Browser, server: Server) -> AsyncIterator[Pages]:
    """A factory of pages: `await page(address)`. They are closed before the server is."""
    pages = Pages(browser)
    yield pages
    for context in pages.contexts:
        await context.close()
    assert pages.unexpected == []


Looks = Callable[..., Awaitable[None]]


@pytest.fixture
def looks_right() -> Looks:
    """`await looks_right(page, name)`: no axe finding in any frame, on a laptop and on a phone, and
    a picture of each in tests/artifacts."""
    axe = _axe_source()
    ARTIFACTS.mkdir(exist_ok=True)

    async def look(page: Page, name: str, *sizes: tuple[int, int]) -> None:
        before = page.viewport_size
        for width, height in sizes or (WIDE, NARROW):
            await page.set_viewport_size({"width": width, "height": height})
            await drawn(page)
            await page.screenshot(path=ARTIFACTS / f"{name}-{width}.png")
            assert await axe_findings(page, axe) == [], f"{name} at {width}"
            assert await sideways(page) <= 0, f"{name} at {width} scrolls sideways"
        if before:
            await page.set_viewport_size(before)
            await drawn(page)

    return look


def _axe_source() -> str:
    return (Path(axe_playwright_python.__file__).parent / "axe.min.js").read_text("utf-8")


async def drawn(page: Page) -> None:
    """Waits until what changed is on the screen."""
    await page.evaluate("new Promise((done) => requestAnimationFrame(() => setTimeout(done)))")


async def sideways(page: Page) -> int:
    """By how many pixels the page is wider than its window."""
    found: int = await page.evaluate("document.documentElement.scrollWidth - innerWidth")
    return found


async def axe_findings(page: Page, source: str) -> list[str]:
    """What axe finds in every frame, also in those of another origin."""
    found = []
    for frame in page.frames:
        if not await frame.evaluate("'axe' in window"):
            await frame.evaluate(source)
        result = await frame.evaluate(
            "(tags) => axe.run(document, {iframes: false, runOnly: tags})", list(AXE_RULES)
        )
        found += [
            f"{violation['id']}: {node['html'][:120]} ({node['failureSummary'][:200]})"
            for violation in result["violations"]
            for node in violation["nodes"]
        ]
    return found
