"""A server that stops, or is killed, goes on where it was: everything stands in the database."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import aiohttp
import pytest

from tests.support import killing
from tests.support.clock import FakeClock
from tests.support.killing import ENOUGH, Outside, Talker
from tests.support.outage import no_answer
from tests.support.running import REGION, Server, Visitor, running
from tests.test_caseworker_queue import desk_with
from tests.test_caseworker_socket import OTHER, ticket_of
from tests.test_promises_acute import ticket_row
from tests.test_promises_unread import TEXT, exits
from tests.test_visitor_acks import talking


class Life:
    """A database, its keys and a clock; the servers that are built on them come and go."""

    def __init__(self, database: str, folder: Path, killed: bool) -> None:
        self.database = database
        self.folder = folder
        self.killed = killed
        self.clock = FakeClock()
        self.count = 0

    @asynccontextmanager
    async def serving(self) -> AsyncIterator[Server]:
        """A server. When it is `killed` it writes nothing more about who had a link to it."""
        self.count += 1
        node = f"node-{self.count}"
        async with running(self.database, self.folder, self.clock, node=node) as server:
            yield server
            if not self.killed:
                return
            with no_answer(server):
                for person in server.open:
                    await person.hangs_up()
                server.house.floor.unwritten.clear()
                server.house.shift.unwritten.clear()


@pytest.fixture(params=["stopped", "killed"])
def life(request: pytest.FixtureRequest, database: str, tmp_path: Path) -> Life:
    return Life(database, tmp_path, request.param == "killed")


async def noticed(server: Server) -> None:
    """The people of the node that was are away: at once when alone, else after eight seconds."""
    for _ in range(5):
        await server.janitor(after_s=2)


async def back(server: Server, visitor: Visitor) -> Visitor:
    """The same visitor, through a new socket."""
    found = await server.visitor(opens=False)
    await found.resume(visitor.token)
    return found


def heard_of(person: Visitor) -> list[tuple[int, str, str]]:
    return [
        (event["seq"], event["from"], event["text"])
        for event in person.all("event")
        if event.get("seq")
    ]


async def test_every_open_chat_goes_on(life: Life) -> None:
    async with life.serving() as server:
        visitor, caseworker, ticket = await talking(server)
        await visitor.types(TEXT)
        await caseworker.writes(ticket, "goed dat je er bent")
        await visitor.next("event", lambda event: event["from"] == "caseworker")

    async with life.serving() as server:
        again = await back(server, visitor)
        desk = await server.caseworker(caseworker.username, available=False)
        assigned = await desk.next("assigned")
        await again.quiet()
        assert (again.status["state"], again.status["caseworker"]) == (
            "active",
            caseworker.username.title(),
        )
        texts = [event["text"] for event in assigned["events"]]
        assert texts.count(TEXT) == texts.count("goed dat je er bent") == 1
        assert [seq for seq, _, _ in heard_of(again)] == list(range(1, len(assigned["events"]) + 1))
        # who was available goes on so
        assert (await desk_with(desk))["presence"] == "available"
        await again.types("daar ben ik weer")
        await desk.next("event", lambda event: event["text"] == "daar ben ik weer")
        await desk.writes(ticket, "mooi")
        await again.next("event", lambda event: event["text"] == "mooi")
        assert (await desk_with(desk))["seats"]["used"] == 1


async def test_a_caseworker_has_the_whole_grace_after_the_start(life: Life) -> None:
    async with life.serving() as server:
        visitor, caseworker, ticket = await talking(server)
    # nobody could come back while there was nothing to come back to
    life.clock.move(600)

    async with life.serving() as server:
        await noticed(server)
        again = await back(server, visitor)
        await server.janitor(after_s=105)
        assert (await ticket_row(again))["state"] == "active"
        assert (await ticket_row(again))["caseworker_away"]
        await server.janitor(after_s=25)

        assert (await ticket_row(again))["state"] == "waiting"
        other = await server.caseworker(OTHER)
        assert (await other.accepts())["ticket"]["id"] == ticket
        assert caseworker.username != OTHER


async def test_a_visitor_has_the_whole_grace_after_the_start(life: Life) -> None:
    async with life.serving() as server:
        visitor = await server.visitor()
        await visitor.types(TEXT)
        await visitor.goes_straight()
    life.clock.move(600)

    async with life.serving() as server:
        await noticed(server)
        await server.janitor(after_s=165)
        assert (await ticket_row_of(server, visitor))["state"] == "waiting"
        await server.janitor(after_s=30)
        assert (await ticket_row_of(server, visitor))["state"] == "missed"


async def ticket_row_of(server: Server, visitor: Visitor) -> dict[str, Any]:
    (row,) = await server.rows(
        "SELECT * FROM ticket WHERE conversation = :id", id=visitor.conversation
    )
    return row


async def test_an_offer_is_accepted_or_moves_on(life: Life) -> None:
    async with life.serving() as server:
        caseworker = await server.caseworker()
        visitors = [await server.visitor() for _ in range(2)]
        for visitor in visitors:
            await visitor.goes_straight()
            await caseworker.next("offer")

    async with life.serving() as server:
        desk = await server.caseworker(caseworker.username, available=False)
        assert len((await desk_with(desk))["offers"]) == 2
        assigned = await desk.accepts()
        # the other one gets no answer, and goes to a colleague
        other = await server.caseworker(OTHER)
        await server.janitor(after_s=30)
        offer = await other.next("offer")
        served = {assigned["ticket"]["conversation"], offer["ticket"]["conversation"]}
        assert served == {visitor.conversation for visitor in visitors}


async def test_who_waits_keeps_the_place_and_is_offered(life: Life) -> None:
    async with life.serving() as server:
        visitors = []
        for title in ("Meteen", "Meteen", "Ja, voor mij"):
            visitors.append(await server.visitor())
            await visitors[-1].chooses(title)
            life.clock.move(1)
        places = [visitor.conversation for visitor in (visitors[2], visitors[0], visitors[1])]

    async with life.serving() as server:
        again = [await back(server, visitor) for visitor in visitors]
        for visitor in again:
            await visitor.quiet()
        assert [visitor.status["position"] for visitor in again] == [2, 3, 1]
        caseworker = await server.caseworker()
        offers = [await caseworker.next("offer") for _ in visitors]
        assert [offer["ticket"]["conversation"] for offer in offers] == places


async def test_what_was_missed_is_read(life: Life) -> None:
    async with life.serving() as server:
        visitor = await server.visitor()
        await visitor.types(TEXT)
        await exits(visitor)

    async with life.serving() as server:
        caseworker = await server.caseworker(available=False)
        (card,) = (await desk_with(caseworker))["missed"]
        await caseworker.says(type="read", ticket=card["id"])
        assigned = await caseworker.next("assigned")
        assert TEXT in [event["text"] for event in assigned["events"]]
        # and what is read waits for its disposition, over another start
    async with life.serving() as server:
        caseworker = await server.caseworker(available=False)
        assert [found["state"] for found in (await desk_with(caseworker))["tickets"]] == ["wrap_up"]
        await caseworker.says(type="wrap_up", ticket=card["id"], disposition="read_missed")
        await ticket_of(caseworker, card["id"], state="closed")


async def test_the_questions_go_on_and_who_does_not_come_back_is_passed_on(life: Life) -> None:
    async with life.serving() as server:
        stays, leaves = await server.visitor(), await server.visitor()
        for visitor in (stays, leaves):
            await visitor.chooses("Nee")
        await leaves.types(TEXT)
        asked = stays.question["text"]

    async with life.serving() as server:
        again = await back(server, stays)
        await again.quiet()
        assert again.question["text"] == asked
        await again.chooses("Het gaat over mij")
        assert again.question["text"] != asked
        await noticed(server)
        # beside other nodes it is nobody's at first: then whoever looks passes it on
        await server.janitor(after_s=60)
        row = await ticket_row_of(server, leaves)
        assert (row["state"], row["visitor"]) == ("waiting", "away")
        await server.janitor(after_s=180)
        assert (await ticket_row_of(server, leaves))["state"] == "missed"


# a process that is killed


async def test_a_process_that_is_killed_in_the_traffic_loses_nothing_it_acknowledged(
    tmp_path: Path,
) -> None:
    port, file = killing.free_port(), tmp_path / "voordeur.db"
    async with aiohttp.ClientSession(cookie_jar=aiohttp.DummyCookieJar()) as http:
        server = Outside(f"http://127.0.0.1:{port}", http)
        async with killing.process(port, file, "2026-11-23T14:00") as running_one:
            desks = [await server.caseworker(f"{REGION}-{number}") for number in (1, 2)]
            for desk in desks:
                await desk.says(type="presence", state="available")
                await desk.next("desk", lambda desk: desk["presence"] == "available")
            visitors, talkers, served = [], [], {}
            for number in range(4):
                visitor, desk = await server.visitor(), desks[number % 2]
                await visitor.open()
                visitors.append(visitor)
                await visitor.goes_straight()
                ticket = await killing.accepted_by_one_of(desks)
                served[number] = ticket
                await visitor.next("status", lambda status: status["state"] == "active")
                talkers.append(Talker(visitor, f"v{number}", None))
            for number, (desk, ticket) in served.items():
                talkers.append(Talker(desk, f"c{number}", ticket))
            await killing.kill_in_the_traffic(running_one, [*visitors, *desks], talkers)

        assert sum(len(talker.acked) for talker in talkers) >= ENOUGH
        assert all(talker.acked for talker in talkers)
        # a minute later on the same port and file; who was logged in still is
        async with killing.process(port, file, "2026-11-23T14:01"):
            await killing.check_all_is_there(server, visitors, desks, talkers, served)
    log = (tmp_path / "log.txt").read_text()
    assert "dit is" not in log
    assert "Traceback" not in log
