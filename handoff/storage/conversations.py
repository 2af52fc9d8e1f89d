"""Reading and ending conversations: statements and commands, no rules."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from handoff.storage import sql
from handoff.storage.sql import Command, Ring, Row, Sql
from handoff.storage.tables import PresenceRow
from handoff.storage.units import EVENTS, LOCKED, NUMBERED, NewEvent

BY_ID = Sql(
    "SELECT c.*, k.key_id, k.wrapped FROM conversation c"
    " LEFT JOIN conversation_key k ON k.conversation = c.id AND k.purpose = 'talk'"
    " WHERE c.id = :id"
)
ID_OF_TOKEN = Sql("SELECT id FROM conversation WHERE token = :token")
TICKET_OF = Sql("SELECT * FROM ticket WHERE conversation = :id")
EVENTS_AFTER = Sql(
    "SELECT seq, id, author, client_id, kind, at, body FROM event"
    " WHERE conversation = :id AND seq > :after ORDER BY seq"
)
IDLE = Sql(
    "SELECT id FROM conversation WHERE idle_at <= :now AND state = 'intake' ORDER BY idle_at"
)
SET_STATE = Sql(
    "UPDATE conversation SET state = :state, reason = :reason, idle_at = NULL WHERE id = :id"
)
SET_TALK = Sql("UPDATE conversation SET talk = :talk WHERE id = :id")
SET_ERASE = Sql("UPDATE conversation SET erase_at = :erase_at WHERE id = :id")
DROP_TOKEN = Sql("UPDATE conversation SET token = NULL WHERE id = :id")
DUE_TO_ERASE = Sql("SELECT id FROM conversation WHERE erase_at <= :now ORDER BY erase_at LIMIT 500")
DROP_KEYS = Sql("DELETE FROM conversation_key WHERE conversation IN :ids[]")
DROP_EVENTS = Sql("DELETE FROM event WHERE conversation IN :ids[]")
DROP_TALK = Sql(
    "UPDATE conversation SET talk = NULL, token = NULL, erase_at = NULL WHERE id IN :ids[]"
)
KEYS_IN_USE = Sql("SELECT DISTINCT key_id FROM conversation_key")
SET_PRESENCE = sql.upsert(PresenceRow)
DROP_PRESENCE = Sql("DELETE FROM presence WHERE subject IN :subjects[]")


@dataclass(frozen=True, slots=True)
class Loaded:
    """All that is stored of one conversation, still encrypted."""

    conversation: Row
    ticket: Row | None
    events: Sequence[Row]


def load(id: str, after: int = 0) -> Command[Loaded | None]:
    """The conversation, its ticket, and its events above `after`, as of one moment."""
    rows = yield BY_ID, {"id": id}
    if not rows:
        return None
    tickets = yield TICKET_OF, {"id": id}
    events = yield EVENTS_AFTER, {"id": id, "after": after}
    return Loaded(rows[0], tickets[0] if tickets else None, events)


def id_of_token(token: bytes) -> Command[str | None]:
    """The conversation that a token's hash belongs to."""
    rows = yield ID_OF_TOKEN, {"token": token}
    return str(rows[0]["id"]) if rows else None


def append(id: str, events: Sequence[NewEvent]) -> Command[int]:
    """Adds events inside another command, after its locks; the last number comes back."""
    rows = yield LOCKED, {"ids": [id]}
    seq = int(rows[0]["last_seq"])
    values = []
    for event in events:
        seq += 1
        values.append(
            (id, seq, event.id, event.author, event.client_id, event.kind, event.at, event.body)
        )
    if values:
        yield EVENTS, values
        yield NUMBERED, [(id, seq)]
    yield Ring((f"c/{id}/{seq}",))
    return seq


def idle(now: int) -> Command[list[str]]:
    """Intakes that fell silent."""
    rows = yield IDLE, {"now": now}
    return [str(row["id"]) for row in rows]


def due_to_erase(now: int) -> Command[list[str]]:
    """Conversations whose time has come."""
    rows = yield DUE_TO_ERASE, {"now": now}
    return [str(row["id"]) for row in rows]


def erase(ids: Sequence[str]) -> Command[int]:
    """Erases what was said: keys, events, talk, token. The ticket's dates and level stay."""
    # nothing is written to them between one statement and the next
    yield LOCKED, {"ids": ids}
    yield DROP_KEYS, {"ids": ids}
    yield DROP_EVENTS, {"ids": ids}
    yield DROP_TALK, {"ids": ids}
    yield DROP_PRESENCE, {"subjects": [f"visitor/{id}" for id in ids]}
    return len(ids)


def keys_in_use() -> Command[set[str]]:
    """The day keys that some conversation still needs."""
    rows = yield KEYS_IN_USE, {}
    return {str(row["key_id"]) for row in rows}


def presence_values(
    subject: str, node: str, state: str, linked: bool, since: int
) -> Mapping[str, Any]:
    """The parameters of `SET_PRESENCE`."""
    return {"subject": subject, "node": node, "state": state, "linked": linked, "since": since}
