"""Weighs the answers: how urgent, and whether the clock question is due."""

from __future__ import annotations

from rasa_sdk.events import EventType, SlotSet
from rasa_sdk.executor import CollectingDispatcher
from rasa_sdk.interfaces import Action, Tracker
from rasa_sdk.types import DomainDict

from actions.tracker import knowledge_of
from flows.urgency import Triage, answered, clock_is_due


class WeighAnswers(Action):
    """Sets `level` and `asks_today` from what was answered so far (DOMAIN 2.4)."""

    def name(self) -> str:
        return "action_weigh_answers"

    async def run(
        self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: DomainDict
    ) -> list[EventType]:
        triage = knowledge_of(tracker).triage
        level = answered(triage, Triage(), tracker.slots).level
        due = level != "acute" and clock_is_due(triage, tracker.slots)
        return [SlotSet("level", level), SlotSet("asks_today", due)]
