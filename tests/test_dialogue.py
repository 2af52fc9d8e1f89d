"""One conversation's words: listening, the script's answer, the emergency card."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from flows import loader
from flows.engine import Choose, Text
from flows.payloads import BadPayload
from flows.urgency import Heard
from handoff.desk.dialogue import CANNOT_CALL, Answer, Card, Dialogue, Hearing, Talk
from tests import shipped
from tests.shipped import FakeEars, local

REGION = shipped.knowledge().regions[shipped.REGION]
NOW = local("2026-11-18 20:00")
STAFF = "called"


def dialogue(**changes: Any) -> Dialogue:
    parts: dict[str, Any] = {
        "knowledge": shipped.knowledge(),
        "script": shipped.script(),
        "actions": shipped.in_process(),
        "ears": shipped.ears(),
    }
    return Dialogue(**{**parts, **changes})


class Visit:
    """A visitor in a dialogue."""

    def __init__(self, found: Dialogue | None = None, language: str = "nl") -> None:
        self.dialogue = found or dialogue()
        self.language = language
        self.now = NOW
        self.cards: list[Card] = []
        self.talk: Talk

    async def open(self) -> list[str]:
        self.talk, messages = await self.dialogue.open(REGION, self.language, self.now, "x")
        return [message.name for message in messages]

    async def give(self, given: Text | Choose) -> Answer:
        answer = await self.dialogue.answer(
            self.talk, given, REGION, self.now, "x", staff=STAFF, show=self.cards.append
        )
        self.talk = answer.talk
        return answer

    async def choose(self, *payloads: str) -> Answer:
        return await self.give(Choose(payloads))

    def listen(self, text: str) -> Card | None:
        return self.hear(text).card

    def hear(self, text: str, **more: Any) -> Hearing:
        heard = self.dialogue.listen(self.talk, text, REGION, self.now, STAFF, **more)
        self.talk = heard.talk
        return heard

    def later(self, seconds: int) -> None:
        self.now += timedelta(seconds=seconds)


async def visit(found: Dialogue | None = None, language: str = "nl") -> Visit:
    made = Visit(found, language)
    await made.open()
    return made


async def test_chat_opens_with_a_greeting_the_hours_and_the_first_question() -> None:
    made = Visit()

    assert await made.open() == [
        "utter_hello",
        "utter_hello_bot",
        "utter_hours",
        "utter_ask_danger",
    ]
    assert made.talk.state.asked == "danger"
    assert made.talk.triage.level == "normal"


async def test_closed_chat_opens_with_when_it_opens() -> None:
    made = Visit()
    made.now = local("2026-11-18 23:30")

    assert await made.open() == ["utter_closed", "utter_ask_danger_closed"]


async def test_context_is_not_remembered() -> None:
    made = await visit()
    await made.choose("/SetSlots(danger=no)")

    assert not [name for name in made.talk.state.slots if name.startswith("context_")]


# the card that is said


class Ordered:
    """Actions that write down when they run."""

    def __init__(self, order: list[str]) -> None:
        self.order = order

    async def run(self, name: str, call: dict[str, Any]) -> tuple[list[Any], list[Any]]:
        self.order.append(name)
        return await shipped.in_process().run(name, call)


async def test_card_is_shown_before_any_action_runs() -> None:
    order: list[str] = []
    made = await visit(dialogue(actions=Ordered(order)))
    order.clear()
    made.cards = type("Cards", (list,), {"append": lambda self, card: order.append("card")})()

    await made.choose("/SetSlots(danger=self)")

    assert order[0] == "card"
    assert len(order) > 1


@pytest.mark.parametrize(
    ("answer", "form"), [("self", "emergency_self"), ("other", "emergency_other")]
)
async def test_card_that_is_said_is_for_the_role_that_the_answer_means(
    answer: str, form: str
) -> None:
    made = await visit()
    await made.choose(f"/SetSlots(danger={answer})")

    (card,) = made.cards
    assert card.form == form
    assert [button.payload for button in card.buttons] == [CANNOT_CALL]
    assert made.talk.triage.acute
    assert made.talk.card_at == NOW


async def test_script_goes_on_below_the_card_and_does_not_say_it_again() -> None:
    made = await visit()
    answer = await made.choose("/SetSlots(danger=self)")

    assert [message.name for message in answer.messages] == ["utter_ask_watched"]
    assert not answer.hands_over


async def test_no_card_is_shown_when_nothing_is_acute() -> None:
    made = await visit()
    await made.choose("/SetSlots(danger=no)")
    await made.choose("/SetSlots(role=young)")

    assert made.cards == []
    assert made.talk.triage.level == "urgent"


# the card that is heard


async def test_danger_in_a_text_shows_the_card_that_asks() -> None:
    made = await visit()
    card = made.listen("hij heeft een mes")

    assert card is not None
    assert card.form == "emergency_heard"
    assert made.talk.triage.level == "acute"
    assert made.talk.triage.heard == ("weapon",)


async def test_text_without_danger_shows_nothing_and_changes_nothing() -> None:
    made = await visit()
    before = made.talk

    assert made.listen("ik heb een vraag") is None
    assert made.talk.triage == before.triage


async def test_heard_card_comes_once_in_ten_minutes() -> None:
    made = await visit()
    assert made.listen("een mes") is not None
    made.later(599)
    assert made.listen("een mes") is None
    made.later(1)
    assert made.listen("een mes") is not None


async def test_heard_card_comes_at_once_for_a_new_signal() -> None:
    fire = Heard("acute", ("fire",), ("brand",))
    knife = Heard("acute", ("weapon",), ("mes",))
    made = await visit(dialogue(ears=FakeEars(mes=knife, brand=fire)))
    assert made.listen("een mes") is not None
    made.later(1)

    assert made.listen("een mes") is None
    assert made.listen("brand") is not None


async def test_how_often_the_card_comes_is_a_setting() -> None:
    made = await visit(dialogue(card_again_s=5))
    made.listen("een mes")
    made.later(5)

    assert made.listen("een mes") is not None


async def test_said_card_does_not_follow_on_the_heels_of_a_heard_one() -> None:
    made = await visit()
    made.listen("een mes")
    await made.choose("/SetSlots(danger=self)")

    assert made.cards == []


async def test_urgent_words_raise_the_level_and_show_no_card() -> None:
    made = await visit(dialogue(ears=FakeEars(bang=Heard("urgent", ("stalking",), ("bang",)))))

    assert made.listen("ik ben bang") is None
    assert (made.talk.triage.level, made.talk.triage.why) == ("urgent", "heard")


# asked for


async def test_card_can_be_shown_at_any_time_and_is_remembered() -> None:
    made = await visit()
    talk, card = made.dialogue.show_card(made.talk, REGION, NOW, None, heard=False)

    assert card.form == "emergency_unknown"
    assert talk.card_at == NOW


async def test_part_for_who_cannot_call_has_no_such_button_again() -> None:
    made = await visit()
    card = made.dialogue.card(made.talk, REGION, NOW, "none", part="cannot", heard=False)

    assert card.form == "emergency_cannot"
    assert card.buttons == ()


async def test_card_has_the_words_of_the_newest_script() -> None:
    """An emergency text that is mended reaches conversations that are under way."""
    files = dict(shipped.script().files)
    name = "domain/emergency.yml"
    files[name] = files[name].replace(b"Fluisteren mag.", b"Zachtjes mag ook.")
    live = loader.load_files(files, shipped.script().languages)
    made = await visit(dialogue(live=live))

    await made.choose("/SetSlots(danger=self)")

    assert "Zachtjes mag ook." in made.cards[0].text


async def test_card_speaks_the_language_of_the_visitor() -> None:
    made = await visit(language="en")
    await made.choose("/SetSlots(danger=self)")

    assert made.cards[0].text.splitlines()[0].startswith("Call ")
    assert made.cards[0].buttons[0].title == "I cannot call"


# handing over


async def test_straight_to_a_human_hands_over_with_what_is_known() -> None:
    made = await visit()
    await made.choose("/SetSlots(danger=no)")
    answer = await made.choose("/caseworker")

    assert answer.hands_over
    assert answer.messages == ()
    assert made.talk.state.slots["danger"] == "no"


async def test_it_is_handed_over_once() -> None:
    made = await visit()
    assert (await made.choose("/caseworker")).hands_over

    answer = await made.give(Text("hallo"))

    assert not answer.hands_over
    assert answer.messages == ()


class Failing:
    """Actions that never work."""

    async def run(self, name: str, call: dict[str, Any]) -> tuple[list[Any], list[Any]]:
        raise RuntimeError(name)


async def test_script_whose_actions_fail_hands_over_and_keeps_the_card() -> None:
    made = await visit()
    made.dialogue = dialogue(actions=Failing())
    answer = await made.choose("/SetSlots(danger=self)")

    assert answer.hands_over
    assert [card.form for card in made.cards] == ["emergency_self"]
    assert made.talk.triage.acute


async def test_button_that_no_question_has_is_refused_and_changes_nothing() -> None:
    made = await visit()
    before = made.talk

    for payload in ("/SetSlots(level=acute)", "/SetSlots(moment=zomaar)", "/sys:privacy", "x"):
        with pytest.raises(BadPayload):
            await made.choose(payload)
    assert made.talk == before
    assert made.cards == []
