"""When the chat is closed: a journey of its own, which needs neither a socket nor a server."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from playwright.async_api import Locator, expect

from tests.browser.conftest import Pages
from tests.browser.widget import ADVICE, EMERGENCY, LAPTOP, PHONE, Chat, chat_page, in_the_chat
from tests.support.clock import FakeClock
from tests.support.running import Server

#: Tuesday, two o'clock at night in the Netherlands.
NIGHT = datetime(2026, 11, 24, 1, 0, tzinfo=UTC)


#: The evening before, while the chat is open.
EVENING = datetime(2026, 11, 23, 21, 0, tzinfo=UTC)
in_the_evening = pytest.mark.parametrize("clock", [EVENING], indirect=True, ids=["evening"])


@pytest.fixture
def clock(request: pytest.FixtureRequest) -> FakeClock:
    """A night in November on which the chat is closed; or the evening before."""
    return FakeClock(getattr(request, "param", NIGHT))


def unfolds(chat: Chat, title: str, within: Locator | None = None) -> Locator:
    """What stands behind one tap; only that of the language which is shown."""
    shown = within or chat.inside.locator("#static > div:visible")
    return shown.locator("details").filter(
        has=chat.inside.locator("summary").get_by_text(title, exact=True)
    )


async def opened(chat: Chat, title: str, within: Locator | None = None) -> Locator:
    """Unfolds it."""
    found = unfolds(chat, title, within).last
    await found.locator("summary").first.click()
    return found


@pytest.mark.parametrize("size", [PHONE, LAPTOP], ids=["phone", "laptop"])
async def test_the_first_screen_says_when_we_open_and_asks_for_danger(
    page: Pages, server: Server, size: tuple[int, int]
) -> None:
    chat = await in_the_chat(page, server, size=size)
    shown = chat.inside.locator("main")

    await expect(shown).to_contain_text("Dinsdagochtend om 9.00 uur zijn we er weer.")
    await expect(shown).to_contain_text(f"{ADVICE}")
    for title in ("Ja, voor mij", "Ja, voor iemand anders"):
        assert await chat.holds(unfolds(chat, title).locator("summary").first)
    await expect(chat.box).to_be_hidden()
    await expect(chat.exit).to_be_in_viewport(ratio=1)
    assert chat.sent == []


async def test_in_english_it_says_the_same(page: Pages, server: Server) -> None:
    chat = await in_the_chat(page, server, language="en")
    shown = chat.inside.locator("main")

    await expect(shown).to_contain_text("Tuesday morning at 9:00 we are back.")
    mine = await opened(chat, "Yes, for me")
    await expect(mine).to_contain_text(f"Call {EMERGENCY}. You may whisper.")


async def test_danger_for_oneself_says_that_nobody_reads_this_now(
    page: Pages, server: Server
) -> None:
    chat = await in_the_chat(page, server)

    mine = await opened(chat, "Ja, voor mij")
    await expect(mine).to_contain_text(f"Bel {EMERGENCY}. Fluisteren mag.")
    await expect(mine.get_by_role("link", name=f"Bel {EMERGENCY}").first).to_have_attribute(
        "href", f"tel:{EMERGENCY}"
    )
    cannot = await opened(chat, "Ik kan niet bellen", mine)

    await expect(cannot).to_contain_text("Niemand leest nu deze chat. Wacht hier niet.")
    await expect(cannot).to_contain_text(f"Laat iemand anders {EMERGENCY} bellen.")
    await expect(cannot).not_to_contain_text("Blijf in deze chat")
    # the office is closed too
    await expect(cannot).not_to_contain_text("Of kom naar ons")


async def test_danger_for_another_has_lines_of_its_own(page: Pages, server: Server) -> None:
    chat = await in_the_chat(page, server)

    other = await opened(chat, "Ja, voor iemand anders")

    await expect(other).to_contain_text("Hoor of zie je nu geweld?")
    await expect(other).to_contain_text("Ga er niet zelf tussen.")


async def test_there_is_a_line_for_everybody(page: Pages, server: Server) -> None:
    chat = await in_the_chat(page, server)

    for title, text in (
        ("Ik ben jonger dan 18", "Dat mag ook als kind."),
        ("Het gaat over mij", "Wij nemen zelf geen contact met je op."),
        ("Het gaat over iemand anders", "Maak je je zorgen om een ander?"),
        ("Ik vraag dit voor mijn werk", f"Bel {ADVICE} voor advies."),
        ("Ik ben bang dat ik iemand pijn doe", "Goed dat je hulp zoekt."),
        ("Wat bewaren we?", "Je hoeft je naam niet te zeggen."),
        ("Alle tijden", "maandag tot en met zondag"),
        ("Wat is een melding?", "Bij een melding vertel je wat er gebeurt"),
        ("Tips voor omstanders", "Praat met de ander als jullie alleen zijn."),
        ("Snel weg", "in je geschiedenis staat nog dat je op deze website was"),
    ):
        found = await opened(chat, title)
        await expect(found).to_contain_text(text)


async def test_the_emergency_button_brings_the_card_of_a_closed_chat(
    page: Pages, server: Server
) -> None:
    chat = await in_the_chat(page, server)

    await chat.press(f"Nu gevaar? {EMERGENCY}")
    await expect(chat.card).to_contain_text(f"Bel {EMERGENCY}. Fluisteren mag.")
    await chat.press("Ik kan niet bellen")

    await expect(chat.card).to_contain_text("Niemand leest nu deze chat.")
    assert chat.sent == []


async def test_it_all_works_when_the_server_is_gone(page: Pages, server: Server) -> None:
    chat = await in_the_chat(page, server)
    await expect(unfolds(chat, "Ja, voor mij")).to_be_visible()
    await server.runner.cleanup()

    mine = await opened(chat, "Ja, voor mij")
    cannot = await opened(chat, "Ik kan niet bellen", mine)
    await expect(cannot).to_contain_text("Niemand leest nu deze chat.")
    await chat.press("English")
    await expect(await opened(chat, "I am under 18")).to_contain_text("Children may call too.")
    await chat.press(f"In danger now? {EMERGENCY}")

    await expect(chat.card).to_contain_text(f"Call {EMERGENCY}. You may whisper.")


async def test_it_works_without_script_too(page: Pages, server: Server) -> None:
    found = await page(chat_page(server), size=PHONE, java_script_enabled=False)
    chat = Chat(found, server, found)

    mine = await opened(chat, "Ja, voor mij")

    await expect(mine).to_contain_text(f"Bel {EMERGENCY}. Fluisteren mag.")
    await expect(chat.exit).to_be_visible()


@in_the_evening
async def test_who_began_before_closing_time_goes_on(page: Pages, server: Server) -> None:
    chat = await in_the_chat(page, server)
    await chat.press("Nee")
    await chat.is_asked("Wat past bij jou?")

    server.clock.move(3 * 3600)
    await chat.press("Het gaat over mij")

    await chat.is_asked("Kan iemand nu meekijken op je scherm?")
    await chat.press("Meteen naar een medewerker")
    await chat.waits()


@in_the_evening
async def test_an_open_page_that_begins_after_closing_time_is_told_so(
    page: Pages, server: Server
) -> None:
    """The page came while the chat was open, and nothing was said until the link broke."""
    page.allow("Close received after close")
    stale = await in_the_chat(page, server)
    await expect(stale.choices).to_have_count(5)
    server.clock.move(5 * 3600)
    await server.house.links.restart(1)

    await expect(stale.log).to_contain_text("De chat is nu dicht.")
    await stale.press("Ja, voor mij")

    await expect(stale.card).to_contain_text(f"Bel {EMERGENCY}.")
    await expect(stale.box).to_be_hidden()


async def test_numbers_in_what_unfolds_can_be_pressed(page: Pages, server: Server) -> None:
    chat = await in_the_chat(page, server)

    for title, number in (("Ja, voor mij", EMERGENCY), ("Ik vraag dit voor mijn werk", ADVICE)):
        found = await opened(chat, title)
        link = found.locator("p a.tel").filter(has_text=number).first
        await expect(link).to_be_visible()
        assert (await link.get_attribute("href") or "").startswith("tel:")
    await expect(chat.inside.locator("#static a a")).to_have_count(0)
