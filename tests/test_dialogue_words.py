"""What is said besides the steps: in another language, with its context, at the right hour."""

from __future__ import annotations

from datetime import timedelta

import pytest

from flows.engine import Text
from flows.payloads import BadPayload
from tests import shipped
from tests.shipped import local
from tests.test_dialogue import NOW, REGION, Visit, dialogue, visit


async def test_open_question_can_be_put_in_another_language() -> None:
    made = await visit()
    talk, asked = await made.dialogue.again(made.talk, "en", REGION, NOW, "x")

    assert talk.language == "en"
    assert [(message.text, message.asks) for message in asked] == [
        ("Is there danger now?", "danger")
    ]


async def test_question_that_an_action_asks_can_be_put_in_another_language() -> None:
    made = await visit()
    for answer in ("danger=no", "role=self", "watched=no", "signals=unknown"):
        await made.choose(f"/SetSlots({answer})")
    assert made.talk.state.asked == "moment"
    _, asked = await made.dialogue.again(made.talk, "en", REGION, NOW, "x")

    assert asked[-1].asks == "moment"
    assert "come back" in asked[-1].text
    assert asked[-1].buttons[0].title.split()[0] in {"This", "Today", "Tomorrow", "Tonight"}


async def test_card_comes_again_when_an_answer_adds_a_line_to_it() -> None:
    made = await visit()
    for answer in ("danger=self", "role=self", "watched=no"):
        await made.choose(f"/SetSlots({answer})")
    assert len(made.cards) == 1
    await made.choose("/SetSlots(signals=throat)")

    assert len(made.cards) == 2
    assert made.cards[1].text != made.cards[0].text


async def test_card_does_not_come_again_for_an_answer_that_adds_nothing_to_it() -> None:
    made = await visit()
    for answer in ("danger=self", "role=self", "watched=no", "signals=followed"):
        await made.choose(f"/SetSlots({answer})")

    assert len(made.cards) == 1


async def test_text_is_said_with_the_context_and_with_fields_of_its_own() -> None:
    made = await visit()
    number = shipped.knowledge().help_lines["advice"].number

    assert number in made.dialogue.text("utter_hours", made.talk, REGION, NOW)
    assert made.dialogue.text("utter_time", made.talk, REGION, NOW, hour="9", minute="05") == "9.05"


def test_context_is_worked_out_once_a_minute_for_each_region_and_language() -> None:
    found = dialogue()
    first = found.context(REGION, "nl", NOW)

    assert found.context(REGION, "nl", NOW + timedelta(seconds=59)) is first
    assert found.context(REGION, "nl", NOW + timedelta(seconds=60)) is not first
    assert found.context(REGION, "en", NOW) is not first
    assert found.context(shipped.knowledge().regions["zeeland"], "nl", NOW) is not first


def test_context_does_not_grow_for_ever() -> None:
    found = dialogue()
    for minute in range(1000):
        found.context(REGION, "nl", NOW + timedelta(minutes=minute))

    assert len(found._contexts) <= 4 * len(shipped.knowledge().regions) + 1


async def test_retention_is_told_as_it_is_set() -> None:
    assert dialogue(retention_h=12).context(REGION, "nl", NOW)["context_retention"] == "12 uur"


async def test_who_came_in_time_is_not_left_behind_at_closing_time() -> None:
    made = Visit()
    made.now = local("2026-11-18 22:59")
    await made.open()
    made.now = local("2026-11-18 23:01")

    answer = await made.give(Text("een lang verhaal"))
    assert [message.name for message in answer.messages] == [
        "utter_typed_at_choice",
        "utter_ask_danger",
    ]
    assert (await made.give(Text("nog een verhaal"))).hands_over


async def test_who_comes_while_it_is_closed_is_not_promised_a_human() -> None:
    made = Visit()
    made.now = local("2026-11-18 23:30")
    await made.open()

    with pytest.raises(BadPayload):
        await made.choose("/caseworker")
    assert not (await made.give(Text("een mens"))).hands_over
