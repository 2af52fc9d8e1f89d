"""What was heard, at the desk: why, agreed with, struck, heard again, and lowered."""

from __future__ import annotations

from playwright.async_api import expect

from tests.browser.conftest import NARROW, Looks, Pages
from tests.browser.desk import Desk, at_the_desk, in_danger, waiting
from tests.support.running import Server

KNIFE = "een mes"
AGREE = "Dit klopt: wat in de tekst is gehoord"


async def _opened(desk: Desk, name: str) -> None:
    """The rows of the card, whether it is folded or not."""
    card = desk.chat().locator("desk-card details").first
    if await card.get_attribute("open") is None:
        await card.locator("summary").click()
    await expect(card.locator("dt", has_text=name)).to_be_visible()


def _row(desk: Desk, name: str) -> str:
    return f"desk-card dl > div:has(dt:text-is('{name}'))"


async def test_a_weapon_is_heard_struck_and_stays_struck_and_the_level_is_lowered(
    page: Pages, server: Server, looks_right: Looks
) -> None:
    desk = await at_the_desk(page, server)
    visitor = await waiting(server, KNIFE)
    await desk.accepts()
    chat = desk.chat()
    heard = chat.locator(_row(desk, "Gehoord in de tekst"))

    # heard, not said, and why
    await _opened(desk, "Gehoord in de tekst")
    await expect(chat.locator(".why")).to_contain_text("gehoord in de tekst: wapen")
    await expect(heard).to_contain_text("wapen")
    await expect(chat.locator(_row(desk, "Gezegd"))).to_contain_text("Nog niets")
    await expect(chat).to_contain_text("komt van een computer die op woorden let")
    await looks_right(desk.page, "desk-heard")

    # struck, with a reason, and lowered apart from it
    await desk.press("wapen doorstrepen", chat)
    dialog = desk.page.get_by_role("dialog")
    await expect(dialog).to_contain_text("Ook het niveau blijft")
    await dialog.get_by_label("Waarom?").fill("het ging over een film")
    await desk.press("Streep door", dialog)
    await expect(chat.locator("desk-card s")).to_have_text("wapen")
    await expect(chat.locator("desk-card desk-badge").first).to_contain_text("ACUUT")
    await desk.press("ACUUT klopt niet, niveau wijzigen", chat)
    await dialog.get_by_role("radio", name="normaal").check()
    await dialog.get_by_label("Waarom?").fill("het ging over een film")
    await desk.press("Wijzig", dialog)
    await expect(chat.locator(".why")).to_contain_text("door een medewerker gezet")
    await expect(heard).to_have_count(0)
    await looks_right(desk.page, "desk-struck")

    # the same words: struck stays struck, and new danger raises the level again
    await visitor.types(KNIFE)
    await expect(chat.locator("desk-card desk-badge").first).to_contain_text("ACUUT")
    await expect(chat.locator("desk-card s")).to_have_text("wapen")
    await expect(heard).to_contain_text("ACUUT")
    await expect(heard).not_to_contain_text("wapen")


async def test_a_caseworker_agrees_with_one_press(
    page: Pages, server: Server, looks_right: Looks
) -> None:
    desk = await at_the_desk(page, server)
    await waiting(server, KNIFE)
    await desk.accepts()
    await _opened(desk, "Gehoord in de tekst")

    await desk.press(AGREE, desk.chat())

    await expect(desk.chat().locator("desk-card")).to_contain_text("\u2713 klopt")
    await expect(desk.chat().get_by_role("button", name="klopt")).to_have_count(0)
    await expect(desk.log()).to_contain_text("Gehoord, en het klopt: ACUUT, wapen")
    await looks_right(desk.page, "desk-agreed")


async def test_what_was_heard_stands_beside_what_was_said(
    page: Pages, server: Server, looks_right: Looks
) -> None:
    desk = await at_the_desk(page, server, size=NARROW)
    await in_danger(server, KNIFE)
    await desk.accepts()
    await _opened(desk, "Gehoord in de tekst")
    chat = desk.chat()

    await expect(chat.locator(".why")).to_contain_text("zegt nu in gevaar te zijn")
    await expect(chat.locator(_row(desk, "Gehoord in de tekst"))).to_contain_text("wapen")
    # an answer raised the level: there is no level that was heard to lower
    await expect(chat.get_by_role("button", name="klopt niet")).to_have_count(0)
    await chat.locator(_row(desk, "Gehoord in de tekst")).scroll_into_view_if_needed()
    await looks_right(desk.page, "desk-heard-beside", NARROW)
