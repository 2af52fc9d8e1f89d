"""Between nodes: the doorbell, what happens when it is silent, and writers side by side."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Sequence
from typing import Any

import asyncpg
import pytest
from hypothesis import given
from hypothesis import strategies as st

from handoff.storage import presence, sql, tables, tickets
from handoff.storage.database import Unavailable
from handoff.storage.postgres import CHANNEL, PAYLOAD_BYTES, Postgres, payloads
from handoff.storage.units import Unit
from tests.support.storing import (
    LATER,
    NOW,
    PATIENCE_S,
    a_desk,
    a_region,
    a_ticket,
    all_of,
    begun,
    event,
    held_still,
    is_taken,
    opened,
    opening,
    rows,
    run,
    stuck,
    ticket_values,
    together,
    until,
    written,
)

pytestmark = pytest.mark.postgres

names = st.text("abcdefghijklmnopqrstuvwxyz0123456789-_", min_size=1, max_size=40)


@pytest.fixture
async def pair(postgres_database: str) -> AsyncIterator[tuple[Postgres, Postgres]]:
    """Two nodes on one database, both listening."""
    async with opened(postgres_database, "one") as one, opened(postgres_database, "two") as two:
        await until(lambda: one.listening and two.listening)
        yield one, two


class Heard:
    """The bells that a node heard, in order."""

    def __init__(self, node: Postgres) -> None:
        self.bells: list[str] = []
        self.rang = asyncio.Event()
        node.hear = self.take

    def take(self, bells: Sequence[str]) -> None:
        """What the node does when it rings."""
        self.bells += bells
        self.rang.set()

    async def until(self, holds: Callable[[list[str]], Any]) -> list[str]:
        """All bells, once something holds of them."""
        async with asyncio.timeout(PATIENCE_S):
            while not holds(self.bells):
                self.rang.clear()
                await self.rang.wait()
        return self.bells


async def sync(node: Postgres, heard: Heard) -> list[str]:
    """All that was rung before now: bells come in the order of their commits."""
    await run(node, f"SELECT pg_notify('{CHANNEL}', 'test|the-end')")
    return await heard.until(lambda bells: "the-end" in bells)


# the doorbell


async def test_a_commit_on_one_node_is_heard_on_the_other_with_its_number(
    pair: tuple[Postgres, Postgres],
) -> None:
    one, two = pair
    heard = Heard(two)

    id = await begun(one, event(), event())
    await one.write(Unit(id, [event()], bells=("r/north",)))

    bells = await heard.until(lambda bells: "r/north" in bells)
    assert bells == [f"c/{id}/2", f"c/{id}/3", "r/north"]


async def test_a_node_does_not_hear_itself(pair: tuple[Postgres, Postgres]) -> None:
    one, _ = pair
    heard = Heard(one)

    await begun(one, event())

    assert await sync(one, heard) == ["the-end"]


async def test_what_was_undone_is_never_rung(pair: tuple[Postgres, Postgres]) -> None:
    one, two = pair
    heard = Heard(two)
    await a_region(one, "north", 1)

    with pytest.raises(Exception, match="unknown"):
        await one.run(tickets.take, "t1", "nobody", "north", NOW, [], ())
    with pytest.raises(Exception, match="refused"):
        await one.write(Unit("c1", [event(client_id="a\0b")], opens=opening("c1").opens))

    assert await sync(one, heard) == ["the-end"]


async def test_a_batch_rings_in_few_and_short_messages(
    postgres_database: str, pair: tuple[Postgres, Postgres]
) -> None:
    one, two = pair
    listener = await asyncpg.connect(postgres_database)
    raw: list[str] = []
    await listener.add_listener(CHANNEL, lambda *given: raw.append(given[-1]))
    heard = Heard(two)
    ids = [f"conversation-{number:060}" for number in range(300)]

    await together(postgres_database, one, *(one.write(opening(id, event())) for id in ids))
    bells = await heard.until(lambda bells: len(bells) >= len(ids) + 1)
    await until(lambda: len(raw) >= 4)
    await listener.close()

    assert bells[1:] == [f"c/{id}/1" for id in ids]
    assert 3 <= len(raw) <= 6
    assert max(len(payload.encode()) for payload in raw) <= PAYLOAD_BYTES


@given(names, st.lists(names.map(lambda name: f"c/{name}/12345"), max_size=2_000))
def test_however_many_bells_each_is_in_one_payload_that_is_short_enough(
    node: str, bells: list[str]
) -> None:
    found = payloads(node, bells)

    assert [bell for payload in found for bell in payload.partition("|")[2].split()] == bells
    assert all(payload.startswith(f"{node}|") for payload in found)
    assert all(len(payload.encode()) <= PAYLOAD_BYTES for payload in found)
    total = sum(len(bell) + 1 for bell in bells)
    assert len(found) <= 1 + total // (PAYLOAD_BYTES - 200)


async def test_a_listener_that_fails_on_a_bell_hears_the_next(
    pair: tuple[Postgres, Postgres],
) -> None:
    one, two = pair
    heard = Heard(two)

    def fails_first(bells: Sequence[str]) -> None:
        two.hear = heard.take
        raise RuntimeError("a fault of ours")

    two.hear = fails_first
    asyncio.get_running_loop().set_exception_handler(lambda loop, context: None)
    await begun(one, event())
    id = await begun(one, event())

    assert await heard.until(lambda bells: f"c/{id}/1" in bells)
    assert two.listening


# connections that end


async def end_backends(url: str, which: str) -> int:
    """Ends connections from the server's side; how many."""
    admin = await asyncpg.connect(url)
    try:
        found = await admin.fetch(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE pid <> pg_backend_pid()"
            f" AND datname = current_database() AND {which}"
        )
        return len(found)
    finally:
        await admin.close()


async def test_a_listener_whose_connection_ends_listens_again_and_catches_up(
    postgres_database: str,
) -> None:
    async with opened(postgres_database, "one", timeout_s=0.5) as one:
        await until(lambda: one.listening)
        caught_up = asyncio.Event()
        one.caught_up = caught_up.set

        assert await end_backends(postgres_database, "query LIKE 'LISTEN%'") == 1
        async with asyncio.timeout(PATIENCE_S):
            await caught_up.wait()

        assert one.listening
        heard = Heard(one)
        async with opened(postgres_database, "two") as two:
            id = await begun(two, event())
        assert await heard.until(lambda bells: f"c/{id}/1" in bells)


async def test_a_listener_that_the_network_left_without_a_word_listens_again(
    postgres_database: str,
) -> None:
    async with opened(postgres_database, "one", timeout_s=0.2) as one:
        await until(lambda: one.listening)
        one.caught_up = (caught_up := asyncio.Event()).set
        async with held_still(postgres_database, "query LIKE 'LISTEN%'"):
            async with asyncio.timeout(PATIENCE_S):
                await caught_up.wait()

        assert one.listening


async def test_a_writer_whose_connection_ends_tells_its_units_and_goes_on(
    postgres_database: str,
) -> None:
    async with opened(postgres_database, "one") as one:
        id = await begun(one)
        async with stuck(postgres_database):
            in_flight = asyncio.create_task(one.write(Unit(id, [event(b"in flight", "m1")])))
            await until(lambda: is_taken(one))
            next_one = asyncio.create_task(one.write(Unit(id, [event(b"next", "m2")])))
            await waits_for_a_lock(postgres_database)
            assert await end_backends(postgres_database, "wait_event_type = 'Lock'") == 1
            (told,) = await all_of(in_flight)
        (outcome,) = await all_of(next_one)
        again = await one.write(Unit(id, [event(b"in flight", "m1")]))

        assert isinstance(told, Unavailable)
        assert (outcome.seqs, again.seqs, again.duplicate) == ([1], [2], False)
        assert await written(one, id) == [(1, b"next"), (2, b"in flight")]


async def waits_for_a_lock(url: str) -> None:
    """Goes on when a statement stands before a lock."""
    admin = await asyncpg.connect(url)
    try:
        async with asyncio.timeout(PATIENCE_S):
            while not await admin.fetchval(
                "SELECT count(*) FROM pg_stat_activity WHERE wait_event_type = 'Lock'"
                " AND datname = current_database()"
            ):
                continue
    finally:
        await admin.close()


async def test_a_command_whose_connection_ends_is_unavailable_and_the_next_is_not(
    postgres_database: str,
) -> None:
    async with opened(postgres_database, "one") as one:
        async with stuck(postgres_database):
            beat = asyncio.create_task(one.run(presence.beat, "one", NOW))
            await waits_for_a_lock(postgres_database)
            await end_backends(postgres_database, "wait_event_type = 'Lock'")
            (told,) = await all_of(beat)
        await one.run(presence.beat, "one", NOW)

        assert isinstance(told, Unavailable)
        assert await rows(one, "SELECT id FROM node") != []


async def test_connections_that_ended_while_nobody_used_them_are_not_noticed(
    postgres_database: str,
) -> None:
    async with opened(postgres_database, "one") as one:
        id = await begun(one)
        await rows(one, "SELECT 1")
        assert await end_backends(postgres_database, "query NOT LIKE 'LISTEN%'") >= 2
        # the pool may have a new one at once; the writer's own comes with the next unit
        await until(lambda: one.own.is_closed())

        assert (await one.write(Unit(id, [event()]))).seqs == [1]
        assert await rows(one, "SELECT 1 AS one")


# side by side


async def test_two_nodes_that_write_to_the_same_conversations_leave_no_gap(
    pair: tuple[Postgres, Postgres],
) -> None:
    ids = [await begun(pair[0]) for _ in range(8)]

    outcomes = await all_of(
        *(
            node.write(Unit(id, [event(client_id=f"{node.node}-{number}")], also=[note()]))
            for number in range(60)
            for node in pair
            for id in ids
        )
    )

    assert {type(outcome).__name__ for outcome in outcomes} == {"Outcome"}
    for id in ids:
        assert [seq for seq, _ in await written(pair[0], id)] == list(range(1, 121))
    await no_deadlocks(pair[0])


def note() -> tickets.Note:
    """A statement that makes a unit lock its ticket too."""
    return tickets.SET_TYPED, {"id": "none"}


async def no_deadlocks(node: Postgres) -> None:
    """The order of the locks, not the retry, keeps deadlocks away."""
    (found,) = await rows(
        node, "SELECT deadlocks FROM pg_stat_database WHERE datname = current_database()"
    )
    assert found["deadlocks"] == 0


async def test_of_two_nodes_that_worked_from_the_same_state_one_is_refused(
    pair: tuple[Postgres, Postgres],
) -> None:
    id = await begun(pair[0], event())

    outcomes = await all_of(
        *(node.write(Unit(id, [event()], expects=1)) for node in pair for _ in range(5))
    )

    assert sorted(type(outcome).__name__ for outcome in outcomes) == ["Conflict"] * 9 + ["Outcome"]


async def test_the_same_client_id_on_two_nodes_is_written_once(
    pair: tuple[Postgres, Postgres],
) -> None:
    id = await begun(pair[0])

    outcomes = await all_of(
        *(node.write(Unit(id, [event(client_id="m1")])) for node in pair for _ in range(5))
    )

    assert {tuple(outcome.seqs) for outcome in outcomes} == {(1,)}
    assert [outcome.duplicate for outcome in outcomes].count(False) == 1
    assert len(await written(pair[0], id)) == 1


async def test_who_leaves_while_the_ticket_opens_on_another_node_leaves_it_to_be_read(
    postgres_database: str, pair: tuple[Postgres, Postgres]
) -> None:
    """Nothing ends unread."""
    one, _ = pair
    id = "c-t1"
    await one.write(opening(id, event()))
    ticket = tables.Ticket(**ticket_values("t1", "north") | {"typed": True})
    other = await asyncpg.connect(postgres_database)
    insert = sql.insert(tables.Ticket)

    async with other.transaction():
        await other.execute("SELECT 1 FROM conversation FOR NO KEY UPDATE")
        await other.execute(insert.postgres, *insert.for_postgres(sql.values_of(ticket)))
        leaves = asyncio.create_task(
            one.run(tickets.leave, id, "exit", NOW, LATER, LATER, [], drops_token=True)
        )
        await waits_for_a_lock(postgres_database)
    await other.close()

    assert await all_of(leaves) == ["missed"]


async def test_a_desk_that_comes_back_while_its_node_is_declared_dead_waits_for_nobody(
    pair: tuple[Postgres, Postgres],
) -> None:
    """The two touch the same rows, in the same order."""
    one, two = pair
    await a_region(one, "north", 5)
    desks = [f"w{number}" for number in range(5)]
    for node in pair:
        await node.run(presence.beat, node.node, LATER)
    for desk in desks:
        await a_desk(one, desk)
        await a_ticket(one, f"t-{desk}")

    for moment in range(10):
        for desk in desks:
            await one.run(presence.set_caseworker, desk, "dead", "available", True, NOW)
        outcomes = await all_of(
            one.run(presence.stale_nodes, "one", NOW, NOW + moment),
            two.run(presence.stale_nodes, "two", NOW, NOW + moment),
            *(
                node.run(presence.set_caseworker, desk, "one", "available", True, NOW)
                for desk in reversed(desks)
                for node in pair
            ),
        )
        assert not [found for found in outcomes if isinstance(found, BaseException)]

    await no_deadlocks(one)
    linked = await rows(one, "SELECT subject FROM presence WHERE linked AND node = 'one'")
    assert len(linked) == len(desks)
