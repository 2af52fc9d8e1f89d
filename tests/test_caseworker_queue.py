"""Who serves whom: presence, offers, taking, handing on, ending; and what the desk shows of it."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from tests.support.running import REGION, Caseworker, Server, Visitor
from tests.test_caseworker_socket import OTHER, colleague, ticket_of
from tests.test_visitor_acks import talking


async def in_line(server: Server, count: int = 1, *, acute: bool = False) -> list[Visitor]:
    """Visitors who wait, one second apart."""
    found = []
    for _ in range(count):
        visitor = await server.visitor()
        await visitor.chooses("Ja, voor mij" if acute else "Meteen")
        found.append(visitor)
        server.clock.move(1)
    return found


async def waiting_ticket(caseworker: Caseworker, place: int = 0) -> str:
    await caseworker.quiet()
    id: str = caseworker.desk["queue"][place]["id"]
    return id


async def desk_with(caseworker: Caseworker, **holds: Any) -> dict[str, Any]:
    """The newest desk; it has to be so already, or to become so."""
    await caseworker.quiet()
    if holds.items() <= caseworker.desk.items():
        return caseworker.desk
    return await caseworker.next("desk", lambda desk: holds.items() <= desk.items())


# presence and cap


async def test_a_shift_begins_away_and_offers_come_when_available(server: Server) -> None:
    await in_line(server)
    caseworker = await server.caseworker(available=False)
    await caseworker.quiet()
    assert (caseworker.desk["presence"], caseworker.all("offer")) == ("away", [])

    await caseworker.says(type="presence", state="available")
    offer = await caseworker.next("offer")

    assert offer["ticket"]["state"] == "offered"


@pytest.mark.parametrize("state", ["away", "calling"])
async def test_away_and_calling_get_no_offers_and_keep_their_chats(
    server: Server, state: str
) -> None:
    _, caseworker, ticket = await talking(server)

    await caseworker.says(type="presence", state=state)
    await desk_with(caseworker, presence=state)
    await in_line(server, 2)
    await server.janitor(after_s=5)

    desk = await desk_with(caseworker, offers=[])
    assert [found["id"] for found in desk["tickets"]] == [ticket]
    assert desk["seats"]["used"] == 1


async def test_an_unknown_presence_is_refused(server: Server) -> None:
    caseworker = await server.caseworker()

    assert (await caseworker.error(type="presence", state="lunch"))["code"] == "bad_frame"


async def test_a_cap_is_lowered_and_running_chats_stay(server: Server) -> None:
    caseworker = await server.caseworker()
    await in_line(server, 3)
    for _ in range(3):
        await caseworker.accepts()
    await in_line(server)

    await caseworker.says(type="cap", seats=1)
    desk = await desk_with(caseworker, cap=1)

    assert desk["seats"]["used"] == 3
    for place in range(2):
        await caseworker.says(type="end", ticket=desk["tickets"][place]["id"])
    await server.janitor(after_s=1)
    assert (await desk_with(caseworker))["offers"] == []
    await caseworker.says(type="cap", seats=2)
    assert (await caseworker.next("offer"))["ticket"]["state"] == "offered"


@pytest.mark.parametrize("seats", [-1, 4, 1_000])
async def test_a_cap_is_never_above_what_the_region_allows(server: Server, seats: int) -> None:
    caseworker = await server.caseworker()

    assert (await caseworker.error(type="cap", seats=seats))["code"] == "bad_frame"


# offers


async def test_who_accepts_gets_everything_that_was_said_and_the_visitor_reads_a_name(
    server: Server,
) -> None:
    caseworker = await server.caseworker()
    visitor = await server.visitor()
    await visitor.chooses("Nee")
    await visitor.types("ik durf niet te bellen")
    await visitor.goes_straight()

    assigned = await caseworker.accepts()
    here = await visitor.next("event", lambda event: event["from"] == "system")

    events = assigned["events"]
    assert [event["seq"] for event in events] == list(range(1, len(events) + 1))
    assert "ik durf niet te bellen" in [event["text"] for event in events]
    assert assigned["ticket"]["caseworker"] == caseworker.username
    assert caseworker.username.title() in here["text"]


async def test_accept_refuses_what_was_not_offered_to_me(server: Server) -> None:
    first = await server.caseworker()
    await in_line(server)
    offer = await first.next("offer")
    other = await colleague(server)

    codes = [
        (await other.error(type="accept", ticket=offer["ticket"]["id"]))["code"],
        (await other.error(type="accept", ticket="nothing"))["code"],
        (await other.error(type="decline", ticket=offer["ticket"]["id"]))["code"],
        (await other.error(type="decline", ticket="nothing"))["code"],
    ]

    assert codes == ["not_offered", "unknown_ticket", "not_offered", "unknown_ticket"]


async def test_an_offer_is_accepted_once(server: Server) -> None:
    _, caseworker, ticket = await talking(server)

    assert (await caseworker.error(type="accept", ticket=ticket))["code"] == "not_offered"


async def test_an_offer_that_is_over_is_told_so(server: Server) -> None:
    caseworker = await server.caseworker()
    visitor = await server.visitor()
    await visitor.goes_straight()
    offer = await caseworker.next("offer")

    # the time is over and no timer has looked yet
    server.clock.time += timedelta(seconds=server.house.plan.settings.offer_timeout_s)
    error = await caseworker.error(type="accept", ticket=offer["ticket"]["id"])

    assert error["code"] == "expired"


async def test_a_declined_ticket_goes_to_a_colleague_and_not_back(server: Server) -> None:
    first = await server.caseworker()
    await in_line(server)
    ticket = (await first.next("offer"))["ticket"]["id"]
    second = await server.caseworker(OTHER)

    await first.says(type="decline", ticket=ticket)
    moved = await second.next("offer")
    await first.quiet()

    assert moved["ticket"]["id"] == ticket
    assert len(first.all("offer")) == 1


# taking


async def test_who_takes_a_ticket_out_of_the_line_has_it_at_once(server: Server) -> None:
    (visitor,) = await in_line(server)
    caseworker = await server.caseworker(available=False)
    ticket = await waiting_ticket(caseworker)

    await caseworker.says(type="take", ticket=ticket)
    assigned = await caseworker.next("assigned")
    await visitor.next("status", lambda status: status["state"] == "active")

    assert assigned["ticket"]["id"] == ticket
    assert (await desk_with(caseworker))["seats"]["used"] == 1


async def test_take_refuses_what_is_offered_to_a_colleague_and_accepts_what_is_offered_to_me(
    server: Server,
) -> None:
    first = await server.caseworker()
    await in_line(server)
    ticket = (await first.next("offer"))["ticket"]["id"]
    other = await colleague(server)

    assert (await other.error(type="take", ticket=ticket))["code"] == "taken"
    await first.says(type="take", ticket=ticket)
    assert (await first.next("assigned"))["ticket"]["id"] == ticket
    assert (await other.error(type="take", ticket=ticket))["code"] == "taken"


async def test_take_refuses_a_fourth_chat_and_a_ticket_of_another_region(server: Server) -> None:
    caseworker = await server.caseworker(available=False)
    await in_line(server, 4)
    for _ in range(3):
        await caseworker.says(type="take", ticket=await waiting_ticket(caseworker))
        await caseworker.next("assigned")
    fourth = await waiting_ticket(caseworker)
    elsewhere = await server.caseworker("utrecht-1")

    assert (await caseworker.error(type="take", ticket=fourth))["code"] == "no_seat"
    assert (await elsewhere.error(type="take", ticket=fourth))["code"] == "unknown_ticket"
    assert (await caseworker.error(type="take", ticket="nothing"))["code"] == "unknown_ticket"


# transfer


async def test_a_chat_goes_to_a_colleague_with_a_note_and_the_visitor_is_told(
    server: Server,
) -> None:
    visitor, caseworker, ticket = await talking(server)
    other = await server.caseworker(OTHER)

    await caseworker.says(
        type="transfer", ticket=ticket, to={"caseworker": OTHER}, note="zij is bang"
    )
    assigned = await other.next("assigned")
    told = await visitor.next("event", lambda event: event["from"] == "system")
    await visitor.types("hallo")
    await caseworker.quiet()

    assert assigned["events"][-1]["text"] == "zij is bang"
    assert "collega" in told["text"]
    assert "zij is bang" not in str(visitor.seen)
    assert (await other.next("event"))["text"] == "hallo"
    assert caseworker.desk["seats"]["used"] == 0
    error = await caseworker.error(type="message", ticket=ticket, id="x", text="nog iets")
    assert error["code"] == "not_yours"


async def test_a_chat_goes_to_another_region(server: Server) -> None:
    visitor, caseworker, ticket = await talking(server)
    there = await server.caseworker("utrecht-1")

    await caseworker.says(type="transfer", ticket=ticket, to={"region": "utrecht"})
    assigned = await there.next("assigned")
    last = await ticket_of(caseworker, ticket, serving_region="utrecht")

    assert assigned["ticket"]["home_region"] == REGION
    assert last["caseworker"] == "utrecht-1"
    status = await visitor.next("status", lambda found: found["caseworker"] == "Utrecht-1")
    assert status["serving_region"] == "utrecht"


async def test_a_transfer_is_refused_when_the_target_cannot_take_it(server: Server) -> None:
    _, caseworker, ticket = await talking(server)
    away = await colleague(server)
    refusals = [
        ({"caseworker": OTHER}, "no_seat"),
        ({"caseworker": "nobody-1"}, "forbidden"),
        ({"caseworker": caseworker.username}, "bad_frame"),
        ({}, "bad_frame"),
        ({"region": "atlantis"}, "unknown_region"),
        ({"region": "utrecht"}, "no_seat"),
    ]
    for to, code in refusals:
        error = await caseworker.error(type="transfer", ticket=ticket, to=to)
        assert (error["code"], error["id"]) == (code, ticket), to

    await away.says(type="cap", seats=0)
    await away.says(type="presence", state="available")
    await desk_with(away, presence="available")
    assert (await caseworker.error(type="transfer", ticket=ticket, to={"caseworker": OTHER}))[
        "code"
    ] == "no_seat"
    await caseworker.writes(ticket, "we gaan gewoon verder")


# making room


async def full_desk(server: Server) -> tuple[Caseworker, list[str], list[Visitor]]:
    caseworker = await server.caseworker()
    visitors = await in_line(server, 3)
    tickets = [(await caseworker.accepts())["ticket"]["id"] for _ in visitors]
    return caseworker, tickets, visitors


async def test_room_is_made_for_an_acute_ticket_and_the_other_waits_in_front(
    server: Server,
) -> None:
    caseworker, tickets, visitors = await full_desk(server)
    (acute,) = await in_line(server, acute=True)
    await in_line(server)
    wanted = await waiting_ticket(caseworker)

    await caseworker.says(type="make_room", ticket=wanted, give_back=tickets[1])
    assigned = await caseworker.next("assigned", lambda found: found["ticket"]["id"] == wanted)
    status = await visitors[1].next("status", lambda found: found["state"] == "waiting")
    desk = await desk_with(caseworker)

    assert assigned["ticket"]["level"] == "acute"
    assert desk["seats"]["used"] == 3
    assert desk["queue"][0]["id"] == tickets[1]
    assert status["position"] == 1
    await acute.next("status", lambda found: found["state"] == "active")


async def test_an_acute_chat_is_never_given_back_and_room_is_only_made_for_an_acute_ticket(
    server: Server,
) -> None:
    caseworker, tickets, _ = await full_desk(server)
    await caseworker.says(type="level", ticket=tickets[0], level="acute", reason="hoort hem")
    await ticket_of(caseworker, tickets[0], level="acute")
    await in_line(server)
    normal = await waiting_ticket(caseworker)
    await in_line(server, acute=True)
    acute = await waiting_ticket(caseworker)
    before = await server.rows("SELECT ticket, caseworker FROM seat ORDER BY ticket")

    for ticket, give_back, code in (
        (acute, tickets[0], "forbidden"),
        (normal, tickets[1], "forbidden"),
        (acute, "nothing", "unknown_ticket"),
        ("nothing", tickets[1], "unknown_ticket"),
        (acute, normal, "not_yours"),
    ):
        error = await caseworker.error(type="make_room", ticket=ticket, give_back=give_back)
        assert error["code"] == code, (ticket, give_back)

    assert await server.rows("SELECT ticket, caseworker FROM seat ORDER BY ticket") == before


async def test_a_chat_that_became_acute_at_the_last_moment_is_not_given_back(
    server: Server,
) -> None:
    caseworker, tickets, _ = await full_desk(server)
    await in_line(server, acute=True)
    acute = await waiting_ticket(caseworker)
    # on another node the visitor just said something: this one has not heard of it yet
    await server.house.db.run(_made_acute, tickets[2])

    error = await caseworker.error(type="make_room", ticket=acute, give_back=tickets[2])

    assert error["code"] == "forbidden"
    rows = await server.rows("SELECT state FROM ticket WHERE id = :id", id=tickets[2])
    assert rows == [{"state": "active"}]


def _made_acute(ticket: str) -> Any:
    from handoff.storage.sql import Sql

    yield Sql("UPDATE ticket SET level = 'acute', band = 0 WHERE id = :id"), {"id": ticket}
