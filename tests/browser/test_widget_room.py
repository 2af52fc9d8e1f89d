"""Little room: letters twice as large, a phone at 200% zoom, a keyboard on the screen."""

from __future__ import annotations

import pytest
from playwright.async_api import Locator, expect

from tests.browser.conftest import Looks, Pages, drawn
from tests.browser.widget import EMERGENCY, PHONE, Chat, in_the_chat
from tests.support.running import Server

STRAIGHT = "Meteen naar een medewerker"
KNIFE = "hij staat nu voor me met een mes"
#: The size of the letters, and of the window.
LARGE = {
    "large-letters": (32, (360, 640)),
    "large-letters-small-phone": (32, (320, 568)),
    "zoomed": (16, (180, 320)),
    "zoomed-larger-phone": (16, (240, 427)),
}
KEYBOARD = {
    "keyboard-small-phone": (320, 260),
    "keyboard": (360, 320),
    "keyboard-sideways": (640, 180),
    "sideways": (640, 360),
}
#: How much of an element is in sight, in pixels from its top: inside whatever scrolls around it.
SHOWN = """element => {
  const box = element.getBoundingClientRect();
  let [top, bottom] = [Math.max(box.top, 0), Math.min(box.bottom, innerHeight)];
  for (let around = element.parentElement; around; around = around.parentElement) {
    const edge = around.getBoundingClientRect();
    if (getComputedStyle(around).overflowY === "visible") continue;
    [top, bottom] = [Math.max(top, edge.top), Math.min(bottom, edge.bottom)];
  }
  const wide = box.left >= -1 && box.right <= innerWidth + 1;
  return wide && Math.abs(top - box.top) < 1 ? bottom - top : 0;
}"""
LINE = "element => parseFloat(getComputedStyle(element).lineHeight)"
BROKEN = """element => {
  const range = document.createRange();
  range.selectNodeContents(element);
  const lines = new Set([...range.getClientRects()].map((one) => Math.round(one.top)));
  return lines.size > element.textContent.split(/[ \\u00a0]/).length;
}"""


async def small(
    page: Pages, server: Server, font: int, size: tuple[int, int], language: str = "nl"
) -> Chat:
    """A visitor with letters of that size, in a window of that size."""
    chat = await in_the_chat(page, server, size=size, alone=True, language=language)
    devtools = await chat.page.context.new_cdp_session(chat.page)
    sizes = {"standard": font, "fixed": font}
    await devtools.send("Page.setFontSizes", {"fontSizes": sizes})
    await expect(chat.choices).to_have_count(5)
    await drawn(chat.page)
    return chat


async def is_whole(found: Locator) -> None:
    """All of it is in sight, and no word of it is broken."""
    box = await found.bounding_box()
    assert box is not None
    assert await found.evaluate(SHOWN) >= box["height"] - 1, await found.text_content()
    assert not await found.evaluate(BROKEN), await found.text_content()


async def header_is_whole(chat: Chat) -> None:
    """The way out and the emergency button are there, and the window itself does not scroll."""
    await drawn(chat.page)
    for name in ("#sos", "#exit"):
        await is_whole(chat.inside.locator(name))
    scrolled = """() => [document.documentElement, document.body].map((one) => {
      one.scrollTop = 99;
      return one.scrollTop;
    })"""
    assert await chat.page.evaluate(scrolled) == [0, 0]


async def card_is_readable(chat: Chat) -> None:
    """Its buttons are whole, and so is the first line."""
    await is_whole(chat.card.locator("#call"))
    await is_whole(chat.card.locator("#cannot"))
    first = chat.card.locator(".lines p").first
    assert await first.evaluate(SHOWN) >= await first.evaluate(LINE)


@pytest.mark.parametrize("language", ["nl", "en"])
@pytest.mark.parametrize("name", LARGE)
async def test_with_large_letters_the_exit_and_the_card_stay_in_sight(
    page: Pages, server: Server, name: str, language: str, looks_right: Looks
) -> None:
    font, size = LARGE[name]
    chat = await small(page, server, font, size, language)
    await header_is_whole(chat)

    await chat.box.fill(KNIFE)
    await chat.box.press("Enter")
    await expect(chat.card).to_contain_text(EMERGENCY)

    await header_is_whole(chat)
    await card_is_readable(chat)
    await chat.arrives(KNIFE)
    if language == "nl":
        await looks_right(chat.page, f"widget-{name}", size)
    # who goes on has some talk left, and the box
    await chat.writes("ok")
    await header_is_whole(chat)
    await is_whole(chat.button({"nl": "Verstuur", "en": "Send"}[language]))
    assert await chat.inside.locator("main").evaluate("main => main.clientHeight") > 30


@pytest.mark.parametrize("name", KEYBOARD)
async def test_with_a_keyboard_on_the_screen_the_card_is_readable(
    page: Pages, server: Server, name: str, looks_right: Looks
) -> None:
    size = KEYBOARD[name]
    chat = await small(page, server, 16, PHONE)
    await chat.press(STRAIGHT)
    await chat.waits()
    await chat.box.fill(KNIFE)
    await chat.page.set_viewport_size({"width": size[0], "height": size[1]})

    await chat.box.press("Enter")
    await expect(chat.card).to_contain_text(EMERGENCY)

    await header_is_whole(chat)
    await card_is_readable(chat)
    await is_whole(chat.box)
    await looks_right(chat.page, f"widget-{name}", size)
    await chat.page.set_viewport_size({"width": 360, "height": 640})
    await expect(chat.status).to_be_visible()
    await expect(chat.inside.locator("#stop")).to_be_visible()


async def test_on_a_wide_screen_the_talk_is_one_column(
    page: Pages, server: Server, looks_right: Looks
) -> None:
    chat = await in_the_chat(page, server, size=(1280, 800), alone=True)
    await chat.press("Nee")
    own, asked = chat.own("Nee"), chat.log.locator(".bot p").first
    await expect(own).to_be_visible()

    left, right = await asked.bounding_box(), await own.bounding_box()
    assert left and right
    assert right["x"] + right["width"] - left["x"] <= 700
    await looks_right(chat.page, "widget-alone", (1280, 800))


async def test_what_is_asked_of_who_was_here_before_is_in_sight(
    page: Pages, server: Server
) -> None:
    chat = await in_the_chat(page, server)
    await chat.press("Ik was hier eerder")
    asked = chat.log.locator(".notice").last
    await expect(asked).to_contain_text("Typ je 3 woorden.")
    await drawn(chat.page)

    assert await chat.holds(asked)
    await expect(chat.box).to_be_in_viewport(ratio=1)


async def test_what_sends_the_chips_stands_on_a_strip_of_its_own(
    page: Pages, server: Server
) -> None:
    chat = await in_the_chat(page, server, alone=True)
    await chat.press("Nee", "Het gaat over mij", "Nee", "Iemand kneep mijn keel dicht")
    go = chat.button("Verder")
    await expect(go).to_be_in_viewport(ratio=1)

    # the strip it stands on is as wide as the talk, like the edge of a window
    strip = await go.evaluate("e => getComputedStyle(e).boxShadow")
    assert "rgb(255, 255, 255) 0px 0px 0px 12px" in strip
