"""The desk: judging what was said, asking the senior, handing a conversation on."""

from __future__ import annotations

from playwright.async_api import expect

from tests.browser.conftest import Looks, Pages
from tests.browser.desk import Desk, at_the_desk, in_danger
from tests.support.running import REGION, Server, becomes

COLLEAGUE = f"{REGION}-2"


async def test_a_signal_that_was_heard_wrongly_is_struck_with_a_reason(
    page: Pages, server: Server, looks_right: Looks
) -> None:
    desk = await at_the_desk(page, server)
    await in_danger(server, "hij heeft een mes")
    await desk.accepts()

    await desk.press("wapen doorstrepen", desk.chat())
    dialog = desk.page.get_by_role("dialog", name="wapen doorstrepen?")
    await desk.press("Streep door", dialog)
    await expect(dialog.get_by_label("Waarom?")).to_be_focused()
    await expect(dialog.get_by_role("alert").last).to_have_text("Vul dit in.")
    await looks_right(desk.page, "desk-strike")
    await dialog.get_by_label("Waarom?").fill("het lag in de la")
    await desk.press("Streep door", dialog)

    await expect(dialog).to_have_count(0)
    await expect(desk.chat().locator("desk-card s")).to_have_text("wapen")
    await expect(desk.chat().get_by_role("button", name="wapen doorstrepen")).to_have_count(0)
    await expect(desk.log()).to_contain_text("wapen doorgestreept: het lag in de la")


async def test_a_level_is_lowered_with_a_reason(
    page: Pages, server: Server, looks_right: Looks
) -> None:
    desk = await at_the_desk(page, server)
    await in_danger(server)
    await desk.accepts()

    await desk.press("Niveau wijzigen", desk.chat())
    dialog = desk.page.get_by_role("dialog")
    await dialog.get_by_role("radio", name="URGENT").check()
    await dialog.get_by_label("Waarom?").fill("de partner is weg")
    await looks_right(desk.page, "desk-level")
    await desk.press("Wijzig", dialog)

    await expect(desk.chat().locator("desk-card desk-badge").first).to_contain_text("URGENT")
    await expect(desk.chat()).to_contain_text("door een medewerker gezet: de partner is weg")
    await expect(desk.log()).to_contain_text("Niveau URGENT: de partner is weg")


async def test_a_safe_moment_is_noted_and_stands_on_the_card(
    page: Pages, server: Server, looks_right: Looks
) -> None:
    desk = await at_the_desk(page, server)
    await in_danger(server)
    await desk.accepts()

    dialog = await desk.more("Veilig moment")
    await dialog.get_by_label("Wanneer, en wanneer niet?").fill("morgen na acht uur")
    await desk.page.keyboard.press("Escape")
    await expect(dialog).to_have_count(0)
    dialog = await desk.more("Veilig moment")
    when = dialog.get_by_label("Wanneer, en wanneer niet?")
    await expect(when).to_have_value("morgen na acht uur")
    await dialog.get_by_label("Wie belt wie?").fill("zij belt ons")
    await dialog.get_by_label("Wat zeggen we").fill("verkeerd verbonden")
    await dialog.get_by_role("radio", name="Nee").check()
    await looks_right(desk.page, "desk-moment")
    await desk.press("Bewaar", dialog)

    card = desk.chat().locator("desk-card")
    for text in (
        "morgen na acht uur",
        "Wie belt: zij belt ons",
        "Als iemand anders opneemt: verkeerd verbonden",
        "Geen voicemail inspreken",
    ):
        await expect(card).to_contain_text(text)
    await expect(desk.log()).to_contain_text("Veilig moment afgesproken: morgen na acht uur")


async def test_the_senior_is_asked_without_the_visitor_seeing_it(
    page: Pages, server: Server, looks_right: Looks
) -> None:
    desk = await at_the_desk(page, server)
    visitor = await in_danger(server)
    await desk.accepts()

    dialog = await desk.more("Achterwacht vragen")
    await dialog.get_by_label("Wat wil je overleggen?").fill("bel ik de politie?")
    await looks_right(desk.page, "desk-consult")
    await desk.press("Vraag", dialog)

    await expect(desk.log()).to_contain_text("Vraag aan de achterwacht: bel ik de politie?")
    assert not any("politie?" in text for text in visitor.texts)


async def test_a_conversation_is_handed_to_a_colleague_with_a_note(
    page: Pages, server: Server, looks_right: Looks
) -> None:
    desk = await at_the_desk(page, server)
    await in_danger(server, "hij heeft een mes")
    await desk.accepts()
    other = await at_the_desk(page, server, COLLEAGUE)

    dialog = await desk.more("Overdragen")
    await dialog.get_by_role("radio", name="Een andere regio").check()
    await dialog.get_by_label("Welke regio?").select_option("twente")
    await desk.press("Draag over", dialog)
    await expect(dialog.get_by_role("alert").last).to_contain_text("Er is geen plek vrij.")
    await looks_right(desk.page, "desk-transfer")
    await dialog.get_by_role("radio", name="Een collega").check()
    who = dialog.get_by_label("Welke collega?")
    await expect(dialog.get_by_label("Gebruikersnaam van je collega")).to_be_hidden()
    await who.select_option("Zuidoost-Brabant-2: 3 plekken vrij")
    await dialog.get_by_label("Notitie voor je collega").fill("zij heeft haast")
    await desk.press("Draag over", dialog)

    await expect(desk.chat()).to_have_count(0)
    await expect(other.log()).to_contain_text("hij heeft een mes")
    await expect(other.log()).to_contain_text("Overgedragen: zij heeft haast")
    await expect(other.page.get_by_role("alert").first).to_contain_text(
        "Gesprek 1 is aan jou overgedragen."
    )
    await expect(other.page).to_have_title("(1) Werkblad")


async def test_a_colleague_is_chosen_from_who_is_there_and_how_full_each_is(
    page: Pages, server: Server, looks_right: Looks
) -> None:
    desk = await at_the_desk(page, server)
    await in_danger(server)
    await desk.accepts()
    await server.hire(f"{REGION}-4")
    other = await server.caseworker(COLLEAGUE, available=False)
    dialog = await desk.more("Overdragen")
    who = dialog.get_by_label("Welke collega?")
    name = "Zuidoost-Brabant"

    async def there(*found: str) -> None:
        await expect(who.get_by_role("option")).to_have_text(["Kies", *found, "Iemand anders"])

    await there(f"{name}-2: 3 plekken vrij, even weg")
    await who.select_option(COLLEAGUE)
    await other.says(type="cap", seats=0)
    await there(f"{name}-2: vol, even weg")
    await expect(who).to_have_value(COLLEAGUE)
    third = await server.caseworker(f"{REGION}-3", available=False)
    await third.says(type="presence", state="calling")
    await third.says(type="cap", seats=1)
    await there(f"{name}-2: vol, even weg", f"{name}-3: 1 plek vrij, belt nu")
    await looks_right(desk.page, "desk-transfer-list")
    await desk.press("Draag over", dialog)
    await expect(dialog.get_by_role("alert").last).to_contain_text("Er is geen plek vrij.")
    await desk.page.keyboard.press("Escape")
    await third.hangs_up()
    await desk.more("Overdragen")
    await there(f"{name}-2: vol, even weg")


async def test_a_username_that_is_not_in_the_list_can_still_be_typed(
    page: Pages, server: Server
) -> None:
    desk = await at_the_desk(page, server)
    await in_danger(server)
    await desk.accepts()
    await server.caseworker("utrecht-1")

    dialog = await desk.more("Overdragen")
    who = dialog.get_by_label("Welke collega?")
    await expect(who.get_by_role("option").first).to_have_text("Er is nu geen collega van je regio")
    await who.select_option("Iemand anders")
    await desk.press("Draag over", dialog)
    await expect(dialog.get_by_role("alert").last).to_have_text("Vul dit in.")
    await dialog.get_by_label("Gebruikersnaam van je collega").fill("utrecht-1")
    await desk.press("Draag over", dialog)

    await expect(desk.chat()).to_have_count(0)
    rows = await server.rows("SELECT caseworker FROM ticket")
    assert [row["caseworker"] for row in rows] == ["utrecht-1"]


async def test_what_was_not_sent_stays_when_a_conversation_goes_to_somebody_else(
    page: Pages, server: Server, looks_right: Looks
) -> None:
    desk = await at_the_desk(page, server)
    await in_danger(server)
    await desk.accepts()
    other = await at_the_desk(page, server, COLLEAGUE)
    await desk.box().fill("een half bericht")

    page.allow("ERR_INTERNET_DISCONNECTED")
    await desk.page.context.set_offline(True)
    await expect(desk.page.get_by_text("Geen verbinding.")).to_be_visible()
    await desk.box().press("Enter")
    # the page knows it before the server does
    await becomes(lambda: set(server.house.shift.linked) == {COLLEAGUE})
    await server.settled()
    await server.janitor(after_s=130)
    await other.accepts()
    await desk.page.context.set_offline(False)

    await expect(desk.chat()).to_contain_text("Dit gesprek is niet meer bij jou.")
    await expect(desk.log()).to_contain_text("een half bericht")
    await expect(desk.log()).to_contain_text("Niet verstuurd")
    await looks_right(desk.page, "desk-lost")
    await desk.press("Weghalen", desk.chat())
    await expect(desk.chat()).to_have_count(0)
    assert not any("half" in text for text in await _texts(other))


async def _texts(desk: Desk) -> list[str]:
    return await desk.log().get_by_role("listitem").all_text_contents()
