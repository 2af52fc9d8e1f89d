"""A seat that changes hands, makes room, is left, or whose node dies (R17, R18)."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest

from handoff.storage import conversations, presence, seats, sql, tables, tickets
from handoff.storage.database import Database
from handoff.storage.seats import Places
from handoff.storage.sql import Again, Command, Rollback
from handoff.storage.units import LOCKED
from tests.support.seating import (
    ANNA,
    MARY,
    OMAR,
    ended,
    offered,
    refused,
    served,
    two_regions,
    used,
    waiting,
)
from tests.support.storing import (
    LATER,
    NOW,
    SOON,
    a_desk,
    a_region,
    a_ticket,
    rows,
    seat_of,
    state_of,
)


@pytest.fixture
async def floor(db: Database) -> AsyncIterator[Database]:
    """A region of five places with two caseworkers, and one of one place with one."""
    await two_regions(db)
    yield db


# transfer


async def test_a_chat_is_handed_to_a_colleague_with_a_free_seat(floor: Database) -> None:
    await served(floor, "t0", OMAR)
    await served(floor, "t1", MARY)

    places = await floor.run(seats.transfer, "t1", MARY, OMAR)

    assert places == Places(n=2, place=2)
    assert await seat_of(floor, "t1") == (OMAR, 2, 2, False)
    assert await state_of(floor, "t1") == "active"


async def test_a_chat_is_handed_to_a_colleague_elsewhere(floor: Database) -> None:
    await served(floor, "t1", MARY)

    await floor.run(seats.transfer, "t1", MARY, ANNA)

    assert await seat_of(floor, "t1") == (ANNA, 1, 1, False)
    assert (await used(floor, "north"), await used(floor, "south")) == (0, 1)


async def test_a_full_colleague_leaves_the_chat_where_it_was(floor: Database) -> None:
    await served(floor, "t0", ANNA)
    await served(floor, "t1", MARY)

    assert await refused(floor, seats.transfer, "t1", MARY, ANNA) == "no_seat"
    assert await seat_of(floor, "t1") == (MARY, 1, 1, False)
    assert await state_of(floor, "t1") == "active"


async def test_within_a_full_region_a_chat_may_change_hands(floor: Database) -> None:
    await a_region(floor, "north", 1)
    await served(floor, "t1", MARY)

    await floor.run(seats.transfer, "t1", MARY, OMAR)

    assert await seat_of(floor, "t1") == (OMAR, 1, 1, False)


async def test_nobody_hands_on_what_is_not_theirs(floor: Database) -> None:
    await served(floor, "t1", OMAR)
    await offered(floor, "t2", MARY)

    assert await refused(floor, seats.transfer, "t1", MARY, ANNA) == "not_yours"
    assert await refused(floor, seats.transfer, "t2", MARY, OMAR) == "not_yours"
    assert await refused(floor, seats.transfer, "t1", OMAR, "nobody") == "unknown"
    assert await seat_of(floor, "t1") == (OMAR, 1, 1, False)


async def test_a_colleague_who_is_away_gets_nothing(floor: Database) -> None:
    await served(floor, "t1", MARY)
    await a_desk(floor, OMAR, available=False)

    assert await refused(floor, seats.transfer, "t1", MARY, OMAR) == "no_seat"


# making room


async def test_making_room_moves_the_seat_itself(floor: Database) -> None:
    for id in ("t1", "t2", "t3"):
        await served(floor, id)
    await waiting(floor, "acute")

    await floor.run(seats.make_room, "acute", "t2", MARY)

    assert await seat_of(floor, "acute") == (MARY, 2, 2, False)
    assert await seat_of(floor, "t2") is None
    assert [await state_of(floor, id) for id in ("acute", "t2")] == ["active", "waiting"]


async def test_room_is_made_at_a_desk_whose_cap_was_lowered(floor: Database) -> None:
    for id in ("t1", "t2"):
        await served(floor, id)
    await a_desk(floor, MARY, cap=0, available=False)
    await a_region(floor, "north", 0)
    await waiting(floor, "acute")

    await floor.run(seats.make_room, "acute", "t1", MARY)

    assert await state_of(floor, "acute") == "active"
    assert await used(floor) == 2


async def test_room_is_made_of_an_own_chat_only(floor: Database) -> None:
    await served(floor, "his", OMAR)
    await offered(floor, "an offer", MARY)
    await waiting(floor, "acute")

    assert await refused(floor, seats.make_room, "acute", "his", MARY) == "not_yours"
    assert await refused(floor, seats.make_room, "acute", "an offer", MARY) == "not_yours"
    assert await state_of(floor, "acute") == "waiting"


async def test_no_room_is_made_for_what_somebody_has(floor: Database) -> None:
    await served(floor, "t1")
    await offered(floor, "acute", OMAR)

    assert await refused(floor, seats.make_room, "acute", "t1", MARY) == "taken"
    assert await refused(floor, seats.make_room, "t1", "t1", MARY) == "taken"
    assert await seat_of(floor, "t1") == (MARY, 1, 1, False)
    assert await seat_of(floor, "acute") == (OMAR, 1, 2, True)


# the end


async def test_the_end_frees_the_seat(floor: Database) -> None:
    await served(floor, "t1")

    assert await ended(floor, "t1") == "c-t1"

    assert await state_of(floor, "t1") == "wrap_up"
    assert await seat_of(floor, "t1") is None


async def test_nobody_ends_what_is_not_theirs(floor: Database) -> None:
    await served(floor, "t1", OMAR)
    await offered(floor, "t2", MARY)

    for id, caseworker in (("t1", MARY), ("t2", MARY), ("t2", None), ("nothing", MARY)):
        with pytest.raises(Rollback, match="not_yours"):
            await ended(floor, id, caseworker)

    assert await seat_of(floor, "t1") == (OMAR, 1, 1, False)
    assert await seat_of(floor, "t2") == (MARY, 1, 2, True)


# who is there


async def test_the_people_of_a_dead_node_are_away_and_get_no_offers(floor: Database) -> None:
    await served(floor, "t1", OMAR)
    await floor.run(presence.beat, "dead", NOW)
    await floor.run(presence.beat, "lives", LATER)
    await floor.run(presence.set_caseworker, MARY, "dead", "available", True, NOW)
    await floor.run(presence.set_caseworker, OMAR, "lives", "available", True, NOW)
    await linked_visitor(floor, "c-t1", "dead")
    await waiting(floor, "t2")

    gone = await floor.run(presence.stale_nodes, "me", SOON, LATER)

    assert sorted(gone) == [f"caseworker/{MARY}", "visitor/c-t1"]
    assert await refused(floor, seats.claim, "t2", MARY, SOON) == "no_seat"
    await floor.run(seats.claim, "t2", OMAR, SOON)
    (ticket,) = await rows(floor, "SELECT visitor, visitor_since FROM ticket WHERE id = 't1'")
    assert (ticket["visitor"], ticket["visitor_since"]) == ("away", LATER)
    assert await floor.run(presence.stale_nodes, "me", SOON, LATER) == []


@pytest.mark.parametrize("how", ["exit", "stopped", "gone"])
async def test_a_node_that_dies_changes_nothing_about_how_somebody_left(
    floor: Database, how: str
) -> None:
    await a_ticket(floor, "t1", visitor=how)
    await linked_visitor(floor, "c-t1", "dead")

    await floor.run(presence.stale_nodes, "me", SOON, LATER)

    (ticket,) = await rows(floor, "SELECT visitor FROM ticket")
    assert ticket["visitor"] == how


async def test_the_only_process_there_is_makes_everybody_else_unlinked(floor: Database) -> None:
    await floor.run(presence.beat, "before", NOW)
    await floor.run(presence.set_caseworker, MARY, "before", "available", True, NOW)
    await floor.run(presence.set_caseworker, OMAR, "me", "available", True, NOW)

    assert await floor.run(presence.alone, "me", LATER) == [f"caseworker/{MARY}"]


async def linked_visitor(db: Database, conversation: str, node: str) -> None:
    values = {"node": node, "state": "online", "linked": True, "since": NOW}

    def command() -> Command[None]:
        yield sql.upsert(tables.PresenceRow), {"subject": f"visitor/{conversation}", **values}

    await db.run(command)


# the order of locks


def test_who_leaves_while_the_ticket_opens_locks_it_before_the_conversation() -> None:
    """A caseworker who accepts it locks in that order: the other way round each waits for the
    other."""
    leaves = tickets.leave("c-t1", "exit", NOW, LATER, LATER, [], drops_token=True)
    first = next(leaves)
    second = leaves.send([])
    third = leaves.send([{"id": "c-t1", "last_seq": 1, "state": "intake"}])

    assert first == (tickets.LOCK_OF, {"id": "c-t1"})
    assert second == (LOCKED, {"ids": ["c-t1"]})
    assert third == (conversations.TICKET_OF, {"id": "c-t1"})
    with pytest.raises(Again):
        leaves.send([{"id": "t1", "state": "waiting"}])
