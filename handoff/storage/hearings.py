"""How often danger was heard, and what caseworkers made of it: numbers for the pilot.

They are added to the rows of the turn that they come from, in the same transaction, so nothing is
counted twice or lost. Many conversations share a row, so these are locked last of all and in the
order of their keys: nodes that count at the same moment wait for each other, and never in a ring.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from sqlmodel import SQLModel

from handoff.storage import sql
from handoff.storage.sql import Bulk, Command, Row, Sql
from handoff.storage.tables import HeardLevel, HeardSignal


@dataclass(frozen=True, slots=True)
class Count:
    """What one turn adds. `key` is (region, day, level), or (month, signal) of a signal."""

    key: tuple[str, ...]
    heard: int = 0
    agreed: int = 0
    struck: int = 0


def _adding(table: type[SQLModel], *keys: str) -> Bulk:
    columns = sql.columns_of(table)
    names, name = ", ".join(columns), table.__tablename__
    sums = ", ".join(f"{one} = {name}.{one} + excluded.{one}" for one in columns if one not in keys)
    return Bulk(
        columns,
        f"INSERT INTO {name} ({names}) SELECT {names} FROM {{rows}} WHERE true"
        f" ORDER BY {', '.join(keys)} ON CONFLICT ({', '.join(keys)}) DO UPDATE SET {sums}",
    )


#: By the length of their keys; levels first.
ADD = {3: _adding(HeardLevel, "region", "day", "level"), 2: _adding(HeardSignal, "month", "signal")}
LEVELS = Sql(
    "SELECT region, day, level, heard, agreed, struck FROM heard_level"
    " WHERE day >= :first AND day <= :last AND (region = :region OR :region = '')"
    " ORDER BY day, region, level"
)
SIGNALS = Sql(
    "SELECT month, signal, heard, agreed, struck FROM heard_signal"
    " WHERE month >= :first AND month <= :last ORDER BY month, signal"
)


def add(counts: Iterable[Count]) -> Command[None]:
    """Adds them up: the last statements of a transaction, one for each table."""
    sums: dict[tuple[str, ...], list[int]] = {}
    for one in counts:
        found = sums.setdefault(one.key, [0, 0, 0])
        for at, number in enumerate((one.heard, one.agreed, one.struck)):
            found[at] += number
    for length, statement in ADD.items():
        rows = [(*key, *sums[key]) for key in sorted(sums) if len(key) == length]
        if rows:
            yield statement, rows


def levels(first: str, last: str, region: str = "") -> Command[list[Row]]:
    """Levels heard from one day to another, both included, in one region or in all."""
    return (yield LEVELS, {"first": first, "last": last, "region": region})


def signals(first: str, last: str) -> Command[list[Row]]:
    """Signals heard from one month to another, both included."""
    return (yield SIGNALS, {"first": first, "last": last})
