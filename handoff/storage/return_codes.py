"""Return codes, as hashes."""

from __future__ import annotations

from handoff.storage import sql
from handoff.storage.sql import Command, Sql
from handoff.storage.tables import ReturnCode

ADD = sql.upsert(ReturnCode)
FIND = Sql("SELECT conversation FROM return_code WHERE lookup = :lookup AND until > :now")


def add(lookup: bytes, conversation: str, region: str, until: int) -> Command[None]:
    """Keeps a code until its term is over."""
    values = {"lookup": lookup, "conversation": conversation, "region": region, "until": until}
    yield ADD, values


def find(lookup: bytes, now: int) -> Command[bool]:
    """Whether a code is there and good."""
    rows = yield FIND, {"lookup": lookup, "now": now}
    return bool(rows)
