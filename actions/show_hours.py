"""Says when the chat is open, or that it is closed and when it opens."""

from __future__ import annotations

from rasa_sdk.events import EventType, SlotSet
from rasa_sdk.executor import CollectingDispatcher
from rasa_sdk.interfaces import Action, Tracker
from rasa_sdk.types import DomainDict

from actions.tracker import knowledge_of, now_of, region_of, say_of
from flows.context import context_slots


class ShowHours(Action):
    """Works the hours out for the region and the moment, and says them (R3, R64)."""

    def name(self) -> str:
        return "action_show_hours"

    async def run(
        self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: DomainDict
    ) -> list[EventType]:
        say = say_of(tracker, domain)
        found = context_slots(knowledge_of(tracker), region_of(tracker), now_of(tracker), say)
        # what the caller has set stands: it knows of more than the clock
        set_now = {name: value for name, value in found.items() if tracker.get_slot(name) is None}
        state = tracker.get_slot("context_state") or found["context_state"]
        if state == "closed":
            dispatcher.utter_message(response="utter_closed")
        elif tracker.get_slot("context_closing_soon"):
            dispatcher.utter_message(response="utter_hours_closing")
        else:
            dispatcher.utter_message(response="utter_hours")
        return [SlotSet(name, value) for name, value in set_now.items()]
