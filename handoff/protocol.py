"""Every frame and body that goes over the wire, declared once. `voordeur schema` prints it.

One JSON object per text frame; `type` says which. Fields we do not know are let through: an older
server must not refuse a newer page. What is missing, of the wrong type or too long is refused with
a code, a cause, and the frame's `id` where it had one. docs/protocol.md tells the story of a talk.
"""

from __future__ import annotations

import json
import re
from datetime import datetime
from typing import Annotated, Any, Literal, get_args

import msgspec
from msgspec import Meta, Struct

ID = re.compile(r"[A-Za-z0-9_-]{1,64}")
#: C0 and C1 controls except tab, line feed and carriage return; lone surrogates cannot be stored.
UNPRINTABLE = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ud800-\udfff]")

#: The one cause of msgspec that repeats a value.
ENUM_VALUE = re.compile(r"^Invalid enum value .*(?= - at `|$)", re.DOTALL)

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
Staff = Literal["called", "full", "none"]
VisitorState = Literal["online", "away", "stopped", "exit", "gone"]
Presence = Literal["available", "away", "calling"]
Level = Literal["normal", "urgent", "acute"]


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


# what a visitor sends


class Open(Frame, tag="open"):
    """Begins a conversation."""

    region: str
    language: str = ""


class Resume(Frame, tag="resume"):
    """Goes on after a lost link; `after` is the highest `seq` the page has."""

    token: str
    after: Annotated[int, Meta(ge=0)] = 0


class Return(Frame, tag="return"):
    """Comes back with the three words of an earlier conversation."""

    region: str
    words: str
    language: str = ""


class Message(Frame, tag="message"):
    """Says something."""

    id: str
    text: str


class Choose(Frame, tag="choose"):
    """Presses a button, or several of a multiple question."""

    id: str
    payload: str | list[str]


class Typing(Frame, tag="typing"):
    """Is typing. What is being typed never leaves the browser (R43)."""


class Language(Frame, tag="language"):
    """Goes on in another language."""

    language: str


class ChooseRegion(Frame, tag="region"):
    """Corrects the region, before a ticket opens."""

    id: str
    region: str


class OpenCard(Frame, tag="card"):
    """Opened the emergency card."""

    id: str


class AskWords(Frame, tag="words"):
    """Asks for the three words to come back with."""

    id: str


class Stop(Frame, tag="stop"):
    """Has to stop."""

    id: str


class End(Frame, tag="end"):
    """Ends the conversation."""


class Exit(Frame, tag="exit"):
    """Left in a hurry."""


VisitorFrame = (
    Open
    | Resume
    | Return
    | Message
    | Choose
    | Typing
    | Language
    | ChooseRegion
    | OpenCard
    | AskWords
    | Stop
    | End
    | Exit
)

# what a caseworker sends


class SetPresence(Frame, tag="presence"):
    """Is available, away, or calling the police for a visitor."""

    state: Presence


class Cap(Frame, tag="cap"):
    """Lowers or restores the own number of chats."""

    seats: int


class Accept(Frame, tag="accept"):
    """Takes an offer."""

    ticket: str


class Decline(Frame, tag="decline"):
    """Leaves an offer to somebody else."""

    ticket: str


class Take(Frame, tag="take"):
    """Takes a ticket out of the queue."""

    ticket: str


class StaffMessage(Frame, tag="message"):
    """Says something to the visitor."""

    ticket: str
    id: str
    text: str


class Note(Frame, tag="note"):
    """Writes something that the visitor does not see."""

    ticket: str
    id: str
    text: str


class StaffTyping(Frame, tag="typing"):
    """Is typing to a visitor."""

    ticket: str


class SetLevel(Frame, tag="level"):
    """Raises or lowers a level, with a reason."""

    ticket: str
    level: Level
    reason: str


class Strike(Frame, tag="strike"):
    """Strikes a signal that was heard wrongly."""

    ticket: str
    signal: str
    reason: str


class Target(Struct, omit_defaults=True):
    """Where a transfer goes: a region or a caseworker."""

    region: str | None = None
    caseworker: str | None = None


class Transfer(Frame, tag="transfer"):
    """Hands a conversation to a colleague or a region, with a note."""

    ticket: str
    to: Target
    note: str = ""


class Consult(Frame, tag="consult"):
    """Asks the senior; the visitor does not see it."""

    ticket: str
    text: str


class MakeRoom(Frame, tag="make_room"):
    """Gives one own chat away and takes an acute ticket, at once."""

    ticket: str
    give_back: str


class SetMoment(Frame, tag="moment"):
    """Notes a safe moment that was agreed in the conversation (R52)."""

    ticket: str
    id: str
    text: str
    who_calls: str = ""
    say_if_other: str = ""
    voicemail: bool | None = None


class StaffEnd(Frame, tag="end"):
    """Ends a conversation; its seat is free."""

    ticket: str


class Read(Frame, tag="read"):
    """Opens a missed ticket."""

    ticket: str


class WrapUp(Frame, tag="wrap_up"):
    """Closes a ticket with a disposition."""

    ticket: str
    disposition: str


StaffFrame = (
    SetPresence
    | Cap
    | Accept
    | Decline
    | Take
    | StaffMessage
    | Note
    | StaffTyping
    | SetLevel
    | Strike
    | Transfer
    | Consult
    | MakeRoom
    | SetMoment
    | StaffEnd
    | Read
    | WrapUp
)

# what we send


class RegionBody(Struct, omit_defaults=True):
    """A region as anyone may see it."""

    region: str
    name: str
    state: Literal["open", "busy", "closed"]
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
    """Something that was said or shown. Only an `emergency` may lack `seq`; its `ack` brings it."""

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
    """Something was refused: a code for the program, a sentence for the reader."""

    code: str
    message: str
    id: str | None = None
    retry_after_s: int | None = None


class SafeMoment(Struct, omit_defaults=True):
    """When it is safe to come back or to be called."""

    text: str
    value: str | None = None
    how: str | None = None
    who_calls: str | None = None
    say_if_other: str | None = None
    voicemail: bool | None = None


class Ticket(Struct, omit_defaults=True):
    """The triage on one card: said by the visitor, not assessed."""

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
    left: VisitorState | None = None
    caseworker: str | None = None
    visitor: VisitorState | None = None
    reason: str | None = None


class Offer(Struct):
    """A held seat, waiting for a yes."""

    ticket: Ticket
    expires_at: datetime


class Seats(Struct):
    """How full it is: the own seats, and those of the region."""

    used: int
    region_used: int
    region_cap: int


class Desk(ServerFrame, tag="desk"):
    """The whole of a caseworker's desk; the queue stands in service order."""

    now: datetime
    presence: Presence
    cap: int
    seats: Seats
    tickets: list[Ticket]
    offers: list[Offer]
    queue: list[Ticket]
    missed: list[Ticket]


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
    Desk | OfferFrame | Assigned | TicketFrame | Event | Ack | Visitor | TypingBody | Error
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
    role: str
    region: str


class ErrorBody(Struct, omit_defaults=True):
    """An HTTP error, in the same words as on the sockets."""

    code: str
    message: str
    retry_after_s: int | None = None


encode = msgspec.json.Encoder().encode
_visitor_decoder = msgspec.json.Decoder(VisitorFrame)
_staff_decoder = msgspec.json.Decoder(StaffFrame)


def visitor_frame(raw: str | bytes) -> Any:
    """The frame of a visitor. Raises `Refused`."""
    return _decoded(raw, _visitor_decoder)


def staff_frame(raw: str | bytes) -> Any:
    """The frame of a caseworker. Raises `Refused`."""
    return _decoded(raw, _staff_decoder)


def _decoded(raw: str | bytes, decoder: Any) -> Any:
    try:
        return decoder.decode(raw)
    except (msgspec.ValidationError, msgspec.DecodeError, UnicodeError, RecursionError) as error:
        raise _refusal(raw, error) from error


#: Which code a wrong field is told with; every other one is a bad frame.
_FIELD_CODES: dict[str, ErrorCode] = {
    "$.id": "bad_id",
    "$.text": "bad_text",
    "$.payload": "bad_payload",
    "$.type": "unknown_type",
}


def _refusal(raw: str | bytes, error: Exception) -> Refused:
    """Why a frame was refused. msgspec's causes name fields and types, never values typed in."""
    if not isinstance(error, msgspec.ValidationError):
        return _unreadable(raw)
    cause = ENUM_VALUE.sub("Not one of the values", str(error))
    path = cause.rpartition(" - at `")[2].rstrip("`") if " - at `" in cause else ""
    field = ".".join(path.split(".")[:2]).partition("[")[0] if path else ""
    code = _FIELD_CODES.get(field, "bad_frame")
    if code == "unknown_type":
        return Refused(code, "unknown frame type; docs/protocol.md lists them", _id_of(raw))
    return Refused(code, cause, _id_of(raw))


def _unreadable(raw: str | bytes) -> Refused:
    """A frame that is not JSON, or JSON with half a character in it (a lone surrogate)."""
    found = _leniently(raw)
    if found is None:
        return Refused("bad_frame", "not a JSON object in UTF-8")
    # the stored form is UTF-8, which has no room for half a character
    halves = [name for name, value in found.items() if isinstance(value, str) and _is_half(value)]
    code = next((_FIELD_CODES[f"$.{name}"] for name in halves if f"$.{name}" in _FIELD_CODES), None)
    return Refused(code or "bad_frame", "a character is cut in half", _id_of(raw))


def _is_half(text: str) -> bool:
    return any("\ud800" <= letter <= "\udfff" for letter in text)


def _leniently(raw: str | bytes) -> dict[str, Any] | None:
    """The object in a frame that was refused, as far as it can be read."""
    try:
        found = json.loads(raw)
    except (ValueError, RecursionError):
        return None
    return found if isinstance(found, dict) else None


def _id_of(raw: str | bytes) -> str | None:
    """The id of a frame that was refused, so that its sender knows which one."""
    found = (_leniently(raw) or {}).get("id")
    return found if isinstance(found, str) and ID.fullmatch(found) else None


def check_id(id: str) -> None:
    """Raises `Refused` unless `id` is 1 to 64 letters, digits, `_` or `-`."""
    if not ID.fullmatch(id):
        raise Refused("bad_id", "an id is 1 to 64 letters, digits, `_` or `-`")


def check_text(text: str, id: str, most: int) -> None:
    """Raises `Refused` for an empty text, one over `most` code points, or control characters."""
    if len(text) > most:
        raise Refused("too_long", f"a message has at most {most} characters", id)
    if not text.strip() or UNPRINTABLE.search(text):
        raise Refused("bad_text", "a message needs text, without control characters", id)


def schema() -> dict[str, Any]:
    """The JSON Schema of all frames and bodies, by what sends them."""
    groups = {
        "visitor_sends": VisitorFrame,
        "visitor_receives": VisitorServerFrame,
        "caseworker_sends": StaffFrame,
        "caseworker_receives": StaffServerFrame,
        "region": RegionBody,
        "login": Login,
        "logged_in": LoggedIn,
        "error": ErrorBody,
    }
    # the two `message`, `typing` and `end` frames differ, so each direction keeps its own names
    found: dict[str, Any] = {"$schema": "https://json-schema.org/draft/2020-12/schema"}
    defs: dict[str, Any] = {}
    for name, kind in groups.items():
        (part,), components = msgspec.json.schema_components(
            [kind], ref_template=f"#/$defs/{name}/{{name}}"
        )
        defs[name] = components
        found[name] = part
    found["$defs"] = defs
    return found
