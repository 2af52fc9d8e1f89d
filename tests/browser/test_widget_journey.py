"""From the first tap to a caseworker's answer: two people, each in a browser of their own."""

from __future__ import annotations

import pytest
from playwright.async_api import expect

from tests.browser.conftest import Pages
from tests.browser.desk import at_the_desk
from tests.browser.widget import LAPTOP, NAME, PHONE, in_the_chat
from tests.support.running import Server

STRAIGHT = {"nl": "Meteen naar een medewerker", "en": "Straight to a caseworker"}
DANGER = {"nl": "Is er nu gevaar?", "en": "Is there danger now?"}
#: Words that may stand before the first question (DOMAIN R3).
MOST_WORDS = 60


@pytest.mark.parametrize("size", [PHONE, LAPTOP], ids=["phone", "laptop"])
@pytest.mark.parametrize("language", ["nl", "en"])
async def test_the_first_screen_shows_all_of_it_without_scrolling(
    page: Pages, server: Server, size: tuple[int, int], language: str
) -> None:
    chat = await in_the_chat(page, server, size=size, language=language)
    await chat.is_asked(DANGER[language])

    assert await chat.scrolled() == 0
    for shown in [
        *await chat.log.locator("li > p").all(),
        *await chat.log.locator(".links button").all(),
        *await chat.choices.all(),
    ]:
        assert await chat.holds(shown), await shown.text_content()
    titles = await chat.choices.all_text_contents()
    assert titles[-1] == STRAIGHT[language]
    assert len(titles) == 5
    said = await chat.log.locator("li > p").all_inner_texts()
    before = " ".join(said[:-1])
    assert len(said) == 4
    assert len(before.split()) <= MOST_WORDS
    advice = server.house.plan.knowledge.help_lines["advice"].number
    for text in (advice, {"nl": "een mens", "en": "a human"}[language], "23"):
        assert text in before
    await expect(chat.exit).to_be_in_viewport(ratio=1)


async def test_the_exit_and_the_emergency_button_fit_in_every_width(
    page: Pages, server: Server
) -> None:
    chat = await in_the_chat(page, server, alone=True)
    for language in ("nl", "en"):
        for width in (360, 320, 260):
            await chat.page.set_viewport_size({"width": width, "height": 640})
            for name in ("#exit", "#sos", "#lang"):
                await expect(chat.inside.locator(name)).to_be_in_viewport(ratio=1)
        await chat.press({"nl": "English", "en": "Nederlands"}[language])


async def test_what_is_kept_unfolds_behind_one_tap(page: Pages, server: Server) -> None:
    chat = await in_the_chat(page, server)
    kept = chat.button("Wat bewaren we?")

    await kept.click()
    await expect(kept).to_have_attribute("aria-expanded", "true")
    await expect(chat.log).to_contain_text("We wissen dit gesprek binnen 24 uur na het einde.")
    await kept.click()

    await expect(chat.log).not_to_contain_text("We wissen dit gesprek")
    assert [frame["type"] for frame in chat.sent] == ["open"]


async def test_the_intake_takes_five_screens_and_ends_in_the_line(
    page: Pages, server: Server
) -> None:
    chat = await in_the_chat(page, server)
    screens = 0
    for question, answer in (
        (DANGER["nl"], ["Nee"]),
        ("Wat past bij jou?", ["Het gaat over mij"]),
        ("Kan iemand nu meekijken op je scherm?", ["Overslaan"]),
        ("Wat speelt er? Kies alles wat klopt.", ["Ik ben zwanger", "Meer", "Iets anders"]),
        ("Als dit gesprek stopt: wanneer kun je veilig terugkomen?", ["Weet ik niet"]),
    ):
        await chat.is_asked(question)
        await expect(chat.button(STRAIGHT["nl"], chat.question)).to_be_visible()
        await chat.press(*answer)
        if len(answer) > 1:
            await chat.press("Verder")
        screens += 1
    await chat.waits()

    assert screens == 5
    await expect(chat.own("Ik ben zwanger, Iets anders")).to_have_count(1)
    # how somebody can safely come back, asked while waiting
    await expect(chat.log).to_contain_text("Je mag alvast typen.")


async def test_every_question_can_be_skipped(page: Pages, server: Server) -> None:
    chat = await in_the_chat(page, server, alone=True)
    for skip in ("Weet ik niet", "Overslaan", "Overslaan", "Overslaan", "Weet ik niet"):
        await expect(chat.button(skip, chat.question)).to_be_visible()
        await chat.press(skip)
    await chat.waits()

    assert [frame["type"] for frame in chat.sent] == ["open", *["choose"] * 5]


async def test_two_people_talk_from_the_first_tap_to_the_end(page: Pages, server: Server) -> None:
    desk = await at_the_desk(page, server)
    chat = await in_the_chat(page, server)
    await chat.press("Nee", "Het gaat over iemand anders", "Weet ik niet", STRAIGHT["nl"])
    await expect(chat.status).to_have_text("Je staat vooraan. We waarschuwen nu een medewerker.")

    # type already, and read without leaving the line
    await chat.writes("mijn zus durft niet naar huis")
    await chat.press("Tips voor omstanders")
    await expect(chat.log).to_contain_text("Praat met de ander als jullie alleen zijn.")
    await expect(chat.status).to_contain_text("Je staat vooraan.")

    await desk.accepts()
    await expect(desk.log()).to_contain_text("mijn zus durft niet naar huis")
    await expect(chat.status).to_have_text("Je chat met Zuidoost-Brabant-1.")
    await expect(chat.log).to_contain_text(f"medewerker van {NAME} Zuidoost-Brabant")

    await desk.box().press_sequentially("goed ")
    await expect(chat.inside.get_by_text("De medewerker typt")).to_be_visible()
    await desk.writes("ik denk met je mee")
    await expect(chat.log.locator(".caseworker p")).to_have_text("ik denk met je mee")
    await expect(chat.inside.get_by_text("De medewerker typt")).to_be_hidden()
    await chat.writes("dank je\nik bel zo")
    await expect(desk.log()).to_contain_text("ik bel zo")

    await desk.press("Beëindig", desk.chat())
    await desk.press("Ja beëindigen", desk.page.get_by_role("dialog"))
    await expect(chat.log).to_contain_text("Dit gesprek is afgelopen.")
    await expect(chat.box).to_be_hidden()
    await chat.press("Geef mij 3 woorden")
    await expect(chat.log).to_contain_text("Onthoud deze 3 woorden:")


async def test_the_place_in_line_counts_down(page: Pages, server: Server) -> None:
    first = await server.visitor()
    await first.goes_straight()
    server.clock.move(1)
    chat = await in_the_chat(page, server, language="en")
    await chat.press(STRAIGHT["en"])
    await expect(chat.status).to_have_text(
        "Your place in line: 2. There is no caseworker in the chat yet. "
        "We do not know how long it takes."
    )

    desk = await server.caseworker(available=False)
    await desk.says(type="take", ticket=desk.desk["queue"][0]["id"])
    await desk.next("assigned")

    await expect(chat.status).to_contain_text("You are first in line.")


async def test_who_has_to_stop_gets_a_friendly_word(page: Pages, server: Server) -> None:
    desk = await at_the_desk(page, server)
    chat = await in_the_chat(page, server)
    await chat.press(STRAIGHT["nl"])
    await desk.accepts()

    await chat.press("Ik moet stoppen", "Echt stoppen?")

    await expect(chat.log).to_contain_text("Oké. Pas goed op jezelf. Je mag altijd terugkomen.")
    await expect(desk.chat()).to_contain_text("moet stoppen")


async def test_unsent_text_never_leaves_the_browser(page: Pages, server: Server) -> None:
    desk = await at_the_desk(page, server)
    chat = await in_the_chat(page, server)
    await chat.press(STRAIGHT["nl"])
    await desk.accepts()
    await expect(chat.status).to_contain_text("Je chat met")

    await chat.box.press_sequentially("zeer geheim")
    await expect(desk.chat()).to_contain_text("typt")
    await chat.box.fill("")
    await chat.writes("gewoon")

    assert "geheim" not in str(chat.sent)
    assert {"type": "typing"} in chat.sent


async def test_what_is_typed_without_a_link_is_kept_and_sent_once(
    page: Pages, server: Server
) -> None:
    page.allow("ERR_INTERNET_DISCONNECTED")
    chat = await in_the_chat(page, server, alone=True)
    await chat.press(STRAIGHT["nl"])
    await chat.waits()
    await chat.page.context.set_offline(True)
    await expect(chat.status).to_contain_text("Geen verbinding.")

    await chat.box.fill("ben je er nog?")
    await chat.box.press("Enter")
    await expect(chat.own("ben je er nog?")).to_contain_text("wordt verstuurd")
    await chat.page.context.set_offline(False)
    await chat.arrives("ben je er nog?")

    await expect(chat.own("ben je er nog?")).to_have_count(1)
    desk = await server.caseworker()
    assigned = await desk.accepts()
    assert [event["text"] for event in assigned["events"]].count("ben je er nog?") == 1


async def test_a_message_whose_answer_was_lost_stands_there_once(
    page: Pages, server: Server
) -> None:
    chat = await in_the_chat(page, server, alone=True)
    await chat.press(STRAIGHT["nl"])
    await chat.waits()
    before = len(chat.sent)
    await chat.page.evaluate(
        """() => {
          // the line breaks right behind the message: it arrives, the answer does not
          const send = WebSocket.prototype.send;
          WebSocket.prototype.send = function (text) {
            send.call(this, text);
            if (text.includes('"message"')) {
              WebSocket.prototype.send = send;
              this.onmessage = null;
              this.close();
            }
          };
        }"""
    )

    await chat.writes("dit komt één keer aan")

    await expect(chat.own("dit komt één keer aan")).to_have_count(1)
    types = [frame["type"] for frame in chat.sent[before:] if frame["type"] != "typing"]
    assert types[:2] == ["message", "resume"]
    desk = await server.caseworker()
    assigned = await desk.accepts()
    assert [event["text"] for event in assigned["events"]].count("dit komt één keer aan") == 1
