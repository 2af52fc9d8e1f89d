"""The editor's page in a browser: a sentence is tried, becomes an example, and is approved."""

from __future__ import annotations

from playwright.async_api import Locator, Page, expect

from tests.browser.conftest import NARROW, Looks, Pages
from tests.browser.desk import NOBODY
from tests.support.running import PASSWORD, Server

TEXT = "hij zwaait met een zwerkbaldorf en ik kan er niet langs"
#: A page that is refused complains of it.
REFUSED = r"status of (400|403|409)"


async def logs_in(page: Page, username: str) -> None:
    """Fills in the login and sends it."""
    await page.get_by_label("Gebruikersnaam").fill(username)
    await page.get_by_label("Wachtwoord").fill(PASSWORD)
    await page.get_by_role("button", name="Inloggen", exact=True).click()


async def at_the_page(
    page: Pages, server: Server, username: str = "editor", role: str = "editor", **more: object
) -> Page:
    """An editor who has logged in."""
    page.allow(NOBODY)
    await server.hire(username, role, region="zuidoost-brabant")
    found = await page(f"{server.url}/editor", **more)
    await logs_in(found, username)
    return found


def way(page: Page, name: str) -> Locator:
    """What one way of listening heard."""
    return page.locator("editor-heard").filter(has_text=name)


def button(page: Page, name: str) -> Locator:
    """A button by its whole name."""
    return page.get_by_role("button", name=name, exact=True)


async def tries(page: Page, text: str) -> None:
    """Types a sentence and presses Enter, as in the chat."""
    field = page.get_by_label("Wat zou een bezoeker kunnen typen?")
    await field.fill(text)
    await field.press("Enter")
    await expect(page.locator(".quoted")).to_contain_text(text)


async def test_an_editor_tries_a_sentence_and_another_approves_the_example(
    page: Pages, server: Server, looks_right: Looks
) -> None:
    first = await at_the_page(page, server)
    await expect(first.get_by_label("Wat zou een bezoeker kunnen typen?")).to_be_focused()
    await expect(
        first.get_by_text("Plak hier nooit wat een echte bezoeker schreef.")
    ).to_be_visible()
    await looks_right(first, "editor-empty")
    await tries(first, "mijn man slaat mij nu")

    for name in ("Alleen de regels", "Regels en voorbeelden samen"):
        await expect(way(first, name)).to_contain_text("ACUUT")
        await way(first, name).get_by_text("Deze kaart komt").click()
    await expect(way(first, "samen")).to_contain_text("zo staat het nu aan")
    await looks_right(first, "editor-heard")

    await tries(first, TEXT)
    await button(first, "Stel voor").click()
    await expect(first.get_by_text("Kies het niveau.")).to_be_visible()
    await first.get_by_label("ACUUT").check()
    await first.get_by_label("wapen").check()
    await first.get_by_label("In welke taal?").select_option("nl")
    await first.get_by_label("Waarom kies je dit?").fill("onbekend voorwerp")
    await looks_right(first, "editor-propose")
    await button(first, "Stel voor").click()
    await expect(first.get_by_text("Voorgesteld. Een andere redacteur")).to_be_visible()
    await first.get_by_role("navigation").get_by_text("Voorbeelden").click()
    await expect(first.get_by_text("Een andere redacteur keurt dit goed.")).to_be_visible()
    await expect(first.get_by_role("button", name="Keur goed")).to_have_count(0)

    second = await at_the_page(page, server, "editor-2")
    await expect(second.get_by_role("navigation")).to_contain_text("Voorbeelden 1")
    await second.get_by_role("navigation").get_by_text("Voorbeelden").click()
    await expect(second.get_by_role("listitem")).to_contain_text("Waarom: onbekend voorwerp")
    await looks_right(second, "editor-examples")
    await second.get_by_role("button", name="Keur goed").click()
    await expect(second.get_by_role("dialog")).to_contain_text("zonder namen")
    await looks_right(second, "editor-sure")
    await second.get_by_role("dialog").get_by_role("button", name="Keur goed").click()

    await expect(second.get_by_text("Er wacht niets.")).to_be_visible()
    await expect(second.get_by_text("Goedgekeurd door editor-2")).to_be_visible()
    await looks_right(second, "editor-approved")
    async with second.expect_download() as download:
        await second.get_by_role("link", name="Nederlands (1)").click()
    found = await (await download.value).path()
    assert TEXT in found.read_text("utf-8")
    assert (await download.value).suggested_filename == "nl.csv"


async def test_a_sentence_that_is_there_already_is_told_with_its_level(
    page: Pages, server: Server, looks_right: Looks
) -> None:
    page.allow(REFUSED)
    first = await at_the_page(page, server, size=NARROW)
    for level in ("ACUUT", "NORMAAL"):
        await tries(first, TEXT)
        await first.get_by_label(level).check()
        await first.get_by_label("In welke taal?").select_option("nl")
        await button(first, "Stel voor").click()

        await expect(first.locator("editor-propose")).to_contain_text(
            "Voorgesteld."
            if level == "ACUUT"
            else "Deze zin staat al bij de voorbeelden, als ACUUT."
        )
        if level == "ACUUT":
            # another look at the same sentence
            await button(first, "Luister").click()
    await looks_right(first, "editor-there")


async def test_the_page_speaks_english_and_keeps_what_was_typed(
    page: Pages, server: Server, looks_right: Looks
) -> None:
    found = await at_the_page(page, server)
    await tries(found, TEXT)
    await found.get_by_label("ACUUT").check()
    await found.get_by_label("Waarom kies je dit?").fill("daarom")
    await button(found, "English").click()

    await expect(found.get_by_label("What could a visitor type?")).to_have_value(TEXT)
    await expect(found.locator("editor-heard").first).to_contain_text("The rules alone")
    await expect(found.get_by_label("ACUTE")).to_be_checked()
    await expect(found.get_by_label("Why do you choose this?")).to_have_value("daarom")
    await looks_right(found, "editor-english")


async def test_what_came_before_a_sentence_counts_and_is_no_part_of_the_example(
    page: Pages, server: Server, looks_right: Looks
) -> None:
    found = await at_the_page(page, server)
    await tries(found, "ja")
    await expect(way(found, "Alleen de regels")).to_contain_text("NORMAAL")
    await found.get_by_text("Er ging iets aan vooraf").click()
    await found.get_by_label("Wat typte de bezoeker daarvoor?").fill("hoi\n\nhij heeft een mes\n")
    await button(found, "Luister").click()

    await expect(way(found, "Alleen de regels")).to_contain_text("ACUUT")
    await expect(found.get_by_text("Wat eraan voorafging telt niet mee.")).to_be_visible()
    await looks_right(found, "editor-before")


async def test_who_has_no_business_here_is_told_so(page: Pages, server: Server) -> None:
    found = await at_the_page(page, server, "zuidoost-brabant-1", "caseworker")

    await expect(found.get_by_text("Deze pagina is voor redacteuren.")).to_be_visible()
    await expect(found.locator("editor-floor")).to_have_count(0)


async def test_the_page_locks_and_comes_back_as_it_was(page: Pages, server: Server) -> None:
    found = await at_the_page(page, server, frozen=True)
    await tries(found, TEXT)
    await found.clock.run_for(11 * 60_000)

    await expect(found.get_by_role("heading", name="Vergrendeld")).to_be_visible()
    await expect(found.locator("editor-floor")).to_be_hidden()
    await found.get_by_label("Wachtwoord").fill(PASSWORD)
    await button(found, "Verder").click()

    await expect(found.get_by_label("Wat zou een bezoeker kunnen typen?")).to_have_value(TEXT)
