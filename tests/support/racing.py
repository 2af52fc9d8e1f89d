"""A process that plays everything the work floor can do, at random, against another one like it.

It prints one JSON object: how often each command was done or undone and why, and what went wrong.
"""

from __future__ import annotations

import asyncio
import json
import secrets
import sys
from collections import Counter
from collections.abc import Callable
from itertools import count
from random import Random
from typing import Any

from handoff.storage import conversations, presence, seats, tickets
from handoff.storage.database import Database
from handoff.storage.sql import Command, Rollback, Row, Sql
from handoff.storage.units import Conflict, Ended, Unit
from tests.support.storing import MONTH, NOW, PATIENCE_S, event, opened, rows

REGIONS = {"north": 5, "south": 4}
DESKS = {"n1": "north", "n2": "north", "n3": "north", "s1": "south", "s2": "south"}
TICKETS = [f"t{number:02}" for number in range(20)]
TASKS, ROUNDS = 6, 150
#: Microseconds until an offer is over; each command is one later than the one before.
OFFER = 8

#: Under the locks of a claim nobody else can add to either, so this must be nothing.
ABOVE = Sql(
    "SELECT w.caseworker FROM caseworker_seats w JOIN region_seats r ON r.region = w.region"
    " WHERE w.caseworker = :caseworker AND"
    " ((SELECT count(*) FROM seat s WHERE s.caseworker = w.caseworker) > w.cap"
    "  OR (SELECT count(*) FROM seat s WHERE s.region = r.region) > r.cap)"
)
#: A waiting ticket has no seat, an offered one a seat with a time, an active one a seat without.
DISAGREE = (
    "SELECT t.id FROM ticket t LEFT JOIN seat s ON s.ticket = t.id WHERE CASE t.state"
    " WHEN 'offered' THEN s.expires_at IS NULL"
    " WHEN 'active' THEN s.ticket IS NULL OR s.expires_at IS NOT NULL"
    " ELSE s.ticket IS NOT NULL END"
)
USED = "SELECT region, count(*) AS many FROM seat GROUP BY region"
REOPEN = Sql(
    "UPDATE ticket SET state = 'waiting', visitor = 'online', caseworker = NULL"
    " WHERE id = :id AND state IN ('wrap_up', 'missed', 'closed') RETURNING conversation"
)


async def faults(db: Database) -> list[str]:
    """What must never be seen, not even for a moment."""
    found = [f"{row['id']}: ticket and seat disagree" for row in await rows(db, DISAGREE)]
    for row in await rows(db, USED):
        if row["many"] > REGIONS[row["region"]]:
            found.append(f"{row['region']}: {row['many']} chats")
    return found


def checked(claims: Command[Any], caseworker: str) -> Command[Any]:
    """A command that claims; it may not leave anybody above a cap."""
    result = yield from claims
    above = yield ABOVE, {"caseworker": caseworker}
    if above:
        raise AssertionError(f"{caseworker} is above a cap")
    return result


def reopen(ticket: str) -> Command[None]:
    """Back to the queue, so that there is always something to do."""
    found = yield REOPEN, {"id": ticket}
    if not found:
        raise Rollback("not_open")
    id = found[0]["conversation"]
    yield conversations.SET_STATE, {"id": id, "state": "waiting", "reason": None}


def set_caps(caseworker: str, cap: int, region: str, places: int) -> Command[None]:
    """A coordinator at work."""
    yield seats.SET_REGION, {"region": region, "cap": places}
    yield seats.SET_CAP, {"caseworker": caseworker, "cap": cap}


class Player:
    """Plays one command after the other and counts what became of it."""

    def __init__(self, db: Database, seed: int) -> None:
        self.db = db
        self.random = Random(seed)
        self.clock = count(NOW)
        self.done: Counter[str] = Counter()
        self.wrong: list[str] = []

    def note(self) -> tickets.Note:
        """The audit row that every command brings."""
        return tickets.audit(secrets.token_hex(8), NOW, "x", "did", None)

    async def play(self) -> None:
        """Some rounds; between them it is looked whether all is well."""
        for number in range(ROUNDS):
            held = await rows(self.db, "SELECT ticket, caseworker, expires_at FROM seat")
            name, command, given = self.choose(held)
            await self.count(name, self.db.run(command, *given))
            if number % 5 == 0:
                await self.count("unit", self.db.write(self.unit()))
                self.wrong += await faults(self.db)

    async def count(self, name: str, work: Any) -> None:
        """What became of one command."""
        try:
            await work
            self.done[f"{name} done"] += 1
        except Rollback as error:
            self.done[f"{name} {error.reason}"] += 1
        except (Conflict, Ended) as error:
            self.done[f"{name} {type(error).__name__}"] += 1
        except Exception as error:
            self.wrong.append(f"{name}: {type(error).__name__}: {error}")

    def choose(self, held: list[Row]) -> tuple[str, Callable[..., Any], tuple[Any, ...]]:
        """A command and what it is given: mostly about somebody's seat, as at a desk."""
        random, now = self.random, next(self.clock)
        ticket, other = random.sample(TICKETS, 2)
        caseworker = random.choice(list(DESKS))
        seat = random.choice(held) if held and random.random() < 0.8 else None
        mine, holder = (seat["ticket"], seat["caseworker"]) if seat else (other, caseworker)
        conversation, place = f"c-{mine}", (1, NOW)
        said = [event()]
        choices: list[tuple[str, Callable[..., Any], tuple[Any, ...]]] = [
            ("offer", self.offer, (ticket, caseworker, now + OFFER)),
            ("offer", self.offer, (ticket, caseworker, now + OFFER)),
            ("take", self.take, (ticket, caseworker, now)),
            ("accept", tickets.accept, (mine, holder, "north", now, said, self.note())),
            ("accept", tickets.accept, (mine, holder, "north", now, said, self.note())),
            ("decline", tickets.refuse_offer, (mine, holder, now)),
            ("expire", tickets.expire_offer, (mine, now, now)),
            ("take_over", tickets.offer_over, (ticket, mine, now + OFFER, now, "acute")),
            ("transfer", self.transfer, (mine, holder, caseworker, now)),
            (
                "make_room",
                tickets.make_room,
                (ticket, mine, holder, "north", place, now, MONTH, (said, [event()]), self.note()),
            ),
            ("end", tickets.end, (mine, holder, now, MONTH, said, self.note())),
            ("give_back", tickets.give_back, (mine, *place, "lost", NOW, MONTH, said, self.note())),
            ("leave", self.leave, (conversation, now)),
            ("come_back", tickets.come_back, (conversation, now)),
            ("reopen", reopen, (ticket,)),
            ("reopen", reopen, (other,)),
            ("caps", set_caps, self.caps()),
            ("presence", presence.set_caseworker, self.presence(caseworker, now)),
            ("stale", presence.stale_nodes, ("me", now, now)),
        ]
        return random.choice(choices)

    def caps(self) -> tuple[str, int, str, int]:
        """New caps, mostly as they were."""
        random = self.random
        region = random.choice(list(REGIONS))
        places = random.choice((REGIONS[region], REGIONS[region], REGIONS[region] - 2))
        return random.choice(list(DESKS)), random.choice((3, 3, 3, 2, 0)), region, places

    def presence(self, caseworker: str, now: int) -> tuple[Any, ...]:
        """A desk that opens, here or on a node that is dead already."""
        node = self.random.choice(("me", "me", "dead"))
        return caseworker, node, "available", True, now

    def offer(self, ticket: str, caseworker: str, expires_at: int) -> Command[Any]:
        """A claim for a while."""
        claim = tickets.offer(ticket, caseworker, expires_at, NOW, "free")
        return checked(claim, caseworker)

    def take(self, ticket: str, caseworker: str, now: int) -> Command[Any]:
        """A claim by hand."""
        claim = tickets.take(ticket, caseworker, "north", now, [event()], self.note())
        return checked(claim, caseworker)

    def transfer(self, ticket: str, giver: str, receiver: str, now: int) -> Command[Any]:
        """A claim for somebody else."""
        said, note = [event()], self.note()
        hands = tickets.hand_on(ticket, giver, receiver, "north", now, MONTH, said, note)
        return checked(hands, receiver)

    def leave(self, conversation: str, now: int) -> Command[Any]:
        """The visitor goes."""
        return tickets.leave(conversation, "gone", now, now, now, [], drops_token=False)

    def unit(self) -> Unit:
        """What the visitor writes meanwhile: it moves in the queue and is on the line."""
        ticket, now = self.random.choice(TICKETS), next(self.clock)
        subject = f"visitor/c-{ticket}"
        node = self.random.choice(("me", "dead"))
        link = conversations.presence_values(subject, node, "online", True, now)
        return Unit(
            f"c-{ticket}",
            [event()],
            also=[
                (conversations.SET_PRESENCE, link),
                (tickets.SET_TYPED, {"id": ticket}),
            ],
            late=True,
        )


async def mix(db: Database, player: Player) -> None:
    """Everything at once."""
    await asyncio.gather(*(player.play() for _ in range(TASKS)))


async def claims(db: Database, player: Player) -> None:
    """Every ticket is claimed by everybody, by offer and by hand, all at once."""
    work = [(ticket, caseworker) for ticket in TICKETS[:10] for caseworker in DESKS]
    player.random.shuffle(work)
    await asyncio.gather(
        *(
            player.count(caseworker, db.run(seats.claim, ticket, caseworker, until))
            for (ticket, caseworker), until in zip(work, [None, NOW] * len(work), strict=False)
        )
    )


async def main(url: str, plan: str, seed: int) -> None:
    """Waits for the word, plays, tells."""
    async with opened(url, f"node{seed}", timeout_s=PATIENCE_S) as db:
        player = Player(db, seed)
        sys.stdout.write("ready\n")
        sys.stdout.flush()
        sys.stdin.readline()
        await {"mix": mix, "claims": claims}[plan](db, player)
        told = {"done": player.done, "wrong": player.wrong}
        sys.stdout.write(json.dumps(told) + "\n")


if __name__ == "__main__":
    asyncio.run(main(sys.argv[1], sys.argv[2], int(sys.argv[3])))
