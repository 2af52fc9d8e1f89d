"""The writer: bounded, never waited for long, whole again after whatever went wrong."""

from __future__ import annotations

import asyncio
import logging
import sqlite3
from pathlib import Path
from typing import Any

import asyncpg
import pytest

from handoff.storage import conversations, presence, schema
from handoff.storage.database import Database, Pending, Unavailable
from handoff.storage.sql import Command, Sql
from handoff.storage.sqlite_file import AlreadyServed, ServingLock, SqliteFile
from handoff.storage.units import Outcome, Unit
from tests.support.storing import (
    PATIENCE_S,
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
    together,
    until,
    written,
)

#: Short enough that no test waits, long enough for a commit on a busy machine.
TINY_S = 0.2
BACKENDS = (
    "SELECT pid FROM pg_stat_activity WHERE datname = current_database()"
    " AND backend_type = 'client backend'"
)


# the bound


async def test_more_than_the_bound_is_refused_at_once(database: str) -> None:
    async with opened(database, waiting=3) as db:
        id = await begun(db)
        async with stuck(database):
            waiting = [asyncio.create_task(db.write(Unit(id, [event()]))) for _ in range(3)]
            await asyncio.sleep(0)

            for refused in (
                db.write(Unit(id)),
                db.run(presence.beat, "x", 0),
                rows(db, "SELECT 1"),
            ):
                with pytest.raises(Unavailable, match="too much"):
                    await refused

        assert [outcome.seqs for outcome in await all_of(*waiting)] == [[1], [2], [3]]
        assert (await db.write(Unit(id, [event()]))).seqs == [4]


async def test_what_was_given_up_counts_until_the_writer_gives_it_back() -> None:
    """Otherwise a database that hangs would fill the memory, one timeout after the other."""
    pending = Pending(most=2, timeout_s=1)
    futures = [pending.add(), pending.add()]

    pending.expire(asyncio.get_running_loop().time() + 2)

    assert [type(future.exception()) for future in futures] == [Unavailable] * 2
    with pytest.raises(Unavailable, match="too much"):
        pending.add()
    pending.resolve([(future, None) for future in futures])
    pending.add()
    assert pending.handed == 1


# no answer


async def test_a_database_that_does_not_answer_is_unavailable_and_afterwards_works(
    database: str,
) -> None:
    async with opened(database, timeout_s=TINY_S) as db:
        id = await begun(db)
        async with stuck(database):
            units = [db.write(Unit(id, [event(b"lost", f"m{number}")])) for number in range(5)]
            told = await all_of(*units, db.run(presence.beat, "x", 0))
        await until(lambda: db.pending.handed == 0)

        assert [type(error) for error in told] == [Unavailable] * 6
        await again(db, id)
        # nothing was promised: a commit that was under way may still have been done, but then whole
        texts = [text for _, text in await written(db, id)]
        assert texts in ([b"after"], [b"lost"] * 5 + [b"after"])


async def again(db: Database, id: str) -> Outcome:
    """A unit that is written once the writer has noticed that the database is there again."""
    async with asyncio.timeout(PATIENCE_S):
        while True:
            try:
                return await db.write(Unit(id, [event(b"after", "after")]))
            except Unavailable:
                continue


async def test_what_nobody_waits_for_any_more_is_not_begun(database: str) -> None:
    async with opened(database) as db:
        id = await begun(db)
        async with stuck(database):
            first = asyncio.create_task(db.write(Unit(id, [event(b"first")])))
            await until(lambda: is_taken(db))
            given_up = asyncio.create_task(db.write(Unit(id, [event(b"given up")])))
            await asyncio.sleep(0)
            given_up.cancel()
        await all_of(first, given_up)
        await db.write(Unit(id, [event(b"next")]))

        assert [body for _, body in await written(db, id)] == [b"first", b"next"]
        assert db.pending.handed == 0


async def test_a_caller_who_is_cancelled_in_the_middle_harms_nobody(database: str) -> None:
    async with opened(database) as db:
        id = await begun(db)
        async with stuck(database):
            work = [
                asyncio.create_task(db.write(Unit(id, [event()]))),
                asyncio.create_task(db.run(conversations.append, id, [event()])),
                asyncio.create_task(db.run(presence.beat, "x", 0)),
            ]
            await until(lambda: is_taken(db))
            for task in work:
                task.cancel()
        cancelled = await all_of(*work)
        after = await all_of(*(db.write(Unit(id, [event()])) for _ in range(3)))

        assert [type(error) for error in cancelled] == [asyncio.CancelledError] * 3
        assert len(after) == 3
        seqs = [seq for seq, _ in await written(db, id)]
        assert seqs == list(range(1, len(seqs) + 1))
        assert [outcome.seqs[0] for outcome in after] == seqs[-3:]
        assert db.pending.handed == 0


# the end


async def test_closing_commits_what_waits_and_takes_nothing_more(database: str) -> None:
    async with opened(database) as db:
        id = await begun(db)
        work = [asyncio.create_task(db.write(Unit(id, [event()]))) for _ in range(50)]
        await asyncio.sleep(0)
        await db.close()
        outcomes = await all_of(*work)

        with pytest.raises(Unavailable, match="clos"):
            await db.write(Unit(id, [event()]))
        with pytest.raises(Unavailable, match="clos"):
            await rows(db, "SELECT 1")

    assert [outcome.seqs for outcome in outcomes] == [[seq] for seq in range(1, 51)]
    async with opened(database) as db:
        assert len(await written(db, id)) == 50


async def test_closing_while_the_database_hangs_ends_and_tells_everybody(database: str) -> None:
    async with opened(database, timeout_s=TINY_S) as db:
        id = await begun(db)
        async with stuck(database):
            work = [asyncio.create_task(db.write(Unit(id, [event()]))) for _ in range(50)]
            work += [asyncio.create_task(db.run(presence.beat, "x", 0))]
            await asyncio.sleep(0)
            async with asyncio.timeout(PATIENCE_S):
                await db.close()
            told = await all_of(*work)

    assert [type(error) for error in told] == [Unavailable] * 51


async def test_a_database_that_never_opened_closes(database: str, tmp_path: Path) -> None:
    never = SqliteFile(tmp_path / "nowhere" / "x.db")

    with pytest.raises(Unavailable):
        await never.start()

    await never.close()


# faults of ours are no outage


async def test_a_fault_of_ours_is_raised_as_what_it_is_and_logged(
    db: Database, caplog: pytest.LogCaptureFixture
) -> None:
    id = await begun(db)
    wrong = Sql("SELECT nope FROM ticket")

    def query() -> Command[Any]:
        return (yield wrong, {})

    def forgets() -> Command[Any]:
        return (yield Sql("SELECT CAST(:a AS text)"), {})

    faults = [
        db.read(query),
        db.run(query),
        db.write(Unit(id, also=[(wrong, {})])),
        db.run(forgets),
    ]
    with caplog.at_level(logging.ERROR):
        for fault in faults:
            caplog.clear()
            with pytest.raises(Exception) as raised:
                await fault
            assert not isinstance(raised.value, Unavailable)
            assert "a fault of ours" in caplog.text

    assert (await db.write(Unit(id, [event()]))).seqs == [1]


async def test_a_value_that_a_column_refuses_is_no_outage_either(db: Database) -> None:
    with pytest.raises(Exception, match="refused"):
        await run(db, "INSERT INTO region_seats (region, cap) VALUES ('x', -1)")
    with pytest.raises(Exception, match="clash"):
        await run(db, "INSERT INTO number (n) VALUES (1)")
    with pytest.raises(Exception, match="refused"):
        await run(db, "INSERT INTO node (id, beat_at) VALUES ('x', NULL)")


# SQLite


async def test_a_full_disk_is_unavailable_until_there_is_room(sqlite_database: str) -> None:
    async with opened(sqlite_database) as db:
        id = await begun(db)
        small = await run(db, "PRAGMA page_count")
        await run(db, f"PRAGMA max_page_count = {small[0]['page_count'] + 1}")
        big = [event(bytes(50_000)) for _ in range(3)]

        told = await together(sqlite_database, db, *(db.write(Unit(id, [body])) for body in big))
        await run(db, "PRAGMA max_page_count = 1000000")
        after = await db.write(Unit(id, [event(b"after")]))

        assert [type(error) for error in told] == [Unavailable] * 3
        assert after.seqs == [1]


async def test_a_reader_that_could_not_open_is_opened_again(
    sqlite_database: str, tmp_path: Path
) -> None:
    file = schema.sqlite_path(sqlite_database)
    assert file is not None
    db = SqliteFile(file)
    hidden = tmp_path / "hidden.db"
    file.rename(hidden)
    file.mkdir()
    with pytest.raises(Unavailable):
        await rows(db, "SELECT id FROM node")
    file.rmdir()
    hidden.rename(file)

    assert await rows(db, "SELECT id FROM node") == []
    await db.close()


async def test_the_log_stays_bounded_while_somebody_always_waits(
    sqlite_database: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("handoff.storage.sqlite_file.ROWS_LOGGED", 50)
    async with opened(sqlite_database) as db:
        id = await begun(db)
        sizes = []
        for _ in range(40):
            await all_of(*(db.write(Unit(id, [event(bytes(500))])) for _ in range(20)))
            sizes.append(log_size(db.path))

        assert max(sizes) < 500_000
        assert len(await written(db, id)) == 800


async def test_what_was_erased_is_in_neither_the_file_nor_its_log(sqlite_database: str) -> None:
    async with opened(sqlite_database) as db:
        bodies = [f"ciphertext-{number}-".encode() * 20 for number in range(30)]
        id = await begun(db, *(event(body) for body in bodies), talk=b"ciphertext-talk")
        files = [db.path, Path(f"{db.path}-wal")]
        assert any(b"ciphertext-" in file.read_bytes() for file in files)

        await db.run(conversations.erase, [id])
        await until(lambda: log_size(db.path) == 0)

        assert not any(b"ciphertext-" in file.read_bytes() for file in files)


async def test_a_reader_outside_does_not_stop_the_writer(sqlite_database: str) -> None:
    async with opened(sqlite_database, timeout_s=TINY_S) as db:
        id = await begun(db)
        outside = sqlite3.connect(db.path, isolation_level=None)
        outside.execute("BEGIN")
        outside.execute("SELECT count(*) FROM event").fetchall()
        try:
            for number in range(1, 20):
                assert (await db.write(Unit(id, [event()]))).seqs == [number]
        finally:
            outside.close()


def log_size(path: Path) -> int:
    """How long the write-ahead log of a SQLite file is, in bytes."""
    return Path(f"{path}-wal").stat().st_size


def test_a_file_is_served_by_one_process(tmp_path: Path) -> None:
    first = ServingLock(tmp_path / "x.db")

    with pytest.raises(AlreadyServed, match="another process"):
        ServingLock(tmp_path / "x.db")
    first.release()

    ServingLock(tmp_path / "x.db").release()


# PostgreSQL


async def test_a_server_that_answers_nothing_at_all_is_waited_for_no_longer(
    postgres_database: str,
) -> None:
    """Not even the request to cancel gets an answer: the server's processes are held still."""
    async with opened(postgres_database, timeout_s=TINY_S) as db:
        id = await begun(db)
        await rows(db, "SELECT 1")
        async with held_still(postgres_database) as held, asyncio.timeout(PATIENCE_S):
            told = await all_of(db.write(Unit(id, [event()])), run(db, "SELECT 1"))

        assert held >= 2
        assert [type(error) for error in told] == [Unavailable] * 2
        assert (await again(db, id)).seqs == [1]
        assert await rows(db, "SELECT 1 AS one")


async def test_the_server_is_not_left_with_statements_that_nobody_waits_for(
    postgres_database: str,
) -> None:
    async with opened(postgres_database) as watcher, stuck(postgres_database):
        async with opened(postgres_database, timeout_s=TINY_S) as db:
            await all_of(*(run(db, "SELECT last_seq FROM conversation") for _ in range(4)))

        async with asyncio.timeout(PATIENCE_S):
            while await rows(watcher, f"{BACKENDS} AND wait_event_type = 'Lock'"):
                continue


async def test_a_node_that_freezes_in_a_transaction_lets_go_of_its_locks(
    postgres_database: str,
) -> None:
    async with opened(postgres_database) as db:
        id = await begun(db)
        async with opened(postgres_database, "frozen", timeout_s=TINY_S) as other:
            frozen = await asyncpg.connect(postgres_database, server_settings=other.server_settings)
            await frozen.execute("BEGIN")
            await frozen.execute("SELECT * FROM conversation FOR UPDATE")

            assert (await db.write(Unit(id, [event()]))).seqs == [1]
            assert frozen.is_closed()


async def test_a_server_that_takes_no_writes_any_more_is_an_outage(
    postgres_database: str,
) -> None:
    async with opened(postgres_database) as db:
        (row,) = await rows(db, "SELECT current_database() AS name")
        await run(db, f'ALTER DATABASE "{row["name"]}" SET default_transaction_read_only = on')

    async with opened(postgres_database) as db:
        with pytest.raises(Unavailable):
            await run(db, "INSERT INTO node (id, beat_at) VALUES ('x', 0)")
        with pytest.raises(Unavailable):
            await db.write(opening("c1"))
        assert await rows(db, "SELECT id FROM node") == []


async def test_a_server_that_is_not_there_is_unavailable_at_the_start() -> None:
    with pytest.raises(Unavailable):
        async with opened("postgresql://nobody@127.0.0.1:1/nothing"):
            pass
