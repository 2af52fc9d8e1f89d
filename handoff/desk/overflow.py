"""What a visitor reads when another region helps, and how the visitor may rather wait."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from handoff.desk.conversation import Conversation, Gone
from handoff.desk.conversations import Conversations
from handoff.desk.queue import ACUTE_BAND
from handoff.desk.reach import serves_today
from handoff.desk.routing import Decision
from handoff.desk.said import SYSTEM, of_message
from handoff.desk.services import Services
from handoff.protocol import LEFT
from handoff.storage import seats, tickets
from handoff.storage.sql import Command, Ring, Rollback, Sql
from handoff.storage.units import NewEvent

#: Who helps after all, once nobody of the own region comes any more today, is told once more.
OWN_ONLY = Sql("UPDATE ticket SET own_only = true, told_region = NULL WHERE id = :id")
#: Who helps then is told once more.
ANY_REGION = Sql("UPDATE ticket SET own_only = false, told_region = NULL WHERE id = :id")


class Overflow:
    """Tells visitors who helps them. `present` counts the open desks of a region."""

    def __init__(
        self, services: Services, conversations: Conversations, present: Callable[[str], int]
    ) -> None:
        self.services = services
        self.conversations = conversations
        self.present = present

    async def tell(self, decision: Decision, region: str) -> Sequence[NewEvent]:
        """What the visitor of a ticket reads, sealed, once for each region that is asked. Acute is
        told, not asked; the rest may wait for the own region if that one still serves today. In a
        pool the own region may be the one that helps: there is nothing to choose then."""
        row = await self.services.db.read(tickets.one, decision.ticket)
        if row is None or region in (row["told_region"] or "").split(",") or row["visitor"] in LEFT:
            return ()
        try:
            async with self.conversations.borrowed(str(row["conversation"])) as found:
                return [self._notice(found, region, acute=row["band"] == ACUTE_BAND)]
        except Gone:
            return ()

    def _notice(self, found: Conversation, region: str, *, acute: bool) -> NewEvent:
        knowledge, now = self.services.knowledge, found.now()
        named = {"serving_region": knowledge.regions[region].name}
        if region == found.region:
            name, named = "utter_helped_home", {}
        elif not acute and serves_today(knowledge, found.region, now, self.present):
            name = "utter_helped_choice"
        else:
            name = "utter_helped"
        message = found.dialogue.message(name, found.talk, found.home, now, **named)
        sealed: NewEvent = found.seal(of_message(self.services.ids.short(), message, now, SYSTEM))
        return sealed


def own_region(conversation: str) -> Command[tuple[str, ...]]:
    """The visitor rather waits for the own region: an offer elsewhere is undone, and none comes.
    The bells of the regions that looked at it come back.

    Raises `Rollback`: `taken` once somebody accepted, `acute` in danger, when whoever is fastest
    helps, `unknown` without a ticket."""
    rows = yield tickets.LOCK_OF, {"id": conversation}
    if not rows:
        raise Rollback("unknown")
    row = rows[0]
    if row["state"] not in ("waiting", "offered"):
        raise Rollback("taken")
    if row["level"] == "acute":
        raise Rollback("acute")
    yield OWN_ONLY, {"id": row["id"]}
    if row["state"] == "offered" and row["serving_region"] != row["queue_region"]:
        yield seats.DROP_ANY_OFFER, {"ticket": row["id"]}
        yield seats.TO_LINE, {"ticket": row["id"], "old": "offered"}
        yield tickets.SET_REASON, {"id": row["id"], "reason": None}
    bells = tickets.bells_of(row)
    yield Ring((*bells, f"c/{conversation}/0"))
    return bells


def other_region(conversation: str) -> Command[tuple[str, ...]]:
    """The visitor is fine with another region after all. The bells of its regions come back.

    Raises `Rollback("taken")` once somebody accepted, `unknown` without a ticket."""
    rows = yield tickets.LOCK_OF, {"id": conversation}
    if not rows:
        raise Rollback("unknown")
    if rows[0]["state"] not in ("waiting", "offered"):
        raise Rollback("taken")
    yield ANY_REGION, {"id": rows[0]["id"]}
    bells = tickets.bells_of(rows[0])
    yield Ring((*bells, f"c/{conversation}/0"))
    return bells
