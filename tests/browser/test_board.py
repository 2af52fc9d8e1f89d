"""The coordinator's board in a browser: what hangs on the wall, and who may arrange what."""

from __future__ import annotations

import pytest
from playwright.async_api import expect

from tests.browser.board import CONTENT, Api, Board, at_the_board, frame, region
from tests.browser.conftest import Looks, Pages
from tests.browser.desk import NOBODY
from tests.support.running import PASSWORD, REGION, Server

#: A screen on a wall.
WALL = (1920, 1080)


async def test_the_wall_shows_every_region_and_the_own_one_first(
    page: Pages, server: Server, looks_right: Looks
) -> None:
    board = await at_the_board(page, server)

    await expect(board.page.locator("board-tile")).to_have_count(len(CONTENT.regions))
    assert await board.page.locator("board-tile").first.get_attribute("data-region") == REGION
    own = board.tile(REGION)
    for text in ("Druk tot 23:00", "ACUUT 1", "URGENT 2", "NORMAAL 4", "4 min", "8 van 8"):
        await expect(own).to_contain_text(text)
    await expect(own).to_contain_text("Noor (front office), sam (thuis)")
    await expect(board.tile("ijsselland")).to_contain_text("Vandaag in de rij van Twente")
    await expect(board.tile("drenthe")).to_contain_text("Dicht, open wo 25 nov 09:00")
    await looks_right(board.page, "board-wall", WALL, (1280, 800), (360, 740))


async def test_an_acute_visitor_who_waits_is_told_once_and_not_with_every_look(
    page: Pages, server: Server
) -> None:
    board = await at_the_board(page, server, frozen=True)
    told = board.page.get_by_text("Er wacht 1 acute bezoeker in onze regio.")
    await expect(told).to_have_attribute("role", "status")
    await told.evaluate(
        """(told) => {
          window.changes = 0;
          new MutationObserver(() => window.changes++).observe(told, {childList: true});
        }"""
    )
    asked = board.api.asked

    await _looks_again(board, asked + 2)

    assert await board.page.evaluate("window.changes") == 0


async def _looks_again(board: Board, until: int) -> None:
    """Lets the page's own time run until the board asked so often."""
    while board.api.asked < until:
        async with board.page.expect_response("**/api/board"):
            await board.page.clock.run_for(2_000)


async def test_the_board_follows_the_server_without_moving_what_is_read(
    page: Pages, server: Server
) -> None:
    board = await at_the_board(page, server, frozen=True)
    tile = await board.tile("groningen").element_handle()
    changed = frame()
    changed["regions"][0] = region("groningen", waiting={"acute": 0, "urgent": 0, "normal": 9})
    board.api.frame = changed

    await _looks_again(board, board.api.asked + 1)

    await expect(board.tile("groningen")).to_contain_text("NORMAAL 9")
    same = await board.tile("groningen").evaluate("(now, before) => now === before", tile)
    assert same


async def test_a_hidden_board_asks_nothing_and_asks_at_once_when_it_is_seen_again(
    page: Pages, server: Server
) -> None:
    board = await at_the_board(page, server, frozen=True)
    await _seen(board, False)
    asked = board.api.asked
    await board.page.clock.run_for(60_000)
    assert board.api.asked == asked

    async with board.page.expect_response("**/api/board"):
        await _seen(board, True)

    assert board.api.asked == asked + 1


async def _seen(board: Board, seen: bool) -> None:
    await board.page.evaluate(
        """(seen) => {
          Object.defineProperty(document, "hidden", {configurable: true, get: () => !seen});
          document.dispatchEvent(new Event("visibilitychange"));
        }""",
        seen,
    )


async def test_a_board_without_a_line_says_since_when_and_goes_on_by_itself(
    page: Pages, server: Server, looks_right: Looks
) -> None:
    page.allow("net::ERR_FAILED")
    board = await at_the_board(page, server, frozen=True)
    board.api.cut = True
    async with board.page.expect_event("requestfailed"):
        await board.page.clock.run_for(2_000)

    stale = board.page.get_by_text("Geen verbinding. Kijk of je internet werkt.")
    await expect(stale).to_contain_text("Dit stond er om 13:00. We proberen het opnieuw.")
    await expect(board.tile(REGION)).to_be_visible()
    await looks_right(board.page, "board-stale", WALL, (360, 740))
    board.api.cut = False
    async with board.page.expect_response("**/api/board"):
        await board.page.clock.run_for(4_000)

    await expect(stale).to_be_hidden()


async def test_who_is_logged_out_sees_a_login_and_no_board(page: Pages, server: Server) -> None:
    page.allow("status of 401")
    board = await at_the_board(page, server)
    board.api.refuses = (401, {"code": "forbidden", "message": "log in first"})

    await expect(board.page.get_by_text("Je login is verlopen, ")).to_be_visible()
    await expect(board.tile(REGION)).to_be_hidden()


async def test_a_caseworker_reads_what_is_in_force_and_changes_nothing(
    page: Pages, server: Server
) -> None:
    board = await at_the_board(page, server, role="caseworker")
    await board.view("Geldt nu").click()

    await expect(board.page.get_by_text("Zuidoost-Brabant is dicht")).to_be_visible()
    main = board.page.get_by_role("main")
    await expect(main.get_by_role("button")).to_have_count(0)
    await board.view("Gaten").click()
    await expect(main.get_by_role("button")).to_have_count(0)


async def test_what_is_in_force_stands_there_with_its_reason_and_end(
    page: Pages, server: Server, looks_right: Looks
) -> None:
    board = await at_the_board(page, server)
    await board.view("Regelen").click()

    shut = board.page.get_by_role("listitem").filter(has_text="Zuidoost-Brabant is dicht")
    for text in ("13:00 tot 24:00", "Reden: studiedag", "Door coordinator"):
        await expect(shut).to_contain_text(text)
    ours = board.page.get_by_role("listitem").filter(has_text="Wacht op het ja van")
    await expect(ours).to_contain_text("en Brabant Noordoost: uit")
    both = board.page.get_by_role("listitem").filter(has_text="Beide regio's zijn het eens.")
    await expect(both).to_contain_text("tot do 24 dec 24:00")
    await expect(both.get_by_role("button")).to_have_count(0)
    await expect(board.page.get_by_text("Zeeland heeft 2 plekken")).to_be_hidden()
    await board.page.get_by_text("1 regel van andere regio's").click()
    await expect(board.page.get_by_text("Zeeland heeft 2 plekken")).to_be_visible()
    await looks_right(board.page, "board-manage")


async def test_an_untouched_board_stays_on_the_wall_and_asks_the_password_to_arrange(
    page: Pages, server: Server, looks_right: Looks
) -> None:
    board = await at_the_board(page, server, frozen=True)
    dialog = await board.opens("Vandaag dicht")
    await dialog.get_by_label("Waarom?").fill("ziekte")
    await board.page.clock.run_for(11 * 60_000)

    await expect(dialog).to_be_hidden()
    await expect(board.tile(REGION)).to_be_visible()
    await board.view("Regelen").click()
    await expect(board.page.get_by_text("Het bord stond even stil, ")).to_be_visible()
    await looks_right(board.page, "board-lock")
    await board.button("Terug naar het bord").click()
    await expect(board.tile(REGION)).to_be_visible()

    await board.view("Regelen").click()
    await board.page.get_by_label("Wachtwoord").fill(PASSWORD)
    await board.button("Verder").click()

    await expect(dialog.get_by_label("Waarom?")).to_have_value("ziekte")


async def test_the_board_is_used_by_keyboard_alone_and_in_english(
    page: Pages, server: Server
) -> None:
    board = await at_the_board(page, server)
    await board.button("English").focus()
    await board.page.keyboard.press("Enter")
    await expect(board.tile(REGION)).to_contain_text("Busy until 23:00")
    await board.view("Arrange").focus()
    await board.page.keyboard.press("Enter")
    await board.button("Closed today").focus()
    await board.page.keyboard.press("Enter")
    await board.page.keyboard.press("Escape")
    await expect(board.button("Closed today")).to_be_focused()
    await board.page.keyboard.press("Enter")
    await board.dialog.get_by_label("Why?").focus()
    await board.page.keyboard.type("illness")
    await board.page.keyboard.press("Tab")
    await board.page.keyboard.press("Enter")

    await expect(board.dialog).to_have_count(0)
    assert board.api.posts[0][1]["reason"] == "illness"
    await expect(board.button("Closed today")).to_be_focused()


async def test_what_is_arranged_shows_on_the_wall_and_ends_with_the_real_server(
    page: Pages, server: Server, looks_right: Looks
) -> None:
    page.allow(NOBODY)
    await server.hire(f"{REGION}-c", "coordinator")
    await server.nobody_helps()
    board = Board(await page(f"{server.url}/board"), Api({}))
    await board.logs_in(f"{REGION}-c")
    await expect(board.tile(REGION)).to_contain_text("Open tot ")

    dialog = await board.opens("Vandaag dicht")
    await dialog.get_by_label("Waarom?").fill("ziekte")
    await board.button("Zet dicht", dialog).click()
    await expect(dialog).to_have_count(0)
    await expect(board.page.get_by_text("Reden: ziekte")).to_be_visible()
    await board.view("Bord").click()
    await expect(board.tile(REGION)).to_contain_text("Dicht, open ")
    await looks_right(board.page, "board-real", WALL, (360, 740))

    await board.view("Regelen").click()
    await board.page.get_by_text("Beëindig", exact=True).click()
    await board.button("Beëindig", board.dialog).click()
    await expect(board.page.get_by_text("Niets bijzonders.")).to_be_visible()
    await board.view("Bord").click()
    await expect(board.tile(REGION)).to_contain_text("Open tot ")


@pytest.mark.parametrize(("role", "seen"), [("coordinator", True), ("caseworker", False)])
async def test_only_a_coordinator_finds_the_board_on_the_desk(
    page: Pages, server: Server, role: str, seen: bool
) -> None:
    page.allow(NOBODY)
    await server.hire(f"{REGION}-{role}", role)
    desk = Board(await page(f"{server.url}/desk"), Api({}))
    await desk.logs_in(f"{REGION}-{role}")
    await expect(desk.page.get_by_role("radio", name="Even weg")).to_be_enabled()

    link = desk.page.get_by_role("link", name="Bord (nieuw tabblad)")
    await expect(link).to_be_visible(visible=seen)
