"""Units: all rows of a turn or none, numbered without gaps, each with an outcome of its own."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from handoff.storage import conversations, people, sql, tables, tickets
from handoff.storage.database import Database
from handoff.storage.sql import Rollback
from handoff.storage.units import Conflict, Ended, Outcome, Unit
from tests.support.storing import (
    a_region,
    a_ticket,
    all_of,
    begun,
    event,
    note,
    opened,
    opening,
    row_of,
    rows,
    ticket_values,
    together,
    written,
)

several = settings(
    max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)


# numbers


async def test_events_of_a_conversation_are_numbered_from_one_without_gaps(db: Database) -> None:
    id = await begun(db, event(b"1"), event(b"2"))

    more = await db.write(Unit(id, [event(b"3"), event(b"4")]))

    assert more.seqs == [3, 4]
    assert await written(db, id) == [(1, b"1"), (2, b"2"), (3, b"3"), (4, b"4")]
    assert (await rows(db, "SELECT last_seq FROM conversation"))[0]["last_seq"] == 4


async def test_units_of_one_conversation_keep_the_order_in_which_they_were_handed_over(
    db: Database,
) -> None:
    id = await begun(db)
    bodies = [str(number).encode() for number in range(600)]

    outcomes = await all_of(*(db.write(Unit(id, [event(body)])) for body in bodies))

    assert [outcome.seqs for outcome in outcomes] == [[seq] for seq in range(1, 601)]
    assert [body for _, body in await written(db, id)] == bodies


async def test_many_conversations_in_one_batch_each_count_for_themselves(
    database: str, db: Any
) -> None:
    ids = [await begun(db, event()) for _ in range(5)]
    before = db.commits

    outcomes = await together(
        database, db, *(db.write(Unit(id, [event()] * many)) for many in (1, 3) for id in ids)
    )

    assert db.commits - before == 2
    assert [outcome.seqs for outcome in outcomes] == [[2]] * 5 + [[3, 4, 5]] * 5


async def test_a_batch_is_never_larger_than_its_setting(database: str) -> None:
    async with opened(database, batch_units=3) as db:
        id = await begun(db)
        before = db.commits

        await together(database, db, *(db.write(Unit(id, [event()])) for _ in range(7)))

    assert db.commits - before == 1 + 3


# twice


async def test_a_client_id_that_was_written_gets_its_first_number_and_writes_nothing(
    db: Database,
) -> None:
    id = await begun(db, event(b"first", "m1"), event(b"answer"))

    again = await db.write(
        Unit(
            id,
            [event(b"again", "m1"), event(b"answer again")],
            row=row_of(state="waiting"),
            expects=2,
            also=[note("n1")],
        )
    )

    assert (again.seqs, again.duplicate) == ([1], True)
    assert await written(db, id) == [(1, b"first"), (2, b"answer")]
    assert (await rows(db, "SELECT state FROM conversation"))[0]["state"] == "intake"
    assert await rows(db, "SELECT * FROM audit") == []


async def test_a_client_id_twice_in_one_batch_is_written_once(database: str, db: Any) -> None:
    id = await begun(db)

    first, second = await together(
        database, db, *(db.write(Unit(id, [event(body, "m1")])) for body in (b"one", b"two"))
    )

    assert (first.seqs, first.duplicate) == ([1], False)
    assert (second.seqs, second.duplicate) == ([1], True)
    assert await written(db, id) == [(1, b"one")]


async def test_client_ids_belong_to_their_author_and_conversation(db: Database) -> None:
    one, two = await begun(db, event(client_id="m1")), await begun(db)

    outcomes = [
        await db.write(Unit(one, [event(client_id="m1", author="caseworker/x")])),
        await db.write(Unit(two, [event(client_id="m1")])),
    ]

    assert [(outcome.seqs, outcome.duplicate) for outcome in outcomes] == [
        ([2], False),
        ([1], False),
    ]


async def test_a_first_unit_that_was_written_unheard_is_acknowledged_when_it_is_sent_again(
    db: Database,
) -> None:
    id = await begun(db, event(b"greeting"), event(b"hello", "m1"))

    again = await db.write(opening(id, event(b"greeting"), event(b"hello", "m1")))

    assert (again.seqs, again.duplicate) == ([2], True)
    assert await written(db, id) == [(1, b"greeting"), (2, b"hello")]


async def test_a_first_unit_for_a_conversation_that_is_there_is_a_conflict(db: Database) -> None:
    id = await begun(db, event(b"greeting"), event(b"hello", "m1"))

    with pytest.raises(Conflict):
        await db.write(opening(id, event(b"greeting"), event(b"more", "m2")))

    assert await written(db, id) == [(1, b"greeting"), (2, b"hello")]


# whole


async def test_the_statements_of_a_turn_are_written_with_it(db: Database) -> None:
    id = await begun(db)

    await db.write(Unit(id, [event()], also=[note("n1"), note("n2")]))

    assert [row["id"] for row in await rows(db, "SELECT id FROM audit ORDER BY id")] == ["n1", "n2"]


async def test_a_body_comes_back_byte_for_byte(db: Database) -> None:
    bodies = [bytes(range(256)), b"\0", b"", b"'; DROP TABLE event; --", bytes(100_000)]

    id = await begun(db, *(event(body) for body in bodies))

    assert [body for _, body in await written(db, id)] == bodies


async def test_the_changed_columns_are_written_and_a_null_stays_null(db: Database) -> None:
    id = await begun(db, event())
    changed = row_of(token=None, talk=bytes(range(256)), reason='"it\'s"', idle_at=2**60)

    await db.write(Unit(id, [event()], row=changed, expects=1))

    (found,) = await rows(db, "SELECT * FROM conversation")
    assert {name: found[name] for name in changed} == changed


#: A conversation of an example, a client id, how many events, and what else the unit is.
a_unit = st.tuples(
    st.integers(0, 2),
    st.none() | st.sampled_from("abc"),
    st.integers(0, 3),
    st.sampled_from(
        ["plain", "words", "note", "fresh", "ahead", "behind", "stale", "closes", "late"]
    ),
)


def author_of(kind: str) -> str:
    return "caseworker/x" if kind in ("words", "note") else "visitor"


class Model:
    """What a conversation must be after each unit, said as simply as it can be."""

    def __init__(self) -> None:
        #: the last number, and the last that is more than a caseworker's words
        self.last, self.moved, self.closed = 0, 0, False
        self.ids: dict[tuple[str, str], int] = {}

    def outcome(self, client_id: str | None, many: int, kind: str) -> Any:
        """The numbers of a unit, or the error."""
        sender = (author_of(kind), client_id or "")
        if sender in self.ids and many:
            return [self.ids[sender]]
        if self.closed and kind != "late":
            return Ended
        if kind == "ahead" or (kind == "stale" and self.moved):
            return Conflict
        seqs = list(range(self.last + 1, self.last + 1 + many))
        if client_id and many:
            self.ids[sender] = seqs[0]
        self.last += many
        if kind != "words" and many:
            self.moved = self.last
        self.closed = self.closed or kind == "closes"
        return seqs


@several
@given(st.lists(a_unit, max_size=20))
async def test_whatever_shares_a_batch_the_outcomes_are_those_of_one_after_the_other(
    db: Database, plan: list[tuple[int, str | None, int, str]]
) -> None:
    ids = [await begun(db) for _ in range(3)]
    models = [Model() for _ in ids]
    expected, units = [], []
    for which, client_id, many, kind in plan:
        last, moved = models[which].last, models[which].moved
        expects = {"fresh": last, "closes": last, "behind": moved, "stale": moved - 1}
        expects["ahead"] = last + 1
        expected.append(models[which].outcome(client_id, many, kind))
        units.append(
            Unit(
                ids[which],
                [
                    event(
                        client_id=client_id if number == 0 else None,
                        author=author_of(kind),
                        kind="note" if kind == "note" else "text",
                    )
                    for number in range(many)
                ],
                row=row_of(state="closed") if kind == "closes" else None,
                expects=expects.get(kind),
                late=kind == "late",
            )
        )

    found = await all_of(*(db.write(unit) for unit in units))

    assert [out.seqs if isinstance(out, Outcome) else type(out) for out in found] == expected
    for id, model in zip(ids, models, strict=True):
        assert [seq for seq, _ in await written(db, id)] == list(range(1, model.last + 1))


# beside commands


async def test_units_and_commands_of_one_conversation_share_its_numbers(db: Database) -> None:
    id = await begun(db)

    await all_of(
        *(
            db.write(Unit(id, [event()]))
            if number % 2
            else db.run(conversations.append, id, [event()])
            for number in range(40)
        )
    )

    assert [seq for seq, _ in await written(db, id)] == list(range(1, 41))


async def test_a_command_that_fails_undoes_nothing_of_its_neighbours(
    database: str, db: Any
) -> None:
    id = await begun(db)

    def halfway() -> Any:
        yield note("undone")
        raise Rollback("taken")

    before, failed, _, after = await together(
        database,
        db,
        db.write(Unit(id, [event(b"before")])),
        db.run(halfway),
        db.run(people.audit, note("kept")),
        db.write(Unit(id, [event(b"after")])),
    )

    assert (before.seqs, after.seqs) == ([1], [2])
    assert isinstance(failed, Rollback)
    assert [row["id"] for row in await rows(db, "SELECT id FROM audit")] == ["kept"]


async def test_a_second_ticket_for_a_conversation_is_refused_with_its_whole_turn(
    db: Database,
) -> None:
    await a_region(db, "north", 4)
    await a_ticket(db, "t1")
    second = tables.Ticket(**{**ticket_values("t2", "north"), "conversation": "c-t1"})
    insert = (tickets.INSERT, sql.values_of(second))

    with pytest.raises(Rollback, match="clash"):
        await db.write(Unit("c-t1", [event(b"second")], also=[insert]))

    assert len(await written(db, "c-t1")) == 1


async def test_an_erased_conversation_has_neither_key_nor_text(db: Database) -> None:
    gone, stays = await begun(db, event()), await begun(db, event())

    await db.run(conversations.erase, [gone])

    assert await written(db, gone) == []
    assert len(await written(db, stays)) == 1
    keys = await rows(db, "SELECT conversation FROM conversation_key")
    assert [row["conversation"] for row in keys] == [stays]
    (left,) = await rows(db, "SELECT talk, token FROM conversation WHERE id = :id", id=gone)
    assert (left["talk"], left["token"]) == (None, None)
