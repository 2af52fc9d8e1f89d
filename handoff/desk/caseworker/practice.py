"""One practice with a made-up visitor (R39): its card, what was said, who speaks next. Pure.

It lives in memory, at one desk. Nothing here knows a database, so nothing of it is ever written.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from data.knowledge import Knowledge
from data.training import PracticeScript, answers_of
from flows import urgency
from flows.engine import State
from handoff import protocol
from handoff.clock import micros
from handoff.desk import hearings
from handoff.desk.dialogue import Talk
from handoff.desk.said import VISITOR, Body, Said
from handoff.desk.ticket import Ticket, card_of
from handoff.storage.units import CASEWORKER

#: Before the id of every practice; ids of tickets have no word in them.
PRACTICE = "practice-"


@dataclass(frozen=True, slots=True)
class Trainee:
    """Who practises, and where."""

    username: str
    name: str
    region: str


class Practice:
    """What a conversation knows, for one that is made up."""

    def __init__(
        self,
        script: PracticeScript,
        trainee: Trainee,
        knowledge: Knowledge,
        language: str,
        ids: Callable[[], str],
        now: datetime,
    ) -> None:
        self.script = script
        self.trainee = trainee
        self.knowledge = knowledge
        self.ids = ids
        self.talk = _heard(
            Talk(State(slots={}, language=language, paused=True), triage_of(script, knowledge))
        )
        self.ticket = _ticket(script, trainee, self.talk, f"{PRACTICE}{ids()}", ids(), micros(now))
        self.events: list[Said] = []
        #: the number of each message of the caseworker, by the id it came with
        self.acks: dict[str, int] = {}
        self.replies = [*script.replies, script.last]
        #: how many of them were given
        self.given = 0
        for words in script.opening:
            self.say(VISITOR, "text", words[language], now)

    @property
    def id(self) -> str:
        """The ticket's."""
        return self.ticket.id

    @property
    def active(self) -> bool:
        """Whether it goes on."""
        return self.ticket.state == "active"

    @property
    def left(self) -> bool:
        """Whether the visitor is gone."""
        return self.ticket.visitor in protocol.LEFT

    @property
    def answers(self) -> bool:
        """Whether the visitor has something to say yet."""
        return self.active and not self.left and self.given < len(self.replies)

    def card(self) -> protocol.Ticket:
        """The card, made as that of a real ticket."""
        agreed = dict(self.talk.agreed) if self.talk.agreed else None
        return card_of(self.ticket, self.talk, self.knowledge, safe_moment=agreed)

    def say(
        self,
        author: str,
        kind: protocol.Kind,
        text: str,
        now: datetime,
        *,
        id: str | None = None,
        name: str = "",
    ) -> Said:
        """Something is said; it gets the next number."""
        by = self.trainee.name if author.startswith(CASEWORKER) else ""
        return self.add(Said(self.ids(), author, kind, now, Body(text, name=name, by=by), id))

    def add(self, said: Said) -> Said:
        """Numbers an event."""
        said.seq = len(self.events) + 1
        self.events.append(said)
        if said.client_id is not None:
            self.acks[said.client_id] = said.seq
        return said

    def by_caseworker(
        self,
        kind: protocol.Kind,
        text: str,
        now: datetime,
        *,
        id: str | None = None,
        name: str = "",
    ) -> Said:
        """The caseworker says or notes something."""
        return self.say(CASEWORKER + self.trainee.username, kind, text, now, id=id, name=name)

    def answer(self, now: datetime) -> Said:
        """The visitor's next words. After the last the visitor leaves, if the script says so."""
        words = self.replies[self.given]
        self.given += 1
        said = self.say(VISITOR, "text", words[self.talk.language], now)
        if self.given == len(self.replies) and self.script.leaves is not None:
            self.ticket = replace(
                self.ticket, visitor=self.script.leaves, visitor_since=micros(now)
            )
        return said

    def judge(self, triage: urgency.Triage) -> None:
        """The caseworker set the level, or struck a signal."""
        self.talk = _heard(replace(self.talk, triage=triage))
        self.ticket = replace(self.ticket, level=triage.level)

    def agree_with_heard(self) -> str:
        """The caseworker agrees with what was heard; what that was, empty when nothing waits."""
        told = hearings.told(self.talk.counted)
        memory, _ = hearings.agreed(self.talk.counted)
        self.talk = replace(self.talk, counted=memory)
        return told

    def agree(self, agreed: Mapping[str, Any]) -> None:
        """A safe moment was agreed."""
        self.talk = replace(self.talk, agreed=agreed)

    def become(self, state: str) -> None:
        """Ends it (`wrap_up`), or closes it."""
        self.ticket = replace(self.ticket, state=state)


def triage_of(script: PracticeScript, knowledge: Knowledge) -> urgency.Triage:
    """The triage of a made-up visitor. Its reason is the first answer of that level, as with a real
    one; without such an answer it was heard."""
    levels = answers_of(knowledge.triage.answers)
    of_level = (name for name in script.said if levels.get(name) == script.level)
    why = next(of_level, "heard" if script.heard else "none")
    language = knowledge.language
    because = tuple(knowledge.triage.signals[name][language] for name in script.heard)
    return urgency.Triage(
        level=script.level,
        why=why,
        because=because if why == "heard" else (),
        said=script.said,
        heard=script.heard,
        unknown=script.unknown,
        role=script.role,
        watched=script.watched,
        cannot_call=script.cannot_call,
        signals=script.heard,
        raised=(urgency.Heard(script.level, script.heard, because),) if why == "heard" else (),
    )


def _heard(talk: Talk) -> Talk:
    """A practice is judged as a conversation is, and never counts."""
    memory, _ = hearings.counted(talk.triage, talk.counted, "", "")
    return replace(talk, counted=memory)


def _ticket(
    script: PracticeScript, trainee: Trainee, talk: Talk, id: str, conversation: str, now: int
) -> Ticket:
    return Ticket(
        id=id,
        conversation=conversation,
        state="active",
        home_region=trainee.region,
        queue_region=trainee.region,
        serving_region=trainee.region,
        level=script.level,
        band=0,
        queue_at=now,
        waiting_since=now,
        entered_at=now,
        language=talk.language,
        watched=script.watched,
        cannot_call=script.cannot_call,
        danger_unknown="danger" in script.unknown,
        returned=False,
        given_back=False,
        typed=True,
        own_only=False,
        training=True,
        agreement=None,
        told_region=None,
        visitor="online",
        visitor_since=now,
        caseworker=trainee.username,
        caseworker_away=False,
        reason=None,
    )
