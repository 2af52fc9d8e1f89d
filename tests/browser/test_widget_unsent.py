"""What did not arrive is never lost, and nothing is said of caseworkers that may not be true."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest
from playwright.async_api import expect

from handoff.storage.database import Unavailable
from tests.browser.conftest import Looks, Pages
from tests.browser.desk import at_the_desk
from tests.browser.widget import ADVICE, EMERGENCY, PHONE, Chat, in_the_chat
from tests.support.outage import no_answer
from tests.support.running import Server

STRAIGHT = "Meteen naar een medewerker"
FIRST, NEXT = "hij is weer boos", "ik weet niet wat ik"
UNSENT = "Dit is niet verstuurd."


async def waiting(page: Pages, server: Server) -> Chat:
    """A visitor in line."""
    chat = await in_the_chat(page, server, alone=True)
    await chat.press(STRAIGHT)
    await chat.waits()
    return chat


async def test_a_message_that_did_not_arrive_stays_when_the_next_is_begun(
    page: Pages, server: Server, looks_right: Looks
) -> None:
    chat = await waiting(page, server)
    asked = asyncio.Event()

    async def answers_late(*_: Any) -> None:
        await asked.wait()
        raise Unavailable("the database does not answer")

    with no_answer(server):
        server.house.db.write = answers_late  # type: ignore[method-assign]
        await chat.box.fill(FIRST)
        await chat.box.press("Enter")
        await expect(chat.own(FIRST)).to_contain_text("wordt verstuurd")
        await chat.box.fill(NEXT)
        asked.set()
        await expect(chat.log).to_contain_text("Je bericht is nog niet aangekomen.")
        await expect(chat.own(FIRST)).to_contain_text("niet verstuurd")
        await expect(chat.box).to_have_value(NEXT)
        await looks_right(chat.page, "widget-not-sent", PHONE)

    await chat.press("Opnieuw versturen")
    await chat.arrives(FIRST)

    await expect(chat.button("Opnieuw versturen")).to_have_count(0)
    await expect(chat.box).to_have_value(NEXT)
    desk = await server.caseworker()
    assigned = await desk.accepts()
    assert [event["text"] for event in assigned["events"]].count(FIRST) == 1


async def test_without_a_link_the_card_says_nothing_of_caseworkers(
    page: Pages, server: Server
) -> None:
    page.allow("ERR_INTERNET_DISCONNECTED")
    await server.caseworker()
    chat = await in_the_chat(page, server, alone=True)
    await chat.press("Ja, voor mij", "Ik kan niet bellen")
    await expect(chat.card).to_contain_text("We waarschuwen nu een medewerker.")

    await chat.page.context.set_offline(True)
    await expect(chat.status).to_contain_text("Geen verbinding.")
    await expect(chat.card).not_to_contain_text("medewerker")
    await expect(chat.card).to_contain_text(f"Laat iemand anders {EMERGENCY} bellen.")
    # nor in another language
    await chat.press("English")
    await expect(chat.status).to_contain_text("No connection.")
    await expect(chat.card).not_to_contain_text("caseworker")
    await chat.press("Nederlands")
    await chat.page.context.set_offline(False)

    await expect(chat.card).to_contain_text("We waarschuwen nu een medewerker.")
    await expect(chat.status).not_to_contain_text("Geen verbinding.")


async def test_without_a_link_nobody_is_first_in_line(page: Pages, server: Server) -> None:
    page.allow("ERR_INTERNET_DISCONNECTED")
    chat = await waiting(page, server)
    await expect(chat.status).to_contain_text("Je staat vooraan.")

    await chat.page.context.set_offline(True)
    await expect(chat.status).to_contain_text("Geen verbinding.")
    await chat.press("English")

    await expect(chat.status).to_have_text(
        f"No connection. We are trying again. Danger? Call {EMERGENCY}. Or call {ADVICE}."
    )


@pytest.mark.parametrize("sign", ["a", "\U0001f494"], ids=["letters", "hearts"])
async def test_text_that_is_too_long_is_never_cut(
    page: Pages, server: Server, looks_right: Looks, sign: str
) -> None:
    chat = await waiting(page, server)
    text = sign * 2_000 + "bc\U0001f494"
    await chat.box.evaluate(
        """(box, text) => {
          box.focus();
          document.execCommand("insertText", false, text);
        }""",
        text,
    )
    told = "Dit bericht is 3 tekens te lang. Maak er twee berichten van."
    await expect(chat.inside.locator("#hint")).to_have_text(told)
    await expect(chat.inside.get_by_role("status").filter(has_text=told)).to_have_count(1)
    await chat.box.press("Enter")
    await expect(chat.box).to_have_value(text)
    await expect(chat.box).to_have_accessible_description(told)
    await looks_right(chat.page, "widget-too-long", PHONE)
    for _ in range(3):
        await chat.box.press("Backspace")

    await expect(chat.inside.locator("#hint")).to_be_hidden()
    await chat.box.press("Enter")
    await chat.arrives(sign * 2_000)
    said = [frame["text"] for frame in chat.sent if frame["type"] == "message"]
    assert said == [sign * 2_000]


async def test_what_was_typed_when_the_talk_ended_can_still_be_read(
    page: Pages, server: Server, looks_right: Looks
) -> None:
    desk = await at_the_desk(page, server)
    chat = await waiting(page, server)
    await desk.accepts()
    await expect(chat.status).to_contain_text("Je chat met")
    await chat.box.fill(NEXT)

    await desk.press("Beëindig", desk.chat())
    await desk.press("Ja beëindigen", desk.page.get_by_role("dialog"))
    await expect(chat.log).to_contain_text("Dit gesprek is afgelopen.")

    await expect(chat.box).to_have_value(NEXT)
    await expect(chat.box).not_to_be_editable()
    await expect(chat.inside.locator("#hint")).to_have_text(UNSENT)
    await expect(chat.inside.get_by_role("status").filter(has_text=UNSENT)).to_have_count(1)
    await expect(chat.button("Verstuur")).to_have_count(0)
    await looks_right(chat.page, "widget-ended-typing", PHONE)
    await chat.box.press("Enter")
    await chat.press("English")
    await expect(chat.inside.locator("#hint")).to_have_text("This was not sent.")
    assert NEXT not in str(chat.sent)


async def test_who_is_not_first_is_told_too_that_nobody_is_there_yet(
    page: Pages, server: Server
) -> None:
    first = await server.visitor()
    await first.goes_straight()
    server.clock.move(1)
    chat = await waiting(page, server)
    await expect(chat.status).to_have_text(
        "Je plaats in de rij: 2. Er is nu nog geen medewerker in de chat. "
        "We weten niet hoe lang het duurt."
    )
