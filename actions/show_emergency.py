"""Shows the emergency card when the answers say that danger is acute."""

from __future__ import annotations

from rasa_sdk.events import EventType
from rasa_sdk.executor import CollectingDispatcher
from rasa_sdk.interfaces import Action, Tracker
from rasa_sdk.types import DomainDict

from actions.tracker import knowledge_of, now_of, region_of
from data.emergency_card import CardState, card_lines
from data.hours import opening
from flows.urgency import Triage, answered


class ShowEmergency(Action):
    """Says the lines of the card (R68). Our own server shows the card before any action runs, and
    says so in `context_emergency_shown`; a plain Rasa server gets it from here."""

    def name(self) -> str:
        return "action_show_emergency"

    async def run(
        self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: DomainDict
    ) -> list[EventType]:
        if tracker.get_slot("context_emergency_shown"):
            return []
        knowledge = knowledge_of(tracker)
        triage = answered(knowledge.triage, Triage(), tracker.slots)
        office = opening(region_of(tracker).office.hours, now_of(tracker)).open
        state = CardState(triage.role, False, None, triage.signals, office)
        for part in ("call", "cannot"):
            for response in card_lines(knowledge.emergency_card, part, state):
                dispatcher.utter_message(response=response)
        return []
