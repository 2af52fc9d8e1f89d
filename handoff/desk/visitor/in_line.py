"""What a visitor in line answers to a notice: still there, I wait, my own region, another, later.

An old notice stays on the screen: pressed once a caseworker is there, its button changes nothing.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from handoff.desk import waiting
from handoff.desk.conversation import Conversation, Turn
from handoff.desk.overflow import other_region, own_region
from handoff.desk.said import VISITOR
from handoff.desk.ticket import IN_QUEUE, Ticket, bells_of
from handoff.desk.visitor.turns import OVER, Turns
from handoff.protocol import Refused
from handoff.storage import escalations
from handoff.storage.sql import Command, Rollback

if TYPE_CHECKING:
    from handoff.desk.visitor.session import FrontDoor, VisitorSession

#: What is said to each, and which notice it answers.
ANSWERS = {
    "here": ("utter_sys_here", waiting.STILL_THERE),
    "wait": ("utter_sys_wait", waiting.LONG),
    "own_region": ("utter_sys_own_region", None),
    "other_region": ("utter_sys_other_region", waiting.LONG),
}
MOVES: dict[str, Callable[[str], Command[tuple[str, ...]]]] = {
    "own_region": own_region,
    "other_region": other_region,
}
LATE = "utter_sys_own_region_late"
FASTEST = "utter_sys_fastest"


class InLineAnswers:
    """The buttons of the notices."""

    __slots__ = ("door", "session", "turns")

    def __init__(self, door: FrontDoor, session: VisitorSession, turns: Turns) -> None:
        self.door = door
        self.session = session
        self.turns = turns

    async def answer(self, name: str, id: str) -> None:
        """Raises `Refused` for who is not in line."""
        if self.turns.seen(id):
            return
        conversation = self.session.opened()
        ticket = self._ticket(conversation, id)
        if name in MOVES:
            await self._move(conversation, name, id)
        elif ticket.state not in IN_QUEUE:
            await self._told(name, id, LATE)
        else:
            await self._told(name, id, ANSWERS[name][0])

    async def may_leave(self, id: str) -> bool:
        """Whether *later* means leaving: not once a caseworker is there, who is told by a button
        of its own. Raises `Refused` for who is not in line."""
        conversation = self.session.opened()
        if self._ticket(conversation, id).state in IN_QUEUE:
            return True
        await self._told("later", id, LATE)
        return False

    def title(self, name: str) -> str:
        """What stood on the button."""
        return self.turns.titles((f"/sys:{name}",))

    def _ticket(self, conversation: Conversation, id: str) -> Ticket:
        ticket = conversation.ticket
        if ticket is None:
            raise Refused("wrong_state", "you are not in line", id)
        if conversation.state == "closed":
            raise Refused("wrong_state", OVER, id)
        return ticket

    async def _move(self, conversation: Conversation, name: str, id: str) -> None:
        """Another line of offers; too late once somebody accepted."""
        told = ANSWERS[name][0]
        bells: tuple[str, ...] = ()
        try:
            bells = await self.door.services.db.run(MOVES[name], conversation.id)
        except Rollback as late:
            if late.reason == "unknown":
                raise Refused("wrong_state", "you are not in line", id) from late
            told = FASTEST if late.reason == "acute" else LATE
        await self._told(name, id, told)
        await conversation.refresh()
        now = bells_of(conversation.ticket) if conversation.ticket else ()
        for bell in {*bells, *now}:
            self.door.floor.ring(bell.partition("/")[2])

    async def _told(self, name: str, id: str, response: str) -> None:
        async def build(turn: Turn) -> None:
            turn.events.append(self.turns.own(id, self.title(name)))
            turn.events.append(self.turns.notice(response))
            turn.also.extend(self._answered(name))

        await self.turns.write(build, id, late=True)

    def _answered(self, name: str) -> list[tuple[Any, dict[str, Any]]]:
        """The statement that notes an answer to a notice; none when it answers none."""
        ticket, kind = self.session.opened().ticket, ANSWERS.get(name, (None, None))[1]
        if ticket is None or kind is None:
            return []
        values = {"subject": ticket.id, "kind": kind, "by": VISITOR}
        return [(escalations.ANSWERED, {**values, "at": self.door.services.now()})]
