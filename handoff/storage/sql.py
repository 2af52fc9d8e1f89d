"""Statements for both databases, and commands: transactions written as generators.

A command yields statements and is sent their rows; it knows neither database nor event loop. The
SQLite thread drives it synchronously, the PostgreSQL pool asynchronously, and both roll it back
when it raises. So every rule that needs a lock is written once, and can be tested on either.

    def decline(ticket: str) -> Command[bool]:
        rows = yield DECLINE, {"ticket": ticket}
        return bool(rows)
"""

from __future__ import annotations

import re
from collections.abc import Generator, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, TypeVar

import msgspec
from sqlalchemy import text
from sqlalchemy.dialects import sqlite
from sqlalchemy.dialects.postgresql import asyncpg
from sqlmodel import SQLModel

#: SQLite has one writer and needs no row locks.
LOCK = re.compile(r"\s+FOR (NO KEY )?UPDATE( OF \w+)?( SKIP LOCKED)?")
#: `IN :names[]` is a list in one parameter: an array there, a JSON text here.
LIST = re.compile(r"IN :(\w+)\[\]")

_SQLITE = sqlite.dialect(paramstyle="named")
_POSTGRES = asyncpg.dialect()  # type: ignore[no-untyped-call]

Row = Mapping[str, Any]
T = TypeVar("T")


class BadText(Exception):
    """Raised for a text that holds a NUL: PostgreSQL refuses it, SQLite would cut it off there."""


class Sql:
    """One statement with `:named` parameters, compiled once for each database.

    The text is PostgreSQL's; for SQLite its lock clauses are dropped and lists become JSON.
    """

    def __init__(self, statement: str) -> None:
        self.lists = frozenset(LIST.findall(statement))
        for_postgres = LIST.sub(r"= ANY(CAST(:\1 AS text[]))", statement)
        for_sqlite = LOCK.sub("", LIST.sub(r"IN (SELECT value FROM json_each(:\1))", statement))
        compiled = text(for_postgres).compile(dialect=_POSTGRES)
        self.postgres = str(compiled)
        self.names: tuple[str, ...] = tuple(compiled.positiontup or ())
        self.sqlite = str(text(for_sqlite).compile(dialect=_SQLITE))

    def for_sqlite(self, given: Mapping[str, Any]) -> Mapping[str, Any]:
        """The parameters as SQLite takes them."""
        if not self.lists:
            return given
        return {
            name: msgspec.json.encode(value).decode() if name in self.lists else value
            for name, value in given.items()
        }

    def for_postgres(self, given: Mapping[str, Any]) -> Sequence[Any]:
        """The parameters in the order of PostgreSQL's `$1`, `$2` ..."""
        return [given[name] for name in self.names]


class Bulk:
    """One statement over many rows: `{rows}` stands for them, as a table of `columns`.

    One parameter holds them all (`json_each`, with the blobs beside it in one piece) or one array
    a column (`unnest`): the interpreter lock is let go once a batch, not once a row.
    """

    def __init__(self, columns: Mapping[str, str], statement: str) -> None:
        self.columns = dict(columns)
        self.postgres = statement.replace("{rows}", self._unnest())
        self.sqlite = LOCK.sub("", statement.replace("{rows}", self._json_each()))

    def _unnest(self) -> str:
        arrays = ", ".join(
            f"${number}::{kind}[]" for number, kind in enumerate(self.columns.values(), 1)
        )
        return f"unnest({arrays}) AS rows({', '.join(self.columns)})"

    def _json_each(self) -> str:
        parts, number = [], 0
        for name, kind in self.columns.items():
            value = f"json_extract(value, '$[{number}]')"
            if kind == "bytea":
                length = f"json_extract(value, '$[{number + 1}]')"
                # a null stays null; where nothing is cut `substr` may say null, and means empty
                cut = f"coalesce(substr(:blobs, {value}, {length}), x'')"
                value = f"CASE WHEN {value} IS NOT NULL THEN {cut} END"
                number += 1
            number += 1
            parts.append(f"{value} AS {name}")
        return f"(SELECT {', '.join(parts)} FROM json_each(:rows)) AS rows"

    def for_sqlite(self, rows: Sequence[Sequence[Any]]) -> Mapping[str, Any]:
        """All rows as one JSON text and one blob. Raises `BadText`."""
        kinds = tuple(kind == "bytea" for kind in self.columns.values())
        if not any(kinds):
            return {"rows": _json(rows)}
        blobs: list[bytes] = []
        position = 1
        flat = []
        for row in rows:
            values: list[Any] = []
            for blob, value in zip(kinds, row, strict=True):
                if not blob:
                    values.append(value)
                elif value is None:
                    values += (None, 0)
                else:
                    values += (position, len(value))
                    position += len(value)
                    blobs.append(value)
            flat.append(values)
        return {"rows": _json(flat), "blobs": b"".join(blobs)}

    def for_postgres(self, rows: Sequence[Sequence[Any]]) -> Sequence[Any]:
        """All rows as one array a column."""
        if not rows:
            return [[] for _ in self.columns]
        return [list(column) for column in zip(*rows, strict=True)]


def _json(rows: Sequence[Sequence[Any]]) -> str:
    text = msgspec.json.encode(rows).decode()
    # the quick look also finds a backslash before `u0000`
    if "\\u0000" in text and any(
        isinstance(value, str) and "\0" in value for row in rows for value in row
    ):
        raise BadText("a text holds a NUL")
    return text


@dataclass(frozen=True, slots=True)
class Ring:
    """The doorbell for other nodes, rung inside the transaction: what changed, not how.

    A bell is `c/<conversation>/<seq>` or `r/<region>`; who has a socket for it reads the rows.
    """

    bells: tuple[str, ...]


Statement = tuple[Sql, Mapping[str, Any]] | tuple[Bulk, Sequence[Sequence[Any]]] | Ring
Command = Generator[Statement, list[Row], T]


class Again(Exception):
    """Raised inside a command to play it from its beginning: what it has to lock first was not
    there then, and is now."""


class Rollback(Exception):
    """Raised inside a command to undo it; `reason` is what the caller hears."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


def insert(table: type[SQLModel], *, or_ignore: bool = False) -> Sql:
    """`INSERT` of one row of a table, every column a parameter of its name."""
    columns = [column.name for column in _table(table).columns]
    names, values = ", ".join(columns), ", ".join(f":{name}" for name in columns)
    ending = " ON CONFLICT DO NOTHING" if or_ignore else ""
    return Sql(f"INSERT INTO {_table(table).name} ({names}) VALUES ({values}){ending}")


def upsert(table: type[SQLModel]) -> Sql:
    """`INSERT`, or the new values where the primary key is there already."""
    columns = [column.name for column in _table(table).columns]
    keys = [column.name for column in _table(table).primary_key.columns]
    sets = ", ".join(f"{name} = excluded.{name}" for name in columns if name not in keys)
    return Sql(
        f"INSERT INTO {_table(table).name} ({', '.join(columns)})"
        f" VALUES ({', '.join(f':{name}' for name in columns)})"
        f" ON CONFLICT ({', '.join(keys)}) DO UPDATE SET {sets}"
    )


def values_of(row: SQLModel) -> dict[str, Any]:
    """The columns of a row object, as parameters of `insert` and `upsert`."""
    return {column.name: getattr(row, column.name) for column in _table(type(row)).columns}


def columns_of(table: type[SQLModel], leave_out: Iterable[str] = ()) -> dict[str, str]:
    """The columns of a table with the PostgreSQL type of each, for a `Bulk`."""
    kinds = {"VARCHAR": "text", "BLOB": "bytea", "BYTEA": "bytea"}
    found = {}
    for column in _table(table).columns:
        if column.name not in leave_out:
            name = str(column.type.compile(dialect=_POSTGRES))
            found[column.name] = kinds.get(name, name.lower())
    return found


def _table(table: type[SQLModel]) -> Any:
    return table.__table__  # type: ignore[attr-defined]
