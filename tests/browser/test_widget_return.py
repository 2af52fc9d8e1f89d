"""Coming back with three words; whoever has the wrong ones still gets a chat."""

from __future__ import annotations

from playwright.async_api import expect

from tests.browser.conftest import Pages
from tests.browser.widget import Chat, in_the_chat
from tests.support.running import Server

FIRST = "Is er nu gevaar?"


async def gives_words(chat: Chat, words: str) -> None:
    await chat.press("Ik was hier eerder")
    await chat.box.fill(words)
    await chat.box.press("Enter")


async def test_wrong_words_are_told_and_the_chat_begins(page: Pages, server: Server) -> None:
    chat = await in_the_chat(page, server)
    await gives_words(chat, "een twee drie")

    await expect(chat.log).to_contain_text("woorden")
    await chat.is_asked(FIRST)
    # what was typed is not lost: it can be mended, or sent as it is
    await expect(chat.box).to_have_value("een twee drie")
    await chat.box.press("Enter")
    await chat.arrives("een twee drie")


async def test_a_cry_of_three_words_is_heard_where_words_to_come_back_are_asked(
    page: Pages, server: Server
) -> None:
    chat = await in_the_chat(page, server)
    await gives_words(chat, "help mij nu")

    await expect(chat.card).to_be_visible()
    await chat.arrives("help mij nu")
    await chat.is_asked(FIRST)


async def test_whoever_was_not_here_before_after_all_just_types(
    page: Pages, server: Server
) -> None:
    chat = await in_the_chat(page, server)
    back = chat.button("Ik was hier eerder")
    await back.click()
    await expect(chat.box).to_have_attribute(
        "placeholder", "Typ je 3 woorden. Hoofdletters maken niet uit."
    )
    await expect(back).to_have_attribute("aria-pressed", "true")
    await back.click()

    await expect(chat.box).to_have_attribute("placeholder", "Typ hier je bericht")
    await chat.writes("ik wil praten")
    assert [frame["type"] for frame in chat.sent] == ["open", "message"]


async def test_who_tries_words_too_often_still_gets_a_chat_that_hears_danger(
    page: Pages, server: Server
) -> None:
    chat = await in_the_chat(page, server)
    for _ in range(server.house.plan.settings.return_tries + 1):
        await gives_words(chat, "een twee drie")
        await expect(chat.log.locator(".notice")).to_have_count(1)
        await chat.is_asked(FIRST)
        await chat.box.fill("")

    await expect(chat.log).to_contain_text("druk")
    await chat.writes("hij heeft een mes en is hier")
    await expect(chat.card).to_be_visible()
