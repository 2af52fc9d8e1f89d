"""Conversations: reading, writing, notes, triage, handing over, ending, and a line that drops."""

from __future__ import annotations

import re

from playwright.async_api import expect

from tests.browser.conftest import NARROW, WIDE, Looks, Pages, sideways
from tests.browser.desk import Desk, at_the_desk, in_danger, waiting
from tests.support.running import REGION, Server, Visitor

COLLEAGUE = f"{REGION}-2"


def _said_by_caseworker(visitor: Visitor) -> list[str]:
    return [event["text"] for event in visitor.all("event") if event["from"] == "caseworker"]


async def test_what_was_typed_while_waiting_is_read_and_answered(
    page: Pages, server: Server, looks_right: Looks
) -> None:
    desk = await at_the_desk(page, server)
    visitor = await in_danger(server, "hij heeft een mes", "ik zit in de keuken")
    await desk.accepts()

    await expect(desk.log()).to_contain_text("hij heeft een mes")
    await expect(desk.log()).to_contain_text("ik zit in de keuken")
    await expect(desk.box()).to_be_focused()
    await looks_right(desk.page, "desk-chat")
    await desk.page.keyboard.type("goed dat je er bent")
    await desk.page.keyboard.press("Shift+Enter")
    await desk.page.keyboard.type("kun je weg?")
    await desk.page.keyboard.press("Enter")
    answer = await visitor.next("event", lambda event: event["from"] == "caseworker")

    assert answer["text"] == "goed dat je er bent\nkun je weg?"
    await expect(desk.box()).to_have_value("")
    await expect(desk.log()).not_to_contain_text("Wordt verstuurd")
    await expect(desk.chat().locator("details").first).not_to_have_attribute("open", "")


async def test_three_conversations_stand_side_by_side_and_behind_tabs_on_a_phone(
    page: Pages, server: Server, looks_right: Looks
) -> None:
    desk = await at_the_desk(page, server)
    visitors = []
    for number in (1, 2, 3):
        visitors.append(await waiting(server, f"ik ben nummer {number}"))
        await desk.accepts(number)
    for number in (1, 2, 3):
        await desk.writes(f"dag nummer {number}", number)
        await desk.box(number).fill(f"nog niet af {number}")
    await visitors[0].types("hallo?")
    await expect(desk.chat(1)).to_contain_text("1 nieuw")
    await looks_right(desk.page, "desk-three", WIDE)

    places = [await desk.chat(number).bounding_box() for number in (1, 2, 3)]
    assert len({place["y"] for place in places if place}) == 1
    for visitor, number in zip(visitors, (1, 2, 3), strict=True):
        await visitor.quiet()
        assert _said_by_caseworker(visitor) == [f"dag nummer {number}"]

    await desk.page.set_viewport_size({"width": NARROW[0], "height": NARROW[1]})
    tabs = desk.page.get_by_role("tab")
    await expect(tabs).to_have_count(4)
    await expect(desk.page.get_by_role("tab", name="Gesprek 3")).to_have_attribute(
        "aria-selected", "true"
    )
    await expect(desk.chat(1)).to_be_hidden()
    await desk.page.get_by_role("tab", name="Gesprek 3").focus()
    await desk.page.keyboard.press("Home")
    await expect(desk.queue).to_be_visible()
    await desk.page.keyboard.press("ArrowRight")
    await expect(desk.chat(1)).to_be_visible()
    await expect(desk.box(1)).to_have_value("nog niet af 1")
    await looks_right(desk.page, "desk-three", NARROW)


async def test_the_desk_fits_320_pixels_and_twice_the_size(page: Pages, server: Server) -> None:
    desk = await at_the_desk(page, server)
    await waiting(server, "o" * 200)
    await desk.accepts()
    await waiting(server)
    await expect(desk.offer).to_be_visible()

    for width, height in ((320, 568), (640, 400), (320, 256)):
        await desk.page.set_viewport_size({"width": width, "height": height})
        await desk.box().scroll_into_view_if_needed()
        await expect(desk.box()).to_be_in_viewport()
        assert await sideways(desk.page) <= 0


async def test_typing_is_told_and_never_what_is_typed(page: Pages, server: Server) -> None:
    desk = await at_the_desk(page, server, frozen=True)
    visitor = await in_danger(server)
    await desk.accepts()

    await visitor.says(type="typing")
    await expect(desk.chat()).to_contain_text("Bezoeker typt")
    await desk.page.clock.fast_forward(10_000)
    await expect(desk.chat()).not_to_contain_text("Bezoeker typt")
    await desk.box().press_sequentially("een geheim")
    typing = await visitor.next("typing")

    assert typing == {"type": "typing"}
    assert not any("geheim" in text for text in visitor.texts)


async def test_a_note_is_never_shown_to_the_visitor_and_has_a_box_of_its_own(
    page: Pages, server: Server, looks_right: Looks
) -> None:
    desk = await at_the_desk(page, server)
    visitor = await in_danger(server)
    await desk.accepts()
    await desk.box().fill("een half bericht")

    await desk.press("Notitie", desk.chat())
    await expect(desk.box()).to_have_value("")
    await desk.box().fill("ze klinkt heel rustig")
    await looks_right(desk.page, "desk-note")
    await desk.box().press("Enter")
    await expect(desk.log()).to_contain_text("bezoeker ziet dit niet")
    await desk.press("Terug naar bericht", desk.chat())
    await expect(desk.box()).to_have_value("een half bericht")
    await desk.box().press("Enter")
    await visitor.next("event", lambda event: event["from"] == "caseworker")

    assert not any("rustig" in text for text in visitor.texts)


async def test_a_phrase_goes_into_the_box_in_the_visitors_language_and_is_not_sent(
    page: Pages, server: Server, looks_right: Looks
) -> None:
    desk = await at_the_desk(page, server)
    visitor = await waiting(server, "hello", language="en")
    await desk.accepts()

    await desk.press("Zinnen", desk.chat())
    await looks_right(desk.page, "desk-phrases")
    await desk.press("What happened today?", desk.chat())

    await expect(desk.box()).to_have_value("What happened today?")
    await expect(desk.box()).to_be_focused()
    assert not [event for event in await visitor.quiet() if event.get("from") == "caseworker"]


async def test_a_visitor_whose_line_drops_is_away_and_comes_back(
    page: Pages, server: Server, looks_right: Looks
) -> None:
    desk = await at_the_desk(page, server)
    visitor = await in_danger(server)
    await desk.accepts()

    await visitor.hangs_up()
    await expect(desk.chat()).to_contain_text("Verbinding weg sinds 15:00")
    await expect(desk.chat()).to_contain_text("De bezoeker kan zo terug zijn.")
    await looks_right(desk.page, "desk-away")
    again = await server.visitor(opens=False)
    await again.resume(visitor.token)

    await expect(desk.chat()).to_contain_text("Bezoeker is er")


async def test_who_left_in_a_hurry_gets_no_more_messages(
    page: Pages, server: Server, looks_right: Looks
) -> None:
    desk = await at_the_desk(page, server)
    visitor = await in_danger(server)
    await desk.accepts()
    await desk.box().fill("een half bericht")

    await visitor.says(type="exit")
    await expect(desk.chat()).to_contain_text("Snel weggegaan om 15:00")
    await expect(desk.chat()).to_contain_text("Stuur niets meer.")
    await looks_right(desk.page, "desk-exit")
    await desk.box().press("Enter")

    await expect(desk.box()).to_have_value("een half bericht")
    await expect(desk.box()).not_to_be_editable()
    await expect(desk.log()).not_to_contain_text("een half bericht")


async def test_who_had_to_stop_and_who_is_gone_are_told_apart(
    page: Pages, server: Server, looks_right: Looks
) -> None:
    desk = await at_the_desk(page, server)
    first, second = await in_danger(server), None
    await desk.accepts(1)
    second = await in_danger(server)
    await desk.accepts(2)

    await first.says(type="stop", id="s1")
    await expect(desk.chat(1)).to_contain_text("Moest stoppen om 15:00")
    await second.hangs_up()
    await server.janitor(after_s=590)
    await server.janitor(after_s=15)

    await expect(desk.chat(2)).to_contain_text("Niet teruggekomen")
    await expect(desk.box(2)).not_to_be_editable()
    await looks_right(desk.page, "desk-gone")


async def test_a_message_written_without_a_line_arrives_once(
    page: Pages, server: Server, looks_right: Looks
) -> None:
    desk = await at_the_desk(page, server)
    visitor = await in_danger(server)
    await desk.accepts()
    page.allow("ERR_INTERNET_DISCONNECTED")

    await desk.page.context.set_offline(True)
    await expect(desk.page.get_by_text("Geen verbinding.")).to_be_visible()
    await desk.box().fill("ben je er nog?")
    await desk.box().press("Enter")
    await desk.box().fill("een half bericht")
    await expect(desk.log()).to_contain_text("Wordt verstuurd")
    await looks_right(desk.page, "desk-offline")
    await desk.page.context.set_offline(False)

    await expect(desk.page.get_by_text("Geen verbinding.")).to_be_hidden()
    await expect(desk.log()).not_to_contain_text("Wordt verstuurd")
    await expect(desk.box()).to_have_value("een half bericht")
    await visitor.next("event", lambda event: event["from"] == "caseworker")
    await visitor.quiet()
    assert _said_by_caseworker(visitor) == ["ben je er nog?"]
    await expect(desk.log().get_by_text("ben je er nog?")).to_have_count(1)


async def test_a_message_that_is_refused_can_be_taken_back(
    page: Pages, server: Server, looks_right: Looks
) -> None:
    desk = await at_the_desk(page, server)
    visitor = await in_danger(server)
    await desk.accepts()
    await desk.page.evaluate(
        """() => {
          const { desk } = document.querySelector("desk-app");
          const [chat] = desk.chats.values();
          desk.commands.say(chat, "goed\\u0007zo");
        }"""
    )

    await expect(desk.log()).to_contain_text("Losse opmaaktekens kunnen niet mee.")
    await looks_right(desk.page, "desk-not-sent")
    await desk.press("Terug in het typvak", desk.log())

    await expect(desk.box()).to_have_value("goed\u0007zo")
    await expect(desk.box()).to_be_focused()
    assert not any("zo" in text for text in visitor.texts if text.startswith("goed"))


async def test_a_conversation_is_ended_and_closed_with_a_disposition(
    page: Pages, server: Server, looks_right: Looks
) -> None:
    desk = await at_the_desk(page, server)
    visitor = await in_danger(server)
    await desk.accepts()

    await desk.press("Beëindig", desk.chat())
    dialog = desk.page.get_by_role("dialog", name="Gesprek 1 beëindigen?")
    await looks_right(desk.page, "desk-end")
    await desk.press("Ja beëindigen", dialog)
    await expect(desk.chat()).to_contain_text("De tekst wordt 24 uur na het afsluiten gewist.")
    await expect(desk.page.get_by_text("Jij 0 van 3")).to_be_visible()
    await visitor.next("status", lambda status: status["state"] == "closed")
    await looks_right(desk.page, "desk-wrap-up")
    await desk.chat().get_by_label("Hoe eindigde dit gesprek?").select_option("advice")
    await desk.press("Afsluiten", desk.chat())

    await expect(desk.chat()).to_have_count(0)
    assert [row["disposition"] for row in await server.rows("SELECT disposition FROM ticket")] == [
        "advice"
    ]


async def test_what_is_still_to_be_closed_stays_in_sight_and_more_than_two_stop_offers(
    page: Pages, server: Server, looks_right: Looks
) -> None:
    desk = await at_the_desk(page, server)
    rest = desk.page.get_by_role("region", name=re.compile("^Nog afsluiten"))
    for number in (1, 2, 3):
        await in_danger(server, f"nummer {number}")
        await desk.accepts(number)
        await desk.press("Beëindig", desk.chat(number))
        await desk.press("Ja beëindigen", desk.page.get_by_role("dialog"))
        await expect(desk.chat(number).get_by_label("Hoe eindigde dit gesprek?")).to_be_visible()
    await expect(rest).to_contain_text("zolang er meer dan 2 open staan")
    await expect(desk.chat(1)).to_have_count(0)
    await waiting(server)
    await expect(desk.queue).to_contain_text("Plaats 1")
    await expect(desk.offer).to_be_hidden()
    await looks_right(desk.page, "desk-wrap-ups")

    await desk.press("Openen: gesprek 1", rest)
    await expect(desk.log(1)).to_contain_text("nummer 1")
    await desk.chat(1).get_by_label("Hoe eindigde dit gesprek?").select_option("referred")
    await desk.press("Afsluiten", desk.chat(1))

    await expect(rest.get_by_text("zolang er meer dan 2")).to_be_hidden()
    await server.janitor(after_s=1)
    await expect(desk.offer).to_be_visible()


async def test_a_whole_conversation_by_keyboard_alone(page: Pages, server: Server) -> None:
    desk = await at_the_desk(page, server, available=False)
    keyboard = desk.page.keyboard
    await desk.page.get_by_role("radio", name="Even weg").focus()
    await keyboard.press("ArrowLeft")
    await expect(desk.page.locator("desk-floor")).to_have_attribute("data-presence", "available")
    visitor = await in_danger(server, "hij heeft een mes")
    await expect(desk.offer).to_be_visible()

    await keyboard.press("Alt+A")
    await expect(desk.box()).to_be_focused()
    await keyboard.type("goed dat je er bent")
    await keyboard.press("Enter")
    await visitor.next("event", lambda event: event["from"] == "caseworker")
    await keyboard.press("Alt+N")
    await keyboard.type("klinkt rustig")
    await keyboard.press("Enter")
    await expect(desk.log()).to_contain_text("klinkt rustig")
    await keyboard.press("Alt+N")
    await keyboard.press("Alt+Q")
    await expect(desk.page.get_by_role("heading", name=re.compile("^Wachtrij"))).to_be_focused()
    await keyboard.press("Alt+1")
    await _tab_to(desk, "Beëindig")
    await keyboard.press("Enter")
    await expect(desk.button("Ja beëindigen")).to_be_focused()
    await keyboard.press("Enter")
    await expect(desk.chat().get_by_label("Hoe eindigde dit gesprek?")).to_be_visible()
    await _tab_to(desk, "Hoe eindigde dit gesprek?")
    await keyboard.type("Advies")
    await keyboard.press("Tab")
    await keyboard.press("Enter")

    await expect(desk.chat()).to_have_count(0)


async def _tab_to(desk: Desk, name: str) -> None:
    """Presses Tab until what has the focus is called `name`."""
    page = desk.page
    for _ in range(60):
        await page.keyboard.press("Tab")
        found = await page.evaluate(
            "(document.activeElement.ariaLabel || document.activeElement.labels?.[0]?.textContent"
            " || document.activeElement.textContent).trim()"
        )
        if found == name:
            return
    raise AssertionError(f"Tab never comes to {name!r}")
