"""What users of other chat programs complain about, and what may not happen here.

The numbers are those of the list of known failures of the peers. Where a test stood already it is
named, and only what was missing stands below.

| no. | what went wrong elsewhere | where it is tested |
|---|---|---|
| 1 | the fourth waits, a chat ends, the fifth gets the seat | here |
| 6 | requests at the same moment give more chats than the limit | test_seats_race, test_two_nodes |
| 8 | somebody comes online and is given visitors 3 and 2 before 1 | here |
| 10 | a visitor can ask for a chat after the last caseworker left | here |
| 12 | "offline", although the region that helps out is open | here |
| 13 | agreements in a circle loop | here, and every day of simulation/test_days |
| 14 | sent to a region that is full: never assigned, the bot stays | here, test_desk_machine |
| 15 | handed to a full region: lost, or an error that says nothing | here |
| 16 | the log says that a transfer was done, and it was not | here |
| 20 | no hours past midnight, no two blocks a day | test_known_hours, test_hours |
| 22 | hours shift with the clock; wrong where the week turns | test_known_hours, test_hours |
| 30 | who comes back is glued to a caseworker who is gone | here, and test_promises_caseworker |
| 31 | who never typed is never gone and keeps the place | here, and test_promises_unread |
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from data.agreements import Agreement
from handoff.desk.seats import SqlSeats
from handoff.storage.sql import Rollback
from tests.support.clock import FakeClock
from tests.support.running import REGION, Caseworker, Server, Visitor, running
from tests.test_caseworker_queue import desk_with, in_line
from tests.test_caseworker_socket import OTHER
from tests.test_visitor_acks import talking
from tests.test_visitor_resume import words_of

NEAR, FAR = "midden-brabant", "brabant-noordoost"


@pytest.fixture
async def unplanned(database: str, tmp_path: Path, clock: FakeClock) -> AsyncIterator[Server]:
    """A server without a roster: nobody is at home to be rung."""
    async with running(database, tmp_path, clock, roster=False) as found:
        yield found


async def goes_by(server: Server, **changes: Any) -> None:
    """From now on the files say something else."""
    operating = server.house.operating
    operating.content = replace(operating.content, **changes)
    operating.mark = None
    await server.house.operate()


async def row_of(visitor: Visitor) -> dict[str, Any]:
    """The ticket of a visitor; the test fails when there is none."""
    rows = await visitor.server.rows(
        "SELECT * FROM ticket WHERE conversation = :id", id=visitor.conversation
    )
    return rows[0]


async def served(caseworker: Caseworker, count: int) -> list[str]:
    """The conversations of the next offers, each accepted as it comes."""
    found = []
    for _ in range(count):
        await caseworker.quiet()
        found.append((await caseworker.accepts())["ticket"]["conversation"])
    await caseworker.quiet()
    return found


async def state_of(server: Server, region: str = REGION) -> str:
    """What a region's page says of it."""
    async with server.http.get(f"{server.url}/api/regions/{region}") as answer:
        state: str = (await answer.json())["state"]
    return state


# capacity, queue, fairness


async def test_the_fourth_who_waits_gets_the_seat_that_comes_free_and_not_the_fifth(
    server: Server,
) -> None:
    """No. 1."""
    caseworker = await server.caseworker()
    first = await in_line(server, 3)
    await served(caseworker, 3)
    fourth, fifth = await in_line(server, 2)
    await caseworker.quiet()
    assert caseworker.desk["offers"] == []

    ended = await row_of(first[1])
    await caseworker.ends(ended["id"])
    sixth = (await in_line(server))[0]

    assert await served(caseworker, 1) == [fourth.conversation]
    assert [(await row_of(one))["state"] for one in (fifth, sixth)] == ["waiting", "waiting"]
    await fifth.quiet()
    assert fifth.status["position"] == 1


@pytest.mark.parametrize("cap", [1, 3])
async def test_who_comes_online_is_offered_the_visitors_in_the_order_of_the_line(
    server: Server, cap: int
) -> None:
    """No. 8: whether they come one after the other or all at once."""
    caseworker = await server.caseworker(available=False)
    visitors = await in_line(server, 3)
    await caseworker.says(type="cap", seats=cap)

    await caseworker.says(type="presence", state="available")
    found = []
    for _ in visitors:
        await caseworker.quiet()
        assigned = await caseworker.accepts()
        found.append(assigned["ticket"]["conversation"])
        await caseworker.ends(assigned["ticket"]["id"])

    assert found == [visitor.conversation for visitor in visitors]
    offers = caseworker.all("offer")
    assert [offer["ticket"]["conversation"] for offer in offers] == found


async def test_nobody_enters_a_line_after_the_last_caseworker_left(unplanned: Server) -> None:
    """No. 10: not who opens the page, and not who has it open and presses only then."""
    server = unplanned
    caseworker = await server.caseworker()
    early = await server.visitor()
    assert (early.status["state"], await state_of(server)) == ("intake", "open")

    await caseworker.hangs_up()
    await early.says(type="choose", id="early", payload=early.button("Meteen"))
    await early.next("status", lambda status: status["state"] == "closed")
    late = await server.visitor()

    for visitor in (early, late):
        status = visitor.status
        assert (status["state"], status["reason"]) == ("closed", "hours")
    error = await late.error(type="message", id="late", text="is daar iemand?")
    assert error["code"] == "closed"
    assert await state_of(server) == "closed"
    assert await server.rows("SELECT id FROM ticket") == []
    assert await server.rows("SELECT id FROM conversation") == []


# overflow


async def test_a_region_whose_partner_is_open_never_says_that_it_is_closed(
    unplanned: Server,
) -> None:
    """No. 12."""
    server = unplanned
    assert await state_of(server) == "closed"
    there = await server.caseworker(f"{NEAR}-1")

    visitor = await server.visitor()
    assert (visitor.status["state"], await state_of(server)) == ("intake", "open")
    await visitor.goes_straight()

    assert await served(there, 1) == [visitor.conversation]
    await visitor.quiet()
    assert visitor.status["state"] == "active"
    assert visitor.status["serving_region"] == NEAR
    # nobody comes to the own region today, so there is nothing to wait for
    assert "utter_helped" in [event.get("name") for event in visitor.all("event")]


def circle(*regions: str) -> Sequence[Agreement]:
    """Each helps the one before it, and the first helps the last."""
    when = frozenset({"full", "nobody", "waited"})
    return tuple(
        Agreement(f"{home}-{helper}", home, helper, "partners", when, after_wait_s=1)
        for home, helper in zip(regions, (*regions[1:], regions[0]), strict=True)
    )


async def test_agreements_in_a_circle_do_not_pass_a_visitor_on_from_region_to_region(
    unplanned: Server,
) -> None:
    """No. 13: the second region declines, and the third, which only helps the second, is not
    asked."""
    server = unplanned
    await goes_by(server, agreements=circle(REGION, NEAR, FAR))
    second, third = await server.caseworker(f"{NEAR}-1"), await server.caseworker(f"{FAR}-1")
    visitor = await server.visitor()
    await visitor.goes_straight()

    for _ in range(3):
        await second.quiet()
        ticket = second.desk["offers"][0]["ticket"]["id"]
        await second.says(type="decline", ticket=ticket)
        await second.quiet()
        row = await row_of(visitor)
        line = (row["state"], row["queue_region"], row["serving_region"], row["agreement"])
        assert line == ("waiting", REGION, REGION, None)
        await server.janitor(after_s=61)

    assert (await row_of(visitor))["serving_region"] == NEAR
    await third.quiet()
    assert third.all("offer") == []


async def test_a_circle_in_which_nobody_is_there_is_closed_and_comes_to_an_end(
    unplanned: Server,
) -> None:
    """No. 13."""
    await goes_by(unplanned, agreements=circle(REGION, NEAR, FAR))

    assert [await state_of(unplanned, one) for one in (REGION, NEAR, FAR)] == ["closed"] * 3


async def test_who_is_sent_to_a_region_that_just_became_full_waits_on_and_the_bot_is_silent(
    server: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    """No. 14: the last seat there goes while the offer is under way."""
    own, there = await server.caseworker(), await server.caseworker(f"{NEAR}-1")
    await own.says(type="cap", seats=0)
    await there.says(type="cap", seats=1)
    await desk_with(own, cap=0)
    await desk_with(there, cap=1)
    faster = await server.visitor(NEAR)
    offer = SqlSeats.offer
    refused: list[str] = []

    async def too_late(self: SqlSeats, decision: Any, *args: Any, **named: Any) -> None:
        elsewhere = decision.agreement is not None
        if elsewhere and not refused:
            await faster.says(type="choose", id="now", payload=faster.button("Meteen"))
            await faster.next("ack")
            await server.house.dispatch.offers(NEAR)
            server.house.floor.ring(NEAR)
        try:
            await offer(self, decision, *args, **named)
        except Rollback as late:
            if elsewhere:
                refused.append(late.reason)
            raise

    monkeypatch.setattr(SqlSeats, "offer", too_late)
    visitor = await server.visitor()
    await visitor.goes_straight()
    assert await served(there, 1) == [faster.conversation]

    assert refused == ["no_seat"]
    row = await row_of(visitor)
    assert (row["state"], row["serving_region"], row["told_region"]) == ("waiting", REGION, None)
    said = len(visitor.all("event"))
    await visitor.types("is daar iemand?")
    assert visitor.all("event")[said:] == []
    assert visitor.status["state"] == "waiting"

    await there.ends((await row_of(faster))["id"])
    await server.janitor()
    assert await served(there, 1) == [visitor.conversation]
    answers = [event["from"] for event in visitor.all("event")[said:]]
    assert "bot" not in answers


# transfer


async def full_region(server: Server) -> Caseworker:
    """The only caseworker of another region has all the chats that fit."""
    there = await server.caseworker(f"{NEAR}-1")
    await there.says(type="cap", seats=1)
    await desk_with(there, cap=1)
    visitor = await server.visitor(NEAR)
    await visitor.goes_straight()
    await served(there, 1)
    return there


async def transfers(server: Server) -> list[tuple[str, str, str]]:
    rows = await server.rows("SELECT actor, ticket, detail FROM audit WHERE action = 'transfer'")
    return [(row["actor"], row["ticket"], row["detail"]) for row in rows]


@pytest.mark.parametrize("to", [{"region": NEAR}, {"caseworker": f"{NEAR}-1"}], ids=str)
async def test_a_transfer_to_who_is_full_is_refused_in_words_and_nothing_is_done_or_logged(
    server: Server, to: dict[str, str]
) -> None:
    """Nos. 15 and 16: the desk of a named colleague is found full only by the claim itself."""
    there = await full_region(server)
    visitor, caseworker, ticket = await talking(server)
    before = [await row_of(visitor), await server.rows("SELECT * FROM event ORDER BY id")]

    error = await caseworker.error(type="transfer", ticket=ticket, to=to, note="zij is bang")
    await visitor.quiet()
    await there.quiet()

    assert (error["code"], error["id"]) == ("no_seat", ticket)
    assert "no seat is free" in error["message"]
    assert [await row_of(visitor), await server.rows("SELECT * FROM event ORDER BY id")] == before
    assert await transfers(server) == []
    assert "zij is bang" not in str((visitor.seen, there.seen))
    assert [found["id"] for found in caseworker.desk["tickets"]] == [ticket]
    await caseworker.writes(ticket, "we gaan gewoon verder")
    await visitor.next("event", lambda event: event["text"] == "we gaan gewoon verder")

    # there is room now: it is done, and logged once
    await there.says(type="cap", seats=2)
    await desk_with(there, cap=2)
    await caseworker.says(type="transfer", ticket=ticket, to=to, note="zij is bang")
    await there.next("assigned", lambda found: found["ticket"]["id"] == ticket)
    assert await transfers(server) == [(caseworker.username, ticket, there.username)]


# who comes back, and who never said a word


async def test_who_comes_back_another_day_gets_whoever_is_there_now(server: Server) -> None:
    """No. 30: by the three words, after the caseworker of then went home."""
    visitor, old, ticket = await talking(server)
    words = await words_of(visitor)
    await old.ends(ticket)
    await visitor.hangs_up()
    await old.hangs_up()
    there = await server.caseworker(OTHER)

    back = await server.visitor(opens=False)
    await back.says(type="return", region=REGION, words=words, language="nl")
    back.conversation = (await back.next("opened"))["conversation"]
    await back.next("status")
    await back.goes_straight()

    assert await served(there, 1) == [back.conversation]
    row = await row_of(back)
    assert (row["caseworker"], bool(row["returned"])) == (OTHER, True)


async def test_who_comes_back_to_a_chat_whose_caseworker_is_gone_gets_a_colleague(
    server: Server,
) -> None:
    """No. 30: by the same page, after both had lost their link."""
    visitor, old, _ = await talking(server)
    there = await server.caseworker(OTHER)
    await visitor.hangs_up()
    await old.hangs_up()
    await server.janitor(after_s=121)

    back = await server.visitor(opens=False)
    await back.resume(visitor.token)
    await back.quiet()

    assert back.status["state"] == "waiting"
    assert await served(there, 1) == [back.conversation]
    await back.quiet()
    assert (back.status["state"], back.status["caseworker"]) == ("active", OTHER.title())


async def test_who_never_typed_and_is_away_in_the_line_frees_the_place(server: Server) -> None:
    """No. 31: the seat that an offer held too."""
    caseworker = await server.caseworker()
    await caseworker.says(type="cap", seats=1)
    await desk_with(caseworker, cap=1)
    (silent,) = await in_line(server)
    await caseworker.next("offer")
    (after,) = await in_line(server)

    await silent.hangs_up()
    await server.janitor(after_s=29)
    assert (await row_of(silent))["visitor"] == "away"
    await server.janitor(after_s=152)

    row = await row_of(silent)
    assert (row["state"], row["visitor"]) == ("closed", "gone")
    await caseworker.says(type="presence", state="available")
    assert await served(caseworker, 1) == [after.conversation]


async def test_who_never_typed_and_is_away_in_a_chat_frees_the_seat(server: Server) -> None:
    """No. 31: the caseworker greets, and nothing ever comes back."""
    visitor, caseworker, ticket = await talking(server)
    await caseworker.says(type="cap", seats=1)
    await desk_with(caseworker, cap=1)
    (after,) = await in_line(server)
    await caseworker.writes(ticket, "hallo, ik ben er voor je")

    await visitor.hangs_up()
    for _ in range(2):
        await server.janitor(after_s=601)

    row = await row_of(visitor)
    assert (row["state"], row["visitor"], bool(row["typed"])) == ("wrap_up", "gone", False)
    assert await served(caseworker, 1) == [after.conversation]
