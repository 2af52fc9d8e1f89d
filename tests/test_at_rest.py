"""What a visitor said stands nowhere in plain: not in a file, not in a log, not in a column."""

from __future__ import annotations

import os
import secrets
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

from handoff.desk.said import VISITOR, Body, Said
from handoff.storage import schema
from handoff.storage.database import Database
from handoff.storage.keys import Vault, place, seal
from handoff.storage.units import Unit
from tests.support.storing import begun, event, opened, opening, row_of, rows, run

#: A word that stands nowhere else, also not in what another test left.
MARK = f"zwartboek-{secrets.token_hex(8)}"
WHEN = datetime(2026, 11, 23, 14, 0, tzinfo=UTC)
COLUMNS_OF_SQLITE = (
    "SELECT t.name AS table_name, c.name AS column_name"
    " FROM sqlite_master t JOIN pragma_table_info(t.name) c WHERE t.type = 'table'"
)
COLUMNS_OF_POSTGRES = (
    "SELECT table_name, column_name FROM information_schema.columns WHERE table_schema = 'public'"
)


async def say(db: Database, vault: Vault) -> None:
    """A visitor who types, presses a button, and is remembered, as the desk writes it."""
    keys = vault.new("c1", "north", WHEN.date(), "talk")
    said = [
        Said(
            f"e{number}",
            VISITOR,
            "text",
            WHEN,
            Body(f"{MARK} {number}", buttons=((MARK, MARK, MARK),), by=MARK, name=MARK),
            client_id=f"m{number}",
        )
        for number in range(20)
    ]
    sealed = [one.sealed("c1", keys, os.urandom) for one in said]
    talk = seal(keys.cipher, os.urandom, MARK.encode(), place("conversation", "c1", "talk", "talk"))
    first = opening("c1", *sealed[:1], talk=talk)
    first.keys = [("c1", "talk", keys.key_id, keys.wrapped)]
    await db.write(first)
    for number in range(1, len(sealed)):
        await db.write(Unit("c1", [sealed[number]], row=row_of(talk=talk), expects=number))


async def every_value(db: Any) -> list[bytes]:
    """Every value of every column of every table, as a dump would hold it."""
    found = []
    columns = await rows(db, COLUMNS_OF_POSTGRES if db.shared else COLUMNS_OF_SQLITE)
    for column in columns:
        table, name = column["table_name"], column["column_name"]
        for row in await rows(db, f'SELECT "{name}" AS value FROM "{table}"'):
            value = row["value"]
            found.append(value if isinstance(value, bytes) else str(value).encode())
    return found


async def raw_files(url: str, db: Database) -> list[bytes]:
    """The database's files byte for byte, logs too; not those of the databases of other tests."""
    path = schema.sqlite_path(url)
    folder = path.parent if path is not None else Path(parse_qs(urlsplit(url).query)["host"][0])
    others: set[str] = set()
    if db.shared:
        found_oids = await rows(
            db, "SELECT oid FROM pg_database WHERE datname <> current_database()"
        )
        others = {str(row["oid"]) for row in found_oids}
    found = []
    for file in folder.rglob("*"):
        if file.parent.name in others and file.parent.parent.name == "base":
            continue
        # a server at work removes some while we look
        with suppress(FileNotFoundError):
            if file.is_file():
                found.append(file.read_bytes())
    return found


async def test_what_was_said_stands_in_no_file_log_or_column(
    database: str, db: Database, tmp_path_factory: Any
) -> None:
    vault = Vault(tmp_path_factory.mktemp("keys"), b"m" * 32)

    await say(db, vault)
    if db.shared:
        await run(db, "SELECT pg_switch_wal()")

    values, files = await every_value(db), await raw_files(database, db)
    assert len(await rows(db, "SELECT seq FROM event")) == 20
    assert not [value for value in values if MARK.encode() in value]
    assert not [raw for raw in files if MARK.encode() in raw]


async def test_this_search_finds_what_is_not_sealed(database: str) -> None:
    """Otherwise the test above would say nothing."""
    plain = f"in plain {os.urandom(4).hex()}".encode()
    async with opened(database) as db:
        await begun(db, event(plain))

        assert [value for value in await every_value(db) if plain in value]
        assert [raw for raw in await raw_files(database, db) if plain in raw]
