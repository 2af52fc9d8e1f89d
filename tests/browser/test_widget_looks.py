"""Every state of the visitor's side on a phone and on a laptop: axe in every frame, a picture."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from playwright.async_api import expect

from tests.browser.conftest import Looks, Pages
from tests.browser.widget import EMERGENCY, LAPTOP, PHONE, Chat, in_the_chat, on_the_website
from tests.support.clock import FakeClock
from tests.support.outage import no_answer
from tests.support.running import Caseworker, Server

STRAIGHT = "Meteen naar een medewerker"
KNIFE = "hij staat nu voor me met een mes"
BOTH = (LAPTOP, PHONE)
#: An evening on which the office is closed and the chat is open, and a night.
EVENING = datetime(2026, 11, 23, 20, 0, tzinfo=UTC)
NIGHT = datetime(2026, 11, 24, 1, 0, tzinfo=UTC)


@pytest.fixture
def clock(request: pytest.FixtureRequest) -> FakeClock:
    """A Monday afternoon, or what a test asks for."""
    found = getattr(request, "param", None)
    return FakeClock(found) if found else FakeClock()


@pytest.mark.parametrize("language", ["nl", "en"])
async def test_the_first_screen(
    page: Pages, server: Server, looks_right: Looks, language: str
) -> None:
    chat = await on_the_website(page, server)
    if language == "nl":
        await looks_right(chat.page, "widget-website", *BOTH)
    chat = await in_the_chat(page, server, language=language)
    await expect(chat.choices).to_have_count(5)
    await looks_right(chat.page, f"widget-first-{language}", *BOTH)
    await chat.log.locator(".links button").first.click()
    await looks_right(chat.page, f"widget-kept-{language}", PHONE)


QUESTIONS = {
    "role": ["Nee"],
    "watched": ["Nee", "Het gaat over mij"],
    "signals": ["Nee", "Het gaat over mij", "Nee"],
    "today": ["Nee", "Het gaat over mij", "Nee", "Iemand kneep mijn keel dicht", "Verder"],
    "moment": ["Nee", "Het gaat over mij", "Nee", "Overslaan"],
    "other-safe": ["Nee", "Het gaat over iemand anders"],
    "other-signals": ["Nee", "Het gaat over iemand anders", "Ja, veilig"],
    "young-signals": ["Nee", "Ik ben jonger dan 18", "Nee"],
    "work": ["Nee", "Ik vraag dit voor mijn werk"],
    "afraid": ["Nee", "Ik ben bang dat ik iemand pijn doe"],
}


@pytest.mark.parametrize("name", QUESTIONS)
async def test_every_question(page: Pages, server: Server, looks_right: Looks, name: str) -> None:
    chat = await in_the_chat(page, server, alone=True)
    await chat.press(*QUESTIONS[name])
    await expect(chat.button(STRAIGHT, chat.question)).to_be_visible()
    await looks_right(
        chat.page, f"widget-question-{name}", *(BOTH if name == "signals" else [PHONE])
    )


CARDS = {
    "self": ["Ja, voor mij"],
    "other": ["Ja, voor iemand anders"],
    "young": ["Nee", "Ik ben jonger dan 18", f"Nu gevaar? {EMERGENCY}"],
    "afraid": ["Nee", "Ik ben bang dat ik iemand pijn doe", "Ja, nu"],
    "work": ["Nee", "Ik vraag dit voor mijn werk", f"Nu gevaar? {EMERGENCY}"],
    "unknown": [f"Nu gevaar? {EMERGENCY}"],
    "locked": ["Nee", "Het gaat over mij", "Nee", "Ik zit opgesloten", "Verder"],
    "quiet": ["Nee", "Het gaat over mij", "Ja of misschien", f"Nu gevaar? {EMERGENCY}"],
}
HEARD = {
    "unknown": [],
    "self": ["Nee", "Het gaat over mij"],
    "other": ["Nee", "Het gaat over iemand anders"],
    "young": ["Nee", "Ik ben jonger dan 18"],
    "work": ["Nee", "Ik vraag dit voor mijn werk"],
    "afraid": ["Nee", "Ik ben bang dat ik iemand pijn doe"],
}


@pytest.mark.parametrize("name", CARDS)
async def test_the_card_for_who_said_it(
    page: Pages, server: Server, looks_right: Looks, name: str
) -> None:
    chat = await in_the_chat(page, server, alone=True)
    await chat.press(*CARDS[name])
    await expect(chat.card.locator(".lines p").first).to_be_visible()
    await looks_right(chat.page, f"widget-card-{name}", PHONE)
    await chat.press("Ik kan niet bellen")
    await expect(chat.card.locator("#cannot")).to_have_count(0)
    await looks_right(chat.page, f"widget-card-{name}-cannot", PHONE)


async def test_the_card_for_who_was_heard(page: Pages, server: Server, looks_right: Looks) -> None:
    for name, answers in HEARD.items():
        chat = await in_the_chat(page, server, alone=True)
        await chat.press(*answers)
        await chat.writes(KNIFE)
        await expect(chat.card.locator(".lines p").first).to_be_visible()
        await looks_right(chat.page, f"widget-heard-{name}", PHONE)
        await chat.page.close()


async def test_waiting_talking_and_the_end(page: Pages, server: Server, looks_right: Looks) -> None:
    chat = await in_the_chat(page, server)
    await chat.press("Ja, voor mij", STRAIGHT)
    await chat.writes("ik wacht wel even")
    await looks_right(chat.page, "widget-waiting-compact", *BOTH)
    desk = await server.caseworker()
    await expect(chat.status).to_contain_text("We waarschuwen nu een medewerker.")
    await chat.press(f"Bel {EMERGENCY}: Meer", "Ik kan niet bellen")
    await looks_right(chat.page, "widget-waiting-called", PHONE)

    ticket = await _talks(desk, chat)
    await looks_right(chat.page, "widget-talking", *BOTH)
    await chat.box.fill("dit is een langere tekst die niet op één regel past, en nog even doorgaat")
    await looks_right(chat.page, "widget-typing", PHONE)
    await desk.ends(ticket)
    await expect(chat.log).to_contain_text("Dit gesprek is afgelopen.")
    await chat.press("Geef mij 3 woorden")
    await expect(chat.log).to_contain_text("Onthoud deze 3 woorden")
    await looks_right(chat.page, "widget-ended", *BOTH)


async def _talks(desk: Caseworker, chat: Chat) -> str:
    """A caseworker accepts and says something; the ticket."""
    ticket: str = (await desk.accepts())["ticket"]["id"]
    await desk.writes(ticket, "Dag, ik ben er voor je. Ben je nu alleen?")
    await expect(chat.log).to_contain_text("Ben je nu alleen?")
    await chat.writes("ja, hij is even weg")
    return ticket


async def test_all_are_busy(page: Pages, server: Server, looks_right: Looks) -> None:
    desk = await server.caseworker()
    for _ in range(3):
        visitor = await server.visitor()
        await visitor.goes_straight()
        await desk.accepts()
    chat = await in_the_chat(page, server, alone=True)
    await chat.press("Ja, voor mij", "Ik kan niet bellen")
    await expect(chat.card).to_contain_text("Alle medewerkers zijn nu in gesprek.")
    await looks_right(chat.page, "widget-full", PHONE)


async def test_a_lost_link_an_error_and_a_covered_screen(
    page: Pages, server: Server, looks_right: Looks
) -> None:
    page.allow("ERR_INTERNET_DISCONNECTED")
    chat = await in_the_chat(page, server, alone=True)
    await chat.press("Nee")
    with no_answer(server):
        await chat.box.fill("hallo")
        await chat.box.press("Enter")
        await expect(chat.log).to_contain_text("Je bericht is nog niet aangekomen.")
        await looks_right(chat.page, "widget-error", PHONE)
    await chat.page.context.set_offline(True)
    await expect(chat.status).to_contain_text("Geen verbinding.")
    await chat.box.press("Enter")
    await looks_right(chat.page, "widget-lost", *BOTH)
    await chat.press("Scherm leeg")
    await looks_right(chat.page, "widget-covered", PHONE)


@pytest.mark.parametrize("clock", [NIGHT], indirect=True, ids=["night"])
async def test_the_closed_page(page: Pages, server: Server, looks_right: Looks) -> None:
    chat = await in_the_chat(page, server)
    await expect(chat.inside.locator("summary").first).to_be_visible()
    await looks_right(chat.page, "widget-closed", *BOTH)
    await chat.inside.get_by_text("Ja, voor mij").click()
    await chat.inside.get_by_text("Ik kan niet bellen").first.click()
    await looks_right(chat.page, "widget-closed-danger", PHONE)
    await chat.inside.get_by_text("Ja, voor mij").click()
    await chat.press(f"Nu gevaar? {EMERGENCY}", "Ik kan niet bellen")
    await looks_right(chat.page, "widget-closed-card", PHONE)


async def test_the_keyboard_alone_walks_the_whole_intake(page: Pages, server: Server) -> None:
    chat = await in_the_chat(page, server, alone=True)
    await expect(chat.choices).to_have_count(5)
    for title in ("Weet ik niet", "Overslaan", "Overslaan", "Ik ben zwanger"):
        await tabs_to(chat, title)
        await chat.page.keyboard.press("Enter")
    await expect(chat.button("Ik ben zwanger")).to_have_attribute("aria-pressed", "true")
    for title in ("Verder", "Weet ik niet"):
        await tabs_to(chat, title)
        await chat.page.keyboard.press("Space")

    await chat.waits()


async def tabs_to(chat: Chat, title: str) -> None:
    """Goes to a button with Tab alone; every stop on the way can be seen."""
    await expect(chat.button(title, chat.question)).to_be_visible()
    for _ in range(40):
        await chat.page.keyboard.press("Tab")
        seen = await chat.page.evaluate(
            """() => {
              const found = document.activeElement;
              const style = getComputedStyle(found);
              return [found.textContent, parseFloat(style.outlineWidth), style.outlineStyle];
            }"""
        )
        assert seen[1] >= 3, seen
        assert seen[2] == "solid", seen
        if seen[0] == title:
            return
    raise AssertionError(f"no way to {title!r}")


async def test_the_focus_goes_down_the_screen(page: Pages, server: Server) -> None:
    chat = await in_the_chat(page, server, alone=True)
    await expect(chat.choices).to_have_count(5)
    places = []
    for _ in range(17):
        await chat.page.keyboard.press("Tab")
        places.append(await chat.page.evaluate("document.activeElement.id || 'other'"))

    order = [place for place in places if place not in ("other", "")]
    assert order[:3] == ["sos", "lang", "exit"]
    assert order[3:7] == ["text", "send", "phone", "back"]


async def test_what_is_said_is_announced(page: Pages, server: Server) -> None:
    chat = await in_the_chat(page, server, alone=True)
    await chat.press(STRAIGHT)
    await chat.waits()

    await expect(chat.log).to_have_attribute("aria-relevant", "additions")
    for place, role in ((chat.status, "status"), (chat.card, "alert")):
        await expect(place).to_have_attribute("role", role)
    await expect(chat.own(STRAIGHT)).to_contain_text("Jij: ")
    await expect(chat.log.locator(".bot").first).to_contain_text("Vragenlijst: ")
