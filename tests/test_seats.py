"""The seat claim, sentence by sentence (R17, R18): who may have which ticket, and who may not."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest

from handoff.storage import seats
from handoff.storage.database import Database
from handoff.storage.seats import Places
from handoff.storage.sql import Rollback
from tests.support.seating import (
    ANNA,
    MARY,
    OMAR,
    OVER,
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
    run,
    seat_of,
    state_of,
)


@pytest.fixture
async def floor(db: Database) -> AsyncIterator[Database]:
    """A region of five places with two caseworkers, and one of one place with one."""
    await two_regions(db)
    yield db


# claim


async def test_a_claim_with_a_time_is_an_offer_that_holds_a_seat(floor: Database) -> None:
    await waiting(floor, "t1")

    places = await floor.run(seats.claim, "t1", MARY, SOON)

    assert places == Places(n=1, place=1)
    assert await state_of(floor, "t1") == "offered"
    assert await seat_of(floor, "t1") == (MARY, 1, 1, True)


async def test_a_claim_without_a_time_is_a_chat_at_once(floor: Database) -> None:
    await waiting(floor, "t1")

    await floor.run(seats.claim, "t1", MARY, None)

    assert await state_of(floor, "t1") == "active"
    assert await seat_of(floor, "t1") == (MARY, 1, 1, False)


async def test_the_lowest_free_places_are_taken(floor: Database) -> None:
    for id in ("t1", "t2", "t3"):
        await served(floor, id)
    await ended(floor, "t2")

    await served(floor, "t4")

    assert await seat_of(floor, "t4") == (MARY, 2, 2, False)


async def test_a_caseworker_never_gets_a_fourth_chat(floor: Database) -> None:
    for id in ("t1", "t2", "t3"):
        await served(floor, id)
    await waiting(floor, "t4")

    assert await refused(floor, seats.claim, "t4", MARY, SOON) == "no_seat"
    assert await refused(floor, seats.claim, "t4", MARY, None, anyhow=True) == "no_seat"
    assert await state_of(floor, "t4") == "waiting"
    assert await seat_of(floor, "t4") is None


async def test_an_offer_counts_against_both_caps_like_a_chat(floor: Database) -> None:
    for id, caseworker in (("t1", MARY), ("t2", MARY), ("t3", MARY), ("t4", OMAR), ("t5", OMAR)):
        await offered(floor, id, caseworker)
    await waiting(floor, "t6")

    assert await refused(floor, seats.claim, "t6", MARY, SOON) == "no_seat"
    assert await refused(floor, seats.claim, "t6", OMAR, SOON) == "no_seat"


async def test_a_full_region_has_no_seat_although_its_caseworkers_have(floor: Database) -> None:
    await a_region(floor, "north", 2)
    await served(floor, "t1", MARY)
    await served(floor, "t2", OMAR)
    await waiting(floor, "t3")

    assert await refused(floor, seats.claim, "t3", MARY, None) == "no_seat"
    assert await used(floor) == 2


async def test_another_region_is_not_full_because_this_one_is(floor: Database) -> None:
    await a_region(floor, "north", 0)
    await waiting(floor, "t1", "t2")

    assert await refused(floor, seats.claim, "t1", MARY, None) == "no_seat"
    assert await floor.run(seats.claim, "t1", ANNA, None) == Places(1, 1)
    assert await refused(floor, seats.claim, "t2", ANNA, None) == "no_seat"


async def test_who_is_not_available_gets_no_offer_and_may_take_by_hand(floor: Database) -> None:
    await a_desk(floor, MARY, available=False)
    await waiting(floor, "t1")

    assert await refused(floor, seats.claim, "t1", MARY, SOON) == "no_seat"
    await floor.run(seats.claim, "t1", MARY, None, anyhow=True)

    assert await state_of(floor, "t1") == "active"


@pytest.mark.parametrize("state", ["offered", "active", "wrap_up", "missed", "closed"])
async def test_only_a_waiting_ticket_is_claimed(floor: Database, state: str) -> None:
    await a_ticket(floor, "t1", state=state)

    assert await refused(floor, seats.claim, "t1", MARY, SOON) == "taken"
    assert await state_of(floor, "t1") == state


async def test_a_ticket_offered_to_somebody_is_not_taken_by_another(floor: Database) -> None:
    await offered(floor, "t1", MARY)

    assert await refused(floor, seats.claim, "t1", OMAR, None, anyhow=True) == "taken"
    assert await seat_of(floor, "t1") == (MARY, 1, 1, True)


async def test_nobody_claims_what_is_not_there_or_without_a_desk(floor: Database) -> None:
    await waiting(floor, "t1")

    assert await refused(floor, seats.claim, "no such ticket", MARY, SOON) == "taken"
    assert await refused(floor, seats.claim, "t1", "no such caseworker", SOON) == "unknown"
    assert await state_of(floor, "t1") == "waiting"


# caps that change


async def test_a_lowered_cap_keeps_running_chats_and_gives_no_new_ones(floor: Database) -> None:
    for id in ("t1", "t2"):
        await served(floor, id)
    await waiting(floor, "t3")

    await a_desk(floor, MARY, cap=1)

    assert [await state_of(floor, id) for id in ("t1", "t2")] == ["active", "active"]
    assert await refused(floor, seats.claim, "t3", MARY, None) == "no_seat"
    await ended(floor, "t1")
    assert await refused(floor, seats.claim, "t3", MARY, None) == "no_seat"
    await ended(floor, "t2")
    assert await floor.run(seats.claim, "t3", MARY, None) == Places(1, 1)


async def test_a_lowered_region_keeps_running_chats_and_gives_no_new_ones(floor: Database) -> None:
    for id, caseworker in (("t1", MARY), ("t2", OMAR), ("t3", OMAR)):
        await served(floor, id, caseworker)
    await waiting(floor, "t4")

    await a_region(floor, "north", 2)

    assert await used(floor) == 3
    assert await refused(floor, seats.claim, "t4", MARY, None) == "no_seat"
    await ended(floor, "t1")
    assert await refused(floor, seats.claim, "t4", MARY, None) == "no_seat"
    await ended(floor, "t2", OMAR)
    assert await floor.run(seats.claim, "t4", MARY, None) == Places(1, 1)


async def test_an_offer_made_before_the_cap_was_lowered_may_be_accepted(floor: Database) -> None:
    await served(floor, "t1")
    await offered(floor, "t2")

    await a_desk(floor, MARY, cap=1)
    await floor.run(seats.accept, "t2", MARY, NOW)

    assert await state_of(floor, "t2") == "active"


async def test_a_cap_above_three_is_refused_by_the_table(floor: Database) -> None:
    for cap in (4, -1):
        with pytest.raises(Rollback, match="refused"):
            await run(floor, "UPDATE caseworker_seats SET cap = :cap", cap=cap)


@pytest.mark.parametrize(("n", "place"), [(4, 4), (0, 4), (3, 0)])
async def test_the_table_itself_has_no_fourth_seat(floor: Database, n: int, place: int) -> None:
    """The last line, whatever the code does."""
    await waiting(floor, "t1")

    with pytest.raises(Rollback, match="refused"):
        await run(floor, SEAT, ticket="t1", n=n, place=place)


async def test_the_table_itself_gives_no_seat_twice(floor: Database) -> None:
    await served(floor, "t1")
    await waiting(floor, "t2")

    for n, place in ((1, 2), (2, 1)):
        with pytest.raises(Rollback, match="clash"):
            await run(floor, SEAT, ticket="t2", n=n, place=place)


SEAT = (
    "INSERT INTO seat (ticket, caseworker, n, region, place)"
    " VALUES (:ticket, 'mary', :n, 'north', :place)"
)


# accept


async def test_an_accepted_offer_is_a_chat_in_the_same_seat(floor: Database) -> None:
    await offered(floor, "t1")

    await floor.run(seats.accept, "t1", MARY, NOW)

    assert await state_of(floor, "t1") == "active"
    assert await seat_of(floor, "t1") == (MARY, 1, 1, False)


async def test_an_offer_is_accepted_once_and_by_nobody_else(floor: Database) -> None:
    await offered(floor, "t1")

    assert await refused(floor, seats.accept, "t1", OMAR, NOW) == "not_offered"
    assert await state_of(floor, "t1") == "offered"
    await floor.run(seats.accept, "t1", MARY, NOW)
    assert await refused(floor, seats.accept, "t1", MARY, NOW) == "not_offered"
    assert await refused(floor, seats.accept, "nothing", MARY, NOW) == "not_offered"


async def test_an_offer_is_over_at_its_time_and_not_before(floor: Database) -> None:
    await offered(floor, "t1", expires_at=SOON)
    await offered(floor, "t2", expires_at=SOON)

    assert await refused(floor, seats.accept, "t1", MARY, SOON) == "expired"
    assert await state_of(floor, "t1") == "offered"
    await floor.run(seats.accept, "t2", MARY, SOON - 1)


async def test_an_offer_may_be_accepted_by_who_went_away_meanwhile(floor: Database) -> None:
    await offered(floor, "t1")
    await a_desk(floor, MARY, available=False)

    await floor.run(seats.accept, "t1", MARY, NOW)

    assert await state_of(floor, "t1") == "active"


# expiry and decline


async def test_an_offer_without_answer_frees_its_seat_and_says_whose_it_was(
    floor: Database,
) -> None:
    await offered(floor, "t1")

    assert await refused(floor, seats.expire, "t1", SOON - 1) == "not_offered"
    assert await state_of(floor, "t1") == "offered"
    assert await floor.run(seats.expire, "t1", SOON) == MARY

    assert await state_of(floor, "t1") == "waiting"
    assert await seat_of(floor, "t1") is None
    assert await refused(floor, seats.expire, "t1", OVER) == "not_offered"


async def test_a_chat_never_expires(floor: Database) -> None:
    await served(floor, "t1")

    assert await refused(floor, seats.expire, "t1", LATER) == "not_offered"
    assert await seat_of(floor, "t1") == (MARY, 1, 1, False)


async def test_a_declined_offer_frees_its_seat(floor: Database) -> None:
    await offered(floor, "t1")

    assert await refused(floor, seats.decline, "t1", OMAR) == "not_offered"
    await floor.run(seats.decline, "t1", MARY)

    assert await state_of(floor, "t1") == "waiting"
    assert await seat_of(floor, "t1") is None
    assert await refused(floor, seats.decline, "t1", MARY) == "not_offered"


async def test_a_chat_is_not_declined(floor: Database) -> None:
    await served(floor, "t1")

    assert await refused(floor, seats.decline, "t1", MARY) == "not_offered"
    assert await state_of(floor, "t1") == "active"


# acute over an offer


async def test_an_acute_ticket_takes_the_seat_of_an_offer(floor: Database) -> None:
    await offered(floor, "calm")
    await waiting(floor, "acute")

    assert await floor.run(seats.take_over, "acute", "calm", LATER) == MARY

    assert await seat_of(floor, "acute") == (MARY, 1, 1, True)
    assert await seat_of(floor, "calm") is None
    assert [await state_of(floor, id) for id in ("acute", "calm")] == ["offered", "waiting"]
    await floor.run(seats.accept, "acute", MARY, LATER - 1)


async def test_an_acute_ticket_takes_no_seat_of_a_chat(floor: Database) -> None:
    await served(floor, "calm")
    await waiting(floor, "acute")

    assert await refused(floor, seats.take_over, "acute", "calm", LATER) == "taken"
    assert [await state_of(floor, id) for id in ("acute", "calm")] == ["waiting", "active"]


async def test_an_acute_ticket_that_somebody_has_takes_no_second_seat(floor: Database) -> None:
    await offered(floor, "calm")
    await served(floor, "acute", OMAR)

    assert await refused(floor, seats.take_over, "acute", "calm", LATER) == "taken"
    assert await seat_of(floor, "calm") == (MARY, 1, 1, True)


async def test_what_was_taken_over_is_not_accepted_any_more(floor: Database) -> None:
    await offered(floor, "calm")
    await waiting(floor, "acute")
    await floor.run(seats.take_over, "acute", "calm", LATER)

    assert await refused(floor, seats.accept, "calm", MARY, NOW) == "not_offered"
    assert await state_of(floor, "calm") == "waiting"
