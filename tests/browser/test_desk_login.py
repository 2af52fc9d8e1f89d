"""Logging in, the lock, logging out, and what the page may do."""

from __future__ import annotations

from playwright.async_api import Locator, expect

from tests.browser.conftest import Looks, Pages
from tests.browser.desk import NOBODY, USERNAME, Desk, at_the_desk, in_danger
from tests.support.running import PASSWORD, Server

LONG_MS = 11 * 60 * 1000
#: The page tries its line this often, and a little more.
CHECK_MS = 35 * 1000


async def test_a_caseworker_logs_in_by_keyboard_and_finds_an_empty_desk(
    page: Pages, server: Server, looks_right: Looks
) -> None:
    page.allow(NOBODY)
    await server.hire(USERNAME)
    found = await page(f"{server.url}/desk")
    await expect(found.get_by_role("heading", name="Inloggen")).to_be_visible()
    await looks_right(found, "desk-login")

    await found.keyboard.press("Tab")
    await found.keyboard.type(USERNAME)
    await found.keyboard.press("Tab")
    await found.keyboard.type(PASSWORD)
    await found.keyboard.press("Enter")

    await expect(found.get_by_text("Niemand wacht.")).to_be_visible()
    await expect(found.get_by_role("radio", name="Even weg")).to_be_checked()
    await looks_right(found, "desk-empty")


async def test_the_desk_keeps_nothing_on_the_machine_but_the_login_cookie(
    page: Pages, server: Server
) -> None:
    desk = await at_the_desk(page, server)
    await in_danger(server, "hij heeft een mes")
    await desk.accepts()
    await desk.box().fill("een half bericht")

    kept = await desk.page.context.storage_state(indexed_db=True)

    assert kept["origins"] == []
    assert [(cookie["name"], cookie["httpOnly"]) for cookie in kept["cookies"]] == [
        ("voordeur", True)
    ]


async def test_a_script_or_style_in_the_page_is_refused_by_its_policy(
    page: Pages, server: Server
) -> None:
    desk = await at_the_desk(page, server)
    page.allow("Content Security Policy", "Trusted(HTML|Script)")

    ran = await desk.page.evaluate(
        """() => {
          const script = document.createElement("script");
          try { script.textContent = "window.ran = true"; document.body.append(script); } catch {}
          try { document.body.insertAdjacentHTML("beforeend", "<b>x</b>"); } catch {}
          return [window.ran ?? false, document.querySelector("b") !== null];
        }"""
    )

    assert ran == [False, False]


async def test_a_wrong_password_is_told_beside_the_fields(
    page: Pages, server: Server, looks_right: Looks
) -> None:
    page.allow(NOBODY)
    await server.hire(USERNAME)
    desk = Desk(await page(f"{server.url}/desk"), server)

    await desk.press("Inloggen")
    await expect(desk.page.get_by_role("alert")).to_contain_text("Vul je gebruikersnaam")
    await desk.logs_in(password="not this one")

    await expect(desk.page.get_by_role("alert")).to_contain_text("horen niet bij elkaar")
    await expect(desk.page.get_by_label("Wachtwoord")).to_be_focused()
    await expect(desk.page.get_by_label("Wachtwoord")).to_have_accessible_description(
        "Deze gebruikersnaam en dit wachtwoord horen niet bij elkaar."
    )
    await looks_right(desk.page, "desk-login-wrong")


async def test_too_many_tries_are_told_with_the_time_to_wait(page: Pages, server: Server) -> None:
    page.allow(NOBODY, "status of 429")
    await server.hire(USERNAME)
    desk = Desk(await page(f"{server.url}/desk"), server)

    for _ in range(server.house.plan.settings.login_tries + 1):
        await desk.logs_in(password="not this one")
        await expect(desk.page.get_by_role("alert")).not_to_be_empty()

    await expect(desk.page.get_by_role("alert")).to_contain_text("over 3 seconden")


async def test_who_has_no_desk_is_told_so(page: Pages, server: Server) -> None:
    page.allow(NOBODY)
    await server.hire("editor", role="editor")
    desk = Desk(await page(f"{server.url}/desk"), server)

    await desk.logs_in("editor")

    await expect(desk.page.get_by_role("alert")).to_contain_text("geen werkblad")


async def test_an_idle_desk_locks_and_keeps_what_was_typed(
    page: Pages, server: Server, looks_right: Looks
) -> None:
    desk = await at_the_desk(page, server, frozen=True)
    visitor = await in_danger(server, "hij heeft een mes")
    await desk.accepts()
    await desk.box().fill("een half bericht")

    await desk.page.clock.fast_forward(LONG_MS)
    await expect(desk.page.get_by_role("heading", name="Vergrendeld")).to_be_visible()
    await expect(desk.page.get_by_text("hij heeft een mes")).to_be_hidden()
    await visitor.types("ben je er nog")
    await expect(desk.page.get_by_text("Er wacht iets op je werkblad.")).to_be_visible()
    await expect(desk.page).to_have_title("(1) Werkblad")
    await looks_right(desk.page, "desk-locked")
    await desk.page.get_by_label("Wachtwoord").fill(PASSWORD)
    await desk.press("Verder")

    await expect(desk.box()).to_have_value("een half bericht")
    await expect(desk.box()).to_be_focused()
    await expect(desk.log()).to_contain_text("ben je er nog")


async def with_a_form(page: Pages, server: Server) -> tuple[Desk, Locator]:
    """A desk with a form in which something was typed, and the field with it."""
    desk = await at_the_desk(page, server, frozen=True)
    await in_danger(server)
    await desk.accepts()
    dialog = await desk.more("Veilig moment")
    field = dialog.get_by_label("Wanneer, en wanneer niet?")
    await field.fill("morgen na acht uur")
    return desk, field


async def test_a_form_that_was_open_when_the_desk_locked_comes_back_as_it_was(
    page: Pages, server: Server
) -> None:
    desk, field = await with_a_form(page, server)

    await desk.page.clock.fast_forward(LONG_MS)
    await expect(field).to_be_hidden()
    await desk.page.get_by_label("Wachtwoord").fill(PASSWORD)
    await desk.press("Verder")

    await expect(field).to_be_visible()
    await expect(field).to_have_value("morgen na acht uur")


async def test_a_form_comes_back_though_the_login_ended_while_the_desk_was_locked(
    page: Pages, server: Server
) -> None:
    desk, field = await with_a_form(page, server)

    await desk.page.clock.fast_forward(LONG_MS)
    await expect(field).to_be_hidden()
    await server.house.accounts.logout((await desk.page.context.cookies())[0]["value"])
    await desk.page.clock.fast_forward(CHECK_MS)
    await desk.page.clock.fast_forward(CHECK_MS)
    await expect(desk.page.get_by_text("Je login is verlopen")).to_be_visible()
    await desk.page.get_by_label("Wachtwoord").fill(PASSWORD)
    await desk.press("Verder")

    await expect(field).to_be_visible()
    await expect(field).to_have_value("morgen na acht uur")


async def test_a_login_that_has_ended_locks_the_desk(page: Pages, server: Server) -> None:
    desk = await at_the_desk(page, server, frozen=True)
    cookie = (await desk.page.context.cookies())[0]["value"]
    await server.house.accounts.logout(cookie)

    await desk.page.clock.fast_forward(CHECK_MS)
    await desk.page.clock.fast_forward(CHECK_MS)
    await expect(desk.page.get_by_text("Je login is verlopen")).to_be_visible()
    await desk.page.get_by_label("Wachtwoord").fill(PASSWORD)
    await desk.press("Verder")

    await expect(desk.page.get_by_text("Niemand wacht.")).to_be_visible()


async def test_logging_out_with_conversations_open_is_asked_first(
    page: Pages, server: Server, looks_right: Looks
) -> None:
    desk = await at_the_desk(page, server)
    await in_danger(server)
    await desk.accepts()

    await desk.press("Meer")
    await looks_right(desk.page, "desk-menu")
    await desk.press("Uitloggen")
    await expect(desk.page.get_by_role("dialog")).to_contain_text("Je hebt nog een gesprek.")
    await looks_right(desk.page, "desk-logout")
    await desk.press("Toch uitloggen")

    await expect(desk.page.get_by_role("heading", name="Inloggen")).to_be_visible()
    assert await desk.page.context.cookies() == []


async def test_the_desk_speaks_english_when_asked(
    page: Pages, server: Server, looks_right: Looks
) -> None:
    desk = await at_the_desk(page, server)
    await in_danger(server, "hij heeft een mes")
    await expect(desk.offer).to_be_visible()

    await desk.press("Meer")
    await desk.press("English")
    await desk.page.keyboard.press("Escape")

    offer = desk.page.get_by_role("region", name="Offer")
    await expect(offer).to_contain_text("says to be in danger now")
    await expect(offer).to_contain_text("Said by the visitor, not assessed.")
    await expect(desk.page.get_by_role("radio", name="Available")).to_be_checked()
    assert await desk.page.evaluate("document.documentElement.lang") == "en"
    await looks_right(desk.page, "desk-english")


async def test_logging_out_in_one_tab_locks_the_other_at_once(page: Pages, server: Server) -> None:
    desk = await at_the_desk(page, server)
    other = await desk.page.context.new_page()
    await other.goto(f"{server.url}/desk")
    await expect(other.get_by_text("Niemand wacht.")).to_be_visible()

    await desk.press("Meer")
    await desk.press("Uitloggen")
    await expect(desk.page.get_by_role("heading", name="Inloggen")).to_be_visible()

    # the hand-set clock stands still: the server has not looked at the login yet
    await expect(other.get_by_text("Je login is verlopen")).to_be_visible()
    await expect(other.get_by_text("Niemand wacht.")).to_be_hidden()
