"""A second tap answers nothing: what was just drawn is deaf, and stopping is asked once more."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from datetime import UTC, datetime

import pytest
from playwright.async_api import Locator, expect

from tests.browser.conftest import Looks, Pages
from tests.browser.desk import at_the_desk
from tests.browser.widget import PHONE, Chat, in_the_chat
from tests.support.running import Server

STRAIGHT = "Meteen naar een medewerker"
ROLE, WATCHED = "Wat past bij jou?", "Kan iemand nu meekijken op je scherm?"
#: Somewhat longer than a double tap takes, and than the page stays deaf.
SOON_MS, LATER_MS = 400, 800


async def frozen(page: Pages, server: Server) -> Chat:
    """A visitor on a phone whose clock stands still, at a question that may be answered."""
    chat = await in_the_chat(page, server, alone=True, frozen=True)
    await expect(chat.choices).to_have_count(5)
    now = await chat.page.evaluate("Date.now() / 1000")
    await chat.page.clock.pause_at(datetime.fromtimestamp(now + 60, UTC))
    await passes(chat, LATER_MS)
    return chat


async def passes(chat: Chat, ms: int) -> None:
    """So much time passes for the page."""
    await chat.page.clock.run_for(ms)


async def place_of(button: Locator) -> tuple[float, float]:
    """Where a finger is when it presses a button."""
    found = await button.bounding_box()
    assert found is not None
    return found["x"] + found["width"] / 2, found["y"] + found["height"] / 2


def answers(chat: Chat) -> list[object]:
    """What was answered so far."""
    return [frame["payload"] for frame in chat.sent if frame["type"] == "choose"]


async def nothing_more_was_said(chat: Chat, before: list[object]) -> None:
    """What is written now arrives behind whatever was pressed before."""
    await chat.writes("ik ben er nog")
    assert answers(chat) == before


async def test_the_second_tap_of_a_double_tap_does_not_answer_the_next_question(
    page: Pages, server: Server
) -> None:
    chat = await frozen(page, server)
    await chat.button("Nee").click()
    await chat.is_asked(ROLE)
    before = answers(chat)
    # whichever answer the finger is on
    for button in await chat.choices.all():
        await passes(chat, 1)
        await chat.page.mouse.click(*await place_of(button))
    await passes(chat, SOON_MS)
    await chat.button("Ik ben bang dat ik iemand pijn doe").click()

    await expect(chat.question.locator("p").first).to_have_text(ROLE)
    assert answers(chat) == before
    # a moment later it answers
    await passes(chat, LATER_MS)
    await chat.button("Het gaat over mij").click()
    await chat.is_asked(WATCHED)


async def test_a_keyboard_answers_at_once_but_not_twice(page: Pages, server: Server) -> None:
    chat = await frozen(page, server)
    await chat.button("Nee").focus()
    await chat.page.keyboard.press("Enter")
    await chat.is_asked(ROLE)
    await chat.page.keyboard.press("Enter")
    # focus may be on the next question already: the same key again says nothing
    await chat.button("Het gaat over mij").focus()
    await chat.page.keyboard.press("Enter")
    await expect(chat.question.locator("p").first).to_have_text(ROLE)
    before = answers(chat)

    await chat.page.keyboard.press("Tab")
    await chat.page.keyboard.press("Shift+Tab")
    await chat.page.keyboard.press("Enter")

    await chat.is_asked(WATCHED)
    assert len(answers(chat)) == len(before) + 1


async def test_a_double_tap_on_a_chip_chooses_it_and_does_not_send_it(
    page: Pages, server: Server
) -> None:
    chat = await frozen(page, server)
    for name in ("Nee", "Het gaat over mij", "Nee"):
        await expect(chat.button(name, chat.question)).to_be_visible()
        await passes(chat, LATER_MS)
        await chat.button(name).click()
    throat = chat.button("Iemand kneep mijn keel dicht")
    await expect(throat).to_be_visible()
    await throat.click()
    await expect(throat).to_have_attribute("aria-pressed", "false")

    await passes(chat, LATER_MS)
    await throat.dblclick()
    await expect(throat).to_have_attribute("aria-pressed", "true")
    # another chip is heard at once, what sends them not yet
    await chat.button("Ik zit opgesloten").click()
    await chat.button("Verder").click()
    await expect(chat.button("Ik zit opgesloten")).to_have_attribute("aria-pressed", "true")
    await passes(chat, LATER_MS)
    await chat.button("Verder").click()

    await expect(chat.own("Iemand kneep mijn keel dicht, Ik zit opgesloten")).to_have_count(1)


async def test_what_moved_under_the_finger_is_as_new(page: Pages, server: Server) -> None:
    chat = await frozen(page, server)

    await chat.page.set_viewport_size({"width": 360, "height": 400})
    await expect(chat.inside.locator("[data-fresh]")).to_have_count(1)
    await chat.button(STRAIGHT).click()

    await nothing_more_was_said(chat, [])


async def test_the_exit_the_emergency_button_and_the_card_never_wait(
    page: Pages, server: Server
) -> None:
    chat = await frozen(page, server)
    await chat.button("Nee").click()
    await chat.is_asked(ROLE)

    await chat.inside.locator("#sos").click()
    await expect(chat.card).to_contain_text("Fluisteren mag.")
    await chat.button("Ik kan niet bellen").click()
    await expect(chat.card).to_contain_text("Ga naar de buren")
    await chat.exit.click()

    await expect(chat.page.get_by_role("heading", name="Het weer")).to_be_visible()


async def waiting(page: Pages, server: Server) -> Chat:
    """A visitor in line, whose clock stands still."""
    chat = await frozen(page, server)
    await chat.button(STRAIGHT).click()
    await chat.waits()
    return chat


async def test_stopping_is_asked_once_more_in_the_same_place(page: Pages, server: Server) -> None:
    chat = await waiting(page, server)
    stop = chat.inside.locator("#stop")
    where = await place_of(stop)
    await chat.page.mouse.dblclick(*where)
    await expect(stop).to_have_text("Echt stoppen?")
    await expect(chat.inside.locator("#shift")).to_have_text("Echt stoppen?")
    assert "stop" not in [frame["type"] for frame in chat.sent]
    await passes(chat, LATER_MS)
    await chat.page.mouse.click(*where)

    await expect(chat.log).to_contain_text("Pas goed op jezelf.")
    await expect(stop).to_be_hidden()
    assert [frame["type"] for frame in chat.sent].count("stop") == 1
    await expect(chat.log.get_by_text("Pas goed op jezelf.")).to_have_count(1)


async def nothing_is_stopped(chat: Chat) -> None:
    """Nothing of it left the page."""
    await chat.writes("ik blijf nog even")
    assert "stop" not in [frame["type"] for frame in chat.sent]


async def _types(chat: Chat) -> None:
    await chat.box.press("a")


async def _taps(chat: Chat) -> None:
    await chat.log.locator("li").first.click()


async def _waits(chat: Chat) -> None:
    await passes(chat, 10_000)


@pytest.mark.parametrize("other", [_types, _taps, _waits])
async def test_anything_else_takes_the_question_whether_to_stop_back(
    page: Pages, server: Server, other: Callable[[Chat], Awaitable[None]]
) -> None:
    chat = await waiting(page, server)
    stop = chat.inside.locator("#stop")
    await stop.click()
    await expect(stop).to_have_text("Echt stoppen?")

    await other(chat)

    await expect(stop).to_have_text("Ik moet stoppen")
    await passes(chat, LATER_MS)
    await stop.click()
    await expect(stop).to_have_text("Echt stoppen?")
    await nothing_is_stopped(chat)


async def test_what_asks_whether_to_stop(page: Pages, server: Server, looks_right: Looks) -> None:
    chat = await in_the_chat(page, server, alone=True)
    await chat.press(STRAIGHT)
    await chat.waits()
    await chat.press("Ik moet stoppen")
    await looks_right(chat.page, "widget-stop", PHONE)


async def test_stopping_is_a_target_of_its_own_away_from_send(page: Pages, server: Server) -> None:
    await at_the_desk(page, server)
    chat = await waiting(page, server)
    for width in (360, 320):
        await chat.page.set_viewport_size({"width": width, "height": 640})
        stop = await chat.inside.locator("#stop").bounding_box()
        send = await chat.button("Verstuur").bounding_box()
        assert stop and send
        assert stop["height"] >= 44
        # not below it, so that a finger that slips down ends nothing
        assert stop["x"] + stop["width"] + 8 <= send["x"]
