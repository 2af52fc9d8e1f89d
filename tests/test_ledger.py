"""What a region served counts for it, whatever becomes of the chat: the ledger, and the maximum a
day of an agreement."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from handoff.storage import ledger, tickets
from handoff.storage.database import Database
from handoff.storage.seats import Help
from tests.support.clock import FakeClock
from tests.support.running import running
from tests.support.seating import ANNA, MARY, OMAR, refused, two_regions
from tests.support.storing import MONTH, NOW, SOON, a_desk, a_region, a_ticket
from tests.test_visitor_acks import talking

MINUTE = 60_000_000
#: One chat a day, by which the north is helped in the south.
HELP = Help("help", most=1, day=NOW)
CARL = "carl"


@pytest.fixture
async def floor(db: Database) -> AsyncIterator[Database]:
    """The regions of the seats, and a third one."""
    await two_regions(db)
    await a_region(db, "south", 5)
    await a_region(db, "west", 5)
    await a_desk(db, CARL, "west")
    yield db


async def asked(db: Database, id: str, help: Help = HELP) -> None:
    """Another region is asked for a ticket of the north."""
    await db.run(tickets.offer, id, ANNA, SOON, NOW, "why", help)


async def helped(db: Database, id: str, at: int = NOW) -> str:
    """A chat of the north that the south accepted by its agreement."""
    await a_ticket(db, id)
    await asked(db, id)
    await db.run(tickets.accept, id, ANNA, "south", at, [], note(f"accept-{id}"))
    return id


def note(id: str) -> tickets.Note:
    return tickets.audit(id, NOW, "x", "did", None)


async def gives_back(db: Database, id: str, at: int, month: str = MONTH) -> None:
    given = (id, 1, NOW, "given_back", at, month, [], note(f"back-{id}-{at}"))
    await db.run(tickets.give_back, *given)


async def hands_on(db: Database, id: str, giver: str, to: tuple[str, str], at: int) -> None:
    given = (id, giver, *to, at, MONTH, [], note(f"on-{id}-{at}"))
    await db.run(tickets.hand_on, *given)


async def ends(db: Database, id: str, caseworker: str, at: int) -> None:
    await db.run(tickets.end, id, caseworker, at, MONTH, [], note(f"end-{id}"))


async def settled(db: Database) -> dict[str, tuple[int, int]]:
    """Chats and minutes of visitors of the north, by the region that served them."""
    rows = await db.read(ledger.settlement)
    assert {row["home_region"] for row in rows} <= {"north"}
    return {row["serving_region"]: (row["chats"], row["seconds"] // 60) for row in rows}


async def taken(db: Database, day: int = NOW) -> dict[str, int]:
    rows = (await db.read(tickets.helper_rows, {"south": day}))["south"]
    return {row["agreement"]: row["many"] for row in rows.taken}


# the maximum a day


async def leaves(db: Database, id: str) -> None:
    """Given back, and then its visitor goes."""
    await gives_back(db, id, NOW)
    left: tuple[Any, ...] = (f"c-{id}", "stopped", NOW, NOW, NOW, [])
    await db.run(tickets.leave, *left, drops_token=False)


async def goes_to_a_third_region(db: Database, id: str) -> None:
    await hands_on(db, id, ANNA, (CARL, "west"), NOW)


async def goes_home(db: Database, id: str) -> None:
    await hands_on(db, id, ANNA, (MARY, "north"), NOW)


async def is_given_back(db: Database, id: str) -> None:
    await gives_back(db, id, NOW)


async def is_over(db: Database, id: str) -> None:
    await ends(db, id, ANNA, NOW)


@pytest.mark.parametrize(
    "whatever", [leaves, goes_to_a_third_region, goes_home, is_given_back, is_over]
)
async def test_a_chat_that_was_helped_counts_that_day_whatever_becomes_of_it(
    floor: Database, whatever: Any
) -> None:
    await whatever(floor, await helped(floor, "t1"))
    await a_ticket(floor, "t2")

    assert await taken(floor) == {"help": 1}
    assert await refused(floor, tickets.offer, "t2", ANNA, SOON, NOW, "why", HELP) == "no_seat"


async def test_another_day_is_another_maximum(floor: Database) -> None:
    await is_given_back(floor, await helped(floor, "t1"))
    await a_ticket(floor, "t2")

    assert await taken(floor, NOW + 1) == {}
    await asked(floor, "t2", Help("help", most=1, day=NOW + 1))


async def test_danger_is_helped_though_the_day_is_used_up_and_counts(floor: Database) -> None:
    await is_over(floor, await helped(floor, "t1"))
    await a_ticket(floor, "t2", level="acute", band=0)

    await asked(floor, "t2")

    assert await taken(floor) == {"help": 2}


async def test_an_offer_that_is_declined_does_not_count(floor: Database) -> None:
    await a_ticket(floor, "t1")
    await asked(floor, "t1")
    assert await taken(floor) == {"help": 1}

    await floor.run(tickets.refuse_offer, "t1", ANNA, SOON)

    assert await taken(floor) == {}


async def test_a_chat_that_is_asked_for_again_is_one(floor: Database) -> None:
    await is_given_back(floor, await helped(floor, "t1"))

    await asked(floor, "t1", Help("help", most=2, day=NOW))

    assert await taken(floor) == {"help": 1}


async def test_a_chat_that_comes_by_hand_after_midnight_counts_for_the_day_it_was_helped(
    floor: Database,
) -> None:
    await goes_home(floor, await helped(floor, "t1"))

    await hands_on(floor, "t1", MARY, (ANNA, "south"), NOW + MINUTE)

    assert (await taken(floor), await taken(floor, NOW + 1)) == ({"help": 1}, {})


# the ledger


async def test_a_chat_that_is_given_back_and_then_leaves_stands_in_the_ledger(
    floor: Database,
) -> None:
    await helped(floor, "t1")

    await gives_back(floor, "t1", NOW + 5 * MINUTE)

    assert await settled(floor) == {"south": (1, 5)}


async def test_a_chat_counts_once_for_a_region_however_often_it_comes(floor: Database) -> None:
    await helped(floor, "t1")
    await gives_back(floor, "t1", NOW + 5 * MINUTE)
    await asked(floor, "t1", Help("help", most=None))
    again = NOW + 6 * MINUTE
    await floor.run(tickets.expire_offer, "t1", again, again)
    await floor.run(tickets.take, "t1", MARY, "north", again, [], note("take"))
    await hands_on(floor, "t1", MARY, (OMAR, "north"), NOW + 8 * MINUTE)
    await hands_on(floor, "t1", OMAR, (ANNA, "south"), NOW + 9 * MINUTE)
    await ends(floor, "t1", ANNA, NOW + 19 * MINUTE)

    assert await settled(floor) == {"north": (1, 3), "south": (1, 15)}


async def test_a_training_counts_nowhere(floor: Database) -> None:
    await a_ticket(floor, "t1", training=True)
    await floor.run(tickets.take, "t1", MARY, "north", NOW, [], note("take"))

    await ends(floor, "t1", MARY, NOW + MINUTE)

    assert await settled(floor) == {}


@pytest.mark.parametrize(
    ("ends_at", "month"),
    [
        # half past midnight on the clock there, the month before in UTC; winter and summer
        (datetime(2026, 11, 30, 23, 30, tzinfo=UTC), "2026-12"),
        (datetime(2026, 12, 31, 23, 30, tzinfo=UTC), "2027-01"),
        (datetime(2026, 7, 31, 22, 30, tzinfo=UTC), "2026-08"),
        (datetime(2026, 11, 30, 22, 59, tzinfo=UTC), "2026-11"),
    ],
)
async def test_a_month_begins_at_midnight_on_the_clock_of_the_organisation(
    database: str, tmp_path: Path, ends_at: datetime, month: str
) -> None:
    clock = FakeClock(ends_at.replace(hour=14))
    async with running(database, tmp_path, clock) as server:
        _, caseworker, ticket = await talking(server)
        clock.move((ends_at - clock.time).total_seconds())

        await caseworker.ends(ticket)

        (row,) = await server.rows("SELECT month, chats FROM ledger")
        assert (row["month"], row["chats"]) == (month, 1)
