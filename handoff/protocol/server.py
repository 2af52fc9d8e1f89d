"""What we send, on both sockets and over HTTP."""

from __future__ import annotations

from datetime import datetime

import msgspec
from msgspec import Struct

from handoff.protocol.frame import (
    ClosedReason,
    ConversationState,
    ErrorCode,
    From,
    HeardJudged,
    How,
    Kind,
    Left,
    Level,
    Presence,
    RegionState,
    RingKind,
    Role,
    ServerFrame,
    Staff,
    TicketState,
    VisitorState,
    Wait,
)


class RegionBody(Struct, omit_defaults=True):
    """A region as anyone may see it."""

    region: str
    name: str
    state: RegionState
    phone: str
    now: datetime
    opens_at: datetime | None = None
    closes_at: datetime | None = None


class ButtonBody(Struct):
    """A button below a text."""

    id: str
    title: str
    payload: str


class Opened(ServerFrame, tag="opened"):
    """The conversation is there. The token is all that a page needs to come back."""

    conversation: str
    token: str
    region: RegionBody
    language: str
    now: datetime


class Event(ServerFrame, tag="event"):
    """Something that was said or shown. Only an `emergency` may lack `seq`; its `ack` brings it.
    `language` is named when the text is in another one than the conversation."""

    event: str
    at: datetime
    from_: From = msgspec.field(name="from")
    kind: Kind
    text: str
    seq: int | None = None
    buttons: list[ButtonBody] | None = None
    multiple: bool | None = None
    visible: int | None = None
    alone: list[str] | None = None
    name: str | None = None
    id: str | None = None
    ticket: str | None = None
    by: str | None = None
    language: str | None = None


class Ack(ServerFrame, tag="ack"):
    """It is on disk. `id` is the client's own, or the `event` of a card."""

    id: str
    seq: int
    ticket: str | None = None


class Status(ServerFrame, tag="status"):
    """Where the visitor stands. `staff`: called, full or none; `quiet`: calm colours, few words."""

    state: ConversationState
    reason: ClosedReason | None = None
    position: int | None = None
    wait: Wait | None = None
    serving_region: str | None = None
    caseworker: str | None = None
    staff: Staff | None = None
    quiet: bool | None = None
    away: bool | None = None


class TypingBody(ServerFrame, tag="typing"):
    """The other side is typing."""

    ticket: str | None = None


class Words(ServerFrame, tag="words"):
    """Three words to come back with; never stored, never sent again."""

    words: str
    until: datetime


class Error(ServerFrame, tag="error"):
    """Something was refused: a code for the program, a sentence for the reader.

    `heard`: what was sent in place of three words says danger; send it as a message.
    """

    code: ErrorCode
    message: str
    id: str | None = None
    retry_after_s: int | None = None
    heard: bool | None = None


class SafeMoment(Struct, omit_defaults=True):
    """When it is safe to come back or to be called."""

    text: str
    value: str | None = None
    how: How | None = None
    who_calls: str | None = None
    say_if_other: str | None = None
    voicemail: bool | None = None


class Ticket(Struct, omit_defaults=True):
    """The triage on one card: said by the visitor, not assessed.

    `heard_level` is the level that listening raised it to, unless a caseworker lowered it, and
    `heard_why` why, in our words. `heard_judged`: `open` while something that was heard waits for a
    caseworker to agree or strike, `agreed` when one agreed.
    """

    id: str
    conversation: str
    state: TicketState
    home_region: str
    serving_region: str
    level: Level
    why: str
    why_id: str
    said: list[str]
    heard: list[str]
    struck: list[str]
    unknown: list[str]
    role: str
    language: str
    watched: bool = msgspec.field()
    cannot_call: bool = msgspec.field()
    returned: bool = msgspec.field()
    typed: bool = msgspec.field()
    waiting_since: datetime = msgspec.field()
    safe_moment: SafeMoment | None = None
    left_at: datetime | None = None
    left: Left | None = None
    caseworker: str | None = None
    visitor: VisitorState | None = None
    reason: str | None = None
    queue_region: str = ""
    caseworker_away: bool = False
    readers: list[str] = msgspec.field(default_factory=list)
    asked_at: datetime | None = None
    rung_at: datetime | None = None
    training: bool = False
    heard_level: Level | None = None
    heard_why: list[str] = msgspec.field(default_factory=list)
    heard_judged: HeardJudged | None = None


class Offer(Struct):
    """A held seat, waiting for a yes."""

    ticket: Ticket
    expires_at: datetime


class Seats(Struct):
    """How full it is: the own seats, and those of the region."""

    used: int
    region_used: int
    region_cap: int


class Colleague(Struct):
    """Somebody of the own region with an open desk, and how many chats still fit there."""

    username: str
    name: str
    presence: Presence
    free: int


class Desk(ServerFrame, tag="desk"):
    """The whole of a caseworker's desk; the queue stands in service order.

    `others` are chats of colleagues that may be taken over or read along with, `reads` those that
    are. `free`: how many seats of the region can get an offer. `senior`: may do both at any time.
    `unlisted`: a pilot is on, and this desk is not in it.
    """

    now: datetime
    presence: Presence
    cap: int
    seats: Seats
    tickets: list[Ticket]
    offers: list[Offer]
    queue: list[Ticket]
    missed: list[Ticket]
    colleagues: list[Colleague]
    others: list[Ticket] = msgspec.field(default_factory=list)
    reads: list[Ticket] = msgspec.field(default_factory=list)
    free: int = 0
    senior: bool = False
    rung: RingKind | None = None
    unlisted: bool = False


class RegionRoom(Struct):
    """A region that has seats free for a chat of ours, by agreement."""

    region: str
    free: int


class Room(ServerFrame, tag="room"):
    """Where an own chat could go to make room: colleagues, and partner regions in order."""

    ticket: str
    colleagues: list[Colleague]
    regions: list[RegionRoom]


class OfferFrame(ServerFrame, tag="offer"):
    """A new offer."""

    ticket: Ticket
    expires_at: datetime


class Assigned(ServerFrame, tag="assigned"):
    """The conversation is yours: everything that was said so far."""

    ticket: Ticket
    events: list[Event]


class TicketFrame(ServerFrame, tag="ticket"):
    """A ticket changed."""

    ticket: Ticket


class Visitor(ServerFrame, tag="visitor"):
    """The visitor's link changed."""

    ticket: str
    state: VisitorState
    since: datetime


VisitorServerFrame = Opened | Event | Ack | Status | TypingBody | Words | Error
StaffServerFrame = (
    Desk | Room | OfferFrame | Assigned | TicketFrame | Event | Ack | Visitor | TypingBody | Error
)


# bodies of HTTP


class Login(Struct):
    """`POST /api/login`."""

    username: str
    password: str
    code: str = ""


class LoggedIn(Struct):
    """Its answer; the session itself is in the cookie."""

    username: str
    name: str
    role: Role
    region: str


class ErrorBody(Struct, omit_defaults=True):
    """An HTTP error, in the same words as on the sockets. `about` is the name that is wrong."""

    code: ErrorCode
    message: str
    retry_after_s: int | None = None
    about: str | None = None
