"""The seats as the database keeps them: the only place where two claims meet."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from handoff.desk import routing
from handoff.desk.seats.port import Expired
from handoff.storage import seats, tickets
from handoff.storage.database import Database
from handoff.storage.sql import Command, Ring, Row, Sql
from handoff.storage.units import NewEvent

SET_AWAY = Sql("UPDATE presence SET state = 'away' WHERE subject = :subject")


class SqlSeats:
    """`Seats` over a database."""

    def __init__(self, db: Database, new_id: Callable[[], str] | None = None) -> None:
        self.db = db
        #: makes the ids of audit rows; without it nothing is noted
        self.new_id = new_id

    # what routing looks at

    async def line(self, region: str, now: int, most: int) -> routing.Line:
        rows = await self.db.read(tickets.routing_rows, region, now, most)
        return routing.Line(
            heads=[_head(row) for row in rows.heads],
            desks=[_desk(row) for row in rows.caseworkers],
            places_free=_places(rows.places),
            refusals=[
                routing.Refusal(row["ticket"], row["caseworker"], bool(row["declined"]))
                for row in rows.refused
            ],
            below=[routing.Held(row["ticket"], row["caseworker"]) for row in rows.below],
        )

    async def helpers(self, days: Mapping[str, int]) -> dict[str, routing.Helper]:
        found = await self.db.read(tickets.helper_rows, days)
        return {
            region: routing.Helper(
                desks=[_desk(row) for row in rows.caseworkers],
                places_free=_places(rows.places),
                waiting={row["band"]: row["many"] for row in rows.waiting},
                taken_today={row["agreement"]: row["many"] for row in rows.taken},
            )
            for region, rows in found.items()
        }

    async def lines(self) -> Sequence[str]:
        return await self.db.read(tickets.waiting_regions)

    async def expired(self, now: int) -> Sequence[str]:
        return await self.db.read(tickets.expired_offers, now)

    # what routing does

    async def offer(
        self,
        decision: routing.Decision,
        expires_at: int,
        now: int,
        day: int = 0,
        told: Sequence[NewEvent] = (),
    ) -> None:
        ticket, reason, agreement = decision.ticket, decision.reason, decision.agreement
        note = self._note(decision, now)
        if decision.over is not None:
            await self.db.run(
                tickets.offer_over, ticket, decision.over, expires_at, now, reason, note
            )
            return
        help = seats.Help(agreement.id, agreement.most_per_day, day) if agreement else None
        await self.db.run(
            tickets.offer, ticket, decision.caseworker, expires_at, now, reason, help, told, note
        )

    def _note(self, decision: routing.Decision, now: int) -> tickets.Note | None:
        """Why who was asked: kept, whatever becomes of the offer."""
        if self.new_id is None:
            return None
        why = f"{decision.caseworker}: {decision.reason}"
        return tickets.audit(self.new_id(), now, "system", "offer", decision.ticket, why)

    async def expire(self, ticket: str, now: int, until: int) -> Expired:
        return Expired(*await self.db.run(_expire, ticket, now, until))

    async def nobody_there(self, caseworker: str) -> None:
        await self.db.run(_nobody_there, caseworker)


def _head(row: Row) -> routing.Head:
    return routing.Head(
        id=row["id"],
        band=row["band"],
        queue_at=row["queue_at"],
        waiting_since=row["waiting_since"],
        home=row["home_region"],
        entered_at=row["entered_at"],
        own_only=bool(row["own_only"]),
        language=row["language"],
        told=frozenset((row["told_region"] or "").split(",")) - {""},
    )


def _desk(row: Row) -> routing.Desk:
    return routing.Desk(
        caseworker=row["caseworker"],
        cap=row["cap"],
        used=row["used"],
        available=bool(row["available"]),
        wrap_ups=row["wrap_ups"],
        last_offer_at=row["last_offer_at"],
        present=bool(row["present"]),
        languages=frozenset(row["languages"].split(",")) - {""},
    )


def _places(rows: Sequence[Row]) -> int:
    return int(rows[0]["cap"] - rows[0]["used"]) if rows else 0


def _expire(ticket: str, now: int, until: int) -> Command[tuple[str, int, str, str]]:
    caseworker, unanswered = yield from tickets.expire_offer(ticket, now, until)
    row = yield from tickets.one(ticket)
    region = yield from tickets.region_of(caseworker)
    return caseworker, unanswered, str(row["queue_region"]) if row else "", region or ""


def _nobody_there(caseworker: str) -> Command[None]:
    rows = yield seats.SET_AVAILABLE, {"caseworker": caseworker, "available": 0}
    yield SET_AWAY, {"subject": f"caseworker/{caseworker}"}
    yield Ring(tuple(f"r/{row['region']}" for row in rows))
