"""Every table, as SQLModel classes: the schema, its comments, and what stands there in clear.

In clear, and only these: random ids, states, levels, regions, languages, queue times, order flags,
releases, numbers, sizes, counts and who served. Everything that a visitor said or answered is
encrypted (`keys`). Times are whole microseconds since 1970 UTC. Migrations follow this file; a test
compares.
"""

from __future__ import annotations

from handoff.storage.tables.chats import (
    MOST_CHATS,
    CaseworkerSeats,
    Conversation,
    ConversationKey,
    Escalation,
    EventRow,
    NotAgain,
    Number,
    RegionSeats,
    Release,
    ReturnCode,
    Seat,
    Served,
    Ticket,
)
from handoff.storage.tables.hearing import (
    DangerAccepted,
    DangerExample,
    HeardLevel,
    HeardSignal,
)
from handoff.storage.tables.people import (
    Account,
    Audit,
    Ledger,
    LoginSession,
    Node,
    Operation,
    PresenceRow,
    Roster,
)

__all__ = [
    "MOST_CHATS",
    "Account",
    "Audit",
    "CaseworkerSeats",
    "Conversation",
    "ConversationKey",
    "DangerAccepted",
    "DangerExample",
    "Escalation",
    "EventRow",
    "HeardLevel",
    "HeardSignal",
    "Ledger",
    "LoginSession",
    "Node",
    "NotAgain",
    "Number",
    "Operation",
    "PresenceRow",
    "RegionSeats",
    "Release",
    "ReturnCode",
    "Roster",
    "Seat",
    "Served",
    "Ticket",
]
