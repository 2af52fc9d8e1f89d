"""*Snel weg*: blank first, then away, whatever is broken; and Back does not bring it back."""

from __future__ import annotations

import asyncio

import pytest
from playwright.async_api import expect

from tests.browser.conftest import Pages
from tests.browser.widget import LAPTOP, PHONE, Chat, exit_address, in_the_chat, website
from tests.support.running import Server

#: A website that hangs may take the test with it.
PATIENCE_S = 15
STRAIGHT = "Meteen naar een medewerker"
BEFORE = "/healthz"


async def went_before(chat: Chat) -> None:
    """Something harmless that was looked at before the website."""
    await chat.page.goto(chat.server.url + BEFORE)


async def visiting(page: Pages, server: Server, *, alone: bool = False) -> Chat:
    """A visitor with a history, who has opened the chat and said something."""
    chat = await in_the_chat(page, server, size=LAPTOP, alone=alone)
    await went_before(chat)
    await chat.page.goto(website(server) if not alone else f"{server.url}/chat/zeeland")
    if not alone:
        await chat.page.get_by_role("button", name="Chat openen").click()
    await chat.press(STRAIGHT)
    await chat.writes("hij mag dit niet zien")
    return chat


async def is_away(chat: Chat) -> None:
    """Waits until the other site is there."""
    # not wait_for_url: the page that goes blank first is a navigation that is cut off
    await expect(chat.page).to_have_url(exit_address(chat.server))
    await expect(chat.page.get_by_role("heading", name="Het weer")).to_be_visible()


async def back_shows_what_was_before(chat: Chat) -> None:
    """Back leads past the website."""
    await chat.page.go_back()
    assert chat.page.url == chat.server.url + BEFORE


@pytest.mark.parametrize("alone", [False, True], ids=["framed", "alone"])
async def test_the_button_in_the_chat_leads_away_and_back_does_not_return(
    page: Pages, server: Server, alone: bool
) -> None:
    chat = await visiting(page, server, alone=alone)

    await chat.exit.click()

    await is_away(chat)
    await back_shows_what_was_before(chat)


async def test_the_button_on_the_website_leads_away_too(page: Pages, server: Server) -> None:
    chat = await visiting(page, server)

    await chat.page.get_by_role("button", name="Snel weg van deze pagina").click()

    await is_away(chat)
    await back_shows_what_was_before(chat)


@pytest.mark.parametrize("alone", [False, True], ids=["framed", "alone"])
async def test_shift_three_times_in_the_chat_leads_away(
    page: Pages, server: Server, alone: bool
) -> None:
    chat = await visiting(page, server, alone=alone)
    await chat.box.focus()

    await chat.page.keyboard.press("Shift")
    await expect(chat.inside.locator("#shift")).to_have_text("Nog 2 keer Shift.")
    await chat.page.keyboard.press("Shift")
    await chat.page.keyboard.press("Shift")

    await is_away(chat)
    await back_shows_what_was_before(chat)


async def test_shift_three_times_on_the_website_leads_away(page: Pages, server: Server) -> None:
    chat = await visiting(page, server)
    await chat.page.get_by_role("heading", name="Advies en hulp").click()

    for _ in range(3):
        await chat.page.keyboard.press("Shift")

    await is_away(chat)
    await back_shows_what_was_before(chat)


async def test_capitals_do_not_lead_away(page: Pages, server: Server) -> None:
    chat = await in_the_chat(page, server)
    await chat.box.focus()

    for letter in "ABCD":
        await chat.page.keyboard.down("Shift")
        await chat.page.keyboard.press(letter)
        await chat.page.keyboard.up("Shift")

    await expect(chat.box).to_have_value("ABCD")


async def test_the_server_hears_that_the_visitor_left(page: Pages, server: Server) -> None:
    chat = await visiting(page, server)
    await chat.exit.click()
    await is_away(chat)

    desk = await server.caseworker()

    assert [ticket["left_at"] is not None for ticket in desk.desk["missed"]] == [True]
    assert chat.sent[-1] == {"type": "exit"}


@pytest.mark.parametrize("alone", [False, True], ids=["framed", "alone"])
async def test_it_works_when_the_server_is_gone(page: Pages, server: Server, alone: bool) -> None:
    page.allow("WebSocket connection to .* failed")
    chat = await in_the_chat(page, server, alone=alone)
    await expect(chat.choices).to_have_count(5)
    await server.runner.cleanup()

    await chat.exit.click()

    await is_away(chat)


@pytest.mark.parametrize("way", ["button", "shift"])
async def test_it_works_when_the_website_hangs(page: Pages, server: Server, way: str) -> None:
    chat = await visiting(page, server)
    await chat.box.focus()
    place = await chat.exit.bounding_box()
    assert place is not None
    await chat.page.evaluate("() => { setTimeout(() => { for (;;); }); }")

    async def presses() -> None:
        if way == "button":
            return await chat.page.mouse.click(place["x"] + 20, place["y"] + 20)
        for _ in range(3):
            await chat.page.keyboard.press("Shift")

    # who presses is not told that it was done: the website would have to say so
    pressing = asyncio.create_task(presses())
    try:
        async with asyncio.timeout(PATIENCE_S):
            await is_away(chat)
    finally:
        pressing.cancel()


async def test_the_website_is_blank_though_the_other_site_never_comes(
    page: Pages, server: Server
) -> None:
    chat = await visiting(page, server)
    await chat.page.context.unroute(exit_address(server))
    # an answer without content: the browser stays where it is
    await chat.page.context.route(exit_address(server), lambda route: route.fulfill(status=204))

    await chat.exit.click()

    await expect(chat.page.locator("body")).to_have_count(0)
    assert await chat.page.evaluate("document.documentElement.childNodes.length") == 0
    assert await chat.page.title() == ""
    assert chat.page.url == website(server)


async def test_the_screen_is_covered_on_request_and_the_keyboard_cannot_go_behind_it(
    page: Pages, server: Server
) -> None:
    chat = await in_the_chat(page, server, size=PHONE, alone=True)
    await expect(chat.choices).to_have_count(5)

    await chat.press("Scherm leeg")
    cover = chat.button("Tik om verder te gaan")
    await expect(cover).to_be_focused()
    await chat.page.keyboard.press("Tab")
    assert await chat.page.evaluate("document.querySelector('main').inert")
    await cover.click()

    await expect(chat.choices).to_have_count(5)
    await expect(chat.button("Scherm leeg")).to_be_focused()
