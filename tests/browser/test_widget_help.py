"""Other help than the emergency number, for what is heard: in sight, and in the way of nothing."""

from __future__ import annotations

import pytest
from playwright.async_api import Locator, expect

from flows.urgency import Heard
from tests import shipped
from tests.browser.conftest import Looks, Pages
from tests.browser.widget import EMERGENCY, PHONE, Chat, in_the_chat
from tests.shipped import FakeEars
from tests.support.running import Server

SUICIDE = shipped.knowledge().help_lines["suicide"]
SIGNALS = "Wat speelt er? Kies alles wat klopt."


def help_in(chat: Chat, text: str) -> Locator:
    """A help card in the talk."""
    return chat.log.locator(".notice").filter(has_text=text)


@pytest.mark.parametrize(
    ("presses", "question", "answer"),
    [
        ((), "Is er nu gevaar?", "Nee"),
        (("Nee", "Het gaat over mij"), "Kan iemand nu meekijken op je scherm?", "Nee"),
        # longer than the window
        (("Nee", "Het gaat over mij", "Nee"), SIGNALS, "Ik zit opgesloten"),
    ],
    ids=["danger", "watched", "signals"],
)
async def test_who_types_of_suicide_reads_whom_to_call_and_can_still_answer(
    page: Pages,
    server: Server,
    looks_right: Looks,
    presses: tuple[str, ...],
    question: str,
    answer: str,
) -> None:
    chat = await in_the_chat(page, server, size=PHONE)
    await chat.press(*presses)
    await chat.is_asked(question)

    await chat.writes("soms denk ik aan zelfmoord")
    await chat.box.fill("en nu")

    help = help_in(chat, "Denk je aan zelfmoord?")
    await expect(help).to_have_count(1)
    await expect(help.get_by_role("link", name=SUICIDE.number)).to_have_attribute(
        "href", f"tel:{SUICIDE.tel}"
    )
    await expect(chat.card).to_be_hidden()
    await chat.answers(answer)
    for part in (help, chat.question.locator("p").first, chat.button(answer)):
        assert await chat.holds(part)
    # what is being typed stays, and so does the place to type
    await expect(chat.box).to_have_value("en nu")
    await expect(chat.box).to_be_focused()
    await looks_right(chat.page, "chat-help", PHONE)
    await chat.press(answer)
    await expect(help).to_have_count(1)


async def test_what_is_chosen_brings_two_cards_at_most_above_the_next_question(
    page: Pages, server: Server
) -> None:
    chat = await in_the_chat(page, server, size=PHONE)
    await chat.press("Nee", "Ik ben jonger dan 18", "Nee")
    await chat.press("Meer", "Ik wil niet meer leven")
    await chat.press("Iemand raakt mij aan en ik wil dat niet", "Verder", "Nee")

    await chat.is_asked("Als dit gesprek stopt: wanneer kun je veilig terugkomen?")
    shown = chat.log.locator(".notice")
    await expect(shown).to_have_count(2)
    await chat.answers("Weet ik niet")
    for part in (shown.first, shown.last, chat.choices.last):
        assert await chat.holds(part)


async def test_who_writes_english_in_a_dutch_chat_reads_the_card_in_english(
    page: Pages, server: Server
) -> None:
    dialogue = server.house.services.dialogue
    dialogue.ears, ears = FakeEars(now=Heard("acute", ("suicide",), language="en")), dialogue.ears
    try:
        chat = await in_the_chat(page, server)
        await chat.writes("i will do it now")
    finally:
        dialogue.ears = ears

    lines = chat.card.locator(".lines")
    await expect(lines).to_contain_text(f"Call {EMERGENCY} if there is danger now.")
    await expect(chat.card).to_have_attribute("lang", "en")
    await expect(help_in(chat, "Do you think about suicide?")).to_have_attribute("lang", "en")
    await chat.press("I cannot call")
    await expect(lines).to_contain_text("Nobody reads this chat now.")
    # everything else is as it was
    await expect(chat.inside.locator("html")).to_have_attribute("lang", "nl")
    await chat.press("Ik moet stoppen")
