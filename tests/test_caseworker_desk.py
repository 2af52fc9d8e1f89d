"""Ending, reading and closing; and the desk as it opens and changes."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

from tests.support.outage import held
from tests.support.running import REGION, Caseworker, Server, Visitor
from tests.test_caseworker_queue import desk_with, in_line, waiting_ticket
from tests.test_caseworker_socket import OTHER, colleague, ticket_of
from tests.test_protocol import TICKET_FIELDS
from tests.test_visitor_acks import DANGER, talking


async def missed_ticket(server: Server) -> tuple[Visitor, Caseworker, str]:
    """Somebody typed and left before anybody came."""
    caseworker = await server.caseworker(available=False)
    visitor = await server.visitor()
    await visitor.types("ik weet niet wat ik moet doen")
    await visitor.says(type="exit")
    await visitor.closed()
    await caseworker.quiet()
    return visitor, caseworker, caseworker.desk["missed"][0]["id"]


# end and wrap_up


async def test_end_frees_the_seat_and_tells_the_visitor_and_leaves_the_disposition(
    server: Server,
) -> None:
    visitor, caseworker, ticket = await talking(server)

    await caseworker.says(type="end", ticket=ticket)
    ended = await ticket_of(caseworker, ticket, state="wrap_up")
    bye = await visitor.next("event", lambda event: event["from"] == "system")
    status = await visitor.next("status", lambda status: status["state"] == "closed")

    assert ended["caseworker"] == caseworker.username
    assert bye["name"].startswith("utter_bye")
    assert status["reason"] == "ended"
    desk = await desk_with(caseworker)
    assert desk["seats"] == {"used": 0, "region_used": 0, "region_cap": 8}
    assert [found["state"] for found in desk["tickets"]] == ["wrap_up"]


async def test_wrap_up_closes_with_a_disposition_of_the_closed_list(server: Server) -> None:
    _, caseworker, ticket = await talking(server)
    await caseworker.says(type="end", ticket=ticket)
    await ticket_of(caseworker, ticket, state="wrap_up")
    dispositions = server.house.plan.knowledge.dispositions

    for name in ("nice talk", "", "unread", "left_before_contact"):
        error = await caseworker.error(type="wrap_up", ticket=ticket, disposition=name)
        assert (error["code"], error["id"]) == ("bad_frame", ticket)
        for known in dispositions:
            assert (known in error["message"]) is not dispositions[known].by_system
    await caseworker.says(type="wrap_up", ticket=ticket, disposition="advice")
    await ticket_of(caseworker, ticket, state="closed")

    assert (await desk_with(caseworker))["tickets"] == []
    rows = await server.rows("SELECT disposition, closed_at FROM ticket")
    assert rows[0]["disposition"] == "advice"
    assert rows[0]["closed_at"]


async def test_wrap_up_refuses_what_is_not_over_and_what_is_closed(server: Server) -> None:
    _, caseworker, ticket = await talking(server)
    frame = {"type": "wrap_up", "ticket": ticket, "disposition": "advice"}

    assert (await caseworker.error(**frame))["code"] == "not_open"
    await caseworker.ends(ticket)
    assert (await caseworker.error(**frame))["code"] == "not_open"


async def test_what_a_colleague_has_to_close_is_not_mine(server: Server) -> None:
    _, caseworker, ticket = await talking(server)
    await caseworker.says(type="end", ticket=ticket)
    await ticket_of(caseworker, ticket, state="wrap_up")
    other = await colleague(server)

    error = await other.error(type="wrap_up", ticket=ticket, disposition="advice")

    assert error["code"] == "not_yours"


# read


async def test_a_missed_ticket_is_opened_without_a_seat_and_closed(server: Server) -> None:
    _, caseworker, ticket = await missed_ticket(server)

    await caseworker.says(type="read", ticket=ticket)
    assigned = await caseworker.next("assigned")
    desk = await desk_with(caseworker, missed=[])

    assert "ik weet niet wat ik moet doen" in [event["text"] for event in assigned["events"]]
    assert desk["seats"]["used"] == 0
    assert [found["state"] for found in desk["tickets"]] == ["wrap_up"]
    await caseworker.says(type="wrap_up", ticket=ticket, disposition="read_missed")
    await ticket_of(caseworker, ticket, state="closed")


async def test_a_missed_ticket_is_opened_by_one_caseworker(server: Server) -> None:
    _, caseworker, ticket = await missed_ticket(server)
    other = await colleague(server)
    await caseworker.says(type="read", ticket=ticket)
    await caseworker.next("assigned")

    assert (await other.error(type="read", ticket=ticket))["code"] == "taken"
    assert (await other.error(type="read", ticket="nothing"))["code"] == "unknown_ticket"


async def test_only_what_was_missed_is_read(server: Server) -> None:
    _, caseworker, ticket = await talking(server)
    await caseworker.says(type="presence", state="away")
    await in_line(server)
    waiting = await waiting_ticket(caseworker)

    assert (await caseworker.error(type="read", ticket=ticket))["code"] == "not_open"
    assert (await caseworker.error(type="read", ticket=waiting))["code"] == "not_open"


async def test_a_missed_ticket_is_never_offered_and_cannot_be_taken(server: Server) -> None:
    _, caseworker, ticket = await missed_ticket(server)
    await caseworker.says(type="presence", state="available")
    await server.janitor(after_s=5)
    await caseworker.quiet()

    assert caseworker.all("offer") == []
    assert (await caseworker.error(type="take", ticket=ticket))["code"] == "taken"
    assert (await caseworker.error(type="accept", ticket=ticket))["code"] == "not_offered"


# the desk


async def test_the_desk_opens_with_everything_in_service_order(server: Server) -> None:
    await missed_ticket(server)
    first, second = await in_line(server, 2)
    (acute,) = await in_line(server, acute=True)
    caseworker = await server.caseworker(OTHER, available=False)
    await caseworker.quiet()

    desk = caseworker.desk
    assert set(desk) == {
        *("type", "now", "presence", "cap", "seats", "tickets", "offers", "queue", "missed"),
        "colleagues",
    }
    assert (desk["cap"], desk["seats"]) == (3, {"used": 0, "region_used": 0, "region_cap": 8})
    assert [found["conversation"] for found in desk["queue"]] == [
        acute.conversation,
        first.conversation,
        second.conversation,
    ]
    assert [found["state"] for found in desk["missed"]] == ["missed"]


async def test_the_desk_names_the_colleagues_who_are_there_and_how_many_chats_fit(
    server: Server,
) -> None:
    caseworker = await server.caseworker()
    other = await colleague(server)
    away = await server.caseworker(f"{REGION}-3", available=False)
    await server.caseworker("utrecht-1")
    await server.hire(f"{REGION}-4")
    await away.says(type="cap", seats=1)
    await other.says(type="presence", state="calling")
    await in_line(server)
    offered = (await caseworker.accepts())["ticket"]["id"]
    await caseworker.quiet()
    await other.quiet()

    assert caseworker.desk["colleagues"] == [
        {"username": OTHER, "name": OTHER.title(), "presence": "calling", "free": 3},
        {"username": away.username, "name": away.username.title(), "presence": "away", "free": 1},
    ]
    first = {"username": caseworker.username, "name": caseworker.username.title()}
    assert other.desk["colleagues"][0] == {**first, "presence": "available", "free": 2}
    await away.hangs_up()
    await desk_with(caseworker, colleagues=caseworker.desk["colleagues"][:1])
    assert offered in [found["id"] for found in caseworker.desk["tickets"]]


async def test_a_ticket_is_the_triage_on_one_card(server: Server) -> None:
    caseworker = await server.caseworker(available=False)
    visitor = await server.visitor()
    for button in ("Weet ik niet", "Het gaat over mij", "Ja of misschien"):
        await visitor.chooses(button)
    await visitor.chooses("Iemand slaat mij", "Mijn telefoon is afgepakt")
    await visitor.chooses("Nee")
    await visitor.chooses("Vanavond")
    await visitor.types(DANGER)
    await caseworker.quiet()

    (ticket,) = caseworker.desk["queue"]
    assert set(ticket) >= TICKET_FIELDS - {"left_at", "caseworker"}
    assert (ticket["level"], ticket["why_id"]) == ("acute", "heard")
    assert ticket["why"]
    assert {"hit", "phone_taken", "danger_unknown", "watched_maybe"} <= set(ticket["said"])
    assert "weapon" in ticket["heard"]
    assert ticket["unknown"] == ["danger"]
    assert (ticket["role"], ticket["language"]) == ("self", "nl")
    assert (ticket["watched"], ticket["cannot_call"], ticket["returned"]) == (True, True, False)
    assert ticket["safe_moment"]["text"] == "Vanavond"
    assert ticket["waiting_since"] == visitor.seen[0]["now"]


async def test_every_change_of_a_ticket_is_told_to_every_desk_of_the_region(
    server: Server,
) -> None:
    caseworker = await server.caseworker()
    other = await colleague(server)
    elsewhere = await server.caseworker("utrecht-1")
    visitor = await server.visitor()
    await visitor.goes_straight()
    ticket = (await caseworker.accepts())["ticket"]["id"]
    await visitor.types(DANGER)
    await caseworker.ends(ticket)
    await other.quiet()

    told = [
        (frame["ticket"]["state"], frame["ticket"]["level"])
        for frame in other.all("ticket")
        if frame["ticket"]["id"] == ticket
    ]
    for change in [
        ("offered", "normal"),
        ("active", "normal"),
        ("active", "acute"),
        ("wrap_up", "acute"),
        ("closed", "acute"),
    ]:
        assert change in told
    assert other.all("event") == []
    await elsewhere.quiet()
    assert elsewhere.all("ticket") == []


async def test_the_link_of_a_visitor_is_told_with_its_time(server: Server) -> None:
    visitor, caseworker, ticket = await talking(server)

    await visitor.hangs_up()
    away = await caseworker.next("visitor")
    server.clock.move(10)
    back = await server.visitor(opens=False)
    await back.resume(visitor.token)
    online = await caseworker.next("visitor")
    await back.says(type="stop", id="s")
    stopped = await caseworker.next("visitor")

    assert (away["ticket"], away["state"]) == (ticket, "away")
    assert (online["state"], stopped["state"]) == ("online", "stopped")
    assert online["since"] > away["since"]


async def test_a_look_from_before_does_not_bring_back_who_stopped(server: Server) -> None:
    visitor, caseworker, ticket = await talking(server)
    await visitor.says(type="stop", id="s")
    await caseworker.next("visitor", lambda frame: frame["state"] == "stopped")
    (conversation,) = server.house.conversations.live.values()

    # it saw the link lost, a moment before the visitor was there again and stopped
    await server.house.floor.visitor_linked(conversation, only_lost=True)

    rows = await server.rows("SELECT visitor FROM ticket WHERE id = :id", id=ticket)
    assert rows == [{"visitor": "stopped"}]


async def test_a_desk_that_opens_again_gets_its_offers_and_chats_again(server: Server) -> None:
    _, caseworker, ticket = await talking(server)
    await in_line(server)
    offer = await caseworker.next("offer")
    await caseworker.hangs_up()

    again = await server.caseworker(available=False)
    repeated = await again.next("offer")
    assigned = await again.next("assigned")
    await again.quiet()

    assert repeated["ticket"]["id"] == offer["ticket"]["id"]
    assert assigned["ticket"]["id"] == ticket
    assert again.desk["presence"] == "available"


async def test_a_ticket_that_is_offered_once_more_to_the_same_desk_is_told_again(
    server: Server,
) -> None:
    caseworker = await server.caseworker()
    await in_line(server)
    first = await caseworker.next("offer")

    await server.janitor(after_s=server.house.plan.settings.offer_timeout_s)
    second = await caseworker.next("offer")

    assert second["ticket"]["id"] == first["ticket"]["id"]
    assert second["expires_at"] > first["expires_at"]


async def test_what_is_said_while_the_past_is_read_comes_after_it_once(server: Server) -> None:
    visitor, first, ticket = await talking(server)
    again = asyncio.create_task(server.caseworker(available=False))
    db: Any = server.house.db
    reads, said = db.read, 0

    async def read(query: Any, *args: Any, **named: Any) -> Any:
        nonlocal said
        found = await reads(query, *args, **named)
        if query.__name__ == "load":
            said += 1
            await visitor.says(type="message", id=f"v{said}", text=f"v{said}")
            await visitor.next("ack", lambda ack: ack["id"] == f"v{said}")
        return found

    db.read = read
    second = await again
    assigned = await second.next("assigned")
    await second.quiet()
    db.read = reads

    events = [*assigned["events"], *second.all("event")]
    assert said >= 1
    assert [event["seq"] for event in events] == list(range(1, len(events) + 1))
    await first.writes(ticket, "dag")


async def test_a_chat_that_is_handed_on_while_it_is_read_is_not_shown_any_more(
    server: Server,
) -> None:
    visitor, first, ticket = await talking(server)
    await first.hangs_up()
    other = await server.caseworker(OTHER)
    await server.janitor(after_s=0)
    house = server.house
    async with held(house.conversations, "load") as gate:
        again = await server.caseworker(available=False)
        await gate.reached.wait()
        # meanwhile the other desk of the same caseworker hands it on
        await house.db.run(_handed_on, ticket, again.username, OTHER)
        house.floor.ring(REGION)
        await other.next("desk", lambda desk: desk["tickets"])
        gate.open.set()
    await server.settled()
    await visitor.types("dit is voor de ander")

    assert [frame["type"] for frame in again.seen if frame["type"] == "assigned"] == []
    await again.quiet()
    assert again.all("event") == []


def _handed_on(ticket: str, giver: str, receiver: str) -> Any:
    from handoff.storage import seats, tickets

    yield from seats.transfer(ticket, giver, receiver)
    values = {"id": ticket, "caseworker": receiver, "now": 0, "region": REGION}
    yield tickets.SET_ACCEPTED, values


@pytest.mark.parametrize("frame", ["message", "note"])
async def test_a_resent_message_is_acknowledged_while_the_desk_still_opens(
    server: Server, frame: str
) -> None:
    _, first, ticket = await talking(server)
    sent = {"type": frame, "ticket": ticket, "id": "a", "text": "onderweg"}
    await first.says(**sent)
    ack = await first.next("ack")
    await first.hangs_up()

    again = await server.caseworker(available=False)
    await again.next("assigned")
    await again.says(**sent)

    assert (await again.next("ack"))["seq"] == ack["seq"]
