"""Writing at the desk: nothing is cut, and nothing is said to be lost that may have been sent."""

from __future__ import annotations

from playwright.async_api import expect

from tests.browser.conftest import Looks, Pages
from tests.browser.desk import at_the_desk, in_danger
from tests.support.outage import no_answer, no_answer_after_writing
from tests.support.running import Server, Visitor

UNCERTAIN = "Niet zeker of dit is verstuurd."


def _said_by_caseworker(visitor: Visitor) -> list[str]:
    return [event["text"] for event in visitor.all("event") if event["from"] == "caseworker"]


async def test_a_text_that_is_too_long_stays_whole_and_is_not_sent(
    page: Pages, server: Server, looks_right: Looks
) -> None:
    desk = await at_the_desk(page, server)
    visitor = await in_danger(server)
    await desk.accepts()
    text = "\N{DOOR}" * 1_999 + "abc"

    await desk.box().fill(text)
    await expect(desk.chat()).to_contain_text("Er staan 2 tekens te veel. Er passen 2000 tekens")
    await expect(desk.box()).to_have_attribute("aria-invalid", "true")
    await looks_right(desk.page, "desk-too-long")
    await desk.box().press("Enter")
    await expect(desk.box()).to_have_value(text)
    await expect(desk.box()).to_be_focused()
    await desk.box().press("End")
    await desk.box().press("Backspace")
    await expect(desk.chat()).to_contain_text("Er staat 1 teken te veel.")
    await visitor.quiet()
    assert _said_by_caseworker(visitor) == []
    await desk.box().press("Backspace")
    await expect(desk.chat().get_by_text("te veel")).to_have_count(0)
    await desk.box().press("Enter")
    answer = await visitor.next("event", lambda event: event["from"] == "caseworker")

    assert answer["text"] == text[:2_000]
    await expect(desk.box()).to_have_value("")


async def test_a_reason_in_a_dialog_that_is_too_long_stays_whole(
    page: Pages, server: Server
) -> None:
    desk = await at_the_desk(page, server)
    await in_danger(server)
    await desk.accepts()

    dialog = await desk.more("Veilig moment")
    when = dialog.get_by_label("Wanneer, en wanneer niet?")
    await when.fill("a" * 503)
    await desk.press("Bewaar", dialog)

    await expect(dialog).to_contain_text("Er staan 3 tekens te veel. Er passen 500 tekens in.")
    await expect(when).to_be_focused()
    await expect(when).to_have_value("a" * 503)


async def test_a_message_without_an_answer_is_told_as_uncertain_and_goes_out_once_more(
    page: Pages, server: Server, looks_right: Looks
) -> None:
    desk = await at_the_desk(page, server)
    visitor = await in_danger(server)
    await desk.accepts()
    for outage in (no_answer, no_answer_after_writing):
        with outage(server):
            await desk.box().fill(outage.__name__)
            await desk.box().press("Enter")
            await expect(desk.log()).to_contain_text(UNCERTAIN)
        await expect(desk.log()).not_to_contain_text("Er is niets veranderd")
        await expect(desk.button("Terug in het typvak", desk.log())).to_have_count(0)
        await looks_right(desk.page, f"desk-uncertain-{outage.__name__}")
        await desk.press("Opnieuw versturen", desk.log())
        await expect(desk.log()).not_to_contain_text(UNCERTAIN)
        await expect(desk.log()).not_to_contain_text("Wordt verstuurd")
        await expect(desk.log().get_by_text(outage.__name__, exact=True)).to_have_count(1)

    await visitor.quiet()
    assert _said_by_caseworker(visitor) == ["no_answer", "no_answer_after_writing"]


async def test_a_message_that_was_written_after_all_is_there_once_by_itself(
    page: Pages, server: Server
) -> None:
    desk = await at_the_desk(page, server)
    visitor = await in_danger(server)
    await desk.accepts()
    with no_answer_after_writing(server):
        await desk.box().fill("ben je veilig?")
        await desk.box().press("Enter")
        await expect(desk.log()).to_contain_text(UNCERTAIN)

    await visitor.types("ja, even wel")

    await expect(desk.log()).to_contain_text("ja, even wel")
    await expect(desk.log()).not_to_contain_text(UNCERTAIN)
    await expect(desk.button("Opnieuw versturen", desk.log())).to_have_count(0)
    await expect(desk.log().get_by_text("ben je veilig?")).to_have_count(1)
    await visitor.quiet()
    assert _said_by_caseworker(visitor) == ["ben je veilig?"]


async def test_a_command_without_an_answer_is_told_in_its_dialog_at_once(
    page: Pages, server: Server
) -> None:
    desk = await at_the_desk(page, server)
    await in_danger(server)
    await desk.accepts()
    await desk.press("Beëindig", desk.chat())
    dialog = desk.page.get_by_role("dialog")

    with no_answer(server):
        await desk.press("Ja beëindigen", dialog)
        await expect(dialog).to_contain_text("De opslag antwoordt niet. Kijk of het gelukt is")
    await desk.press("Ja beëindigen", dialog)

    await expect(dialog).to_have_count(0)
