"""Units that are refused: from an older state, after the end, or bad; and their neighbours."""

from __future__ import annotations

from typing import Any

import pytest

from handoff.storage import sql, tables, tickets
from handoff.storage.database import Database
from handoff.storage.sql import Sql
from handoff.storage.units import Conflict, Ended, Outcome, Unit
from tests.support.storing import (
    all_of,
    begun,
    event,
    note,
    row_of,
    rows,
    together,
    written,
)

# refused


async def test_a_unit_from_an_older_state_is_refused_whole(db: Database) -> None:
    id = await begun(db, event(b"one"))
    await db.write(Unit(id, [event(b"somebody else")]))

    with pytest.raises(Conflict):
        await db.write(
            Unit(
                id,
                [event(b"late", "m9")],
                row=row_of(state="waiting"),
                expects=1,
                also=[note("n1")],
            )
        )

    assert [body for _, body in await written(db, id)] == [b"one", b"somebody else"]
    assert (await rows(db, "SELECT state FROM conversation"))[0]["state"] == "intake"
    assert await rows(db, "SELECT * FROM audit") == []


async def test_of_two_units_from_the_same_state_in_one_batch_one_is_refused(
    database: str, db: Any
) -> None:
    id = await begun(db, event())

    first, second = await together(
        database,
        db,
        *(
            db.write(Unit(id, [event()], row=row_of(language=language), expects=1))
            for language in ("en", "uk")
        ),
    )

    assert first.seqs == [2]
    assert isinstance(second, Conflict)
    found = await rows(db, "SELECT language FROM conversation WHERE id = :id", id=id)
    assert found[0]["language"] == "en"


async def test_what_a_caseworker_said_meanwhile_refuses_nothing(db: Database) -> None:
    id = await begun(db, event(b"one"))
    await db.write(Unit(id, [event(b"are you safe?", author="caseworker/x")]))
    changed = row_of(language="en")

    found = await db.write(Unit(id, [event(b"no")], row=changed, expects=1))

    assert found.seqs == [3]
    assert (await rows(db, "SELECT language FROM conversation"))[0]["language"] == "en"


@pytest.mark.parametrize(
    "more",
    [{"author": "caseworker/x", "kind": "note"}, {"author": "system", "kind": "notice"}, {}],
    ids=["a judgement", "a caseworker who came", "the visitor"],
)
async def test_what_else_is_written_refuses_what_knew_nothing_of_it(
    db: Database, more: dict[str, str]
) -> None:
    id = await begun(db, event(b"one"))
    await db.write(Unit(id, [event(b"more than words", **more)]))
    await db.write(Unit(id, [event(b"and words", author="caseworker/x")]))

    with pytest.raises(Conflict):
        await db.write(Unit(id, [event(b"late")], row=row_of(language="en"), expects=1))


async def test_in_one_batch_a_caseworkers_words_refuse_nothing_either(
    database: str, db: Any
) -> None:
    id = await begun(db, event())

    words, first, second = await together(
        database,
        db,
        db.write(Unit(id, [event(author="caseworker/x")])),
        db.write(Unit(id, [event()], row=row_of(language="en"), expects=1)),
        db.write(Unit(id, [event()], row=row_of(language="uk"), expects=1)),
    )

    assert (words.seqs, first.seqs) == ([2], [3])
    assert isinstance(second, Conflict)


async def test_a_closed_conversation_takes_nothing_but_what_may_come_late(db: Database) -> None:
    id = await begun(db, event(b"one"))
    await db.write(Unit(id, [event(b"bye")], row=row_of(state="closed"), expects=1))

    with pytest.raises(Ended):
        await db.write(Unit(id, [event(b"and another thing", "m1")]))
    late = await db.write(Unit(id, [event(b"note", author="caseworker/x")], late=True))

    assert late.seqs == [3]
    assert [body for _, body in await written(db, id)] == [b"one", b"bye", b"note"]


async def test_what_comes_after_the_end_in_the_same_batch_is_refused(
    database: str, db: Any
) -> None:
    id = await begun(db, event())

    closes, after, late = await together(
        database,
        db,
        db.write(Unit(id, [event()], row=row_of(state="closed"), expects=1)),
        db.write(Unit(id, [event()])),
        db.write(Unit(id, [event()], late=True)),
    )

    assert closes.seqs == [2]
    assert isinstance(after, Ended)
    assert late.seqs == [3]


async def test_a_conversation_that_is_not_there_takes_nothing(db: Database) -> None:
    with pytest.raises(Ended):
        await db.write(Unit("nobody", [event()]))


# bad units


def bad_units(id: str) -> dict[str, Unit]:
    """Units that the database or we ourselves cannot write."""
    taken = (sql.insert(tables.Audit), {**note("twice")[1]})
    return {
        "a NUL in an id": Unit(id, [event(client_id="a\0b")]),
        "half of a pair": Unit(id, [event(client_id="\ud800")]),
        "no body": Unit(id, [event(body=None)]),  # type: ignore[arg-type]
        "the same id twice in one unit": Unit(id, [event(client_id="x"), event(client_id="x")]),
        "a row that is there": Unit(id, [event()], also=[taken, taken]),
        "a reference to nothing": Unit(id, also=[(tickets.NOT_AGAIN, _refused("nobody"))]),
        "no such column": Unit(id, [event()], also=[(Sql("UPDATE event SET nope = 1"), {})]),
        "a column forgotten": Unit(id, [event()], row={"state": "waiting"}),
    }


def _refused(ticket: str) -> dict[str, Any]:
    return {"ticket": ticket, "caseworker": "x", "until": 1, "declined": True}


async def test_a_bad_unit_fails_alone_and_its_neighbours_are_written(
    database: str, db: Any
) -> None:
    ids = [await begun(db) for _ in range(3)]
    bad = bad_units(ids[1])
    units = []
    for number, unit in enumerate(bad.values()):
        units += [Unit(id, [event(str(number).encode())]) for id in ids]
        units.insert(number * 4, unit)

    found = await together(database, db, *(db.write(unit) for unit in units))
    outcomes = dict(zip(map(id, units), found, strict=True))

    assert {
        name: isinstance(outcomes[id(unit)], Outcome) for name, unit in bad.items()
    } == dict.fromkeys(bad, False)
    expected = [(number + 1, str(number).encode()) for number in range(len(bad))]
    assert [await written(db, conversation) for conversation in ids] == [expected] * 3


async def test_a_bad_unit_is_told_what_kind_of_fault_it_is(db: Database) -> None:
    bad = bad_units(await begun(db))

    told = dict(zip(bad, await all_of(*(db.write(unit) for unit in bad.values())), strict=True))
    reasons = {name: getattr(error, "reason", None) for name, error in told.items()}

    assert reasons == {
        "a NUL in an id": "refused",
        "half of a pair": "refused",
        "no body": "refused",
        "the same id twice in one unit": "clash",
        "a row that is there": "clash",
        "a reference to nothing": "refused",
        "no such column": None,
        "a column forgotten": None,
    }
    assert "nope" in str(told["no such column"])
    assert isinstance(told["a column forgotten"], KeyError)


async def test_what_was_typed_stands_in_no_error_that_is_logged(
    db: Database, caplog: pytest.LogCaptureFixture
) -> None:
    id = await begun(db)
    bad = [
        Unit(id, [event(client_id="zwartboek\0")]),
        Unit(id, [event(client_id="zwartboek"), event(client_id="zwartboek")]),
    ]

    await all_of(*(db.write(unit) for unit in bad))

    assert "zwartboek" not in caplog.text
