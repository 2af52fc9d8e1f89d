"""Keeps only a moment that we offered."""

from __future__ import annotations

from rasa_sdk.events import EventType, SlotSet
from rasa_sdk.executor import CollectingDispatcher
from rasa_sdk.interfaces import Action, Tracker
from rasa_sdk.types import DomainDict

from flows.moments import is_moment


class ValidateMoment(Action):
    """Empties `moment` when it is not a day and part of day, `other` or `unknown`."""

    def name(self) -> str:
        return "validate_moment"

    async def run(
        self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: DomainDict
    ) -> list[EventType]:
        kept = is_moment(tracker.get_slot("moment"))
        return [] if kept else [SlotSet("moment", None)]
