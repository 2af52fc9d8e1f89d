"""The `context_*` slots: what the script may know of the moment, the region and the numbers."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

import pytest

from data.hours import Block, Schedule
from flows.context import (
    context_names,
    context_slots,
    numbers,
    speaker,
    without_context,
)
from tests import shipped
from tests.shipped import local

KNOWLEDGE = shipped.knowledge()
PILOT = KNOWLEDGE.regions[shipped.REGION]
SAY = speaker(shipped.script(), "nl")


def slots(at: str, region: str = shipped.REGION) -> dict[str, object]:
    return context_slots(KNOWLEDGE, KNOWLEDGE.regions[region], local(at), SAY, "24 uur")


def test_context_of_an_evening_while_the_chat_is_open() -> None:
    found = slots("2026-11-18 20:00")

    assert found["context_state"] == "open"
    assert found["context_closing_soon"] is False
    assert found["context_closes_at"] == "23.00"
    assert found["context_hours_today"] == "van 9.00 tot 23.00 uur"
    assert found["context_office_open"] is False
    assert found["context_region"] == shipped.REGION
    assert found["context_region_name"] == PILOT.name
    assert found["context_organisation"] == KNOWLEDGE.name
    assert found["context_office_address"] == PILOT.office.address
    assert found["context_retention"] == "24 uur"
    assert found["context_professionals"] == PILOT.professionals
    assert datetime.fromisoformat(str(found["context_now"])) == local("2026-11-18 20:00")


def test_context_of_a_night_while_the_chat_is_closed() -> None:
    found = slots("2026-11-18 23:30")

    assert found["context_state"] == "closed"
    assert found["context_closes_at"] == ""
    assert found["context_opens_at"] == "Donderdagochtend om 9.00 uur"
    assert found["context_closing_soon"] is False


@pytest.mark.parametrize(
    ("at", "soon"),
    [("2026-11-18 22:29", False), ("2026-11-18 22:30", True), ("2026-11-18 22:59", True)],
)
def test_closing_soon_is_said_in_the_last_half_hour(at: str, soon: bool) -> None:
    assert slots(at)["context_closing_soon"] is soon


def test_office_has_hours_of_its_own() -> None:
    assert slots("2026-11-18 10:00")["context_office_open"] is True
    assert slots("2026-11-21 10:00")["context_office_open"] is False


def test_region_that_never_closes_never_closes_soon() -> None:
    always = replace(
        PILOT,
        chat_hours=Schedule(PILOT.chat_hours.zone, (Block(frozenset(range(7)), 0, 1440),)),
    )
    found = context_slots(KNOWLEDGE, always, local("2026-11-18 23:59"), SAY)

    assert (found["context_state"], found["context_closing_soon"]) == ("open", False)
    assert (found["context_closes_at"], found["context_opens_at"]) == ("", "")


def test_every_help_line_has_its_number_its_site_and_whether_it_is_open() -> None:
    found = numbers(KNOWLEDGE, local("2026-11-18 10:00"))

    for key, line in KNOWLEDGE.help_lines.items():
        assert found[f"context_number_{key}"] == line.number
        assert found[f"context_site_{key}"] == line.site
    assert found["context_open_children"] is False
    assert numbers(KNOWLEDGE, local("2026-11-18 12:00"))["context_open_children"] is True


def test_emergency_and_advice_are_the_lines_that_the_organisation_names() -> None:
    other = replace(KNOWLEDGE, emergency_line="police", advice_line="suicide")
    found = numbers(other, local("2026-11-18 10:00"))

    assert found["context_number_emergency"] == KNOWLEDGE.help_lines["police"].number
    assert found["context_number_advice"] == KNOWLEDGE.help_lines["suicide"].number


def test_hours_of_a_help_line_are_told_in_words() -> None:
    found = slots("2026-11-18 22:00")

    assert found["context_hours_children"] == "van 11.00 tot 21.00 uur"
    assert found["context_opens_children"] == "Donderdagochtend om 11.00 uur"
    assert found["context_hours_suicide"] == "dag en nacht"
    assert found["context_opens_suicide"] == ""


def test_names_are_those_of_the_slots_and_of_what_the_turn_adds() -> None:
    names = context_names(tuple(KNOWLEDGE.help_lines))
    added_by_the_turn = {"context_tries", "context_emergency_shown", "context_help_shown"}

    assert names == set(slots("2026-11-18 20:00")) | added_by_the_turn


def test_context_is_not_remembered() -> None:
    assert without_context({"context_now": "x", "danger": "self", "content": "y"}) == {
        "danger": "self",
        "content": "y",
    }


def test_speaker_says_the_words_of_its_language() -> None:
    assert speaker(shipped.script(), "en")("utter_hours_long", hours="3") == "3 hours"
    assert SAY("utter_hours_long", hours="3") == "3 uur"
