"""Offers, the queue, presence, caps, and who was missed."""

from __future__ import annotations

import re

import pytest
from playwright.async_api import Page, expect

from tests.browser.conftest import NARROW, WIDE, Looks, Pages, drawn
from tests.browser.desk import Desk, at_the_desk, in_danger, waiting
from tests.support.running import REGION, Server


async def test_an_offer_stands_out_at_once_and_shows_the_triage(
    page: Pages, server: Server, looks_right: Looks
) -> None:
    desk = await at_the_desk(page, server)
    await in_danger(server, "hij heeft een mes")

    offer = desk.offer
    await expect(offer).to_be_visible()
    for text in (
        "ACUUT",
        "zegt nu in gevaar te zijn",
        "of iemand kan meekijken",
        "wapen",
        "voor zichzelf, Nederlands",
        "Nog niet afgesproken",
        "Dit wordt je 1e van 3 plekken",
        "Door de bezoeker gezegd, niet beoordeeld.",
    ):
        await expect(offer).to_contain_text(text)
    await expect(offer.locator("time").first).to_have_text(re.compile(r"^\d+ s$"))
    await expect(desk.page.locator("[aria-live=assertive]")).to_have_text(
        "Nieuw aanbod. ACUUT: zegt nu in gevaar te zijn."
    )
    await expect(desk.page).to_have_title("(1) Werkblad")
    await expect(desk.queue).to_contain_text("Nu aangeboden aan jou")
    await expect(offer.get_by_role("button", name="Doorstrepen")).to_have_count(0)
    await looks_right(desk.page, "desk-offer")


async def test_answers_chips_and_flags_are_on_the_card_in_the_visitors_words(
    page: Pages, server: Server
) -> None:
    desk = await at_the_desk(page, server)
    visitor = await server.visitor(language="en")
    await visitor.chooses("No")
    await visitor.chooses("It is about me")
    await visitor.chooses("Yes or")
    await visitor.chooses("Someone hits", "I am pregnant")
    await visitor.chooses("Yes")
    await visitor.goes_straight()

    for text in (
        "Chat in het Engels",
        "Iemand kan meekijken",
        "iemand slaat of doet pijn (nu of vandaag)",
        "is zwanger",
    ):
        await expect(desk.offer).to_contain_text(text)


async def test_an_offer_that_is_declined_is_gone_and_the_focus_is_not_lost(
    page: Pages, server: Server
) -> None:
    desk = await at_the_desk(page, server)
    await in_danger(server)
    await desk.button("Weigeren", desk.offer).focus()

    await desk.page.keyboard.press("Enter")

    await expect(desk.offer).to_be_hidden()
    await expect(desk.queue).to_contain_text("ACUUT")
    await expect(desk.page).to_have_title("Werkblad")
    assert await desk.page.evaluate("document.activeElement !== document.body")


async def test_an_offer_that_nobody_answers_goes_by_itself(page: Pages, server: Server) -> None:
    desk = await at_the_desk(page, server)
    await server.caseworker(f"{REGION}-2")
    await in_danger(server)
    await expect(desk.offer).to_be_visible()

    await server.janitor(after_s=30)

    await expect(desk.offer).to_be_hidden()
    await expect(desk.queue).to_contain_text("Nu aangeboden aan een collega")


async def test_an_offer_never_moves_the_cursor_of_who_is_typing(
    page: Pages, server: Server
) -> None:
    desk = await at_the_desk(page, server)
    await in_danger(server)
    await desk.accepts()
    await desk.page.keyboard.type("ik ben even ")
    await waiting(server, "hallo")
    await expect(desk.offer).to_be_visible()
    await desk.page.keyboard.type("aan het typen ")
    await desk.page.keyboard.press("Alt+A")
    await expect(desk.box(2)).to_be_visible()
    await desk.page.keyboard.type("voor jou")

    await expect(desk.box(1)).to_have_value("ik ben even aan het typen voor jou")
    await expect(desk.box(2)).to_have_value("")


async def test_the_queue_stands_in_service_order_and_a_ticket_can_be_taken(
    page: Pages, server: Server, looks_right: Looks
) -> None:
    desk = await at_the_desk(page, server, available=False)
    await waiting(server, "een vraag")
    await in_danger(server)
    items = desk.queue.get_by_role("listitem").filter(has=desk.page.locator(".place"))
    await expect(items).to_have_count(2)
    await expect(items.nth(0)).to_contain_text("ACUUT")
    await expect(items.nth(1)).to_contain_text("NORMAAL")
    await looks_right(desk.page, "desk-queue")

    await desk.press("Neem plaats 2, NORMAAL")

    await expect(desk.box()).to_be_focused()
    await expect(desk.log()).to_contain_text("een vraag")
    await expect(items).to_have_count(1)


async def test_what_is_offered_to_me_is_one_short_line_of_the_queue(
    page: Pages, server: Server
) -> None:
    desk = await at_the_desk(page, server)
    await in_danger(server)
    line = desk.queue.get_by_role("listitem").first
    await expect(line).to_contain_text("Nu aangeboden aan jou")

    await expect(line).to_contain_text("ACUUT")
    card = line.locator("desk-card")
    await expect(card).to_be_hidden()
    box = await line.bounding_box()
    assert box and box["height"] < 70
    await desk.press("Weigeren", desk.offer)
    await expect(card).to_be_visible()


async def test_what_a_colleague_took_first_is_told_in_a_sentence(
    page: Pages, server: Server, looks_right: Looks
) -> None:
    desk = await at_the_desk(page, server, available=False)
    await waiting(server, "een vraag")
    colleague = await server.caseworker(f"{REGION}-2", available=False)
    await desk.page.context.set_offline(True)
    await expect(desk.page.get_by_text("Geen verbinding.")).to_be_visible()
    await desk.press("Neem plaats 1, NORMAAL")
    await expect(desk.page.get_by_role("alert").first).to_contain_text("Dit is niet gedaan.")
    await looks_right(desk.page, "desk-no-link")
    page.allow("ERR_INTERNET_DISCONNECTED")
    ticket = colleague.desk["queue"][0]["id"]
    await colleague.says(type="take", ticket=ticket)
    await colleague.next("assigned")
    await desk.page.context.set_offline(False)

    await expect(desk.queue.get_by_text("Niemand wacht.")).to_be_visible()
    await desk.page.evaluate(
        "ticket => document.querySelector('desk-app').desk.commands.begin('take', ticket)", ticket
    )

    await expect(desk.page.get_by_role("alert").first).to_contain_text("Een collega was sneller")
    await looks_right(desk.page, "desk-refused")
    told = desk.page.get_by_role("alert").first.get_by_role("paragraph")
    await desk.press("Sluiten", told.filter(has_text="Een collega was sneller"))
    await expect(desk.page.get_by_text("Een collega was sneller")).to_be_hidden()


async def test_presence_and_own_cap_are_the_servers_word(page: Pages, server: Server) -> None:
    desk = await at_the_desk(page, server)
    await expect(desk.page.get_by_text("Jij 0 van 3")).to_be_visible()

    await desk.press("Meer")
    await desk.page.get_by_label("Hoeveel gesprekken tegelijk?").select_option("1")
    await expect(desk.page.get_by_text("Jij 0 van 1")).to_be_visible()
    await desk.is_there("Even weg")
    rows = await server.rows("SELECT cap, available FROM caseworker_seats")

    assert [(row["cap"], row["available"]) for row in rows] == [(1, 0)]


async def test_a_full_desk_makes_room_for_somebody_in_danger(
    page: Pages, server: Server, looks_right: Looks
) -> None:
    desk = await at_the_desk(page, server)
    for number in (1, 2, 3):
        await waiting(server, f"vraag {number}")
        await desk.accepts(number)
    await in_danger(server, "hij heeft een mes")
    await expect(desk.queue).to_contain_text("Je hebt geen plek vrij")

    await desk.press("Maak plek voor plaats 1, ACUUT")
    dialog = desk.page.get_by_role("dialog")
    await expect(dialog).to_contain_text("zegt nu in gevaar te zijn")
    await desk.press("Geef weg en neem")
    await expect(dialog.get_by_role("alert").last).to_have_text("Kies er een.")
    await looks_right(desk.page, "desk-room")
    await dialog.get_by_role("radio", name=re.compile("Gesprek 2")).check()
    await desk.press("Geef weg en neem")

    await expect(desk.log(2)).to_contain_text("hij heeft een mes")
    await expect(desk.queue).to_contain_text("NORMAAL")
    await expect(dialog).to_have_count(0)


async def test_who_left_after_typing_is_missed_read_and_closed(
    page: Pages, server: Server, looks_right: Looks
) -> None:
    desk = await at_the_desk(page, server, available=False)
    visitor = await waiting(server, "ik heb een vraag over mijn zus")
    await visitor.says(type="exit")
    await expect(desk.missed).to_contain_text("Snel weggegaan om 15:00")
    await looks_right(desk.page, "desk-missed")

    await desk.press("Lezen: NORMAAL, weg om 15:00")
    await expect(desk.log()).to_contain_text("ik heb een vraag over mijn zus")
    await expect(desk.chat().get_by_role("heading", name="Gesprek 1")).to_be_focused()
    await expect(desk.chat().get_by_role("button", name="Verstuur")).to_have_count(0)
    await looks_right(desk.page, "desk-missed-read")
    await desk.press("Afsluiten", desk.chat())
    await expect(desk.chat().get_by_role("alert")).to_have_text("Kies eerst hoe het eindigde.")
    await desk.chat().get_by_label("Wat was dit?").select_option("read_missed")
    await desk.press("Afsluiten", desk.chat())

    await expect(desk.chat()).to_have_count(0)
    await expect(desk.missed.get_by_text("Er is niets gemist.")).to_be_visible()
    assert [row["disposition"] for row in await server.rows("SELECT disposition FROM ticket")] == [
        "read_missed"
    ]


@pytest.mark.parametrize("size", [WIDE, (1280, 600), NARROW, (360, 640)])
async def test_what_was_missed_opens_where_the_visitor_typed(
    page: Pages, server: Server, size: tuple[int, int]
) -> None:
    desk = await at_the_desk(page, server, available=False, size=size)
    visitor = await server.visitor()
    for button in ("Weet ik niet", "Het gaat over mij", "Ja of misschien"):
        await visitor.chooses(button)
    await visitor.chooses("Iemand slaat mij", "Mijn telefoon is afgepakt")
    await visitor.goes_straight()
    await visitor.types("ik heb een vraag over mijn zus")
    await visitor.says(type="exit")

    await desk.missed.get_by_role("button", name="Lezen").click()
    await expect(desk.log()).to_contain_text("ik heb een vraag over mijn zus")
    await drawn(desk.page)

    assert await _in_the_log(desk, "ik heb een vraag over mijn zus")


async def _in_the_log(desk: Desk, text: str) -> bool:
    """Whether a text stands inside what is seen of the log, and nothing lies over it."""
    found: bool = (
        await desk.log()
        .get_by_text(text)
        .evaluate(
            """(said) => {
          const { left, top, height } = said.getBoundingClientRect();
          const there = document.elementFromPoint(left + 2, top + height / 2);
          return said === there || said.contains(there);
        }"""
        )
    )
    return found


async def test_who_left_after_a_caseworker_had_talked_is_not_called_unread(
    page: Pages, server: Server
) -> None:
    desk = await at_the_desk(page, server, available=False)
    first = await server.caseworker(f"{REGION}-2")
    visitor = await waiting(server, "ik ben bang")
    ticket = (await first.accepts())["ticket"]["id"]
    await first.writes(ticket, "ik ben er")
    await first.hangs_up()
    await visitor.says(type="exit")
    await server.settled()
    await server.janitor(after_s=130)

    await expect(desk.missed).to_contain_text("Wat er staat moet nog gelezen worden.")
    await expect(desk.missed).not_to_contain_text("voordat iemand las")


async def test_who_calls_the_police_reads_the_steps_and_keeps_the_conversations(
    page: Pages, server: Server, looks_right: Looks
) -> None:
    desk = await at_the_desk(page, server)
    await in_danger(server)
    await desk.accepts()

    await desk.is_there("Ik bel")
    steps = desk.page.get_by_role("region", name="De politie bellen voor een bezoeker")
    await expect(steps).to_contain_text("Zeg: politie")
    await expect(steps).to_contain_text(server.house.plan.knowledge.help_lines["emergency"].number)
    await expect(steps).to_contain_text("15 minuten van jou")
    await looks_right(desk.page, "desk-calling")
    await waiting(server)
    await expect(desk.queue).to_contain_text("NORMAAL")
    await expect(desk.offer).to_be_hidden()
    await desk.press("Ik ben klaar met bellen")

    await expect(desk.offer).to_be_visible()
    await expect(steps).to_be_hidden()
    await expect(desk.box()).to_be_visible()


async def test_shortcuts_are_listed_and_can_be_switched_off(
    page: Pages, server: Server, looks_right: Looks
) -> None:
    desk = await at_the_desk(page, server)
    await in_danger(server)
    await expect(desk.offer).to_be_visible()

    await desk.page.keyboard.press("Alt+K")
    dialog = desk.page.get_by_role("dialog", name="Sneltoetsen")
    await expect(dialog).to_contain_text("Alt+A")
    await looks_right(desk.page, "desk-shortcuts")
    await dialog.get_by_role("checkbox").uncheck()
    await desk.page.keyboard.press("Escape")
    await desk.page.keyboard.press("Alt+A")
    await expect(dialog).to_have_count(0)

    await expect(desk.offer).to_be_visible()
    await expect(desk.chat()).to_have_count(0)


async def test_an_offer_is_told_inside_a_dialog_that_covers_it(page: Pages, server: Server) -> None:
    desk = await at_the_desk(page, server)
    await in_danger(server)
    await desk.accepts()
    dialog = await desk.more("Veilig moment")

    await in_danger(server)

    await expect(dialog.get_by_role("alert").first).to_have_text("Er is een aanbod: ACUUT.")
    await desk.page.keyboard.press("Alt+A")
    await expect(desk.chat(2)).to_have_count(1)


async def test_a_soft_sound_is_made_only_when_asked_for(page: Pages, server: Server) -> None:
    desk = await at_the_desk(page, server)
    await _count_tones(desk.page)
    await in_danger(server)
    await desk.accepts()
    assert await desk.page.evaluate("window.tones") == 0

    await desk.press("Meer")
    await desk.page.get_by_label("Zacht geluid bij een aanbod").check()
    await in_danger(server)
    await expect(desk.offer).to_be_visible()

    assert await desk.page.evaluate("window.tones") == 2


async def _count_tones(page: Page) -> None:
    await page.evaluate(
        """() => {
          window.tones = 0;
          const start = OscillatorNode.prototype.start;
          OscillatorNode.prototype.start = function (at) {
            window.tones += 1;
            start.call(this, at);
          };
        }"""
    )


async def test_the_desk_opens_with_what_is_already_there(page: Pages, server: Server) -> None:
    first = await at_the_desk(page, server)
    await in_danger(server, "hij heeft een mes")
    await first.accepts()
    await waiting(server)
    await expect(first.offer).to_be_visible()

    second = Desk(await page(f"{server.url}/desk"), server)
    await second.logs_in()

    await expect(second.log()).to_contain_text("hij heeft een mes")
    await expect(second.offer).to_be_visible()
