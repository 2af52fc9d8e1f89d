"""No seat is free for somebody in danger: an own chat goes elsewhere, and the acute one comes."""

from __future__ import annotations

from typing import Any

import pytest

from tests.support.running import REGION, Caseworker, Server, Visitor
from tests.support.staff import coordinator
from tests.test_caseworker_queue import desk_with, in_line, waiting_ticket

PARTNER = "midden-brabant"


async def full(server: Server, username: str = f"{REGION}-1") -> tuple[Caseworker, list[str]]:
    """A desk with three chats below acute, and their tickets."""
    caseworker = await server.caseworker(username)
    await in_line(server, 3)
    found = [(await caseworker.accepts())["ticket"]["id"] for _ in range(3)]
    return caseworker, found


async def acute_one(server: Server, caseworker: Caseworker) -> tuple[Visitor, str]:
    """Somebody in danger who waits: no seat is free anywhere."""
    (visitor,) = await in_line(server, acute=True)
    return visitor, await waiting_ticket(caseworker)


async def places(caseworker: Caseworker, ticket: str) -> dict[str, Any]:
    """Where a chat of this desk could go."""
    await caseworker.says(type="room", ticket=ticket)
    return await caseworker.next("room", lambda frame: frame["ticket"] == ticket)


async def seats_of(server: Server) -> dict[str, str]:
    rows = await server.rows("SELECT ticket, caseworker FROM seat ORDER BY ticket")
    return {row["ticket"]: row["caseworker"] for row in rows}


async def test_every_present_desk_of_the_line_sees_that_no_seat_is_free(server: Server) -> None:
    first, _ = await full(server)
    second = await server.caseworker(f"{REGION}-2", available=False)
    await second.says(type="presence", state="calling")
    _, ticket = await acute_one(server, first)
    await second.quiet()

    for desk in (first.desk, second.desk):
        assert desk.get("free", 0) == 0
        assert [found["id"] for found in desk["queue"] if found["state"] == "waiting"] == [ticket]


async def test_a_chat_goes_to_a_free_seat_of_a_partner_and_the_acute_one_comes(
    server: Server,
) -> None:
    caseworker, chats = await full(server)
    # the partner cannot take it now, and has a seat for somebody else
    partner = await server.caseworker(f"{PARTNER}-1")
    (visitor,) = await in_line(server, acute=True)
    ticket = (await partner.next("offer"))["ticket"]["id"]
    await partner.says(type="decline", ticket=ticket)
    await partner.next("desk", lambda desk: desk["offers"] == [])

    found = await places(caseworker, ticket)
    assert [place["region"] for place in found["regions"]] == [PARTNER]
    to = {"region": PARTNER}
    await caseworker.says(type="make_room", ticket=ticket, give_back=chats[0], to=to)
    assigned = await caseworker.next("assigned", lambda frame: frame["ticket"]["id"] == ticket)
    moved = await partner.next("assigned")

    assert assigned["ticket"]["state"] == "active"
    assert moved["ticket"]["id"] == chats[0]
    await visitor.next("status", lambda status: status["state"] == "active")
    held = await seats_of(server)
    assert held[chats[0]] == partner.username and held[ticket] == caseworker.username
    assert sorted(held.values()).count(caseworker.username) == 3
    (row,) = await server.rows("SELECT agreement FROM ticket WHERE id = :id", id=chats[0])
    assert row["agreement"].startswith("brabant")


async def test_a_region_without_an_agreement_gets_nothing(server: Server) -> None:
    caseworker, chats = await full(server)
    _, ticket = await acute_one(server, caseworker)
    await server.caseworker("groningen-1")

    to = {"region": "groningen"}
    frame = {"type": "make_room", "ticket": ticket, "give_back": chats[0], "to": to}

    assert await caseworker.refused(**frame) == "forbidden"
    assert ticket not in await seats_of(server)


async def asked_elsewhere(server: Server) -> tuple[Caseworker, list[str], Caseworker, Visitor, str]:
    """A full desk, and a partner that is asked for somebody in danger of its line: the desk, its
    chats, the partner, the visitor and the ticket."""
    caseworker, chats = await full(server)
    partner = await server.caseworker(f"{PARTNER}-1")
    await partner.says(type="cap", seats=1)
    await partner.next("desk", lambda desk: desk["cap"] == 1)
    (visitor,) = await in_line(server, acute=True)
    ticket = (await partner.next("offer"))["ticket"]["id"]
    await caseworker.next("desk", lambda desk: [one["id"] for one in desk["queue"]] == [ticket])
    return caseworker, chats, partner, visitor, ticket


def offered(desk: dict[str, Any]) -> list[str]:
    return [offer["ticket"]["id"] for offer in desk["offers"]]


@pytest.mark.parametrize("to", [None, {"region": PARTNER}], ids=["to the line", "to the partner"])
async def test_room_is_made_while_a_partner_is_merely_asked_and_first_accept_wins(
    server: Server, to: dict[str, str] | None
) -> None:
    caseworker, chats, partner, visitor, ticket = await asked_elsewhere(server)
    if to is not None:
        # beside the seat that is held for the offer there is one for the chat that is given
        await partner.says(type="cap", seats=2)
        await partner.next("desk", lambda desk: desk["cap"] == 2)
    frame = {"type": "make_room", "ticket": ticket, "give_back": chats[0]}

    await caseworker.says(**frame, **({"to": to} if to else {}))
    assigned = await caseworker.next("assigned", lambda frame: frame["ticket"]["id"] == ticket)

    assert assigned["ticket"]["serving_region"] == REGION
    status = await visitor.next("status", lambda status: status["state"] == "active")
    assert status["serving_region"] == REGION
    # the chat that was given may be asked of the partner at once
    await partner.next("desk", lambda desk: ticket not in offered(desk))
    assert await partner.refused(type="accept", ticket=ticket) in ("unknown_ticket", "not_offered")
    held = await seats_of(server)
    assert held[ticket] == caseworker.username
    assert sorted(held.values()).count(caseworker.username) == 3
    (given,) = await server.rows("SELECT caseworker FROM ticket WHERE id = :id", id=chats[0])
    assert given["caseworker"] == (partner.username if to else None)


async def test_no_room_is_made_for_whom_the_partner_has_accepted(server: Server) -> None:
    caseworker, chats, partner, _, ticket = await asked_elsewhere(server)
    await partner.says(type="accept", ticket=ticket)
    await partner.next("assigned", lambda frame: frame["ticket"]["id"] == ticket)

    for to in ({}, {"to": {"caseworker": partner.username}}):
        frame = {"type": "make_room", "ticket": ticket, "give_back": chats[0], **to}
        assert await caseworker.refused(**frame) in ("taken", "unknown_ticket", "forbidden")

    held = await seats_of(server)
    assert held[ticket] == partner.username
    assert [held[id] for id in chats] == [caseworker.username] * 3


async def test_an_offer_elsewhere_is_left_alone_when_no_room_can_be_made(server: Server) -> None:
    caseworker, _, partner, _, ticket = await asked_elsewhere(server)
    before = await seats_of(server)

    # both, or neither: what was given is somebody else's
    code = await caseworker.refused(type="make_room", ticket=ticket, give_back=ticket)

    assert code == "not_yours"
    assert await seats_of(server) == before
    await partner.says(type="accept", ticket=ticket)
    await partner.next("assigned", lambda frame: frame["ticket"]["id"] == ticket)


async def test_who_is_slower_is_told_so_and_keeps_the_chats(server: Server) -> None:
    first, mine = await full(server)
    second, others = await full(server, f"{REGION}-2")
    _, ticket = await acute_one(server, first)

    await first.says(type="make_room", ticket=ticket, give_back=mine[0])
    await first.next("assigned", lambda frame: frame["ticket"]["id"] == ticket)
    code = await second.refused(type="make_room", ticket=ticket, give_back=others[0])

    assert code == "taken"
    held = await seats_of(server)
    assert [held.get(id) for id in others] == [second.username] * 3


async def test_the_one_who_is_given_back_reads_why_and_stands_in_front(server: Server) -> None:
    caseworker, chats = await full(server)
    _, ticket = await acute_one(server, caseworker)
    await in_line(server)

    await caseworker.says(type="make_room", ticket=ticket, give_back=chats[1])
    await caseworker.next("assigned", lambda frame: frame["ticket"]["id"] == ticket)
    desk = await desk_with(caseworker)

    assert desk["queue"][0]["id"] == chats[1]
    visitors = [person for person in server.open if isinstance(person, Visitor)]
    for visitor in visitors:
        await visitor.quiet()
    told = [one for one in visitors if any("vooraan in de rij" in text for text in one.texts)]
    assert len(told) == 1


async def test_within_a_full_region_a_colleague_is_no_way_out(server: Server) -> None:
    """The chat would stay in the region and the acute one come on top: one above its cap."""
    caseworker, chats = await full(server)
    colleague = await server.caseworker(f"{REGION}-2")
    await cap_region(server, 3)
    _, ticket = await acute_one(server, caseworker)

    assert (await places(caseworker, ticket))["colleagues"] == []
    to = {"caseworker": colleague.username}
    frame = {"type": "make_room", "ticket": ticket, "give_back": chats[0], "to": to}
    assert await caseworker.refused(**frame) == "no_seat"

    assert sorted((await seats_of(server)).values()) == [caseworker.username] * 3


async def cap_region(server: Server, cap: int) -> None:
    """The coordinator lowers the region's cap, on the board."""
    mine = await coordinator(server)
    await mine.changes("region_cap", value=str(cap))
    await server.house.operating.look()
    (row,) = await server.rows("SELECT cap FROM region_seats WHERE region = :region", region=REGION)
    assert row["cap"] == cap
