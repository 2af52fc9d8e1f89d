"""What a caseworker sends."""

from __future__ import annotations

from msgspec import Struct

from handoff.protocol.frame import Frame, Level, Presence


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


class Agree(Frame, tag="agree"):
    """Agrees with what was heard."""

    ticket: str


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


class Join(Frame, tag="join"):
    """The senior reads along with a colleague's conversation."""

    ticket: str


class LeaveChat(Frame, tag="leave_chat"):
    """The senior reads along no more."""

    ticket: str


class TakeOver(Frame, tag="take_over"):
    """Takes a colleague's conversation: its link is lost, or the senior does."""

    ticket: str
    note: str = ""


class AskRoom(Frame, tag="room"):
    """Asks where an own chat could go, to make room for this acute ticket."""

    ticket: str


class MakeRoom(Frame, tag="make_room"):
    """Gives one own chat away and takes an acute ticket, at once. With `to` the own chat goes to a
    free seat there; without, back to the front of its level."""

    ticket: str
    give_back: str
    to: Target | None = None


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


class Practise(Frame, tag="practise"):
    """Asks for a made-up visitor to practise with: this one, or the next."""

    id: str | None = None
    script: str | None = None
    language: str | None = None


StaffFrame = (
    SetPresence
    | Cap
    | Practise
    | Accept
    | Decline
    | Take
    | StaffMessage
    | Note
    | StaffTyping
    | SetLevel
    | Strike
    | Agree
    | Transfer
    | Consult
    | Join
    | LeaveChat
    | TakeOver
    | AskRoom
    | MakeRoom
    | SetMoment
    | StaffEnd
    | Read
    | WrapUp
)
