"""Units: all rows of one turn, and how many of them become one commit.

`seq` is given here, inside the transaction, while the conversation's row is locked: it is
contiguous whatever node writes. A unit that repeats a client id changes nothing and gets the first
`seq` back. A unit that was worked out from an older state of the conversation is refused whole;
what a caseworker said meanwhile makes no state older, so that a visitor in danger, whose words
change the level, is not refused because both type at once.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from handoff.storage import hearings, sql
from handoff.storage.sql import Bulk, Command, Ring, Row, Sql
from handoff.storage.tables import Conversation, ConversationKey, EventRow

CLOSED = "closed"
#: The author of what a caseworker says, before the username.
CASEWORKER = "caseworker/"


class Conflict(Exception):
    """Raised when the conversation changed since the unit was worked out, or is there already
    though the unit opens it: load it and try again."""


class Ended(Exception):
    """Raised when the conversation is closed: nothing more is written to it."""


@dataclass(slots=True)
class NewEvent:
    """An event without its number. `body` is encrypted; `client_id` is its sender's own."""

    id: str
    author: str
    kind: str
    at: int
    body: bytes
    client_id: str | None = None

    @property
    def moves(self) -> bool:
        """Whether a turn that was worked out without it is out of date: `MOVED` asks the same."""
        return self.kind != "text" or not self.author.startswith(CASEWORKER)


@dataclass(slots=True)
class Unit:
    """All rows of one turn of one conversation.

    `opens` and `keys` are the rows of a conversation that is written for the first time. `row`
    holds the mutable columns, when they changed; then `expects` is the `last_seq` they were worked
    out from. `also` are statements of the same turn, `counts` what it adds to the figures, and
    `bells` the regions whose queue changed. A `late` unit is written to a closed conversation too:
    a caseworker's note.
    """

    conversation: str
    events: Sequence[NewEvent] = ()
    opens: Sequence[Any] | None = None
    keys: Sequence[Sequence[Any]] = ()
    row: Mapping[str, Any] | None = None
    expects: int | None = None
    also: Sequence[tuple[Sql, Mapping[str, Any]]] = ()
    counts: Sequence[hearings.Count] = ()
    bells: tuple[str, ...] = ()
    late: bool = False


@dataclass(slots=True)
class Outcome:
    """What became of a unit: the number of each of its events."""

    seqs: list[int] = field(default_factory=list)
    duplicate: bool = False
    error: Exception | None = None


#: The columns that a turn may change; all of them are written when one did.
MUTABLE = ("token", "region", "language", "state", "reason", "idle_at", "erase_at", "talk")
_ALL = sql.columns_of(Conversation)
OPEN_COLUMNS = tuple(_ALL)

OPEN = Bulk(
    _ALL,
    f"INSERT INTO conversation ({', '.join(_ALL)}) SELECT {', '.join(_ALL)} FROM {{rows}}"
    " WHERE true ON CONFLICT DO NOTHING",
)
KEYS = Bulk(
    sql.columns_of(ConversationKey),
    "INSERT INTO conversation_key (conversation, purpose, key_id, wrapped)"
    " SELECT conversation, purpose, key_id, wrapped FROM {rows} WHERE true ON CONFLICT DO NOTHING",
)
#: Lock order everywhere: see `seats`. Here tickets by id, then conversations by id.
TICKETS_LOCKED = Sql(
    "SELECT id FROM ticket WHERE conversation IN :ids[] ORDER BY id FOR NO KEY UPDATE"
)
LOCKED = Sql(
    "SELECT id, last_seq, state FROM conversation WHERE id IN :ids[] ORDER BY id FOR NO KEY UPDATE"
)
SEEN = Bulk(
    {"conversation": "text", "author": "text", "client_id": "text"},
    "SELECT event.conversation, event.author, event.client_id, event.seq FROM {rows}"
    " JOIN event ON event.conversation = rows.conversation AND event.author = rows.author"
    " AND event.client_id = rows.client_id",
)
#: The number of the last event that is more than a caseworker's words, after what was expected.
MOVED = Bulk(
    {"conversation": "text", "expects": "integer"},
    "SELECT rows.conversation, MAX(event.seq) AS seq FROM {rows}"
    " JOIN event ON event.conversation = rows.conversation AND event.seq > rows.expects"
    " WHERE event.kind <> 'text'"
    f" OR substr(event.author, 1, {len(CASEWORKER)}) <> '{CASEWORKER}'"
    " GROUP BY rows.conversation",
)
_EVENT = sql.columns_of(EventRow)
EVENTS = Bulk(
    _EVENT,
    f"INSERT INTO event ({', '.join(_EVENT)}) SELECT {', '.join(_EVENT)} FROM {{rows}} WHERE true",
)
NUMBERED = Bulk(
    {"id": "text", "last_seq": "integer"},
    "UPDATE conversation SET last_seq = rows.last_seq FROM {rows} WHERE conversation.id = rows.id",
)
_ROW = {"id": "text", **{name: _ALL[name] for name in MUTABLE}}
CHANGED = Bulk(
    _ROW,
    "UPDATE conversation SET "
    + ", ".join(f"{name} = rows.{name}" for name in MUTABLE)
    + " FROM {rows} WHERE conversation.id = rows.id",
)


def commit(units: Sequence[Unit]) -> Command[list[Outcome]]:
    """Writes many units in one transaction; the outcome of each comes back in order."""
    opened = [unit.opens for unit in units if unit.opens is not None]
    if opened:
        yield OPEN, opened
        yield KEYS, [key for unit in units for key in unit.keys]
    with_tickets = sorted({unit.conversation for unit in units if unit.also})
    if with_tickets:
        yield TICKETS_LOCKED, {"ids": with_tickets}
    ids = sorted({unit.conversation for unit in units})
    rows = yield LOCKED, {"ids": ids}
    batch = _Batch({row["id"]: row for row in rows})
    yield from batch.find_duplicates(units)
    yield from batch.find_moved(units)
    outcomes = [batch.place(unit) for unit in units]
    yield from batch.write()
    return outcomes


class _Batch:
    """One transaction in the making: numbers given, rows gathered."""

    def __init__(self, conversations: dict[str, Row]) -> None:
        self.last = {id: row["last_seq"] for id, row in conversations.items()}
        self.closed = {id for id, row in conversations.items() if row["state"] == CLOSED}
        self.numbers: dict[tuple[str, str, str | None], int] = {}
        #: the last event of each that a turn must have known
        self.moved: dict[str, int] = {}
        self.events: list[tuple[Any, ...]] = []
        self.raised: set[str] = set()
        self.rows: dict[str, list[Any]] = {}
        self.also: list[tuple[Sql, Mapping[str, Any]]] = []
        self.counts: list[hearings.Count] = []
        self.bells: dict[str, None] = {}

    def find_duplicates(self, units: Sequence[Unit]) -> Command[None]:
        """Looks up the client ids that were written before."""
        asked = [
            (unit.conversation, event.author, event.client_id)
            for unit in units
            for event in unit.events
            if event.client_id is not None
        ]
        if asked:
            for row in (yield SEEN, asked):
                key = (row["conversation"], row["author"], row["client_id"])
                self.numbers[key] = row["seq"]

    def find_moved(self, units: Sequence[Unit]) -> Command[None]:
        """Looks up what was written since those units were worked out that are behind."""
        behind = [
            (unit.conversation, unit.expects)
            for unit in units
            if unit.expects is not None and unit.expects < self.last.get(unit.conversation, 0)
        ]
        if behind:
            for row in (yield MOVED, behind):
                self.moved[row["conversation"]] = row["seq"]

    def place(self, unit: Unit) -> Outcome:
        """Numbers the events of a unit, or says why it is not written."""
        first = self._duplicate_of(unit)
        if first is not None:
            return Outcome([first], duplicate=True)
        name = unit.conversation
        if name not in self.last or (name in self.closed and not unit.late):
            return Outcome(error=Ended(name))
        if self._is_behind(unit):
            return Outcome(error=Conflict(name))
        seqs = [self._number(name, event) for event in unit.events]
        if unit.row is not None:
            self.rows[name] = [name, *(unit.row[column] for column in MUTABLE)]
            if unit.row["state"] == CLOSED:
                self.closed.add(name)
        self.also.extend(unit.also)
        self.counts.extend(unit.counts)
        for bell in (f"c/{name}/{self.last[name]}", *unit.bells):
            self.bells[bell] = None
        return Outcome(seqs)

    def _is_behind(self, unit: Unit) -> bool:
        """Whether it was worked out from another state than the one that it would change."""
        last: int = self.last[unit.conversation]
        if unit.opens is not None:
            return last > 0
        if unit.expects is None or unit.expects == last:
            return False
        return unit.expects > last or self.moved.get(unit.conversation, -1) > unit.expects

    def _duplicate_of(self, unit: Unit) -> int | None:
        for event in unit.events:
            if event.client_id is not None:
                key = (unit.conversation, event.author, event.client_id)
                if key in self.numbers:
                    return self.numbers[key]
        return None

    def _number(self, conversation: str, event: NewEvent) -> int:
        seq: int = self.last[conversation] + 1
        self.last[conversation] = seq
        self.raised.add(conversation)
        if event.moves:
            self.moved[conversation] = seq
        if event.client_id is not None:
            self.numbers[(conversation, event.author, event.client_id)] = seq
        self.events.append(
            (
                conversation,
                seq,
                event.id,
                event.author,
                event.client_id,
                event.kind,
                event.at,
                event.body,
            )
        )
        return seq

    def write(self) -> Command[None]:
        """The rows, gathered over all units."""
        if self.events:
            yield EVENTS, self.events
            yield NUMBERED, [(name, self.last[name]) for name in sorted(self.raised)]
        if self.rows:
            yield CHANGED, [self.rows[name] for name in sorted(self.rows)]
        # not `yield from`: the rows that are sent here cannot go to a list
        for statement in self.also:  # noqa: UP028
            yield statement
        yield from hearings.add(self.counts)
        if self.bells:
            yield Ring(tuple(self.bells))
