"""Who phones does not lose the chats, and a desk where nobody sits holds nobody up."""

from __future__ import annotations

from typing import Any

import pytest

from tests.support.running import REGION, Caseworker, Server, Visitor
from tests.test_caseworker_queue import desk_with, in_line
from tests.test_caseworker_socket import OTHER, colleague, ticket_of
from tests.test_visitor_acks import DANGER, talking

AWAY, BACK, IN_FRONT = "is even weg", "is er weer", "Je staat weer in de rij"


def told(visitor: Visitor, words: str) -> int:
    """How often a visitor read something."""
    return sum(words in text for text in visitor.texts)


async def minutes(server: Server, seconds: float) -> None:
    """Lets time pass in steps, as it does: the timers look every few seconds."""
    while seconds > 0:
        await server.janitor(after_s=min(seconds, 10))
        seconds -= 10


async def row_of(server: Server, ticket: str) -> dict[str, Any]:
    (row,) = await server.rows("SELECT * FROM ticket WHERE id = :id", id=ticket)
    return row


# a link that is lost


async def test_a_desk_that_reloads_worries_nobody(server: Server) -> None:
    visitor, caseworker, ticket = await talking(server)

    await caseworker.hangs_up()
    await server.janitor(after_s=4)
    again = await server.caseworker(caseworker.username, available=False)
    assigned = await again.next("assigned")
    await minutes(server, 300)
    await visitor.quiet()

    assert assigned["ticket"]["id"] == ticket
    assert (told(visitor, AWAY), told(visitor, BACK)) == (0, 0)
    assert visitor.status["state"] == "active"
    # who was available goes on so
    assert (await desk_with(again))["presence"] == "available"


@pytest.mark.parametrize(("state", "grace_s"), [("available", 120), ("calling", 900)])
async def test_who_loses_the_link_keeps_the_chats_for_a_while(
    server: Server, state: str, grace_s: int
) -> None:
    visitor, caseworker, ticket = await talking(server)
    await caseworker.says(type="presence", state=state)
    await desk_with(caseworker, presence=state)

    await caseworker.hangs_up()
    await minutes(server, grace_s - 1)

    # the visitor knows, once, and nobody else gets the chat or the seat
    await visitor.quiet()
    assert told(visitor, AWAY) == 1
    assert (visitor.status["state"], visitor.status["away"]) == ("active", True)
    other = await colleague(server)
    assert (await other.error(type="take", ticket=ticket))["code"] == "taken"
    assert (await desk_with(other))["seats"]["region_used"] == 1

    again = await server.caseworker(caseworker.username, available=False)
    await again.next("assigned")
    await visitor.next("status", lambda status: not status.get("away"))
    await minutes(server, grace_s)
    await visitor.quiet()
    assert (told(visitor, AWAY), told(visitor, BACK)) == (1, 1)
    assert (await desk_with(again))["presence"] == state
    await again.writes(ticket, "daar ben ik weer")
    await visitor.next("event", lambda event: event["text"] == "daar ben ik weer")


@pytest.mark.parametrize(("state", "grace_s"), [("available", 120), ("calling", 900)])
async def test_after_the_grace_the_chats_go_back_to_the_front_of_their_level(
    server: Server, state: str, grace_s: int
) -> None:
    # somebody urgent has waited for much longer
    (early,) = await in_line(server)
    caseworker = await server.caseworker()
    first = (await caseworker.accepts())["ticket"]["id"]
    await in_line(server, 2)
    second = (await caseworker.accepts())["ticket"]["id"]
    await caseworker.says(type="presence", state=state)
    await desk_with(caseworker, presence=state)
    # the third is not accepted and waits in front of the other two
    waiting = await row_of(server, (await waiting_of(server))[0])

    await caseworker.hangs_up()
    await minutes(server, grace_s)

    await early.quiet()
    assert told(early, IN_FRONT) == 1
    assert (early.status["state"], early.status["position"]) == ("waiting", 1)
    assert await waiting_of(server) == [first, second, waiting["id"]]
    other = await colleague(server)
    desk = await desk_with(other)
    assert [card["id"] for card in desk["queue"]] == [first, second, waiting["id"]]
    assert desk["seats"]["region_used"] == 0
    # who comes back later finds an empty desk and begins a new shift
    again = await server.caseworker(caseworker.username, available=False)
    assert (await desk_with(again, presence="away"))["tickets"] == []


async def waiting_of(server: Server) -> list[str]:
    rows = await server.rows(
        "SELECT id FROM ticket WHERE state IN ('waiting', 'offered') ORDER BY band, queue_at, id"
    )
    return [row["id"] for row in rows]


async def acute_without_caseworker(server: Server) -> tuple[Visitor, str]:
    """An acute chat whose caseworker has been away for too long."""
    visitor, caseworker, ticket = await talking(server)
    await visitor.types(DANGER)
    await ticket_of(caseworker, ticket, level="acute")
    await caseworker.hangs_up()
    await minutes(server, 120)
    return visitor, ticket


async def test_after_the_grace_an_acute_chat_can_be_taken_at_once(server: Server) -> None:
    visitor, ticket = await acute_without_caseworker(server)
    other = await colleague(server)

    await other.says(type="take", ticket=ticket)
    assigned = await other.next("assigned")

    assert assigned["ticket"]["level"] == "acute"
    await visitor.quiet()
    assert (visitor.status["state"], visitor.status["caseworker"]) == ("active", OTHER.title())
    assert not visitor.status.get("away")


async def test_after_the_grace_an_acute_chat_is_offered_first(server: Server) -> None:
    # somebody else is acute too, and began long before
    early = await server.visitor()
    server.clock.move(1_000)
    _, ticket = await acute_without_caseworker(server)
    await early.chooses("Ja, voor mij")
    other = await server.caseworker(OTHER)

    offer = await other.next("offer")

    assert offer["ticket"]["id"] == ticket


# offers


async def test_an_offer_that_gets_no_answer_moves_on(server: Server) -> None:
    first = await server.caseworker()
    (visitor,) = await in_line(server)
    ticket = (await first.next("offer"))["ticket"]["id"]
    second = await server.caseworker(OTHER)
    server.clock.move(-1)  # the second that `in_line` let pass

    await server.janitor(after_s=29)
    assert (await desk_with(second))["offers"] == []
    await server.janitor(after_s=1)

    offer = await second.next("offer")
    assert offer["ticket"]["id"] == ticket
    assert (await desk_with(first, offers=[]))["seats"]["used"] == 0
    assert (await first.error(type="accept", ticket=ticket))["code"] == "not_offered"
    assert visitor.status["state"] == "waiting"


async def test_an_acute_offer_moves_on_sooner(server: Server) -> None:
    first = await server.caseworker()
    visitor = await server.visitor()
    await visitor.chooses("Ja, voor mij")
    ticket = (await first.next("offer"))["ticket"]["id"]
    second = await server.caseworker(OTHER)

    await server.janitor(after_s=19)
    assert (await desk_with(second))["offers"] == []
    await server.janitor(after_s=1)

    assert (await second.next("offer"))["ticket"]["id"] == ticket


async def test_who_did_not_answer_is_not_asked_again_for_a_minute(server: Server) -> None:
    first = await server.caseworker()
    await in_line(server)
    ticket = (await first.next("offer"))["ticket"]["id"]
    second = await server.caseworker(OTHER)
    server.clock.move(-1)
    await server.janitor(after_s=30)
    await second.next("offer")

    await second.says(type="decline", ticket=ticket)
    await second.quiet()
    await server.janitor(after_s=59)
    await first.quiet()
    assert len(first.all("offer")) == 1
    await server.janitor(after_s=1)

    assert (await first.next("offer"))["ticket"]["id"] == ticket


async def test_after_two_unanswered_offers_in_a_row_a_desk_becomes_away(server: Server) -> None:
    first = await server.caseworker()
    await in_line(server)
    await first.next("offer")
    await server.janitor(after_s=30)
    # alone present: offered again at once
    await first.next("offer")
    assert (await desk_with(first))["presence"] == "available"

    await server.janitor(after_s=30)
    desk = await desk_with(first, presence="away", offers=[])
    assert len(desk["queue"]) == 1
    await minutes(server, 120)
    await first.quiet()
    assert len(first.all("offer")) == 2

    # back at the desk: both counts begin again
    await first.says(type="presence", state="available")
    await first.next("offer")
    await server.janitor(after_s=30)
    await first.next("offer")
    assert (await desk_with(first))["presence"] == "available"


@pytest.mark.parametrize("answer", ["accept", "decline"])
async def test_an_answer_between_two_unanswered_offers_keeps_a_desk_available(
    server: Server, answer: str
) -> None:
    first = await server.caseworker()
    await in_line(server, 2)
    offers = [await first.next("offer") for _ in range(2)]
    await server.janitor(after_s=28)  # `in_line` let two seconds pass: one is over
    again = await first.next("offer")
    assert again["ticket"]["id"] == offers[0]["ticket"]["id"]

    await first.says(type=answer, ticket=again["ticket"]["id"])
    await first.quiet()
    await server.janitor(after_s=1)

    assert (await desk_with(first))["presence"] == "available"
    (row,) = await server.rows("SELECT unanswered FROM caseworker_seats")
    assert row["unanswered"] == 1


async def test_who_is_alone_and_declined_is_asked_again_after_a_minute_only(
    server: Server,
) -> None:
    caseworker = await server.caseworker()
    await in_line(server)
    ticket = (await caseworker.next("offer"))["ticket"]["id"]
    await caseworker.says(type="decline", ticket=ticket)
    await caseworker.quiet()
    await server.janitor(after_s=59)
    await caseworker.quiet()
    assert len(caseworker.all("offer")) == 1

    await server.janitor(after_s=1)

    assert (await caseworker.next("offer"))["ticket"]["id"] == ticket


# what is left to be closed


async def ended(server: Server, count: int) -> tuple[Caseworker, list[str]]:
    """A caseworker with conversations that have no disposition yet."""
    caseworker = await server.caseworker()
    tickets = []
    for _ in range(count):
        await in_line(server)
        offer = await caseworker.next("offer")
        tickets.append(offer["ticket"]["id"])
        await caseworker.says(type="accept", ticket=tickets[-1])
        await caseworker.next("assigned")
        await caseworker.says(type="end", ticket=tickets[-1])
        await ticket_of(caseworker, tickets[-1], state="wrap_up")
    return caseworker, tickets


async def test_with_two_conversations_to_close_offers_still_come(server: Server) -> None:
    caseworker, _ = await ended(server, 2)
    await in_line(server)

    assert (await caseworker.next("offer"))["ticket"]["state"] == "offered"


async def test_more_than_two_conversations_to_close_stop_offers(server: Server) -> None:
    caseworker, tickets = await ended(server, 3)
    await in_line(server)
    await server.janitor(after_s=5)
    assert (await desk_with(caseworker))["offers"] == []

    await caseworker.says(type="wrap_up", ticket=tickets[1], disposition="advice")

    assert (await caseworker.next("offer"))["ticket"]["state"] == "offered"


async def test_missed_tickets_that_are_read_count_too(server: Server) -> None:
    caseworker = await server.caseworker(available=False)
    for _ in range(3):
        visitor = await server.visitor()
        await visitor.types("hallo")
        await visitor.says(type="exit")
        await visitor.closed()
    await server.janitor(after_s=1)
    for card in (await desk_with(caseworker))["missed"]:
        await caseworker.says(type="read", ticket=card["id"])
        await caseworker.next("assigned")
    await caseworker.says(type="presence", state="available")
    await desk_with(caseworker, presence="available")
    await in_line(server)
    await server.janitor(after_s=5)

    assert (await desk_with(caseworker))["offers"] == []


async def test_a_region_shows_who_is_there(server: Server) -> None:
    """A desk that lost its link is not there for who comes now."""
    caseworker = await server.caseworker()
    visitor = await server.visitor()
    await visitor.chooses("Nee")
    assert visitor.status["staff"] == "called"

    await caseworker.hangs_up()

    await visitor.next("status", lambda status: status["staff"] == "none")
    assert REGION in caseworker.username
