"""A story that the script does not tell is told where they part."""

from __future__ import annotations

import pytest

from flows import stories
from handoff.desk.dialogue import Dialogue
from handoff.desk.story_player import play_story
from tests import shipped

OPENS = """\
stories:
  - story: x
    steps:
      - opens: {region: zuidoost-brabant, at: 2026-11-18 20:00, language: nl}
"""


async def told(*steps: str, staff: str = "") -> list[str]:
    text = OPENS.replace("language: nl", f"language: nl{staff}")
    text += "".join(f"      - {step}\n" for step in steps)
    (story,), faults = stories.read({"a.yml": text.encode()})
    assert faults == []
    dialogue = Dialogue(shipped.knowledge(), shipped.script(), shipped.in_process(), shipped.ears())
    return [str(fault).removeprefix("a.yml:") for fault in await play_story(story, dialogue)]


async def test_story_that_holds_is_silent() -> None:
    assert await told("asks: danger", "chooses: Nee", "asks: role") == []


@pytest.mark.parametrize(
    ("steps", "fault"),
    [
        (["shows: [utter_hello]"], "5: before this it also says `utter_hello_bot`"),
        (["shows: [utter_hello_bot]"], "5: says `utter_hello`, and not `utter_hello_bot`"),
        (
            ["shows: [utter_hello, utter_hello_bot, utter_hours, utter_quiet]"],
            "5: says nothing more, and not `utter_quiet`",
        ),
        (["asks: role"], "5: asks `utter_ask_danger`, and not `role`"),
        (["chooses: Meteen naar een medewerker", "asks: role"], "6: asks nothing, and not `role`"),
        (
            ["chooses: Weet ik nie"],
            "5: there is no button `Weet ik nie`; did you mean `Weet ik niet`?",
        ),
        (["chooses: [Nee, Weet ik niet]"], "5: the script does not take this answer here"),
        (
            ["buttons: [Ja, Nee]"],
            "5: the buttons are Ja, voor mij, Ja, voor iemand anders, Nee, Weet ik niet, "
            "Meteen naar een medewerker",
        ),
        (["chooses: Nee", "level: acute"], "6: the level is normal, because of none"),
        (["chooses: Nee", "card: {form: self}"], "6: no emergency card comes"),
        (
            ["chooses: Ja, voor mij", "asks: watched"],
            "6: before this the emergency card comes: `emergency_self`",
        ),
        (["chooses: Ja, voor mij", "card: {form: other}"], "6: the card is `self`"),
        (
            ["chooses: Ja, voor mij", "card: {form: self, has: utter_emergency_full}"],
            "6: the card lacks `utter_emergency_full`",
        ),
        (
            ["chooses: Ja, voor mij", "card: {form: self, has not: utter_emergency_deaf}"],
            "6: the card has `utter_emergency_deaf`",
        ),
        (["chooses: Nee", "hands over"], "6: does not hand over here"),
        (
            ["chooses: Meteen naar een medewerker"],
            "5: before this it hands over to a human",
        ),
        (
            ["chooses: Nee", "chooses: Meteen naar een medewerker", "hands over: {danger: self}"],
            "7: `danger` is no",
        ),
        (
            ["chooses: Meteen naar een medewerker", "hands over: {danger: self}"],
            "6: `danger` is not known",
        ),
        (["ends"], "5: does not end: it still asks"),
        (
            ["chooses: Meteen naar een medewerker", "hands over", "ends"],
            "7: does not end: a human has it",
        ),
        (
            ["types: hij heeft een mes", "asks: danger"],
            "6: before this the emergency card comes: `emergency_heard`",
        ),
    ],
)
async def test_story_that_does_not_hold_is_told_at_the_step(steps: list[str], fault: str) -> None:
    found = await told(*steps)

    assert [text for text in found if text.startswith(fault)], found


async def test_card_that_begins_otherwise_is_told_with_how_it_begins() -> None:
    (found,) = await told("chooses: Ja, voor mij", "card: {form: self, begins: Wacht}")

    assert found.startswith("6: the card begins `")


async def test_what_comes_later_is_judged_later() -> None:
    """The office closes between two looks at the card."""
    assert (
        await told(
            "chooses: Ja, voor mij",
            "card: {form: self}",
            "later: 2026-11-19 10:00",
            "chooses: Ik kan niet bellen",
            "card: {form: cannot, has: utter_emergency_leave_office}",
        )
        == []
    )


async def test_who_is_there_changes_what_the_card_promises() -> None:
    assert (
        await told(
            "chooses: Ja, voor mij",
            "card: {form: self}",
            "chooses: Ik kan niet bellen",
            "card: {form: cannot, has: utter_emergency_stay}",
            "staff: none",
            "chooses: Ik kan niet bellen",
            "card: {form: cannot, has: utter_emergency_nobody, has not: utter_emergency_stay}",
            staff=", staff: called",
        )
        == []
    )


async def test_story_without_an_opening_is_told_and_does_not_raise() -> None:
    (story,), _ = stories.read({"a.yml": b"stories:\n  - {story: x, steps: [asks: danger]}\n"})
    dialogue = Dialogue(shipped.knowledge(), shipped.script(), shipped.in_process(), shipped.ears())

    assert [str(fault) for fault in await play_story(story, dialogue)] == [
        "a.yml:2: a story begins with `opens`"
    ]


async def test_story_in_a_region_that_is_not_there_is_told_and_does_not_raise() -> None:
    (story,), _ = stories.read({"a.yml": OPENS.replace("zuidoost", "noordwest").encode()})
    dialogue = Dialogue(shipped.knowledge(), shipped.script(), shipped.in_process(), shipped.ears())

    (fault,) = await play_story(story, dialogue)

    assert str(fault).startswith("a.yml:4: there is no region `noordwest-brabant`")
