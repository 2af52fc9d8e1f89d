"""Random walks through the shipped script: whatever a visitor does, it ends with help, and soon."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from hypothesis import HealthCheck, event, given, settings
from hypothesis import strategies as st

from flows.check.questions import STRAIGHT
from flows.check.ways import FOLLOW_UP, MOST_FOLLOW_UPS, MOST_SCREENS
from flows.engine import Choose, Text
from flows.model import Collect
from flows.payloads import BadPayload, SetValues, parse
from flows.render import Message
from flows.urgency import UNKNOWN, opened_card, rank
from handoff.desk.dialogue import Card, Dialogue, Talk
from tests import shipped
from tests.shipped import local

#: A visitor who does more than this without getting anywhere is in a circle.
MOST_TURNS = 60
TEXTS = [
    *("ja", "nee", "Ja.", "weet niet", "misschien", "vandaag", "yes", "hallo", ""),
    *("een mens", "ik wil een mens spreken", "meteen naar een medewerker", "/caseworker"),
    *("hij heeft een mes", "/SetSlots(danger=no)", "{danger}", "x" * 2000, "\x00", "\U0001f600"),
]
FOLLOW_UPS = {
    step.slot
    for flow in shipped.script().flows.values()
    for step in flow.steps.values()
    if isinstance(step, Collect) and step.metadata.get(FOLLOW_UP)
}


class Walk:
    """A visitor who does at random what can be done, and what cannot."""

    def __init__(self, data: st.DataObject) -> None:
        self.data = data
        self.dialogue = Dialogue(
            shipped.knowledge(), shipped.script(), shipped.in_process(), shipped.ears()
        )
        slugs = [shipped.REGION, self.one_of(sorted(shipped.knowledge().regions))]
        self.region = shipped.knowledge().regions[self.one_of(slugs)]
        hour = self.one_of([10, 14, 16, 20, self.number(0, 23)])
        day = local("2026-11-16 00:00") + timedelta(days=self.number(0, 13))
        self.now = day + timedelta(hours=hour, minutes=self.number(0, 59))
        self.language = self.one_of(["nl", "en"])
        self.staff = self.one_of(["called", "full", "none", None])
        self.cards: list[Card] = []
        self.screens: list[str] = []
        self.helped = self.over = False
        self.talk: Talk
        self.question: Message | None = None

    def one_of(self, choices: list[Any]) -> Any:
        return self.data.draw(st.sampled_from(choices))

    def number(self, least: int, most: int) -> int:
        return self.data.draw(st.integers(least, most))

    async def go(self) -> None:
        self.talk, messages = await self.dialogue.open(self.region, self.language, self.now, "x")
        self.closed = self.talk.state.slots["began"] == "closed"
        self.look(messages)
        for _ in range(MOST_TURNS):
            if self.over or not self.talk.state.stack:
                break
            level = self.talk.triage.level
            await self.turn()
            assert rank(self.talk.triage.level) >= rank(level)
        self.judge()

    async def turn(self) -> None:
        self.now += timedelta(seconds=self.number(0, 600))
        what = self.one_of(["choose"] * 9 + ["type", "foreign", "old", "card", "language"])
        assert self.question is not None
        if what == "choose":
            await self.give(Choose(self.chosen(self.question)))
        elif what == "type":
            text = self.one_of(TEXTS)
            heard = self.dialogue.listen(self.talk, text, self.region, self.now, self.staff)
            self.talk = heard.talk
            self.cards += [heard.card] if heard.card else []
            await self.give(Text(text))
        elif what == "card":
            talk = replace(self.talk, triage=opened_card(self.talk.triage))
            self.talk, card = self.dialogue.show_card(
                talk, self.region, self.now, self.staff, heard=False
            )
            assert card.text
        elif what == "language":
            self.language = self.one_of(["nl", "en"])
            self.talk = replace(self.talk, state=replace(self.talk.state, language=self.language))
        else:
            await self.press_what_is_not_there(what)

    def chosen(self, question: Message) -> tuple[str, ...]:
        if question.multiple and self.number(0, 1):
            chips = [found.payload for found in question.buttons if found.payload[:4] == "/Set"]
            return tuple(self.data.draw(st.lists(st.sampled_from(chips), min_size=1, max_size=4)))
        payloads = [found.payload for found in question.buttons]
        patient = [payload for payload in payloads if payload != f"/{STRAIGHT}"]
        return (self.one_of(patient if self.number(0, 9) else payloads),)

    async def press_what_is_not_there(self, what: str) -> None:
        """A button of another question, or one that we never made."""
        known = [
            button.payload
            for response in shipped.script().responses.values()
            for variation in response.variations
            for button in variation.buttons
        ]
        made_up = ["/SetSlots(level=normal)", "/SetSlots(moment=x)", "/SetSlots(danger=)", "x", ""]
        payload = self.one_of(known if what == "old" else made_up)
        before = self.talk
        try:
            await self.give(Choose((payload,)))
        except BadPayload:
            assert self.talk == before

    async def give(self, given: Choose | Text) -> None:
        answer = await self.dialogue.answer(
            self.talk, given, self.region, self.now, "x", staff=self.staff, show=self.cards.append
        )
        self.talk = answer.talk
        self.over = self.over or answer.hands_over
        self.look(answer.messages)

    def look(self, messages: tuple[Message, ...]) -> None:
        for message in messages:
            assert message.text.strip()
            assert "{" not in message.text
            self.helped = self.helped or message.metadata.get("help") is True
            if message.asks:
                self.look_at_question(message)

    def look_at_question(self, message: Message) -> None:
        self.question = message
        assert message.asks is not None
        if message.asks not in self.screens:
            self.screens.append(message.asks)
        payloads = [button.payload for button in message.buttons]
        assert len(payloads) == len(set(payloads))
        assert SetValues(((message.asks, UNKNOWN),)) in [parse(payload) for payload in payloads]
        assert (f"/{STRAIGHT}" in payloads) is not self.closed

    def judge(self) -> None:
        assert self.over or not self.talk.state.stack, "the visitor got nowhere"
        assert self.over or self.helped
        assert not (self.closed and self.over)
        extra = [slot for slot in self.screens if slot in FOLLOW_UPS]
        assert len(extra) <= MOST_FOLLOW_UPS
        assert len(self.screens) - len(extra) <= MOST_SCREENS
        assert all(card.text and card.form.startswith("emergency_") for card in self.cards)
        event("closed" if self.closed else "human" if self.over else "ended")
        event(f"{len(self.screens)} screens")


@settings(
    max_examples=250,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
)
@given(st.data())
def test_every_walk_ends_with_help_within_five_screens(data: st.DataObject) -> None:
    asyncio.run(Walk(data).go())


def test_walk_knows_the_question_that_follows_up() -> None:
    assert FOLLOW_UPS == {"today"}


@pytest.mark.parametrize("language", ["nl", "en"])
@pytest.mark.parametrize("at", ["2026-11-18 20:00", "2026-11-18 23:30"])
async def test_who_skips_everything_gets_there_too(language: str, at: str) -> None:
    dialogue = Dialogue(shipped.knowledge(), shipped.script(), shipped.in_process(), shipped.ears())
    region = shipped.knowledge().regions[shipped.REGION]
    talk, messages = await dialogue.open(region, language, local(at), "x")
    helped = over = False
    while talk.state.stack and not over:
        question = messages[-1]
        payload = f"/SetSlots({question.asks}={UNKNOWN})"
        answer = await dialogue.answer(
            talk, Choose((payload,)), region, local(at), "x", staff=None, show=lambda card: None
        )
        talk, messages, over = answer.talk, answer.messages, answer.hands_over
        helped = helped or any(message.metadata.get("help") for message in messages)

    assert over or helped
    assert talk.triage.level == "normal"
