"""The tables that the migrations make are those that the code declares, on both databases."""

from __future__ import annotations

import asyncio
import secrets
import sqlite3
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from pathlib import Path
from typing import Any

import asyncpg
import pytest
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import Connection, inspect
from sqlmodel import SQLModel

from handoff.storage import schema, tables
from handoff.storage.schema import BadDatabase, OldSchema
from tests.conftest import _create, _named

REVISION = "0005"


@pytest.fixture(params=["sqlite", pytest.param("postgres", marks=pytest.mark.postgres)])
def empty(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """A database without any table."""
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path / 'empty.db'}"
    url = request.getfixturevalue("postgres_url")
    name = f"empty_{secrets.token_hex(6)}"
    asyncio.run(_create(url, name))
    return _named(url, name)


def looked_at(url: str, look: Any) -> Any:
    """What a look at the open database finds."""
    return schema._with_connection(url, look)


def table_names(url: str) -> set[str]:
    """The tables that are there."""
    return set(looked_at(url, lambda connection: inspect(connection).get_table_names()))


def differences(connection: Connection) -> list[Any]:
    """What a new migration would have to change."""
    context = MigrationContext.configure(connection, opts={"compare_server_default": True})
    return list(compare_metadata(context, SQLModel.metadata))


def checks(connection: Connection) -> set[tuple[str, str]]:
    """The CHECK constraints, which Alembic does not compare."""
    look = inspect(connection)
    return {
        (table, str(found["name"]))
        for table in look.get_table_names()
        for found in look.get_check_constraints(table)
    }


def test_the_migrations_make_the_tables_of_the_code(database: str) -> None:
    assert looked_at(database, differences) == []


def test_the_migrations_make_the_constraints_of_the_code(database: str) -> None:
    declared = {
        (table.name, str(found.name))
        for table in SQLModel.metadata.tables.values()
        for found in table.constraints
        if type(found).__name__ == "CheckConstraint"
    }

    assert looked_at(database, checks) == declared
    assert ("seat", "seat_n") in declared


def test_the_queue_has_its_index(database: str) -> None:
    def look(connection: Connection) -> Any:
        return {found["name"]: found for found in inspect(connection).get_indexes("ticket")}

    index = looked_at(database, look)["ticket_queue"]

    assert index["column_names"] == ["queue_region", "band", "queue_at", "id"]
    assert "waiting" in " ".join(map(str, index["dialect_options"].values()))


def test_migrating_twice_changes_nothing_and_check_is_content(empty: str) -> None:
    assert schema.migrate(empty) is True
    before = table_names(empty)
    assert schema.migrate(empty) is False

    schema.check(empty)
    assert table_names(empty) == before
    assert before == {*SQLModel.metadata.tables, "alembic_version"}


def test_two_that_migrate_at_once_do_it_once(empty: str) -> None:
    with ThreadPoolExecutor() as both:
        list(both.map(schema.migrate, [empty] * 4))

    schema.check(empty)


def test_a_migration_that_fails_leaves_nothing_behind(empty: str) -> None:
    path = schema.sqlite_path(empty)
    if path is not None:
        with closing(sqlite3.connect(path)) as connection:
            connection.execute("CREATE TABLE seat (x int)")
    else:
        asyncio.run(_execute(empty, "CREATE TABLE seat (x int)"))

    with pytest.raises(Exception, match="seat"):
        schema.migrate(empty)

    assert table_names(empty) == {"seat"}


async def _execute(url: str, statement: str) -> None:
    connection = await asyncpg.connect(url)
    try:
        await connection.execute(statement)
    finally:
        await connection.close()


def test_the_first_migration_can_be_undone_and_done_again(empty: str) -> None:
    schema.migrate(empty)

    looked_at(empty, lambda connection: command.downgrade(schema._config(connection), "base"))

    assert table_names(empty) == {"alembic_version"}
    schema.migrate(empty)
    schema.check(empty)


def test_check_says_of_an_empty_database_what_to_do(empty: str) -> None:
    with pytest.raises(OldSchema, match=r"^there are no tables yet; run `voordeur migrate`$"):
        schema.check(empty)


def test_check_makes_no_file(tmp_path: Path) -> None:
    with pytest.raises(OldSchema):
        schema.check(f"sqlite:///{tmp_path / 'below' / 'typo.db'}")

    assert list(tmp_path.iterdir()) == []


def test_check_says_of_an_old_database_what_to_do(empty: str) -> None:
    schema.migrate(empty)
    looked_at(
        empty,
        lambda connection: connection.exec_driver_sql(
            "UPDATE alembic_version SET version_num = '0000'"
        ),
    )

    with pytest.raises(OldSchema, match=rf"at 0000, the program at {REVISION}.*backup"):
        schema.check(empty)


@pytest.mark.parametrize(
    "url", ["mysql://x/y", "sqlite://memory", "", "x.db", "postgresql+asyncpg://x/y"]
)
def test_a_database_of_another_kind_is_refused(url: str) -> None:
    for use in (schema.sqlite_path, schema.check, schema.migrate):
        with pytest.raises(BadDatabase, match="sqlite:///"):
            use(url)


def test_a_database_that_does_not_open_is_said_without_its_password(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("not a folder")
    for url in (
        "postgresql://somebody:geheim@127.0.0.1:1/nothing",
        f"sqlite:///{tmp_path}",
        f"sqlite:///{tmp_path / 'file' / 'x.db'}",
    ):
        with pytest.raises(BadDatabase, match="does not open") as refused:
            schema.migrate(url)
        assert "geheim" not in str(refused.value)


def test_the_hard_ceiling_of_the_tables_is_three_chats() -> None:
    """R17."""
    assert tables.MOST_CHATS == 3
