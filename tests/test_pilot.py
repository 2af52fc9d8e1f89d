"""A pilot in a region: who is not on the list serves nobody (R36), and the desk says so."""

from __future__ import annotations

from tests.support.running import REGION, Server
from tests.test_caseworker_queue import in_line, waiting_ticket
from tests.test_make_room import full
from tests.test_ringing import pilot
from tests.test_senior import on_call
from tests.test_visitor_acks import talking

LISTED, OTHER = f"{REGION}-1", f"{REGION}-2"


async def test_an_unlisted_caseworker_may_not_take_and_the_desk_says_why(server: Server) -> None:
    await in_line(server)
    other = await server.caseworker(OTHER, available=False)
    pilot(server, frozenset({LISTED}))
    ticket = await waiting_ticket(other)

    assert await other.refused(type="take", ticket=ticket) == "forbidden"
    await other.says(type="presence", state="calling")
    await other.next("desk", lambda desk: desk.get("unlisted"))


async def test_an_offer_that_was_made_before_the_pilot_is_not_accepted(server: Server) -> None:
    other = await server.caseworker(OTHER)
    await in_line(server)
    ticket = (await other.next("offer"))["ticket"]["id"]
    pilot(server, frozenset({LISTED}))

    assert await other.refused(type="accept", ticket=ticket) == "forbidden"


async def test_nothing_is_handed_to_who_is_not_listed(server: Server) -> None:
    _, listed, ticket = await talking(server)
    await server.caseworker(OTHER)
    pilot(server, frozenset({LISTED}))

    frame = {"type": "transfer", "ticket": ticket}
    assert await listed.refused(**frame, to={"caseworker": OTHER}) == "forbidden"
    assert await listed.refused(**frame, to={"region": REGION}) == "no_seat"


async def test_an_unlisted_caseworker_neither_makes_room_nor_takes_over(server: Server) -> None:
    other, chats = await full(server, OTHER)
    await in_line(server, acute=True)
    ticket = await waiting_ticket(other)
    pilot(server, frozenset({LISTED}))

    frame = {"type": "make_room", "ticket": ticket, "give_back": chats[0]}
    assert await other.refused(**frame) == "forbidden"
    assert await other.refused(type="take_over", ticket=chats[0]) == "forbidden"


async def test_the_listed_go_on_as_ever(server: Server) -> None:
    pilot(server, frozenset({LISTED}))
    _, listed, ticket = await talking(server)
    await listed.quiet()

    assert "unlisted" not in listed.desk
    assert listed.desk["tickets"][0]["id"] == ticket


# who is on call, and not listed


async def test_who_is_on_call_takes_somebody_in_danger_and_nobody_else(server: Server) -> None:
    await on_call(server, OTHER)
    await in_line(server)
    await in_line(server, acute=True)
    senior = await server.caseworker(OTHER, available=False)
    pilot(server, frozenset({LISTED}))
    await senior.quiet()
    acute, normal = (ticket["id"] for ticket in senior.desk["queue"])

    assert await senior.refused(type="take", ticket=normal) == "forbidden"
    await senior.says(type="take", ticket=acute)

    assert (await senior.next("assigned"))["ticket"]["id"] == acute


async def test_who_is_on_call_makes_room_for_somebody_in_danger(server: Server) -> None:
    await on_call(server, OTHER)
    senior, chats = await full(server, OTHER)
    await in_line(server, acute=True)
    ticket = await waiting_ticket(senior)
    pilot(server, frozenset({LISTED}))

    await senior.says(type="make_room", ticket=ticket, give_back=chats[0])

    assert (await senior.next("assigned"))["ticket"]["id"] == ticket


async def test_who_is_on_call_takes_over_only_a_chat_in_danger(server: Server) -> None:
    await on_call(server, OTHER)
    _, listed, ticket = await talking(server)
    senior = await server.caseworker(OTHER, available=False)
    pilot(server, frozenset({LISTED}))
    assert await senior.refused(type="take_over", ticket=ticket) == "forbidden"

    await listed.says(type="level", ticket=ticket, level="acute", reason="hij is terug")
    await listed.next("ticket", lambda found: found["ticket"]["level"] == "acute")
    await senior.says(type="take_over", ticket=ticket)

    assert (await senior.next("assigned"))["ticket"]["id"] == ticket
