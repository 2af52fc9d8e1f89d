"""Two nodes on one PostgreSQL: who is where makes no difference, and one of them may die."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from tests.support.clock import FakeClock
from tests.support.outage import no_answer
from tests.support.running import PATIENCE_S, REGION, Caseworker, Server, Visitor, running
from tests.test_caseworker_queue import desk_with
from tests.test_caseworker_socket import OTHER, ticket_of
from tests.test_promises_caseworker import AWAY, BACK, IN_FRONT, told
from tests.test_visitor_acks import DANGER

pytestmark = pytest.mark.postgres


@dataclass
class Nodes:
    """Two houses on one database, one clock and one folder of keys."""

    a: Server
    b: Server
    clock: FakeClock

    async def look(self, *servers: Server, after_s: float = 0) -> None:
        """Lets time pass, and the timers of these nodes look once."""
        self.clock.move(after_s)
        for server in servers or (self.a, self.b):
            await server.janitor()


@asynccontextmanager
async def two(database: str, folder: Path, **settings: Any) -> AsyncIterator[Nodes]:
    clock = FakeClock()
    async with (
        running(database, folder, clock, node="a", **settings) as a,
        running(database, folder, clock, node="b", **settings) as b,
    ):
        yield Nodes(a, b, clock)


@pytest.fixture
async def nodes(postgres_database: str, tmp_path: Path) -> AsyncIterator[Nodes]:
    async with two(postgres_database, tmp_path) as found:
        await found.look()
        yield found


async def becomes(holds: Callable[[], Awaitable[Any]]) -> None:
    """Waits until something is so on the other node: a bell takes a moment."""
    for _ in range(PATIENCE_S * 100):
        if await holds():
            return
        await asyncio.sleep(0.01)
    raise AssertionError("it did not become so")


async def across(nodes: Nodes) -> tuple[Visitor, Caseworker, str]:
    """A visitor on node a in a chat with a caseworker on node b."""
    caseworker = await nodes.b.caseworker()
    visitor = await nodes.a.visitor()
    await visitor.goes_straight()
    offer = await caseworker.next("offer")
    ticket = offer["ticket"]["id"]
    await caseworker.says(type="accept", ticket=ticket)
    assigned = await caseworker.next("assigned")
    assert assigned["ticket"]["conversation"] == visitor.conversation
    await visitor.next("status", lambda status: status["state"] == "active")
    return visitor, caseworker, ticket


async def test_a_chat_crosses_from_node_to_node(nodes: Nodes) -> None:
    visitor, caseworker, ticket = await across(nodes)
    # somebody whose account came after this node started has a name here a moment later
    await nodes.look(after_s=2)
    name = caseworker.username.title()
    await visitor.next("status", lambda status: status.get("caseworker") == name)

    for number in range(5):
        await visitor.says(type="message", id=f"v{number}", text=f"bezoeker {number}")
        await caseworker.says(
            type="message", ticket=ticket, id=f"c{number}", text=f"medewerker {number}"
        )
    await caseworker.next("event", lambda event: event["text"] == "bezoeker 4")
    await visitor.next("event", lambda event: event["text"] == "medewerker 4")
    for person, other in ((visitor, "medewerker"), (caseworker, "bezoeker")):
        heard = [event for event in person.all("event") if event["text"].startswith(other)]
        assert [event["text"] for event in heard] == [f"{other} {number}" for number in range(5)]
        seqs = [event["seq"] for event in person.all("event") if event.get("seq")]
        assert seqs == sorted(set(seqs))


async def test_typing_crosses_from_node_to_node(nodes: Nodes) -> None:
    visitor, caseworker, ticket = await across(nodes)

    await visitor.says(type="typing")
    assert (await caseworker.next("typing"))["ticket"] == ticket
    await caseworker.says(type="typing", ticket=ticket)
    assert await visitor.next("typing") == {"type": "typing"}


async def test_what_a_visitor_does_shows_on_the_other_node(nodes: Nodes) -> None:
    visitor, caseworker, ticket = await across(nodes)

    await visitor.types(DANGER)
    await ticket_of(caseworker, ticket, level="acute")
    await visitor.hangs_up()
    assert (await caseworker.next("visitor"))["state"] == "away"

    # back through the other node, and then through the first again
    for server in (nodes.b, nodes.a):
        again = await server.visitor(opens=False)
        await again.resume(visitor.token)
        await again.quiet()
        assert DANGER in again.texts
    await caseworker.next("visitor", lambda frame: frame["state"] == "online")
    await again.says(type="exit")
    await again.closed()
    assert (await caseworker.next("visitor"))["state"] == "exit"
    await nodes.look(nodes.a, after_s=60)
    await ticket_of(caseworker, ticket, state="wrap_up")


async def test_a_second_socket_on_another_node_closes_the_first(nodes: Nodes) -> None:
    visitor, caseworker, _ = await across(nodes)

    again = await nodes.b.visitor(opens=False)
    await again.resume(visitor.token)

    assert await visitor.closed() == 4001
    await nodes.look(after_s=2)
    await caseworker.quiet()
    assert caseworker.all("visitor") == []


async def test_presence_and_seats_are_seen_on_the_other_node(nodes: Nodes) -> None:
    visitor = await nodes.a.visitor()
    assert visitor.status["staff"] == "none"
    caseworker = await nodes.b.caseworker()
    await visitor.next("status", lambda status: status["staff"] == "called")
    colleague = await nodes.a.caseworker(OTHER, available=False)

    await visitor.goes_straight()
    await caseworker.accepts()
    await colleague.next("desk", lambda desk: desk["seats"]["region_used"] == 1)
    await caseworker.says(type="presence", state="calling")

    # somebody is there, and nobody can come
    later = await nodes.a.visitor()
    if later.status["staff"] != "full":
        await later.next("status", lambda status: status["staff"] == "full")


async def test_end_and_transfer_cross_from_node_to_node(nodes: Nodes) -> None:
    visitor, caseworker, ticket = await across(nodes)
    other = await nodes.a.caseworker(OTHER)

    await caseworker.says(type="transfer", ticket=ticket, to={"caseworker": OTHER}, note="let op")
    assigned = await other.next("assigned")
    assert assigned["events"][-1]["text"] == "let op"
    await visitor.next("status", lambda status: status.get("caseworker") == OTHER.title())
    await other.ends(ticket)
    await visitor.next("status", lambda status: status["state"] == "closed")


# a node dies


async def test_when_a_node_dies_its_chats_go_back_after_the_grace(nodes: Nodes) -> None:
    visitor, caseworker, ticket = await across(nodes)
    await visitor.types(DANGER)
    await ticket_of(caseworker, ticket, level="acute")

    # it writes nothing any more, and says nothing
    with no_answer(nodes.b):
        for _ in range(5):
            await nodes.look(nodes.a, after_s=2)
        rows = await nodes.a.rows(
            "SELECT linked FROM presence WHERE subject = :who",
            who=f"caseworker/{caseworker.username}",
        )
        assert rows == [{"linked": False}]
        for _ in range(11):
            await nodes.look(nodes.a, after_s=10)
        await visitor.quiet()
        assert told(visitor, AWAY) == 1
        assert (visitor.status["state"], visitor.status["away"]) == ("active", True)

        other = await nodes.a.caseworker(OTHER)
        for _ in range(2):
            await nodes.look(nodes.a, after_s=10)
        offer = await other.next("offer")
        assert offer["ticket"]["id"] == ticket
        await other.says(type="accept", ticket=ticket)
        await other.next("assigned")
        await visitor.next("status", lambda status: status.get("caseworker") == OTHER.title())
        assert told(visitor, IN_FRONT) == 1
        await caseworker.hangs_up()


async def test_a_caseworker_of_a_dead_node_goes_on_on_the_other_one(nodes: Nodes) -> None:
    visitor, caseworker, ticket = await across(nodes)

    with no_answer(nodes.b):
        for _ in range(10):
            await nodes.look(nodes.a, after_s=2)
        again = await nodes.a.caseworker(caseworker.username, available=False)
        await again.next("assigned")
        for _ in range(13):
            await nodes.look(nodes.a, after_s=10)
        await again.writes(ticket, "ik ben er weer")
        await visitor.next("event", lambda event: event["text"] == "ik ben er weer")
        assert (told(visitor, AWAY), told(visitor, BACK), told(visitor, IN_FRONT)) == (1, 1, 0)
        await caseworker.hangs_up()


async def test_the_visitors_of_a_dead_node_are_away_and_can_come_back(nodes: Nodes) -> None:
    caseworker = await nodes.b.caseworker()
    visitor = await nodes.a.visitor()
    await visitor.goes_straight()
    ticket = (await caseworker.accepts())["ticket"]["id"]

    with no_answer(nodes.a):
        for _ in range(6):
            await nodes.look(nodes.b, after_s=2)
        assert (await caseworker.next("visitor"))["state"] == "away"
        again = await nodes.b.visitor(opens=False)
        await again.resume(visitor.token)
        await caseworker.next("visitor", lambda frame: frame["state"] == "online")
        await again.types("hier ben ik")
        await caseworker.next("event", lambda event: event["text"] == "hier ben ik")
        assert (await desk_with(caseworker))["tickets"][0]["id"] == ticket
        await visitor.hangs_up()


async def test_a_node_that_was_only_cut_off_gets_its_people_back(nodes: Nodes) -> None:
    visitor, caseworker, ticket = await across(nodes)
    with no_answer(nodes.b):
        for _ in range(10):
            await nodes.look(nodes.a, after_s=2)

    # the database answers again, within the grace
    for _ in range(3):
        await nodes.look(after_s=2)
    await becomes(lambda: is_linked(nodes, caseworker))
    for _ in range(20):
        await nodes.look(after_s=10)

    await caseworker.writes(ticket, "nog steeds hier")
    await visitor.next("event", lambda event: event["text"] == "nog steeds hier")
    assert told(visitor, IN_FRONT) == 0


async def is_linked(nodes: Nodes, caseworker: Caseworker) -> bool:
    rows = await nodes.a.rows(
        "SELECT linked FROM presence WHERE subject = :who", who=f"caseworker/{caseworker.username}"
    )
    return bool(rows[0]["linked"])


# everybody at once


async def claims(nodes: Nodes) -> list[list[dict[str, Any]]]:
    """Twenty visitors wait, four desks on two nodes go for all of them at once; what each desk was
    answered."""
    desks = [
        await (nodes.a, nodes.b)[number % 2].caseworker(f"{REGION}-{number}", available=False)
        for number in range(4)
    ]
    visitors = [await (nodes.a, nodes.b)[number % 2].visitor() for number in range(20)]
    for visitor in visitors:
        await visitor.goes_straight()
    rows = await nodes.a.rows("SELECT id FROM ticket ORDER BY band, queue_at, id")
    tickets = [row["id"] for row in rows]
    assert len(tickets) == 20

    async def go(desk: Caseworker, turn: int) -> list[dict[str, Any]]:
        # each begins elsewhere in the line; two desks want the same ticket all the time
        for number in range(20):
            await desk.says(type="take", ticket=tickets[(number + 5 * (turn // 2)) % 20])
        answers: list[dict[str, Any]] = []
        errors = assigned = 0
        while errors + assigned < 20:
            found = await desk.frame()
            errors += found["type"] == "error"
            assigned += found["type"] == "assigned"
            if found["type"] in ("error", "assigned"):
                answers.append(found)
        return answers

    answers = await asyncio.gather(*(go(desk, turn) for turn, desk in enumerate(desks)))
    return list(answers)


async def seats(nodes: Nodes) -> Counter[str]:
    rows = await nodes.a.rows("SELECT caseworker FROM seat")
    return Counter(row["caseworker"] for row in rows)


async def test_twenty_tickets_at_once_never_make_a_fourth_chat_nor_pass_the_region(
    nodes: Nodes,
) -> None:
    answers = await claims(nodes)

    used = await seats(nodes)
    # four desks of three chats, in a region of eight
    assert sum(used.values()) == 8
    assert max(used.values()) <= 3
    taken = [
        answer["ticket"]["id"]
        for desk in answers
        for answer in desk
        if answer["type"] == "assigned"
    ]
    assert len(taken) == len(set(taken)) == 8
    refused = {answer["code"] for desk in answers for answer in desk if answer["type"] == "error"}
    assert refused <= {"taken", "no_seat"}
    rows = await nodes.a.rows("SELECT state, count(*) AS many FROM ticket GROUP BY state")
    assert {row["state"]: row["many"] for row in rows} == {"active": 8, "waiting": 12}


async def test_twenty_accepts_at_once_from_both_nodes_make_one_chat_each(
    nodes: Nodes,
) -> None:
    """Every desk is open on both nodes; each offer is accepted everywhere at the same moment."""
    names = [f"{REGION}-{number}" for number in range(4)]
    desks = [
        await server.caseworker(name, available=server is nodes.b)
        for server in (nodes.a, nodes.b)
        for name in names
    ]
    for number in range(20):
        visitor = await (nodes.a, nodes.b)[number % 2].visitor()
        await visitor.goes_straight()
    await becomes(lambda: eight_offers(nodes))
    rows = await nodes.a.rows("SELECT ticket, caseworker FROM seat")
    assert len(rows) == 8

    for row in rows * 2:
        for desk in desks:
            await desk.says(type="accept", ticket=row["ticket"])
    for desk in desks:
        await desk.quiet()

    used = await seats(nodes)
    assert sum(used.values()) == 8
    assert max(used.values()) <= 3
    held = await nodes.a.rows("SELECT ticket, caseworker FROM seat WHERE expires_at IS NULL")
    pairs = {(row["ticket"], row["caseworker"]) for row in rows}
    assert {(row["ticket"], row["caseworker"]) for row in held} == pairs
    chats = await nodes.a.rows("SELECT id, caseworker FROM ticket WHERE state = 'active'")
    assert {(row["id"], row["caseworker"]) for row in chats} == pairs


async def eight_offers(nodes: Nodes) -> bool:
    return sum((await seats(nodes)).values()) == 8
