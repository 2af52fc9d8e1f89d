"""Statements and commands mean the same on both databases, whatever stands in the values."""

from __future__ import annotations

import asyncio
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from handoff.storage import sql, tables
from handoff.storage.database import Database
from handoff.storage.sql import Bulk, Command, Ring, Rollback, Row, Sql
from tests.support.storing import opened, rows, run

EVERY_BYTE = bytes(range(256))
NASTY = 'it\'s "quoted" \\u0000 \\ :name %s %% $1 \u202e \U0001f6aa é\n\t;--'
#: Everything both databases can hold: neither NUL nor half of a surrogate pair.
texts = st.text(st.characters(exclude_characters="\0", exclude_categories=["Cs"]))
several = settings(
    max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
ECHO = Bulk(
    {"name": "text", "first": "bytea", "number": "bigint", "second": "bytea", "flag": "boolean"},
    "SELECT name, first, number, second, flag FROM {rows}",
)


def echo(given: list[tuple[Any, ...]]) -> Command[list[tuple[Any, ...]]]:
    """Rows as they come back from the database."""
    found = yield ECHO, given
    return [
        (
            row["name"],
            None if row["first"] is None else bytes(row["first"]),
            row["number"],
            None if row["second"] is None else bytes(row["second"]),
            None if row["flag"] is None else bool(row["flag"]),
        )
        for row in found
    ]


def one(statement: Sql, **values: Any) -> Command[list[Row]]:
    """The rows of one statement."""
    return (yield statement, values)


# many rows in one statement


@several
@given(
    st.lists(
        st.tuples(
            st.none() | texts,
            st.none() | st.binary(max_size=40),
            st.none() | st.integers(-(2**63), 2**63 - 1),
            st.none() | st.binary(max_size=3),
            st.none() | st.booleans(),
        ),
        max_size=8,
    )
)
async def test_rows_of_a_bulk_come_back_as_they_were_given(
    db: Database, values: list[tuple[Any, ...]]
) -> None:
    assert await db.read(echo, values) == values


async def test_blobs_keep_every_byte_and_an_empty_one_is_not_null(db: Database) -> None:
    values = [
        ("all", EVERY_BYTE, 1, EVERY_BYTE[::-1], True),
        ("empty", b"", 2, b"x", False),
        ("null", None, 3, b"", None),
        ("zero", b"\0", 4, None, True),
    ]

    assert await db.read(echo, values) == values


async def test_a_batch_of_only_empty_blobs_holds_no_null(db: Database) -> None:
    values = [("a", b"", 1, b"", True), ("b", b"", 2, b"", True)]

    assert await db.read(echo, values) == values


async def test_texts_keep_quotes_emoji_and_what_looks_like_syntax(db: Database) -> None:
    values = [(NASTY, b"", 0, b"", False)]

    assert await db.read(echo, values) == values


async def test_a_bulk_without_rows_is_no_error(db: Database) -> None:
    assert await db.read(echo, []) == []


@pytest.mark.parametrize("text", ["cut\0here", "\0", "half \ud83d of a pair"])
async def test_a_text_that_cannot_be_kept_whole_is_refused_not_cut(db: Database, text: str) -> None:
    with pytest.raises(Rollback) as refused:
        await db.run(echo, [(text, b"", 0, b"", False)])

    assert refused.value.reason == "refused"


# one statement


async def test_a_parameter_may_stand_there_twice(db: Database) -> None:
    statement = Sql("SELECT CAST(:a AS text) AS one, CAST(:b AS text) AS two, :a = :b AS same")

    (row,) = await db.read(one, statement, a="x", b="y")

    assert (row["one"], row["two"], bool(row["same"])) == ("x", "y", False)


async def test_a_list_is_one_parameter_however_long(db: Database) -> None:
    statement = Sql("SELECT n FROM number WHERE CAST(n AS text) IN :some[] ORDER BY n")

    found = await db.read(one, statement, some=["3", "1", "9999", "it's"])
    none = await db.read(one, statement, some=[])

    assert [row["n"] for row in found] == [1, 3]
    assert none == []


async def test_a_percent_sign_is_a_percent_sign(db: Database) -> None:
    statement = Sql("SELECT 'caseworker/x' LIKE 'caseworker/%' AS yes, 'a%b' AS plain")

    (row,) = await db.read(one, statement)

    assert bool(row["yes"])
    assert row["plain"] == "a%b"


@pytest.mark.parametrize(
    "lock", ["FOR UPDATE", "FOR NO KEY UPDATE", "FOR UPDATE OF t SKIP LOCKED", "FOR NO KEY UPDATE"]
)
def test_sqlite_has_one_writer_and_no_lock_clauses(lock: str) -> None:
    statement = Sql(f"SELECT id FROM ticket t WHERE id = :id ORDER BY id {lock}")
    bulk = Bulk({"id": "text"}, f"SELECT t.id FROM {{rows}} JOIN ticket t USING (id) {lock}")

    assert "FOR" not in statement.sqlite
    assert lock in statement.postgres
    assert "UPDATE" not in bulk.sqlite
    assert lock in bulk.postgres


async def test_upsert_writes_a_row_or_its_new_values(db: Database) -> None:
    upsert = sql.upsert(tables.ReturnCode)
    row = {"lookup": EVERY_BYTE, "conversation": "c", "region": NASTY, "until": 1}

    for until in (1, 2**60):
        await db.run(one, upsert, **(row | {"until": until}))

    (found,) = await rows(db, "SELECT * FROM return_code")
    assert (bytes(found["lookup"]), found["region"], found["until"]) == (EVERY_BYTE, NASTY, 2**60)


async def test_insert_or_ignore_keeps_the_first_row(db: Database) -> None:
    statement = sql.insert(tables.Release, or_ignore=True)

    for files in (b"first", b"second"):
        await db.run(one, statement, id="r", at=1, files=files)

    (found,) = await rows(db, "SELECT files FROM release")
    assert bytes(found["files"]) == b"first"


def test_the_columns_of_a_table_have_the_types_of_postgresql() -> None:
    assert sql.columns_of(tables.EventRow, leave_out=("id", "kind")) == {
        "conversation": "text",
        "seq": "integer",
        "author": "text",
        "client_id": "text",
        "at": "bigint",
        "body": "bytea",
    }


# commands


async def test_a_command_that_raises_is_undone_and_raises_what_it_raised(db: Database) -> None:
    def halfway() -> Command[None]:
        yield Sql("DELETE FROM number"), {}
        raise Rollback("changed my mind")

    with pytest.raises(Rollback, match="changed my mind"):
        await db.run(halfway)

    assert (await rows(db, "SELECT count(*) AS many FROM number"))[0]["many"] == 200


async def test_a_doorbell_is_sent_no_rows_and_the_command_goes_on(db: Database) -> None:
    def rings() -> Command[tuple[list[Row], str]]:
        nothing = yield Ring(("r/north",))
        rows = yield Sql("SELECT CAST('after' AS text) AS word"), {}
        return nothing, rows[0]["word"]

    assert await db.run(rings) == ([], "after")


async def test_a_query_sees_one_moment_although_others_write(database: str, db: Database) -> None:
    count = Sql("SELECT count(*) AS many FROM node")

    async def add_a_node() -> None:
        async with opened(database, "two") as other:
            await run(other, "INSERT INTO node (id, beat_at) VALUES ('x', 0)")

    def twice() -> Command[tuple[int, int]]:
        before = (yield count, {})[0]["many"]
        with ThreadPoolExecutor() as elsewhere:
            elsewhere.submit(asyncio.run, add_a_node()).result()
        return before, (yield count, {})[0]["many"]

    assert await db.read(twice) == (0, 0)
    assert len(await rows(db, "SELECT id FROM node")) == 1


async def test_a_query_that_writes_is_a_fault_of_ours_and_not_an_outage(db: Database) -> None:
    with pytest.raises(Exception, match=r"read-?only"):
        await rows(db, "INSERT INTO node (id, beat_at) VALUES ('x', 0)")

    assert await rows(db, "SELECT * FROM node") == []
