"""Nothing ends unread, however a visitor leaves."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from datetime import UTC, datetime, timedelta

import pytest

from tests.support.running import REGION, Server, Visitor
from tests.test_caseworker_queue import desk_with
from tests.test_caseworker_socket import ticket_of
from tests.test_promises_acute import ticket_row
from tests.test_visitor_acks import DANGER, talking

TEXT = "ik weet niet wat ik moet doen"
#: Longer than any grace for a link that was lost.
LONG_S = 1_000

# ways of leaving


async def exits(visitor: Visitor) -> None:
    await visitor.says(type="exit")
    await visitor.closed()
    await visitor.server.settled()


async def ends(visitor: Visitor) -> None:
    await visitor.says(type="end")
    await visitor.closed()
    await visitor.server.settled()


async def stops(visitor: Visitor) -> None:
    await visitor.says(type="stop", id="stop")
    await visitor.next("ack", lambda ack: ack["id"] == "stop")
    await visitor.hangs_up()


async def presses_stop(visitor: Visitor) -> None:
    await visitor.says(type="choose", id="stop", payload="/sys:stop")
    await visitor.next("ack", lambda ack: ack["id"] == "stop")
    await visitor.hangs_up()


async def loses_the_link(visitor: Visitor) -> None:
    """Away, then passed on if in the questions, then gone."""
    await visitor.hangs_up()
    for _ in range(3):
        await visitor.server.janitor(after_s=LONG_S)


#: What the desk reads of each.
LEFT_AS = {
    exits: "exit",
    ends: "stopped",
    stops: "stopped",
    presses_stop: "stopped",
    loses_the_link: "gone",
}
Leave = Callable[[Visitor], Awaitable[None]]
in_every_way = pytest.mark.parametrize("leaves", list(LEFT_AS), ids=lambda leaves: leaves.__name__)


# what was said before


async def typed_in_the_questions(server: Server) -> Visitor:
    visitor = await server.visitor()
    await visitor.types(TEXT)
    return visitor


async def typed_and_then_answered(server: Server) -> Visitor:
    visitor = await typed_in_the_questions(server)
    await visitor.chooses("Nee")
    return visitor


async def typed_in_line(server: Server) -> Visitor:
    visitor = await server.visitor()
    await visitor.goes_straight()
    await visitor.types(TEXT)
    return visitor


async def typed_and_went_straight(server: Server) -> Visitor:
    visitor = await typed_in_the_questions(server)
    await visitor.goes_straight()
    return visitor


async def answered(server: Server) -> Visitor:
    visitor = await server.visitor()
    await visitor.chooses("Nee")
    return visitor


async def in_line(server: Server) -> Visitor:
    visitor = await server.visitor()
    await visitor.goes_straight()
    return visitor


async def acute_by_button(server: Server) -> Visitor:
    visitor = await server.visitor()
    await visitor.chooses("Ja, voor mij")
    return visitor


async def acute_by_ear(server: Server) -> Visitor:
    visitor = await server.visitor()
    await visitor.types(DANGER)
    return visitor


async def acute_by_card(server: Server) -> Visitor:
    visitor = await server.visitor()
    await visitor.says(type="card", id="card")
    await visitor.next("ack")
    return visitor


async def acute_in_line(server: Server) -> Visitor:
    visitor = await in_line(server)
    await visitor.types(DANGER)
    return visitor


Before = Callable[[Server], Awaitable[Visitor]]
TYPED: list[Before] = [
    typed_in_the_questions,
    typed_and_then_answered,
    typed_in_line,
    typed_and_went_straight,
]
ACUTE: list[Before] = [acute_by_button, acute_by_ear, acute_by_card, acute_in_line]
NOTHING_TO_READ: list[Before] = [answered, in_line]


def said_before(which: list[Before]) -> pytest.MarkDecorator:
    return pytest.mark.parametrize("before", which, ids=lambda before: before.__name__)


@in_every_way
@said_before(TYPED)
async def test_what_was_typed_is_missed_until_a_caseworker_opened_and_closed_it(
    server: Server, before: Before, leaves: Leave
) -> None:
    # with a colleague who is available: a missed ticket is not offered
    available = await server.caseworker(f"{REGION}-2", available=False)
    visitor = await before(server)
    await leaves(visitor)
    await available.says(type="presence", state="available")
    await desk_with(available, presence="available")
    await server.janitor(after_s=LONG_S)

    caseworker = await server.caseworker(available=False)
    desk = await desk_with(caseworker, queue=[])
    (card,) = desk["missed"]
    assert (card["state"], card["left"]) == ("missed", LEFT_AS[leaves])
    left_at = datetime.fromisoformat(card["left_at"])
    assert timedelta(0) < server.clock.now() - left_at <= timedelta(seconds=4 * LONG_S)
    assert (await available.quiet(), available.all("offer"))[1] == []

    await caseworker.says(type="read", ticket=card["id"])
    assigned = await caseworker.next("assigned")
    assert TEXT in [event["text"] for event in assigned["events"]]
    # opened is not closed: that takes a disposition
    await server.janitor(after_s=LONG_S)
    assert (await ticket_row(visitor))["state"] == "wrap_up"
    desk = await desk_with(caseworker, missed=[])
    assert desk["seats"] == {**desk["seats"], "used": 0, "region_used": 0}
    await caseworker.says(type="wrap_up", ticket=card["id"], disposition="read_missed")
    await ticket_of(caseworker, card["id"], state="closed")


@in_every_way
@said_before(ACUTE)
async def test_an_acute_ticket_is_offered_like_any_other_after_its_visitor_left(
    server: Server, before: Before, leaves: Leave
) -> None:
    visitor = await before(server)
    await leaves(visitor)
    await server.janitor(after_s=86_400)
    server.clock.time = datetime(2026, 11, 25, 14, 0, tzinfo=UTC)
    await server.janitor(after_s=1)
    assert (await ticket_row(visitor))["state"] == "waiting"

    caseworker = await server.caseworker()
    card = (await caseworker.next("offer"))["ticket"]
    assert (card["level"], card["left"]) == ("acute", LEFT_AS[leaves])
    await caseworker.says(type="accept", ticket=card["id"])
    assigned = await caseworker.next("assigned")
    assert [event for event in assigned["events"] if event["from"] == "visitor"]
    # its seat is free after a moment, the ticket is not closed by us
    settings = server.house.plan.settings
    gone = leaves is loses_the_link
    await server.janitor(after_s=settings.gone_active_s if gone else settings.left_grace_s)
    await ticket_of(caseworker, card["id"], state="wrap_up")
    await server.janitor(after_s=LONG_S)
    assert (await ticket_row(visitor))["state"] == "wrap_up"
    await caseworker.says(type="wrap_up", ticket=card["id"], disposition="left_midway")
    await ticket_of(caseworker, card["id"], state="closed")


@in_every_way
@said_before(NOTHING_TO_READ)
async def test_what_holds_nothing_to_read_closes_by_itself(
    server: Server, before: Before, leaves: Leave
) -> None:
    visitor = await before(server)
    await leaves(visitor)

    row = await ticket_row(visitor)
    (talk,) = await server.rows("SELECT state, reason, token, erase_at FROM conversation")
    assert row.get("disposition", "left_before_contact") == "left_before_contact"
    assert (talk["state"], talk["reason"]) == ("closed", "left")
    assert talk["erase_at"] is not None


@in_every_way
async def test_a_chat_that_its_visitor_left_waits_for_a_disposition(
    server: Server, leaves: Leave
) -> None:
    visitor, caseworker, ticket = await talking(server)
    await visitor.types(TEXT)

    await leaves(visitor)
    await server.janitor(after_s=server.house.plan.settings.left_grace_s)

    card = await ticket_of(caseworker, ticket, state="wrap_up")
    assert card["left"] == LEFT_AS[leaves]
    assert (await desk_with(caseworker))["seats"]["used"] == 0
    await server.janitor(after_s=LONG_S)
    assert (await ticket_row(visitor))["state"] == "wrap_up"


@in_every_way
async def test_an_offer_whose_visitor_leaves_frees_its_seat_and_is_missed(
    server: Server, leaves: Leave
) -> None:
    caseworker = await server.caseworker()
    visitor = await typed_in_line(server)
    await caseworker.next("offer")

    await leaves(visitor)

    await caseworker.quiet()
    desk = caseworker.desk
    assert (desk["offers"], desk["seats"]["used"]) == ([], 0)
    assert [card["state"] for card in desk["missed"]] == ["missed"]


async def test_a_chat_whose_caseworker_and_visitor_both_left_is_not_lost(server: Server) -> None:
    visitor, caseworker, ticket = await talking(server)
    await visitor.types(TEXT)
    await caseworker.hangs_up()
    await server.janitor(after_s=100)
    await exits(visitor)
    await server.janitor(after_s=20)

    # whoever has it now: it is somebody's to close, or missed, and the text is there
    other = await server.caseworker(f"{REGION}-2", available=False)
    await server.janitor(after_s=120)
    await other.quiet()
    row = await ticket_row(visitor)
    assert row["state"] == "missed"
    await other.says(type="read", ticket=ticket)
    assigned = await other.next("assigned")
    assert TEXT in [event["text"] for event in assigned["events"]]


# coming back


@pytest.mark.parametrize("before", [typed_in_line, typed_in_the_questions])
async def test_who_was_gone_and_comes_back_unread_has_the_old_place(
    server: Server, before: Before
) -> None:
    visitor = await before(server)
    await loses_the_link(visitor)
    assert (await ticket_row(visitor))["state"] == "missed"
    other = await in_line(server)

    again = await server.visitor(opens=False)
    await again.resume(visitor.token)
    await again.quiet()

    assert (again.status["state"], again.status["position"]) == ("waiting", 1)
    await other.quiet()
    assert other.status["position"] == 2
    assert (await ticket_row(again))["state"] == "waiting"
