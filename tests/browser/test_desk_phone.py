"""The desk on a phone: a conversation stays usable while offers wait."""

from __future__ import annotations

import pytest
from playwright.async_api import Locator, expect

from tests.browser.conftest import Looks, Pages
from tests.browser.desk import Desk, at_the_desk, in_danger, waiting
from tests.support.running import Server

PHONES = ((360, 640), (360, 740))
#: What a finger needs, in pixels.
FINGER = 40


async def _talking(page: Pages, server: Server, size: tuple[int, int]) -> Desk:
    desk = await at_the_desk(page, server, size=size)
    await in_danger(server, "hij heeft een mes")
    await desk.accepts()
    await desk.writes("ik ben er")
    return desk


async def _seen(part: Locator) -> float:
    """How many pixels of its height are seen, not below an edge and not scrolled out of a box."""
    found: float = await part.evaluate(
        """(part) => new Promise((done) => {
          const seen = ([entry], observer) => {
            observer.disconnect();
            done(entry.intersectionRect.height);
          };
          new IntersectionObserver(seen).observe(part);
        })"""
    )
    return found


@pytest.mark.parametrize("size", PHONES)
async def test_a_conversation_stays_usable_on_a_phone_while_offers_wait(
    page: Pages, server: Server, looks_right: Looks, size: tuple[int, int]
) -> None:
    desk = await _talking(page, server, size)
    accepts = desk.offer.get_by_role("button", name="Aannemen")
    for number in (1, 2):
        await in_danger(server)
        await expect(accepts).to_have_count(number)
        await looks_right(desk.page, f"desk-phone-{size[1]}-{number}", size)

        for accept in await accepts.all():
            assert await _seen(accept) >= FINGER
        assert await _seen(desk.log()) >= 90
        assert await _seen(desk.box()) >= FINGER
        assert await _seen(desk.button("Verstuur", desk.chat())) >= FINGER
        await expect(desk.offer).to_contain_text("ACUUT")
        await expect(desk.offer).to_contain_text("zegt nu in gevaar te zijn")

    await desk.box().fill("ik lees mee")
    await desk.press("Verstuur", desk.chat())
    said = desk.log().get_by_text("ik lees mee")
    await expect(said).to_be_in_viewport()


@pytest.mark.parametrize("size", PHONES)
async def test_what_ended_can_be_closed_on_a_phone_while_three_offers_wait(
    page: Pages, server: Server, looks_right: Looks, size: tuple[int, int]
) -> None:
    desk = await _talking(page, server, size)
    await desk.press("Beëindig", desk.chat())
    await desk.press("Ja beëindigen")
    await expect(desk.chat().get_by_label("Hoe eindigde dit gesprek?")).to_be_visible()
    accepts = desk.offer.get_by_role("button", name="Aannemen")
    for number in (1, 2, 3):
        await in_danger(server)
        await expect(accepts).to_have_count(number)
    await looks_right(desk.page, f"desk-phone-{size[1]}-3", size)

    for accept in await accepts.all():
        assert await _seen(accept) >= FINGER
    choice = desk.chat().get_by_label("Hoe eindigde dit gesprek?")
    await choice.scroll_into_view_if_needed()
    assert await _seen(choice) >= FINGER
    await desk.log().scroll_into_view_if_needed()
    assert await _seen(desk.log()) >= 90
    await choice.select_option("advice")
    await desk.press("Afsluiten", desk.chat())

    await expect(desk.chat()).to_have_count(0)


async def test_an_offer_folds_out_beside_a_conversation_by_keyboard_and_is_declined(
    page: Pages, server: Server, looks_right: Looks
) -> None:
    desk = await _talking(page, server, (360, 640))
    await waiting(server, "een vraag")
    line = desk.offer.get_by_role("button", name="Kaart en weigeren")
    await expect(line).to_have_attribute("aria-expanded", "false")
    await expect(desk.button("Weigeren", desk.offer)).to_be_hidden()

    await line.focus()
    await desk.page.keyboard.press("Enter")
    await expect(line).to_have_attribute("aria-expanded", "true")
    await expect(desk.offer).to_contain_text("Door de bezoeker gezegd, niet beoordeeld.")
    await looks_right(desk.page, "desk-phone-folded-out", (360, 640))
    await desk.press("Weigeren", desk.offer)

    await expect(desk.offer).to_be_hidden()
    await expect(desk.box()).to_be_in_viewport()


async def test_beside_the_queue_on_a_phone_an_offer_is_whole(page: Pages, server: Server) -> None:
    desk = await _talking(page, server, (360, 740))
    await waiting(server)
    await expect(desk.offer.get_by_role("button", name="Kaart en weigeren")).to_be_visible()

    await desk.page.get_by_role("tab", name="Wachtrij").click()

    await expect(desk.button("Weigeren", desk.offer)).to_be_visible()
    await expect(desk.offer.get_by_role("button", name="Kaart en weigeren")).to_be_hidden()
