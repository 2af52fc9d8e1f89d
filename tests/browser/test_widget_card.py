"""The emergency card: at once, never in the way, and with what to do for who cannot call."""

from __future__ import annotations

import pytest
from playwright.async_api import expect

from tests.browser.conftest import Pages
from tests.browser.desk import at_the_desk
from tests.browser.widget import ADVICE, EMERGENCY, LAPTOP, PHONE, in_the_chat
from tests.support.outage import no_answer
from tests.support.running import Server

STRAIGHT = "Meteen naar een medewerker"
#: What an element is drawn with.
COLOURS = "e => [getComputedStyle(e).color, getComputedStyle(e).background]"
KNIFE = "hij staat nu voor me met een mes"


@pytest.mark.parametrize("size", [PHONE, LAPTOP], ids=["phone", "laptop"])
async def test_an_answer_brings_the_card_at_once_and_the_questions_go_on(
    page: Pages, server: Server, size: tuple[int, int]
) -> None:
    chat = await in_the_chat(page, server, size=size)

    await chat.press("Ja, voor mij")

    await expect(chat.card).to_contain_text(f"Bel {EMERGENCY}. Fluisteren mag.")
    await expect(chat.card.get_by_role("link", name=f"Bel {EMERGENCY}").first).to_have_attribute(
        "href", f"tel:{EMERGENCY}"
    )
    await chat.is_asked("Kan iemand nu meekijken op je scherm?")
    await expect(chat.button(STRAIGHT, chat.question)).to_be_visible()
    assert await chat.holds(chat.question.locator("p").first)
    assert await chat.holds(chat.choices.first)


async def test_a_chip_brings_the_card(page: Pages, server: Server) -> None:
    chat = await in_the_chat(page, server)
    await chat.press("Nee", "Het gaat over mij", "Nee", "Ik zit opgesloten")
    await expect(chat.card).to_be_hidden()

    await chat.press("Verder")

    await expect(chat.card).to_contain_text(f"Bel {EMERGENCY}. Fluisteren mag.")
    await chat.press("Ik kan niet bellen")
    await expect(chat.card).to_contain_text("Zit je opgesloten?")


async def test_words_bring_a_card_that_asks(page: Pages, server: Server) -> None:
    chat = await in_the_chat(page, server)

    await chat.writes(KNIFE)

    await expect(chat.card).to_contain_text(f"Bel {EMERGENCY} als er nu gevaar is. Fluisteren mag.")
    await expect(chat.card).not_to_contain_text('Zeg: "politie"')


async def test_the_button_on_top_brings_the_card_in_every_state(
    page: Pages, server: Server
) -> None:
    desk = await at_the_desk(page, server)
    chat = await in_the_chat(page, server, language="en")

    await chat.press(f"In danger now? {EMERGENCY}")
    await expect(chat.card).to_contain_text(f"Call {EMERGENCY}. You may whisper.")
    await chat.press(f"Call {EMERGENCY}: Hide")
    await expect(chat.card).not_to_contain_text("whisper", use_inner_text=True)
    await desk.accepts()
    await expect(chat.status).to_contain_text("You are chatting with")
    await chat.press(f"In danger now? {EMERGENCY}")
    await expect(chat.card.get_by_role("link", name=f"Call {EMERGENCY}").first).to_be_visible()


async def test_who_cannot_call_reads_what_else_there_is_and_who_is_there(
    page: Pages, server: Server
) -> None:
    chat = await in_the_chat(page, server)
    await chat.press("Ja, voor mij", "Ik kan niet bellen")
    await expect(chat.card).to_contain_text("Niemand leest nu deze chat.")
    await expect(chat.card).to_contain_text("Staat de app 112NL al op je telefoon?")

    # a caseworker comes: the line that said otherwise goes, without a tap
    await server.caseworker()

    await expect(chat.card).to_contain_text("We waarschuwen nu een medewerker.")
    await expect(chat.card).not_to_contain_text("Niemand leest")


async def test_who_cannot_call_reads_at_once_that_a_caseworker_is_there(
    page: Pages, server: Server
) -> None:
    chat = await in_the_chat(page, server)
    await chat.press("Ja, voor mij", "Ik kan niet bellen")
    await expect(chat.card).to_contain_text("Niemand leest nu deze chat. Wacht hier niet.")

    caseworker = await server.caseworker()
    await caseworker.accepts()

    await expect(chat.status).to_contain_text("Je chat met")
    stays = chat.card.get_by_text("De medewerker kan de politie voor je bellen.")
    await expect(stays).to_be_visible()


async def test_the_card_never_takes_typed_text_or_focus(page: Pages, server: Server) -> None:
    desk = await at_the_desk(page, server)
    chat = await in_the_chat(page, server)
    await chat.press(STRAIGHT)
    await chat.box.fill(KNIFE)
    await chat.box.press("Enter")
    await chat.page.keyboard.type("ik zit in de ")
    await expect(chat.card).to_contain_text("als er nu gevaar is.")

    await chat.page.keyboard.type("keuken ")
    await desk.accepts()
    await expect(chat.status).to_contain_text("Je chat met")
    await chat.page.keyboard.type("met de deur dicht")

    await expect(chat.box).to_have_value("ik zit in de keuken met de deur dicht")
    await expect(chat.box).to_be_focused()
    await expect(chat.box).to_be_in_viewport(ratio=1)


async def test_the_card_makes_room_when_the_visitor_goes_on(page: Pages, server: Server) -> None:
    chat = await in_the_chat(page, server)
    await chat.press("Ja, voor mij")
    lines = chat.card.get_by_text("Fluisteren mag.")
    await expect(lines).to_be_visible()

    await chat.press("Nee")

    await expect(lines).to_be_hidden()
    await expect(chat.card.get_by_role("link", name=f"Bel {EMERGENCY}")).to_be_visible()
    await chat.press(f"Bel {EMERGENCY}: Meer")
    await expect(lines).to_be_visible()


async def test_a_caseworker_ends_the_questions(page: Pages, server: Server) -> None:
    desk = await at_the_desk(page, server)
    chat = await in_the_chat(page, server)
    await chat.press("Ja, voor mij")
    await chat.is_asked("Kan iemand nu meekijken op je scherm?")

    await desk.accepts()

    await expect(chat.status).to_contain_text("Je chat met")
    await expect(chat.choices).to_have_count(0)


async def test_who_may_be_watched_gets_a_calm_card(page: Pages, server: Server) -> None:
    chat = await in_the_chat(page, server)
    await chat.press("Ja, voor mij", "Ja of misschien")
    await expect(chat.log).to_contain_text("we houden het kort")

    call = chat.card.get_by_role("link", name=f"Bel {EMERGENCY}").first
    for found in (call, chat.inside.locator("#sos"), chat.exit):
        colours = await found.evaluate(COLOURS)
        assert "179, 21, 47" not in str(colours)


async def test_the_card_keeps_its_lines_in_the_other_language(page: Pages, server: Server) -> None:
    chat = await in_the_chat(page, server, alone=True)
    await chat.press("Ja, voor iemand anders")
    await expect(chat.card).to_contain_text("Hoor of zie je nu geweld?")

    await chat.press("English")

    await expect(chat.card).to_contain_text("Do you hear or see violence now?")
    await expect(chat.card).not_to_contain_text("You may whisper")


async def test_the_keyboard_stays_on_the_card(page: Pages, server: Server) -> None:
    chat = await in_the_chat(page, server, alone=True)
    await chat.press("Ja, voor mij")
    await chat.button("Ik kan niet bellen").focus()

    await chat.page.keyboard.press("Enter")

    await expect(chat.card).to_contain_text(f"Laat iemand anders {EMERGENCY} bellen.")
    await expect(chat.card.locator("#call")).to_be_focused()


async def test_the_card_comes_without_a_socket(page: Pages, server: Server) -> None:
    page.allow("WebSocket connection to .* failed")
    chat = await in_the_chat(page, server)
    await expect(chat.choices).to_have_count(5)
    await server.runner.cleanup()
    await expect(chat.status).to_contain_text(f"Gevaar? Bel {EMERGENCY}. Of bel {ADVICE}.")

    await chat.press(f"Nu gevaar? {EMERGENCY}")
    await expect(chat.card).to_contain_text(f"Bel {EMERGENCY}. Fluisteren mag.")
    await chat.press("Ik kan niet bellen")

    await expect(chat.card).to_contain_text("Ga naar de buren")
    # nobody told us who is there, so nothing is said of it
    await expect(chat.card).not_to_contain_text("medewerker")


async def test_the_card_comes_when_the_database_does_not_answer(
    page: Pages, server: Server
) -> None:
    chat = await in_the_chat(page, server)
    await expect(chat.choices).to_have_count(5)
    with no_answer(server):
        await chat.box.fill(KNIFE)
        await chat.box.press("Enter")
        await expect(chat.card).to_contain_text(f"Bel {EMERGENCY} als er nu gevaar is.")
        await expect(chat.log).to_contain_text("Je bericht is nog niet aangekomen.")
        await expect(chat.box).to_have_value(KNIFE)
        await chat.press("Nee")
        await expect(chat.button("Nee", chat.question)).to_be_visible()

    await chat.press("Nee")
    await chat.is_asked("Wat past bij jou?")
