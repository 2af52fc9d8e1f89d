"""A visitor in a browser: the chat in a frame of a regional website, or as a page by itself."""

from __future__ import annotations

import json
import re
from typing import Any

from playwright.async_api import FrameLocator, Locator, Page, Route, WebSocket, expect

from tests import shipped
from tests.browser.conftest import Pages
from tests.support.running import REGION, Server

KNOWN = shipped.knowledge()
NAME = KNOWN.name
EMERGENCY = KNOWN.help_lines[KNOWN.emergency_line].number
ADVICE = KNOWN.help_lines[KNOWN.advice_line].number
PHONE, LAPTOP = (360, 640), (1280, 800)
#: A site that nobody minds to be seen on; here it is answered by the test itself.
EXIT_PAGE = "<!doctype html><title>Weer</title><link rel=icon href=data:,><h1>Het weer</h1>"


class Chat:
    """The chat as a visitor sees it; `inside` is where it stands: a frame, or the page."""

    def __init__(self, page: Page, server: Server, inside: FrameLocator | Page) -> None:
        self.page = page
        self.server = server
        self.inside = inside
        #: what the page sent through its sockets, newest last
        self.sent: list[dict[str, Any]] = []
        page.on("websocket", self._watch)

    def _watch(self, socket: WebSocket) -> None:
        socket.on("framesent", lambda payload: self.sent.append(json.loads(payload)))

    def button(self, name: str, within: Locator | None = None) -> Locator:
        """A button by its whole name."""
        return (within or self.inside).get_by_role("button", name=name, exact=True)

    async def press(self, *names: str) -> None:
        """Presses buttons by their whole names, one after the other."""
        for name in names:
            await self.answers(name)
            await self.button(name).click()

    async def answers(self, name: str) -> None:
        """Waits until a button stands there, and answers: not while it has only just come."""
        await expect(self.button(name)).to_be_visible()
        await self.inside.locator("body:not(:has([data-fresh]))").wait_for(state="attached")

    async def is_asked(self, text: str) -> None:
        """Waits until this is the question with buttons."""
        await expect(self.question.locator("p").first).to_have_text(text)

    @property
    def question(self) -> Locator:
        """The question that can be answered now."""
        return self.inside.locator(".question:has(.choices)")

    @property
    def choices(self) -> Locator:
        """Its answers that can be seen."""
        return self.question.locator(".choices button:visible")

    @property
    def log(self) -> Locator:
        """What was said."""
        return self.inside.get_by_role("log")

    @property
    def card(self) -> Locator:
        """The emergency card."""
        return self.inside.locator("#card")

    @property
    def status(self) -> Locator:
        """Where one stands: the place in line, who answers, whether there is a link."""
        return self.inside.locator("#status")

    @property
    def box(self) -> Locator:
        """Where is typed."""
        return self.inside.get_by_role("textbox")

    @property
    def exit(self) -> Locator:
        """The button in the chat itself."""
        return self.inside.locator("#exit")

    def own(self, text: str) -> Locator:
        """What the visitor said, as it stands in the log."""
        return self.log.locator(".visitor").filter(has_text=text)

    async def writes(self, text: str) -> None:
        """Sends a message with Enter, and waits until it is on disk."""
        await self.box.fill(text)
        await self.box.press("Enter")
        await self.arrives(text)

    async def arrives(self, text: str) -> None:
        """Waits until what was said is on disk."""
        await expect(self.own(text).last.locator("small")).to_have_text("")

    async def waits(self) -> None:
        """Waits until one is in line."""
        await expect(self.status).to_contain_text(re.compile("vooraan|rij|line"))

    async def scrolled(self) -> float:
        """How far the talk has been scrolled."""
        found: float = await self.inside.locator("main").evaluate("main => main.scrollTop")
        return found

    async def holds(self, locator: Locator) -> bool:
        """Whether all of it is in sight: inside the talk, not under the card or the box."""
        found: bool = await locator.evaluate(
            """element => {
              const box = element.getBoundingClientRect();
              const around = element.closest("main").getBoundingClientRect();
              return box.height > 0 && box.top >= around.top - 1 && box.bottom <= around.bottom + 1;
            }"""
        )
        return found


def website(server: Server) -> str:
    """The made-up website: the same server under another name, so another site to a browser."""
    return server.url.replace("127.0.0.1", "localhost") + "/"


def chat_page(server: Server) -> str:
    """The chat as a page by itself."""
    return f"{server.url}/chat/{REGION}"


def exit_address(server: Server) -> str:
    """Where *Snel weg* goes in the region of the tests."""
    return server.house.plan.knowledge.regions[REGION].exit_address


async def on_the_website(
    page: Pages, server: Server, *, size: tuple[int, int] = LAPTOP, **more: Any
) -> Chat:
    """A visitor of the website, who has not opened the chat yet."""
    found = await page(website(server), size=size, **more)
    await _can_leave(page, found, server)
    return Chat(found, server, found.frame_locator("voordeur-chat iframe"))


async def in_the_chat(
    page: Pages,
    server: Server,
    *,
    size: tuple[int, int] = PHONE,
    language: str = "nl",
    alone: bool = False,
    **more: Any,
) -> Chat:
    """A visitor who has opened the chat, in a frame of the website or `alone` as a page."""
    if alone:
        found = await page("about:blank", size=size, **more)
        await _can_leave(page, found, server)
        chat = Chat(found, server, found)
        await found.goto(f"{chat_page(server)}#{language}")
        return chat
    chat = await on_the_website(page, server, size=size, **more)
    await opens(chat)
    if language != "nl":
        await chat.press("English")
    return chat


async def opens(chat: Chat) -> None:
    """Presses the button on the website."""
    await chat.page.get_by_role("button", name="Chat openen").click()


async def _can_leave(pages: Pages, page: Page, server: Server) -> None:
    """The site behind the exit answers, without a network."""
    address = exit_address(server)
    pages.allow(f"^asked another host: {re.escape(address)}$")

    async def answer(route: Route) -> None:
        await route.fulfill(body=EXIT_PAGE, content_type="text/html")

    await page.context.route(address, answer)
