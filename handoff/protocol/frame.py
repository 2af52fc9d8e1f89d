"""What every frame is made of: its base, the words of its fields, and how one is refused."""

from __future__ import annotations

import re
from typing import Literal, get_args

from msgspec import Struct

ID = re.compile(r"[A-Za-z0-9_-]{1,64}")
#: C0 and C1 controls except tab, line feed and carriage return; lone surrogates cannot be stored.
UNPRINTABLE = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ud800-\udfff]")

ErrorCode = Literal[
    "bad_frame",
    "too_large",
    "unknown_type",
    "wrong_state",
    "unknown_region",
    "bad_token",
    "bad_id",
    "bad_text",
    "too_long",
    "bad_payload",
    "rate_limited",
    "closed",
    "unavailable",
    "internal",
    "taken",
    "no_seat",
    "not_offered",
    "expired",
    "not_yours",
    "forbidden",
    "unknown_ticket",
    "not_open",
]
ERROR_CODES: tuple[str, ...] = get_args(ErrorCode)

From = Literal["bot", "visitor", "caseworker", "system"]
Kind = Literal["text", "question", "emergency", "notice", "note"]
ConversationState = Literal["intake", "waiting", "active", "closed"]
TicketState = Literal["waiting", "offered", "active", "wrap_up", "closed", "missed"]
ClosedReason = Literal["hours", "ended", "left", "blocked"]
Wait = Literal["soon", "about_5", "5_to_15", "over_15", "unknown"]
Staff = Literal["here", "called", "full", "rung", "none"]
VisitorState = Literal["online", "away", "stopped", "exit", "gone"]
#: How a visitor left: those of its states that do not come back by themselves.
Left = Literal["stopped", "exit", "gone"]
LEFT: tuple[str, ...] = get_args(Left)
Presence = Literal["available", "away", "calling"]
Role = Literal["caseworker", "senior", "coordinator", "editor", "admin"]
#: Why somebody is rung: nobody is at a desk, no seat for somebody in danger, a question.
RingKind = Literal["line", "acute", "consult", "gap"]
#: How a safe moment is kept: chatting again, a call, or still to be said.
How = Literal["chat", "call", "later"]
RegionState = Literal["open", "busy", "closed"]
Level = Literal["normal", "urgent", "acute"]
#: Whether a caseworker has judged what was heard.
HeardJudged = Literal["open", "agreed"]


class Refused(Exception):
    """Raised for input that is refused: a closed list of codes, and a cause for the client.

    `retry_after_s`: when to try again, for who came too often.
    """

    def __init__(
        self,
        code: ErrorCode,
        message: str,
        id: str | None = None,
        *,
        retry_after_s: int | None = None,
    ) -> None:
        super().__init__(f"{code}: {message}")
        self.code: ErrorCode = code
        self.message = message
        self.id = id
        self.retry_after_s = retry_after_s


class Frame(Struct, tag_field="type", omit_defaults=True):
    """A frame; its `type` is the name of the class in snake case."""


class ServerFrame(Struct, tag_field="type", omit_defaults=True):
    """A frame of ours."""
