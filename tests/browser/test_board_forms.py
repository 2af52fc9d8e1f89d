"""What a coordinator arranges at the board: forms, answers to proposals, and refusals."""

from __future__ import annotations

from typing import Any

import pytest
from playwright.async_api import expect

from tests.browser.board import EAST, at_the_board, fill, frame, rule
from tests.browser.conftest import Looks, Pages
from tests.support.running import REGION, Server

ANSWERS = [
    ("Ga akkoord", "Wacht op ons ja", "Ga akkoord", "/api/operation/asked", "accept"),
    ("Weiger", "Wacht op ons ja", "Weiger", "/api/operation/asked", "refuse"),
    ("Trek in", "Wat geldt er nu en straks?", "Trek in", "/api/operation/ours", "end"),
    ("Beëindig", "Wat geldt er nu en straks?", "Beëindig", "/api/operation/shut", "end"),
]


@pytest.mark.parametrize(("press", "where", "sure", "path", "answer"), ANSWERS)
async def test_a_rule_is_answered_or_ended_after_one_more_question(
    page: Pages, server: Server, press: str, where: str, sure: str, path: str, answer: str
) -> None:
    board = await at_the_board(page, server)
    await board.view("Regelen").click()
    await board.page.get_by_role("region", name=where).get_by_text(press, exact=True).click()
    await expect(board.dialog).to_contain_text("Reden: ")
    assert board.api.posts == []
    board.api.frame = frame() | {"operation": []}

    await board.button(sure, board.dialog).click()

    await expect(board.dialog).to_have_count(0)
    assert board.api.posts == [(path, {"answer": answer})]
    await expect(board.page.get_by_text("Niets bijzonders.")).to_be_visible()
    await expect(board.page.get_by_text("Gelukt. Het bord is bijgewerkt.")).to_be_visible()
    # what was pressed is gone, and the keyboard is not lost
    heading = board.page.get_by_role("heading", name="Wat geldt er nu en straks?")
    await expect(heading).to_be_focused()


async def test_a_shift_is_taken_off_the_roster(page: Pages, server: Server) -> None:
    board = await at_the_board(page, server)
    await board.view("Regelen").click()
    noor = board.page.get_by_role("listitem").filter(has_text="Noor, front office")
    await expect(noor).to_contain_text("ma di wo do vr 09:00 tot 17:00")
    await noor.get_by_text("Haal eraf").click()
    await board.button("Haal eraf", board.dialog).click()

    await expect(board.dialog).to_have_count(0)
    assert board.api.posts == [("/api/roster/s1", {"answer": "end"})]


#: What is filled in by label, and what is sent.
FORMS: list[tuple[str, str, dict[str, str], dict[str, Any]]] = [
    (
        "Vandaag dicht",
        "Zet dicht",
        {},
        {"kind": "closed", "until": "2026-11-24T23:00:00.000Z"},
    ),
    (
        "Later open",
        "Zet later open",
        {"Dag": "2026-11-25", "Open om": "10:30"},
        {
            "kind": "opens_later",
            "value": "10:30",
            "from": "2026-11-24T23:00:00.000Z",
            "until": "2026-11-25T09:30:00.000Z",
        },
    ),
    (
        "Plekken van de regio",
        "Wijzig",
        {"Aantal plekken": "4"},
        {"kind": "region_cap", "value": "4", "until": "2026-11-24T23:00:00.000Z"},
    ),
    (
        "Plekken van een medewerker",
        "Wijzig",
        {"Gebruikersnaam": "noor", "Aantal plekken": "1", "Tot en met": "2026-11-26"},
        {
            "kind": "caseworker_cap",
            "subject": "noor",
            "value": "1",
            "until": "2026-11-26T23:00:00.000Z",
        },
    ),
    (
        "Afspraak aan of uit",
        "Stel voor",
        {"Welke afspraak?": "brabant: Midden-Brabant", "Tot en met": "2026-11-30"},
        {
            "kind": "agreement",
            "subject": "brabant",
            "other_region": "midden-brabant",
            "value": "off",
            "until": "2026-11-30T23:00:00.000Z",
        },
    ),
    (
        "Proefgroep",
        "Start de proef",
        {"Gebruikersnamen, met komma's ertussen": "noor, sam\nkim", "Tot en met": "2026-12-01"},
        {"kind": "pilot", "value": "noor,sam,kim", "until": "2026-12-01T23:00:00.000Z"},
    ),
]


@pytest.mark.parametrize(("name", "yes", "filled", "sent"), FORMS)
async def test_a_form_sends_what_was_filled_in_with_its_reason(
    page: Pages,
    server: Server,
    looks_right: Looks,
    name: str,
    yes: str,
    filled: dict[str, str],
    sent: dict[str, Any],
) -> None:
    # a laptop that thinks it is elsewhere: days and times are still those of the organisation
    board = await at_the_board(page, server, timezone_id="America/New_York")
    dialog = await board.opens(name)
    await fill(dialog, filled)
    await looks_right(board.page, f"board-form-{sent['kind']}")
    await board.button(yes, dialog).click()
    await expect(dialog.get_by_role("alert").last).to_have_text("Vul dit in.")
    await expect(dialog.get_by_label("Waarom?")).to_be_focused()
    assert board.api.posts == []

    await dialog.get_by_label("Waarom?").fill("  te weinig mensen ")
    await board.button(yes, dialog).click()

    await expect(dialog).to_have_count(0)
    body = {"region": REGION, "reason": "te weinig mensen", **sent}
    assert board.api.posts == [("/api/operation", body)]


async def test_a_region_of_a_pool_takes_over_a_day_of_another(
    page: Pages, server: Server, looks_right: Looks
) -> None:
    board = await at_the_board(page, server, own=EAST)
    dialog = await board.opens("Dienst overnemen")
    choice = dialog.get_by_label("Van wie nemen we de dienst over?")
    # of a Tuesday on: today IJsselland has the duty; the Mondays are our own
    await expect(choice.get_by_role("option").first).to_have_text("di 24 nov: IJsselland")
    assert await choice.get_by_text("ma 30 nov").count() == 0
    await choice.select_option(label="do 26 nov: Gelderland-Midden")
    await dialog.get_by_label("Waarom?").fill("uitje")
    await looks_right(board.page, "board-form-swap")
    await board.button("Stel voor", dialog).click()

    await expect(dialog).to_have_count(0)
    assert board.api.posts[0][1] == {
        "kind": "swap",
        "region": EAST,
        "other_region": "gelderland-midden",
        "subject": "oost",
        "value": "2026-11-26",
        "until": "2026-11-26T23:00:00.000Z",
        "reason": "uitje",
    }


async def test_a_region_of_a_pool_gives_a_day_to_another(
    page: Pages, server: Server, looks_right: Looks
) -> None:
    board = await at_the_board(page, server, own=EAST)
    dialog = await board.opens("Dienst afgeven")
    # of a Tuesday on: only the own days can be given
    days = dialog.get_by_label("Welke dag geven we af?")
    await expect(days.get_by_role("option")).to_have_text(
        ["ma 30 nov", "ma 7 dec", "ma 14 dec", "ma 21 dec"]
    )
    await days.select_option(label="ma 7 dec")
    await dialog.get_by_label("Wie neemt die dag over?").select_option(label="IJsselland")
    await dialog.get_by_label("Waarom?").fill("uitje")
    await looks_right(board.page, "board-form-give")
    await board.button("Stel voor", dialog).click()

    await expect(dialog).to_have_count(0)
    assert board.api.posts[0][1] == {
        "kind": "give",
        "region": EAST,
        "other_region": "ijsselland",
        "subject": "oost",
        "value": "2026-12-07",
        "until": "2026-12-07T23:00:00.000Z",
        "reason": "uitje",
    }


async def test_who_proposed_reads_who_said_no(page: Pages, server: Server) -> None:
    board = await at_the_board(page, server)
    no = {"other_region": "brabant-noordoost", "subject": "brabant", "value": "off"}
    answered = {"state": "refused", "answered_by": "bno.coordinator"}
    board.api.frame = frame() | {"operation": [rule("no", "agreement") | no | answered]}
    await board.view("Regelen").click()

    told = board.page.get_by_role("region", name="Wat geldt er nu en straks?")
    await expect(told).to_contain_text("Brabant Noordoost zei nee (bno.coordinator).")
    await expect(told.get_by_role("button")).to_have_count(0)


async def test_a_wrong_username_is_told_by_name(page: Pages, server: Server) -> None:
    page.allow("status of 400")
    board = await at_the_board(page, server)
    dialog = await board.opens("Proefgroep")
    names = "Gebruikersnamen, met komma's ertussen"
    await fill(dialog, {names: "noor, typo", "Waarom?": "proef"})
    refused = {"code": "bad_payload", "message": "in English", "about": "typo"}
    board.api.refuses = (400, refused)
    await board.button("Start de proef", dialog).click()

    told = dialog.get_by_role("alert").last
    await expect(told).to_contain_text("typo is geen gebruikersnaam van een medewerker")
    await expect(dialog.get_by_label(names)).to_have_value("noor, typo")


async def test_a_region_without_a_pool_reads_that_there_is_nothing_to_take_over(
    page: Pages, server: Server
) -> None:
    board = await at_the_board(page, server)
    dialog = await board.opens("Dienst overnemen")

    await expect(dialog).to_contain_text("doet niet mee aan een gezamenlijk dienstrooster")
    await board.button("Sluiten", dialog).click()
    await expect(dialog).to_have_count(0)


async def test_a_gap_is_filled_from_the_list_with_its_day_and_hours(
    page: Pages, server: Server, looks_right: Looks
) -> None:
    board = await at_the_board(page, server)
    await expect(board.view("Gaten")).to_have_text("Gaten 1")
    await board.view("Gaten").click()
    main = board.page.locator("board-gaps")
    await expect(main).to_contain_text("woensdag 25 november")
    await expect(main).to_contain_text("09:00 tot 12:00, Zuidoost-Brabant: niemand staat op")
    await expect(main).not_to_contain_text("Drenthe")
    await board.page.get_by_label("Ook de andere regio's").check()
    await expect(main).to_contain_text("Gelderland en Overijssel: geen regio heeft dienst")
    await expect(main).to_contain_text("Drenthe: de regio die dienst heeft is dicht")
    await looks_right(board.page, "board-gaps")
    await main.get_by_text("Rooster iemand in").click()

    dialog = board.dialog
    await expect(dialog.get_by_label("woensdag")).to_be_checked()
    await looks_right(board.page, "board-form-roster")
    await dialog.get_by_label("Gebruikersnaam").fill("kim")
    await dialog.get_by_label("Welke dienst?").select_option("after_hours")
    await board.button("Zet op het rooster", dialog).click()

    await expect(dialog).to_have_count(0)
    assert board.api.posts == [
        (
            "/api/roster",
            {
                "username": "kim",
                "role": "after_hours",
                "days": [2],
                "start": "09:00",
                "end": "12:00",
                "first_day": "2026-11-25",
                "last_day": "2026-11-25",
            },
        )
    ]


WRONG = [
    ("Vandaag dicht", {"Vanaf": "2026-11-23"}, "Deze dag is al voorbij."),
    ("Vandaag dicht", {"Tot en met": "2026-11-23"}, "De laatste dag is eerder dan de eerste."),
    ("Later open", {"Open om": "09:00"}, "Deze tijd is al voorbij."),
    ("Plekken van de regio", {"Aantal plekken": "-1"}, "Vul een heel getal in van 0 of meer."),
]


@pytest.mark.parametrize(("name", "filled", "told"), WRONG)
async def test_what_cannot_be_is_told_at_the_field_and_not_sent(
    page: Pages, server: Server, name: str, filled: dict[str, str], told: str
) -> None:
    board = await at_the_board(page, server)
    dialog = await board.opens(name)
    await fill(dialog, {**filled, "Waarom?": "ziekte"})
    await dialog.locator("[type=submit]").click()

    await expect(dialog.get_by_role("alert").last).to_contain_text(told)
    await expect(dialog.get_by_label(next(iter(filled)), exact=True)).to_be_focused()
    assert board.api.posts == []


REFUSED = [
    (400, "bad_payload", "Kijk de gebruikersnaam, de dagen en de tijden na"),
    (403, "forbidden", "Een coördinator regelt alleen de eigen regio."),
    (409, "wrong_state", "Dit is al beantwoord of al voorbij."),
    (409, "taken", "Een andere regio heeft deze dag intussen."),
    (409, "too_large", "Beëindig er eerst een paar."),
    (503, "unavailable", "De opslag antwoordt niet."),
]


@pytest.mark.parametrize(("status", "code", "told"), REFUSED)
async def test_a_refusal_is_a_sentence_and_what_was_typed_stays(
    page: Pages, server: Server, status: int, code: str, told: str
) -> None:
    page.allow(f"status of {status}")
    board = await at_the_board(page, server)
    dialog = await board.opens("Vandaag dicht")
    await dialog.get_by_label("Waarom?").fill("ziekte")
    board.api.refuses = (status, {"code": code, "message": "in English"})
    await board.button("Zet dicht", dialog).click()

    await expect(dialog.get_by_role("alert").last).to_contain_text(told)
    await expect(dialog.get_by_label("Waarom?")).to_have_value("ziekte")
