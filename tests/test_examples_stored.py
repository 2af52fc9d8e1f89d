"""Examples of editors in the table: one of each text, and never approved by who proposed it."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from typing import Any

import pytest

from data.danger_examples import plain
from handoff.storage import examples
from handoff.storage.database import Database
from handoff.storage.sql import Rollback
from handoff.storage.tables import DangerExample
from tests.support.storing import NOW, note, opened, rows

TEXT = "hij staat weer voor de deur"


@pytest.fixture
async def db(database: str) -> AsyncIterator[Database]:
    async with opened(database) as found:
        yield found


def example(id: str, by: str = "noor", **more: Any) -> DangerExample:
    """A row that can be added."""
    given = {
        "language": "nl",
        "level": "acute",
        "signals": "none",
        "perspective": "victim",
        "text": TEXT,
        "plain": plain(more.get("text", TEXT)),
        "note": "",
        "added_by": by,
        "added_at": NOW,
    }
    return DangerExample(id=id, **{**given, **more})


async def refused(db: Database, *command: Any) -> str:
    """Why a command was refused."""
    with pytest.raises(Rollback) as no:
        await db.run(*command)
    return no.value.reason


async def test_two_who_propose_the_same_text_at_once_propose_one(db: Database) -> None:
    found = await asyncio.gather(
        *(
            db.run(
                examples.add, example(f"e{number}", text=TEXT + " " * number), note(f"n{number}")
            )
            for number in range(4)
        )
    )

    (kept,) = await db.read(examples.everything)
    assert {row["id"] for row in found} == {kept["id"]}
    assert len(await rows(db, "SELECT id FROM audit")) == 1


def test_who_proposes_what_is_taken_away_at_that_moment_is_told_to_look_again() -> None:
    steps = examples.add(example("e1"), note("n1"))
    next(steps)
    steps.send([{"many": 1}])
    steps.send([])

    with pytest.raises(Rollback) as no:
        steps.send([])

    assert no.value.reason == "clash"


async def test_nobody_approves_what_is_their_own(db: Database) -> None:
    await db.run(examples.add, example("e1"), note("n1"))

    assert await refused(db, examples.approve, "e1", "noor", NOW, note("n2")) == "forbidden"
    assert await db.read(examples.approved) == []
    row = await db.run(examples.approve, "e1", "sam", NOW, note("n3"))

    assert (row["approved_by"], row["approved_at"]) == ("sam", NOW)
    assert [one["id"] for one in await db.read(examples.approved)] == ["e1"]
    assert await refused(db, examples.approve, "e1", "kim", NOW, note("n4")) == "wrong_state"
    assert len(await rows(db, "SELECT id FROM audit")) == 2


async def test_what_was_taken_away_is_gone_and_may_come_again(db: Database) -> None:
    await db.run(examples.add, example("e1"), note("n1"))
    await db.run(examples.withdraw, "e1", note("n2"))

    assert await refused(db, examples.withdraw, "e1", note("n3")) == "unknown"
    assert await refused(db, examples.approve, "e1", "sam", NOW, note("n4")) == "unknown"
    again = await db.run(examples.add, example("e2", level="urgent"), note("n5"))
    assert (again["id"], again["level"]) == ("e2", "urgent")


async def test_danger_data_that_were_accepted_are_known_again(db: Database) -> None:
    assert not await db.read(examples.is_accepted, "abc")
    for _ in range(2):
        await db.run(examples.accept, "abc", NOW)

    assert await db.read(examples.is_accepted, "abc")
    assert not await db.read(examples.is_accepted, "abd")
