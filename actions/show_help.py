"""Shows the help cards that fit what was answered: at most two at a time, each kind once."""

from __future__ import annotations

from rasa_sdk.events import EventType, SlotSet
from rasa_sdk.executor import CollectingDispatcher
from rasa_sdk.interfaces import Action, Tracker
from rasa_sdk.types import DomainDict

from actions.tracker import knowledge_of
from data.help_cards import help_cards
from flows.payloads import listed, split
from flows.urgency import Triage, answered


class ShowHelp(Action):
    """Says the cards of `data/help_cards.yml`. Which kinds were shown, here or because they were
    heard, stands in `context_help_shown`: nobody reads the same card twice."""

    def name(self) -> str:
        return "action_show_help"

    async def run(
        self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: DomainDict
    ) -> list[EventType]:
        knowledge = knowledge_of(tracker)
        triage = answered(knowledge.triage, Triage(), tracker.slots)
        shown = split(tracker.get_slot("context_help_shown"))
        acute = triage.acute or bool(tracker.get_slot("context_emergency_shown"))
        # the table is of today, the texts are of the release that this conversation began with
        table = tuple(card for card in knowledge.help_cards if card.response in domain["responses"])
        cards = help_cards(table, triage.signals, triage.role, acute=acute, shown=shown)
        for card in cards:
            dispatcher.utter_message(response=card.response)
        kinds = [*shown, *(card.name for card in cards)]
        return [SlotSet("context_help_shown", listed(kinds))]
