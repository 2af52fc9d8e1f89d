"""Hands the conversation over to a human: the bot is silent from here on."""

from __future__ import annotations

from rasa_sdk.events import ConversationPaused, EventType
from rasa_sdk.executor import CollectingDispatcher
from rasa_sdk.interfaces import Action, Tracker
from rasa_sdk.types import DomainDict


class HandOver(Action):
    """Pauses the bot. Opening the ticket is what handoff makes of that."""

    def name(self) -> str:
        return "action_hand_over"

    async def run(
        self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: DomainDict
    ) -> list[EventType]:
        return [ConversationPaused()]
