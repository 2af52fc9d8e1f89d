"""Makes the offers that the routing rule proposes, and moves on those that nobody answers.

Any node may dispatch; the database decides who was first, and a lost race is simply looked at
again. Nothing here holds state.
"""

from __future__ import annotations

import logging

from handoff.clock import seconds
from handoff.desk import routing
from handoff.desk.floor import Floor
from handoff.desk.one_by_one import one_by_one
from handoff.desk.queue import ACUTE_BAND
from handoff.desk.services import Services
from handoff.storage import seats, tickets
from handoff.storage.sql import Command, Ring, Rollback, Sql

log = logging.getLogger(__name__)

SET_AWAY = Sql("UPDATE presence SET state = 'away' WHERE subject = :subject")
#: So many heads of a queue are looked at in one go; the next look takes the next ones.
HEADS = 50


class Dispatch:
    """Offers for every region."""

    def __init__(self, services: Services, floor: Floor) -> None:
        self.services = services
        self.floor = floor
        self.busy: set[str] = set()
        self.again: set[str] = set()

    def wake(self, region: str) -> None:
        """A region changed: its waiting tickets are looked at, once at a time."""
        if region in self.busy:
            self.again.add(region)
            return
        self.busy.add(region)
        self.floor.conversations.start(self._run(region))

    async def _run(self, region: str) -> None:
        try:
            self.again.add(region)
            while region in self.again:
                self.again.discard(region)
                if await self.offers(region):
                    self.floor.ring(region)
        finally:
            self.busy.discard(region)

    async def offers(self, region: str) -> int:
        """Makes the offers that are due in a region; how many were made."""
        now = self.services.now()
        rows = await self.services.db.read(tickets.routing_rows, region, now, HEADS)
        made = 0
        for decision in self._decisions(rows, now):
            made += await self._offer(decision, rows, now)
        return made

    def _decisions(self, rows: tickets.RoutingRows, now: int) -> list[routing.Decision]:
        places = rows.places[0] if rows.places else {"cap": 0, "used": 0}
        return routing.choose(
            [
                routing.Head(row["id"], row["band"], row["queue_at"], row["waiting_since"])
                for row in rows.heads
            ],
            [
                routing.Desk(
                    row["caseworker"],
                    row["cap"],
                    row["used"],
                    bool(row["available"]),
                    row["wrap_ups"],
                    row["last_offer_at"],
                )
                for row in rows.caseworkers
            ],
            places_free=places["cap"] - places["used"],
            refusals=[
                routing.Refusal(row["ticket"], row["caseworker"], bool(row["declined"]))
                for row in rows.refused
            ],
            below=[routing.Held(row["ticket"], row["caseworker"]) for row in rows.below],
            wrap_ups_open=self.services.settings.wrap_ups_open,
            now=now,
        )

    async def _offer(self, decision: routing.Decision, rows: tickets.RoutingRows, now: int) -> int:
        band = next(row["band"] for row in rows.heads if row["id"] == decision.ticket)
        settings = self.services.settings
        acute = band == ACUTE_BAND
        timeout = settings.offer_acute_timeout_s if acute else settings.offer_timeout_s
        expires_at = now + seconds(timeout)
        try:
            if decision.over is not None:
                await self.services.db.run(
                    tickets.offer_over,
                    decision.ticket,
                    decision.over,
                    expires_at,
                    now,
                    decision.reason,
                )
            else:
                await self.services.db.run(
                    tickets.offer,
                    decision.ticket,
                    decision.caseworker,
                    expires_at,
                    now,
                    decision.reason,
                )
        except Rollback as refused:
            log.info("ticket %s: not offered (%s)", decision.ticket, refused.reason)
            return 0
        log.info("ticket %s: offered (%s)", decision.ticket, decision.reason)
        return 1

    async def expire(self) -> None:
        """Moves on the offers whose time is over; a desk that never answers becomes away."""
        expired = await self.services.db.read(tickets.expired_offers, self.services.now())
        await one_by_one(expired, self._expire)

    async def _expire(self, ticket: str) -> None:
        now, settings = self.services.now(), self.services.settings
        until = now + seconds(settings.offer_again_s)
        caseworker, unanswered = await self.services.db.run(
            tickets.expire_offer, ticket, now, until
        )
        log.info("ticket %s: no answer", ticket)
        if unanswered >= settings.offers_unanswered:
            await self.services.db.run(nobody_there, caseworker)
        self.floor.ring(await self._region_of(ticket))

    async def _region_of(self, ticket: str) -> str:
        row = await self.services.db.read(tickets.one, ticket)
        return str(row["serving_region"]) if row else ""


def nobody_there(caseworker: str) -> Command[None]:
    """A desk that never answers becomes away; its link stays as it is, on whatever node."""
    rows = yield seats.SET_AVAILABLE, {"caseworker": caseworker, "available": 0}
    yield SET_AWAY, {"subject": f"caseworker/{caseworker}"}
    yield Ring(tuple(f"r/{row['region']}" for row in rows))
