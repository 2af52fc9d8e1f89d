"""Waiting on a small phone: what is told, the buttons with it, and who answers."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime
from typing import Any

import pytest
from playwright.async_api import expect

from data.hours import Block
from handoff.storage.sql import values_of
from tests.browser.conftest import Looks, Pages
from tests.browser.widget import ADVICE, NAME, PHONE, Chat, in_the_chat
from tests.support.built import ADD_SHIFT, planned
from tests.support.clock import FakeClock
from tests.support.running import REGION, Server, becomes

STRAIGHT = "Meteen naar een medewerker"
NIGHT = datetime(2026, 11, 24, 1, 0, tzinfo=UTC)
HELPER = "midden-brabant"


@pytest.fixture
def clock(request: pytest.FixtureRequest) -> FakeClock:
    """An afternoon, or the night of the tests that are about a closed chat."""
    return FakeClock(getattr(request, "param", datetime(2026, 11, 23, 14, 0, tzinfo=UTC)))


by_night = pytest.mark.parametrize("clock", [NIGHT], indirect=True, ids=["night"])


async def waits(page: Pages, server: Server, **more: Any) -> Chat:
    """A visitor in line."""
    chat = await in_the_chat(page, server, size=PHONE, **more)
    await chat.press(STRAIGHT)
    await chat.waits()
    return chat


async def test_a_long_wait_brings_choices_that_can_be_pressed(
    page: Pages, server: Server, looks_right: Looks
) -> None:
    chat = await waits(page, server)

    await server.janitor(after_s=600)

    await expect(chat.log).to_contain_text("Ben je er nog? Je hoeft niets te typen.")
    await expect(chat.log).to_contain_text(f"Je kunt wachten, bellen ({ADVICE}) of later")
    await looks_right(chat.page, "waiting-long", PHONE)
    await chat.press("Ja")
    await expect(chat.log).to_contain_text("Fijn dat je er bent. Je houdt je plaats.")
    await chat.press("Ik wacht")
    await expect(chat.log).to_contain_text("Oké. Je houdt je plaats.")
    await expect(chat.button("Ik wacht")).to_have_count(0)
    await expect(chat.status).to_contain_text("Je staat vooraan.")


async def test_who_comes_back_later_reads_three_words_once(page: Pages, server: Server) -> None:
    chat = await waits(page, server)
    await server.janitor(after_s=600)

    await chat.press("Ik kom later terug")

    await expect(chat.log).to_contain_text("Onthoud deze 3 woorden:")
    await expect(chat.log).to_contain_text("Je mag altijd terugkomen. Pas goed op jezelf.")
    await expect(chat.log).to_contain_text("Dit gesprek is afgelopen.")
    await expect(chat.button("Geef mij 3 woorden")).to_have_count(0)
    await expect(chat.box).to_be_hidden()


async def test_a_page_says_whether_it_is_in_sight_and_nothing_more(
    page: Pages, server: Server
) -> None:
    chat = await waits(page, server)
    (conversation,) = server.house.conversations.live.values()

    await chat.press("Scherm leeg")
    await becomes(lambda: conversation.hidden)
    await chat.press("Tik om verder te gaan")
    await becomes(lambda: not conversation.hidden)

    frames = [frame for frame in chat.sent if frame["type"] == "visible"]
    assert frames == [{"type": "visible", "visible": seen} for seen in (False, True)]


async def test_the_page_says_which_region_answers_when_it_is_another_one(
    page: Pages, server: Server
) -> None:
    chat = await waits(page, server)
    own = server.house.plan.knowledge.regions[HELPER].name
    helper = await server.caseworker(f"{HELPER}-1")

    await server.janitor(after_s=600)
    await expect(chat.status).to_contain_text(f"{NAME} {own} beantwoordt deze chat.")
    await helper.accepts()

    await expect(chat.status).to_contain_text(f"{NAME} {own} beantwoordt deze chat.")
    await expect(chat.status).to_contain_text("Je chat met")


def lay(server: Server, **changes: Any) -> None:
    """Changes the region of the tests, as if its file said so."""
    operating = server.house.operating
    region = operating.content.regions[REGION]
    regions = {**operating.content.regions, REGION: replace(region, **changes)}
    operating.content = replace(operating.content, regions=regions)
    operating.mark = None
    services = server.house.services
    services.settings = replace(services.settings, ring_url="http://127.0.0.1:9/")


@by_night
async def test_a_closed_page_names_the_days_that_differ_and_moments_to_come_back(
    page: Pages, server: Server, looks_right: Looks
) -> None:
    hours = server.house.operating.content.regions[REGION].chat_hours
    days = {date(2026, 11, 24): (), date(2026, 11, 26): (Block(frozenset(range(7)), 600, 720),)}
    lay(server, chat_hours=replace(hours, exceptions=days))
    await server.house.operate()

    chat = await in_the_chat(page, server)
    shown = chat.inside.locator("#static > div:visible")

    await expect(shown).to_contain_text("Woensdagochtend om 9.00 uur zijn we er weer.")
    await expect(shown).to_contain_text(
        "Let op: dinsdag 24 november dicht en donderdag 26 november van 10.00 tot 12.00 uur."
    )
    moments = shown.locator("details").filter(has_text="Je kunt hier weer chatten").last
    await moments.locator("summary").click()
    await expect(moments).to_contain_text("morgen overdag, morgenavond en donderdag overdag")
    await looks_right(chat.page, "closed-differs", PHONE)


@by_night
async def test_who_is_in_danger_and_cannot_call_may_have_who_is_on_call_rung(
    page: Pages, server: Server
) -> None:
    def command() -> Any:
        yield ADD_SHIFT, values_of(planned(REGION, "senior", role="on_call"))

    await server.house.db.run(command)
    lay(server, rings_on_call_when_closed=True)
    await server.house.operate()
    chat = await in_the_chat(page, server)
    shown = chat.inside.locator("#static > div:visible")
    mine = shown.locator("details").filter(has_text="Ja, voor mij").first
    await mine.locator("summary").first.click()
    cannot = mine.locator("details")
    await cannot.locator("summary").click()
    await expect(cannot).to_contain_text("Niemand leest nu deze chat.")
    await expect(cannot).to_contain_text("We weten niet of er iemand kan.")
    assert chat.sent == []

    await cannot.get_by_role("button", name="Waarschuw iemand van ons").click()

    await expect(chat.card).to_contain_text("We geven nu iemand van ons een seintje.")
    await expect(chat.card).to_contain_text("We weten niet of er iemand kan. Wacht niet op ons")
    await expect(chat.status).to_contain_text("Je staat vooraan. Er krijgt nu iemand een seintje.")
    await expect(chat.choices).to_have_count(0)
    await chat.writes("ik zit boven")
    rows = await server.rows("SELECT level FROM ticket")
    assert [row["level"] for row in rows] == ["acute"]


@by_night
async def test_where_nobody_is_rung_a_closed_page_offers_no_such_thing(
    page: Pages, server: Server
) -> None:
    chat = await in_the_chat(page, server)

    await expect(chat.inside.locator("[data-rings]")).to_have_count(0)
