"""Practising at the desk: chosen in the menu, marked in words and colour, gone afterwards."""

from __future__ import annotations

import pytest
from playwright.async_api import Locator, expect

from tests.browser.conftest import Looks, Pages
from tests.browser.desk import Desk, at_the_desk
from tests.support.running import Server

SIZES = ((1280, 800), (360, 740))
MARK = "Oefening: deze bezoeker is verzonnen. Er wordt niets bewaard of geteld."


async def _practises(desk: Desk, script: str) -> Locator:
    """Chooses a made-up visitor, and waits for the conversation."""
    await desk.press("Meer")
    await desk.press("Oefenen")
    dialog = desk.page.get_by_role("dialog", name="Oefenen")
    await dialog.get_by_label(script).check()
    await desk.press("Begin de oefening", dialog)
    chat = desk.page.locator("desk-chat")
    await expect(chat.get_by_role("textbox")).to_be_focused()
    return chat


async def _answers(desk: Desk, chat: Locator, text: str, answer: str) -> None:
    await chat.get_by_role("textbox").fill(text)
    await chat.get_by_role("textbox").press("Enter")
    await expect(chat).to_contain_text("Bezoeker typt")
    desk.server.clock.move(10)
    await expect(chat.get_by_role("log")).to_contain_text(answer)


@pytest.mark.parametrize("size", SIZES)
async def test_a_caseworker_practises_from_the_first_word_to_the_disposition(
    page: Pages, server: Server, looks_right: Looks, size: tuple[int, int]
) -> None:
    desk = await at_the_desk(page, server, available=False, size=size)
    await desk.press("Meer")
    await desk.press("Oefenen")
    await looks_right(desk.page, "desk-practise", size)
    await desk.press("Annuleren")

    chat = await _practises(desk, "niet vrij kan praten")
    await expect(chat.get_by_role("heading", level=2)).to_have_text("Oefening 1")
    await expect(chat.get_by_text(MARK)).to_be_visible()
    await expect(chat).to_contain_text("Oefening met een verzonnen bezoeker")
    await expect(chat.get_by_role("log")).to_contain_text("ik heb niet lang")
    await looks_right(desk.page, "desk-practice", size)
    if size[0] < 500:
        tab = desk.page.get_by_role("tab", name="Oefening 1")
        await expect(tab).to_contain_text("Oefening")
    await expect(desk.page.locator(".seats")).to_contain_text("Jij 0 van 3")

    for answer in ("hij is beneden", "in mijn telefoon", "later nog terugzien", "hij komt boven"):
        await _answers(desk, chat, "ik ben er", answer)
    await expect(chat).to_contain_text("Snel weggegaan om")
    await desk.press("Beëindig", chat)
    await desk.press("Ja beëindigen")
    await expect(chat).to_contain_text("Van een oefening wordt niets bewaard.")
    await looks_right(desk.page, "desk-practice-ended", size)
    await chat.get_by_label("Hoe eindigde dit gesprek?").select_option(label="Test")
    await desk.press("Afsluiten", chat)

    await expect(chat).to_have_count(0)
    assert await server.rows("SELECT id FROM ticket") == []
    assert await server.rows("SELECT id FROM conversation") == []


async def test_only_who_is_away_can_practise_and_nobody_can_be_asked_along(
    page: Pages, server: Server
) -> None:
    desk = await at_the_desk(page, server)
    await desk.press("Meer")
    await expect(desk.button("Uitloggen")).to_be_visible()
    await expect(desk.button("Oefenen")).to_be_hidden()
    await desk.page.keyboard.press("Escape")

    await desk.is_there("Even weg")
    chat = await _practises(desk, "over de buren")
    await desk.button("Meer voor gesprek 1", chat).click()

    await expect(desk.button("Veilig moment", chat)).to_be_visible()
    for name in ("Overdragen", "Achterwacht vragen"):
        await expect(desk.button(name, chat)).to_be_hidden()


async def test_a_practice_stops_when_its_caseworker_is_there_again_and_when_the_page_reloads(
    page: Pages, server: Server
) -> None:
    desk = await at_the_desk(page, server, available=False)
    chat = await _practises(desk, "niet naar huis durft")
    await chat.get_by_role("textbox").fill("nog niet af")

    await desk.is_there()

    await expect(chat).to_have_count(0)
    await expect(desk.page.locator("desk-notices")).to_contain_text("De oefening is gestopt")

    await desk.is_there("Even weg")
    await _practises(desk, "niet naar huis durft")
    await desk.page.reload()

    await expect(desk.page.get_by_role("radio", name="Even weg")).to_be_checked()
    await expect(chat).to_have_count(0)
