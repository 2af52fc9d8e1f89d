"""What would be heard in a text that nobody sent: by rules, and by rules with what was learnt.

For editors. Nothing of it is kept, and no conversation knows of it.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime

from data.danger_rules import LISTENING, DangerRules
from data.hours import opening
from data.regions import Region
from flows.engine import begin
from flows.urgency import Heard
from handoff.desk.dialogue import Dialogue, Ears, Talk
from handoff.desk.services import Services


@dataclass(frozen=True, slots=True)
class Tried:
    """What one way of listening made of a text, and the cards that it would bring."""

    heard: Heard
    cards: tuple[str, ...]


class Trying:
    """Listens in all ways that there are; `running` is what visitors get."""

    def __init__(
        self,
        services: Services,
        danger: DangerRules,
        ears: Callable[[DangerRules], Ears],
        running: Ears,
    ) -> None:
        self.services = services
        self._danger = danger
        self._make = ears
        # without anything learnt the two are the same
        self.in_use = services.settings.listening if danger.weights else LISTENING[1]
        self._ears = {self.in_use: running}

    @property
    def ways(self) -> tuple[str, ...]:
        """The ways of `LISTENING` that this installation has."""
        return LISTENING if self._danger.weights else LISTENING[1:]

    def hear(
        self, text: str, before: tuple[str, ...], asked: str, region: Region, now: datetime
    ) -> Mapping[str, Tried]:
        """What each way hears in a text, after others and after a question.

        Called in a thread, one at a time: first it builds the ears that visitors do not get, which
        takes half a second."""
        return {
            way: self._tried(self._ears_of(way), text, before, asked, region, now)
            for way in self.ways
        }

    def _ears_of(self, way: str) -> Ears:
        if way not in self._ears:
            self._ears[way] = self._make(self._danger.heard_by(way))
        return self._ears[way]

    def _tried(
        self,
        ears: Ears,
        text: str,
        before: tuple[str, ...],
        asked: str,
        region: Region,
        now: datetime,
    ) -> Tried:
        """As a visitor's text is heard, in a talk that has just begun."""
        heard = ears.hear(text, before, asked)
        knowledge, theirs = self.services.knowledge, self.services.dialogue
        dialogue = Dialogue(knowledge, theirs.live, theirs.actions, ears)
        language = knowledge.language
        talk = Talk(begin(theirs.live, language, dialogue.context(region, language, now)))
        staff = "called" if opening(region.chat_hours, now).open else "none"
        brings = dialogue.listen(talk, text, region, now, staff, before, asked)
        card = (brings.card.text,) if brings.card is not None else ()
        return Tried(heard, (*card, *(message.text for message in brings.help)))
