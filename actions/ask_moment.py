"""Asks when it is safe to come back, with the next moments at which the chat is open."""

from __future__ import annotations

from rasa_sdk.events import EventType
from rasa_sdk.executor import CollectingDispatcher
from rasa_sdk.interfaces import Action, Tracker
from rasa_sdk.types import DomainDict

from actions.tracker import now_of, region_of, say_of
from flows.moments import OTHER, safe_moments


class AskMoment(Action):
    """Offers up to three parts of a day, another moment, or none (R53)."""

    def name(self) -> str:
        return "action_ask_moment"

    async def run(
        self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: DomainDict
    ) -> list[EventType]:
        say = say_of(tracker, domain)
        offered = safe_moments(region_of(tracker).chat_hours, now_of(tracker), say)
        choices = [(moment.value, moment.title) for moment in offered]
        choices.append((OTHER, say("utter_moment_other")))
        choices.append(("unknown", say("utter_moment_unknown")))
        buttons = [
            {"title": title, "payload": f"/SetSlots(moment={value})"} for value, title in choices
        ]
        buttons.append({"title": say("utter_straight"), "payload": "/caseworker"})
        dispatcher.utter_message(text=say("utter_moment_question"), buttons=buttons)
        return []
