"""A caseworker at the desk, in a browser: what is pressed and where things stand."""

from __future__ import annotations

import re
from typing import Any

from playwright.async_api import Locator, Page, expect

from tests.support.running import PASSWORD, REGION, Server, Visitor

USERNAME = f"{REGION}-1"
#: The page asks who is logged in; "nobody" is an answer that chromium counts as an error.
NOBODY = r"status of 401"


#: Presence as it stands on the page, and as the server calls it.
STATES = {"Beschikbaar": "available", "Even weg": "away", "Ik bel": "calling"}


class Desk:
    """A page with the desk in it."""

    def __init__(self, page: Page, server: Server) -> None:
        self.page = page
        self.server = server

    async def logs_in(self, username: str = USERNAME, password: str = PASSWORD) -> None:
        """Fills in the login and sends it."""
        await self.page.get_by_label("Gebruikersnaam").fill(username)
        await self.page.get_by_label("Wachtwoord").fill(password)
        await self.press("Inloggen")

    async def press(self, name: str, within: Locator | None = None) -> None:
        """Presses a button by its whole name."""
        await self.button(name, within).click()

    def button(self, name: str, within: Locator | None = None) -> Locator:
        """A button by its whole name."""
        return (within or self.page).get_by_role("button", name=name, exact=True)

    async def is_there(self, state: str = "Beschikbaar") -> None:
        """Chooses a presence, and waits until the server has agreed."""
        await self.page.get_by_text(state, exact=True).first.click()
        floor = self.page.locator("desk-floor")
        await expect(floor).to_have_attribute("data-presence", STATES[state])

    @property
    def offer(self) -> Locator:
        """What is offered."""
        return self.page.get_by_role("region", name="Aanbod")

    @property
    def queue(self) -> Locator:
        """Who waits."""
        return self.page.get_by_role("region", name=re.compile("^Wachtrij"))

    @property
    def missed(self) -> Locator:
        """Who was missed."""
        return self.page.get_by_role("region", name=re.compile("^Gemist"))

    def chat(self, number: int = 1) -> Locator:
        """A conversation, side by side or behind its tab."""
        return self.page.locator("desk-chat").filter(
            has=self.page.locator("h2", has_text=re.compile(f"^Gesprek {number}$"))
        )

    def box(self, number: int = 1) -> Locator:
        """Where is typed."""
        return self.chat(number).get_by_role("textbox", name=f"gesprek {number}")

    def log(self, number: int = 1) -> Locator:
        """What was said."""
        return self.chat(number).get_by_role("log")

    async def accepts(self, number: int = 1) -> Locator:
        """Accepts the offer and waits for the conversation."""
        await self.press("Aannemen", self.offer)
        await expect(self.box(number)).to_be_visible()
        # it stands there while the server is still being told
        await expect(self.log(number)).not_to_contain_text("Gesprek wordt geladen")
        return self.chat(number)

    async def writes(self, text: str, number: int = 1) -> None:
        """Sends a message with Enter, and waits until it is on disk."""
        await self.box(number).fill(text)
        await self.box(number).press("Enter")
        said = self.log(number).get_by_role("listitem").filter(has_text=text)
        await expect(said).not_to_contain_text("Wordt verstuurd")

    async def more(self, name: str, number: int = 1) -> Locator:
        """Opens a dialog behind *Meer*."""
        chat = self.chat(number)
        await self.button(f"Meer voor gesprek {number}", chat).click()
        await self.press(name, chat)
        return self.page.get_by_role("dialog")


async def at_the_desk(
    page: Any, server: Server, username: str = USERNAME, *, available: bool = True, **more: Any
) -> Desk:
    """A caseworker who has logged in, and takes offers when `available`."""
    page.allow(NOBODY)
    await server.hire(username)
    desk = Desk(await page(f"{server.url}/desk", **more), server)
    await desk.logs_in(username)
    await expect(desk.page.get_by_role("radio", name="Even weg")).to_be_enabled()
    if available:
        await desk.is_there()
    return desk


async def in_danger(server: Server, *texts: str) -> Visitor:
    """A visitor who says to be in danger, and types."""
    visitor = await server.visitor()
    await visitor.chooses("Ja, voor mij")
    for text in texts:
        await visitor.types(text)
    return visitor


async def waiting(server: Server, *texts: str, language: str = "nl") -> Visitor:
    """A visitor who goes straight to the queue, and types."""
    visitor = await server.visitor(language=language)
    await visitor.goes_straight()
    for text in texts:
        await visitor.types(text)
    return visitor
