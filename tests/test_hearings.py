"""What was heard, in numbers: once a conversation, on its day, and what a caseworker made of it."""

from __future__ import annotations

import asyncio
import secrets
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from sqlmodel import SQLModel

from flows.urgency import Heard, Triage, listened, set_by_caseworker, strike
from handoff.desk.hearings import Memory, agreed, counted, heard_as, judged, told
from handoff.storage import hearings
from handoff.storage.database import Database
from handoff.storage.hearings import Count
from handoff.storage.units import Conflict, Unit
from tests.support.clock import FakeClock
from tests.support.outage import held, no_answer_after_writing
from tests.support.running import REGION, Caseworker, Server, Visitor, running
from tests.support.storing import all_of, begun, event, opened, together
from tests.test_caseworker_desk import missed_ticket
from tests.test_caseworker_socket import colleague, ticket_of
from tests.test_visitor_acks import DANGER, talking

DAY, MONTH = "2026-11-23", "2026-11"
KNIFE = Heard("acute", ("weapon",), ("mes",))
HIT = Heard("urgent", (), ("iemand slaat",))


def at(triage: Triage, memory: Memory = ()) -> tuple[Memory, list[Count]]:
    """What is counted of a triage in the north."""
    found, counts = counted(triage, memory, "north", DAY)
    return found, list(counts)


def level(name: str, **numbers: int) -> Count:
    return Count(("north", DAY, name), **numbers)


def signal(name: str, **numbers: int) -> Count:
    return Count((MONTH, name), **numbers)


# the rule


def test_a_level_and_its_signals_count_once_however_often_they_are_heard() -> None:
    once = listened(Triage(), KNIFE)
    memory, counts = at(once)

    assert counts == [level("acute", heard=1), signal("weapon", heard=1)]
    lowered = set_by_caseworker(once, "normal", "film")
    memory, _ = at(lowered, memory)
    assert at(listened(lowered, KNIFE), memory) == (memory, [])


def test_each_level_counts_for_itself() -> None:
    memory, first = at(listened(Triage(), HIT))
    _, second = at(listened(listened(Triage(), HIT), KNIFE), memory)

    assert first == [level("urgent", heard=1)]
    assert second == [level("acute", heard=1), signal("weapon", heard=1)]


def test_a_level_that_an_answer_or_a_caseworker_raised_does_not_count() -> None:
    said = Triage(level="acute", why="danger_self")

    assert at(said) == ((), [])
    assert at(set_by_caseworker(Triage(), "acute", "zelf gehoord")) == ((), [])
    assert at(listened(said, KNIFE))[1] == [signal("weapon", heard=1)]


def test_a_level_is_struck_by_lowering_below_it() -> None:
    heard = listened(listened(Triage(), HIT), KNIFE)
    memory, _ = at(heard)

    memory, first = at(set_by_caseworker(heard, "urgent", "nee"), memory)
    _, second = at(set_by_caseworker(heard, "normal", "nee"), memory)

    assert first == [level("acute", struck=1)]
    assert second == [level("urgent", struck=1)]


def test_a_struck_signal_strikes_the_level_that_it_came_with_and_no_other() -> None:
    heard = listened(listened(Triage(), HIT), KNIFE)
    memory, _ = at(heard)

    memory, counts = at(strike(heard, "weapon"), memory)

    assert counts == [level("acute", struck=1), signal("weapon", struck=1)]
    assert agreed(memory)[1] == (level("urgent", agreed=1),)


def test_what_is_judged_first_counts() -> None:
    """Danger that has passed is lowered too: that does not make it wrongly heard."""
    heard = listened(Triage(), KNIFE)
    memory, _ = at(heard)

    memory, counts = agreed(memory)

    assert list(counts) == [level("acute", agreed=1), signal("weapon", agreed=1)]
    assert at(set_by_caseworker(heard, "normal", "hij is weg"), memory)[1] == []
    assert agreed(memory)[1] == ()


def test_what_waits_for_a_judgement_is_told_by_name() -> None:
    heard = listened(Triage(), KNIFE)
    memory, _ = at(heard)

    assert (told(memory), judged(memory)) == ("acute;weapon", "open")
    assert (told(agreed(memory)[0]), judged(agreed(memory)[0])) == ("", "agreed")
    struck, _ = at(strike(heard, "weapon"), memory)
    assert (judged(struck), judged(())) == (None, None)


def test_the_highest_level_that_was_heard_stands_until_it_is_lowered() -> None:
    heard = listened(listened(Triage(), HIT), KNIFE)

    assert heard_as(heard) == KNIFE
    assert heard_as(set_by_caseworker(heard, "urgent", "nee")) == HIT
    assert heard_as(set_by_caseworker(heard, "normal", "nee")) is None
    # however often it goes up and down, it is remembered once
    again = listened(set_by_caseworker(heard, "normal", "nee"), KNIFE)
    assert again.raised == heard.raised


# the rows


async def levels(db: Database) -> dict[tuple[str, str, str], tuple[int, int, int]]:
    rows = await db.read(hearings.levels, "", "9")
    return {
        (row["region"], row["day"], row["level"]): (row["heard"], row["agreed"], row["struck"])
        for row in rows
    }


async def signals(db: Database) -> dict[str, tuple[int, int, int]]:
    rows = await db.read(hearings.signals, "", "9")
    return {row["signal"]: (row["heard"], row["agreed"], row["struck"]) for row in rows}


async def test_a_unit_that_is_refused_counts_nothing_and_its_neighbour_does(
    database: str, db: Any
) -> None:
    one, two = await begun(db, event()), await begun(db, event())
    counts = [level("acute", heard=1), signal("weapon", heard=1)]

    outcomes = await together(
        database,
        db,
        db.write(Unit(one, [event()], expects=0, counts=counts)),
        db.write(Unit(two, [event()], expects=1, counts=counts)),
    )

    assert isinstance(outcomes[0], Conflict)
    assert await levels(db) == {("north", DAY, "acute"): (1, 0, 0)}
    assert await signals(db) == {"weapon": (1, 0, 0)}


async def test_a_text_that_is_sent_twice_counts_once(db: Database) -> None:
    id = await begun(db, event())

    for _ in range(2):
        await db.write(Unit(id, [event(client_id="m1")], counts=[level("acute", heard=1)]))

    assert await levels(db) == {("north", DAY, "acute"): (1, 0, 0)}


async def test_many_that_count_at_once_are_all_counted(database: str, db: Any) -> None:
    ids = [await begun(db, event()) for _ in range(40)]
    kinds = ("acute", "urgent")

    await together(
        database,
        db,
        *(
            db.write(Unit(id, [event()], counts=[level(kinds[at % 2], heard=1, struck=1)]))
            for at, id in enumerate(ids)
        ),
    )

    assert await levels(db) == {("north", DAY, kind): (20, 0, 20) for kind in kinds}
    # and in the next commit on top of it
    await db.write(Unit(ids[0], [event()], counts=[level("acute", heard=1, agreed=1)]))
    assert (await levels(db))[("north", DAY, "acute")] == (21, 1, 20)


@pytest.mark.postgres
async def test_two_nodes_count_the_same_rows_in_any_order(postgres_database: str) -> None:
    """Each takes them in the order of their keys: nobody waits for who waits for it."""
    keys = [("acute", "weapon", "fire"), ("urgent", "fire", "weapon")]
    async with opened(postgres_database, "a") as a, opened(postgres_database, "b") as b:
        ids = [await begun(a, event()) for _ in range(200)]
        work = []
        for at, id in enumerate(ids):
            name, *heard = keys[at % 2]
            counts = [*(signal(one, heard=1) for one in heard), level(name, heard=1)]
            work.append((a, b)[at // 2 % 2].write(Unit(id, [event()], counts=counts)))

        outcomes = await all_of(*work)

        assert [one for one in outcomes if isinstance(one, BaseException)] == []
        assert await signals(a) == {"weapon": (200, 0, 0), "fire": (200, 0, 0)}
        assert sum(found[0] for found in (await levels(b)).values()) == 200


def test_rows_are_counted_in_the_order_of_their_keys_levels_before_signals() -> None:
    """What several nodes lock in one order cannot lock in a ring."""
    given = [signal("weapon", heard=1), level("urgent", heard=1), signal("fire", heard=1)]
    given += [level("acute", heard=1), signal("weapon", struck=1)]

    said = [[row[:-3] for row in rows] for _, rows in hearings.add(given)]

    assert said == [
        [("north", DAY, "acute"), ("north", DAY, "urgent")],
        [(MONTH, "fire"), (MONTH, "weapon")],
    ]
    assert all("ORDER BY" in one.postgres for one in hearings.ADD.values())


def test_no_conversation_can_be_found_back_in_the_figures() -> None:
    tables = SQLModel.metadata.tables
    numbers = {"heard", "agreed", "struck"}

    assert {column.name for column in tables["heard_level"].columns} == {
        *("region", "day", "level"),
        *numbers,
    }
    # a signal is content: it stands beside no region, and no day
    assert {column.name for column in tables["heard_signal"].columns} == {
        *("month", "signal"),
        *numbers,
    }


# conversations


async def in_danger(server: Server) -> tuple[Visitor, Caseworker, str]:
    """A caseworker and a visitor who types something that is heard as acute."""
    visitor, caseworker, ticket = await talking(server)
    await visitor.types(DANGER)
    await ticket_of(caseworker, ticket, level="acute")
    return visitor, caseworker, ticket


async def acute(server: Server) -> tuple[int, int, int]:
    """Heard, agreed and struck today."""
    return (await levels(server.house.db)).get((REGION, DAY, "acute"), (0, 0, 0))


async def test_danger_in_a_text_counts_once_on_its_day_and_for_its_region(server: Server) -> None:
    visitor, _, _ = await in_danger(server)
    await visitor.types(DANGER)

    assert await levels(server.house.db) == {(REGION, DAY, "acute"): (1, 0, 0)}
    assert (await signals(server.house.db))["weapon"] == (1, 0, 0)


async def test_who_closes_a_conversation_and_struck_nothing_agrees(server: Server) -> None:
    _, caseworker, ticket = await in_danger(server)
    await caseworker.ends(ticket)

    assert await acute(server) == (1, 1, 0)
    assert (await signals(server.house.db))["weapon"] == (1, 1, 0)


async def test_who_lowers_the_level_strikes_it_and_closing_changes_that_no_more(
    server: Server,
) -> None:
    _, caseworker, ticket = await in_danger(server)
    await caseworker.says(type="level", ticket=ticket, level="normal", reason="een film")
    await ticket_of(caseworker, ticket, level="normal")
    assert await acute(server) == (1, 0, 1)

    await caseworker.ends(ticket)

    assert await acute(server) == (1, 0, 1)


async def test_a_struck_signal_counts_and_new_text_raises_again_without_counting_again(
    server: Server,
) -> None:
    visitor, caseworker, ticket = await in_danger(server)
    await caseworker.says(type="strike", ticket=ticket, signal="weapon", reason="een botermes")
    await caseworker.says(type="level", ticket=ticket, level="normal", reason="een botermes")
    await ticket_of(caseworker, ticket, level="normal")

    await visitor.types(DANGER)
    again = await ticket_of(caseworker, ticket, level="acute")

    assert "weapon" not in again["heard"]
    assert await acute(server) == (1, 0, 1)
    assert (await signals(server.house.db))["weapon"] == (1, 0, 1)


async def test_a_caseworker_agrees_with_one_word_and_all_at_the_desk_see_it(server: Server) -> None:
    _, caseworker, ticket = await in_danger(server)
    heard = caseworker.all("ticket")[-1]["ticket"]
    assert (heard["heard_level"], heard["heard_judged"]) == ("acute", "open")
    assert heard["heard_why"]

    await caseworker.says(type="agree", ticket=ticket)
    note = await caseworker.next("event", lambda found: found.get("name") == "agree")
    await ticket_of(caseworker, ticket, heard_judged="agreed")

    assert note["text"].split(";")[0] == "acute"
    assert await acute(server) == (1, 1, 0)
    # danger that has passed is lowered: it was heard well all the same
    await caseworker.says(type="level", ticket=ticket, level="normal", reason="hij is weg")
    await ticket_of(caseworker, ticket, level="normal")
    assert await acute(server) == (1, 1, 0)
    assert await caseworker.refused(type="agree", ticket=ticket) == "not_open"


async def test_who_judged_is_in_the_audit_and_what_was_heard_is_not(server: Server) -> None:
    """A ticket and a signal side by side would outlive what was erased."""
    _, caseworker, ticket = await in_danger(server)
    await caseworker.says(type="agree", ticket=ticket)
    await caseworker.says(type="strike", ticket=ticket, signal="weapon", reason="een botermes")
    await ticket_of(caseworker, ticket, struck=["weapon"])

    audit = await server.rows("SELECT action, detail FROM audit WHERE ticket = :id", id=ticket)
    judged_by = {row["action"]: row["detail"] for row in audit}
    assert {"agree", "strike"} <= set(judged_by)
    assert not any("weapon" in str(detail) for detail in judged_by.values())


async def test_only_who_has_the_conversation_agrees(server: Server) -> None:
    _, _, ticket = await in_danger(server)
    other = await colleague(server)

    assert await other.refused(type="agree", ticket=ticket) == "not_yours"
    assert await acute(server) == (1, 0, 0)


async def test_a_judgement_of_a_moment_ago_is_not_counted_against(server: Server) -> None:
    """Two desks of one caseworker: one strikes while the other closes."""
    _, caseworker, ticket = await in_danger(server)
    await caseworker.says(type="end", ticket=ticket)
    await ticket_of(caseworker, ticket, state="wrap_up")
    second = await server.caseworker(available=False)
    await second.next("assigned")

    async with held(server, "run") as gate:
        await second.says(type="wrap_up", ticket=ticket, disposition="advice")
        await gate.reached.wait()
        await caseworker.says(type="level", ticket=ticket, level="normal", reason="een film")
        await caseworker.next("event", lambda found: found.get("name") == "level")
        gate.open.set()
        await ticket_of(second, ticket, state="closed")

    assert await acute(server) == (1, 0, 1)


async def test_what_nobody_read_is_judged_by_nobody(server: Server) -> None:
    visitor = await server.visitor()
    await visitor.goes_straight()
    await visitor.types(DANGER)

    assert await acute(server) == (1, 0, 0)


async def test_who_reads_what_was_missed_and_closes_it_agrees(server: Server) -> None:
    _, caseworker, ticket = await missed_ticket(server)
    conversation = (await server.rows("SELECT conversation FROM ticket"))[0]["conversation"]
    assert conversation
    before = await levels(server.house.db)
    await caseworker.says(type="read", ticket=ticket)
    await caseworker.next("assigned")
    await caseworker.says(type="wrap_up", ticket=ticket, disposition="read_missed")
    await ticket_of(caseworker, ticket, state="closed")

    after = await levels(server.house.db)
    assert {key: found[1] for key, found in after.items()} == {
        key: found[0] for key, found in before.items()
    }


async def test_a_turn_that_got_no_answer_counts_once_when_it_is_sent_again(server: Server) -> None:
    visitor, _, _ = await talking(server)
    with no_answer_after_writing(server):
        await visitor.error(type="message", id="a", text=DANGER)
    await visitor.says(type="message", id="a", text=DANGER)
    await visitor.next("ack", lambda ack: ack["id"] == "a")

    assert await acute(server) == (1, 0, 0)


async def test_a_day_is_that_of_the_organisation_not_of_greenwich(
    database: str, tmp_path: Path
) -> None:
    late = FakeClock(datetime(2026, 11, 23, 23, 30, tzinfo=UTC))
    async with running(database, tmp_path, late) as server:
        assert server.house.services.day() == "2026-11-24"
        assert server.house.services.month() == "2026-11"


async def test_what_is_heard_in_a_closed_chat_is_kept_nowhere(
    database: str, tmp_path: Path
) -> None:
    night = FakeClock(datetime(2026, 11, 23, 2, 0, tzinfo=UTC))
    async with running(database, tmp_path, night, roster=False) as server:
        visitor = await server.visitor()
        await visitor.says(type="message", id="a", text=DANGER)
        await visitor.next("event", lambda found: found["kind"] == "emergency")
        await visitor.next("error", lambda error: error["code"] == "closed")

        assert await levels(server.house.db) == {}
        assert await signals(server.house.db) == {}


async def test_two_caseworkers_of_many_conversations_add_up(server: Server) -> None:
    visitors = [await server.visitor() for _ in range(4)]
    for visitor in visitors:
        await visitor.goes_straight()
    await asyncio.gather(
        *(
            visitor.says(type="message", id=secrets.token_hex(4), text=DANGER)
            for visitor in visitors
        )
    )
    for visitor in visitors:
        await visitor.next("event", lambda found: found["kind"] == "emergency")
        await visitor.quiet()

    assert await acute(server) == (4, 0, 0)
