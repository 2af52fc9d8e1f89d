"""The desk when it gets tight: making room, the senior, helping out, a pilot, who is rung."""

from __future__ import annotations

from playwright.async_api import expect

from tests.browser.conftest import NARROW, Looks, Pages
from tests.browser.desk import USERNAME, at_the_desk, in_danger, waiting
from tests.support.running import REGION, Server
from tests.test_ringing import pilot
from tests.test_senior import on_call

COLLEAGUE, SENIOR = f"{REGION}-2", f"{REGION}-9"
PARTNER = "midden-brabant"


async def test_every_desk_sees_that_there_is_no_seat_and_one_press_makes_room(
    page: Pages, server: Server, looks_right: Looks
) -> None:
    desk = await at_the_desk(page, server)
    await on_call(server, SENIOR)
    for number in (1, 2, 3):
        await waiting(server, f"vraag {number}")
        await desk.accepts(number)
    other = await at_the_desk(page, server, COLLEAGUE, available=False)
    await other.is_there("Ik bel")
    # the partner cannot take it now, and has a seat for somebody else
    partner = await server.caseworker(f"{PARTNER}-1")
    await in_danger(server)
    offer = await partner.next("offer")
    await partner.says(type="decline", ticket=offer["ticket"]["id"])
    await server.janitor(after_s=1)

    full = desk.page.get_by_role("region", name="Acuut, geen plek vrij")
    await expect(full).to_contain_text("zegt nu in gevaar te zijn")
    await expect(full).to_contain_text("De achterwacht is gebeld.")
    await expect(other.page.get_by_role("region", name="Acuut, geen plek vrij")).to_contain_text(
        "Een collega kan plek maken."
    )
    await looks_right(desk.page, "desk-room-full")
    await full.get_by_role("button").click()
    dialog = desk.page.get_by_role("dialog")
    where = dialog.get_by_role("group", name="Waarheen?")
    await expect(where.get_by_role("radio")).to_have_count(2)
    await expect(where.get_by_role("radio", name="Midden-Brabant")).to_be_checked()
    await dialog.get_by_role("radio", name="Gesprek 2").check()
    await looks_right(desk.page, "desk-room-dialog")
    await desk.press("Geef weg en neem", dialog)

    await expect(dialog).to_have_count(0)
    await expect(full).to_be_hidden()
    assert (await partner.next("assigned"))["ticket"]["state"] == "active"
    rows = await server.rows("SELECT caseworker FROM seat ORDER BY caseworker")
    assert [row["caseworker"] for row in rows] == [f"{PARTNER}-1", *[USERNAME] * 3]


async def test_the_way_to_make_room_stays_while_a_partner_is_merely_asked(
    page: Pages, server: Server
) -> None:
    desk = await at_the_desk(page, server)
    for number in (1, 2, 3):
        await waiting(server, f"vraag {number}")
        await desk.accepts(number)
    partner = await server.caseworker(f"{PARTNER}-1")
    await in_danger(server)
    await partner.next("offer")

    await expect(desk.queue).to_contain_text("Nu aangeboden aan Midden-Brabant")
    await expect(desk.queue.get_by_role("button", name="Maak plek")).to_have_count(1)
    full = desk.page.get_by_role("region", name="Acuut, geen plek vrij")
    await full.get_by_role("button").click()
    dialog = desk.page.get_by_role("dialog")
    await dialog.get_by_role("radio", name="Gesprek 2").check()
    await desk.press("Geef weg en neem", dialog)

    await expect(dialog).to_have_count(0)
    await expect(full).to_be_hidden()
    await partner.next("desk", lambda found: found["offers"] == [] and len(found["tickets"]) == 1)
    rows = await server.rows("SELECT caseworker FROM seat ORDER BY caseworker")
    assert [row["caseworker"] for row in rows] == [f"{PARTNER}-1", *[USERNAME] * 3]


async def test_the_senior_reads_along_writes_a_note_and_takes_over(
    page: Pages, server: Server, looks_right: Looks
) -> None:
    desk = await at_the_desk(page, server)
    visitor = await in_danger(server, "hij komt zo thuis")
    await desk.accepts()
    await on_call(server, SENIOR)
    senior = await at_the_desk(page, server, SENIOR, available=False)
    dialog = await desk.more("Achterwacht vragen")
    await dialog.get_by_label("Wat wil je overleggen?").fill("bel ik de politie?")
    await desk.press("Vraag", dialog)

    await expect(senior.page.get_by_text("Je wordt gebeld. Een collega vraagt")).to_be_visible()
    others = senior.page.get_by_role("region", name="Bij collega's")
    await expect(others).to_contain_text("Vraagt de achterwacht.")
    await looks_right(senior.page, "desk-senior-list")
    await others.get_by_role("button", name="Lees mee met").click()
    await expect(senior.log()).to_contain_text("hij komt zo thuis")
    await expect(senior.chat()).to_contain_text("De bezoeker ziet jou niet.")
    await expect(senior.button("Niveau wijzigen")).to_have_count(0)
    await expect(senior.page.get_by_text("Je wordt gebeld.")).to_be_hidden()
    await expect(desk.chat()).to_contain_text("Leest mee: Zuidoost-Brabant-9")
    await looks_right(senior.page, "desk-senior-reads")
    await senior.box().fill("ja, nu bellen")
    await senior.box().press("Enter")
    await expect(desk.log()).to_contain_text("ja, nu bellen")

    await senior.press("Neem over", senior.chat())
    await senior.press("Neem over", senior.page.get_by_role("dialog"))
    await expect(senior.button("Beëindig", senior.chat())).to_be_visible()
    await expect(desk.chat()).to_have_count(0)
    await visitor.quiet()
    assert not any("nu bellen" in text for text in visitor.texts)


async def test_who_stops_reading_along_has_an_empty_desk(page: Pages, server: Server) -> None:
    desk = await at_the_desk(page, server)
    await in_danger(server)
    await desk.accepts()
    await on_call(server, SENIOR)
    senior = await at_the_desk(page, server, SENIOR, available=False)
    # nothing can be read along that nobody asked for
    await expect(senior.page.get_by_role("button", name="Neem het gesprek")).to_be_visible()
    await expect(senior.page.get_by_role("button", name="Lees mee met")).to_have_count(0)
    dialog = await desk.more("Achterwacht vragen")
    await dialog.get_by_label("Wat wil je overleggen?").fill("kijk je mee?")
    await desk.press("Vraag", dialog)
    await senior.page.get_by_role("button", name="Lees mee met").click()
    await expect(senior.chat()).to_have_count(1)

    await senior.press("Stop meelezen", senior.chat())

    await expect(senior.chat()).to_have_count(0)
    await expect(desk.chat()).not_to_contain_text("Leest mee")


async def test_who_helps_out_sees_for_whom_why_and_what_to_know_of_that_region(
    page: Pages, server: Server, looks_right: Looks
) -> None:
    own = await server.caseworker(USERNAME)
    await own.says(type="cap", seats=0)
    await own.next("desk", lambda found: found["cap"] == 0)
    desk = await at_the_desk(page, server, f"{PARTNER}-1")
    await waiting(server, "een vraag")
    await server.janitor(after_s=1)

    for text in ("Springt bij voor Zuidoost-Brabant", "Je springt bij: de eigen regio zit vol."):
        await expect(desk.offer).to_contain_text(text)
    await desk.accepts()
    await desk.chat().get_by_text("Over Zuidoost-Brabant").click()
    facts = desk.chat().locator("desk-facts")
    await expect(facts).to_contain_text("Chat open")
    await expect(facts).to_contain_text("gecontroleerd")
    await looks_right(desk.page, "desk-facts")


async def test_an_acute_ticket_that_another_region_is_asked_for_can_be_taken(
    page: Pages, server: Server
) -> None:
    await server.caseworker(f"{PARTNER}-1")
    desk = await at_the_desk(page, server, available=False)
    await in_danger(server)
    await server.janitor(after_s=1)

    await expect(desk.queue).to_contain_text("Nu aangeboden aan Midden-Brabant")
    await expect(desk.button("Aannemen")).to_have_count(0)
    await desk.queue.get_by_role("button", name="Neem plaats 1").click()

    await expect(desk.box()).to_be_visible()


async def test_a_desk_that_is_away_says_that_its_owner_is_rung_and_a_pilot_why_nothing_comes(
    page: Pages, server: Server, looks_right: Looks
) -> None:
    await server.plan_everywhere(USERNAME)
    desk = await at_the_desk(page, server, available=False, size=NARROW)
    await waiting(server, "een vraag")
    await server.janitor(after_s=1)
    await expect(desk.page.get_by_text("Je wordt gebeld.")).to_be_visible()
    await looks_right(desk.page, "desk-rung")

    pilot(server, frozenset({"somebody"}))
    await server.house.floor.refresh(REGION)

    await expect(desk.page.get_by_text("In jouw regio loopt een proef.")).to_be_visible()
    await expect(desk.queue.get_by_role("button", name="Neem")).to_have_count(0)
