"""The bodies of the wall board, the coordinator's changes, and the fact sheets."""

from __future__ import annotations

from datetime import date, datetime
from typing import Literal

import msgspec
from msgspec import Struct

from handoff.protocol.frame import RegionState, Role

RosterRole = Literal["front_office", "after_hours", "on_call"]
#: What a coordinator can change for a while; docs/operation.md says what each does.
OperationKind = Literal[
    "closed", "opens_later", "region_cap", "caseworker_cap", "agreement", "swap", "give", "pilot"
]
OperationState = Literal["proposed", "active", "refused", "ended"]
GapWhy = Literal["no_duty", "duty_closed", "no_roster"]


class Waiting(Struct):
    """How many wait in a region's line, by level; who is being offered waits too."""

    acute: int = 0
    urgent: int = 0
    normal: int = 0


class Rung(Struct):
    """Somebody whom the roster names now; `name` is empty when there is no such account."""

    username: str
    name: str
    role: RosterRole


class BoardRegion(Struct, omit_defaults=True):
    """A region on the wall board. `line`: the region in whose line its visitors stand now.

    `longest_s`: how long the first of them waits, 0 when nobody does. `used` of `cap` seats are
    taken; `free` is what an offer could get now."""

    region: str
    name: str
    state: RegionState
    line: str
    waiting: Waiting
    longest_s: int
    present: int
    free: int
    used: int
    cap: int
    rung: list[Rung]
    opens_at: datetime | None = None
    closes_at: datetime | None = None


class GapBody(Struct):
    """Open hours that nobody covers; `where` is a region, or a pool without a region on duty."""

    day: date
    where: str
    from_: datetime = msgspec.field(name="from")
    to: datetime
    why: GapWhy


class OperationBody(Struct, omit_defaults=True):
    """Something that a coordinator changed for a while, or proposes to another region."""

    id: str
    kind: OperationKind
    region: str
    from_: datetime = msgspec.field(name="from")
    until: datetime
    reason: str
    state: OperationState
    made_by: str
    made_at: datetime
    other_region: str | None = None
    subject: str | None = None
    value: str | None = None
    answered_by: str | None = None
    answered_at: datetime | None = None


class RosterBody(Struct, omit_defaults=True):
    """A weekly shift. Monday is 0; `end` may be 24:00, or before `start` for past midnight."""

    id: str
    region: str
    username: str
    name: str
    role: RosterRole
    days: list[int]
    start: str
    end: str
    first_day: date
    last_day: date | None = None


class Board(Struct):
    """Every region now, what is planned and changed, and the gaps of four weeks; `region` and
    `role` are those of who asks."""

    now: datetime
    regions: list[BoardRegion]
    gaps: list[GapBody]
    operation: list[OperationBody]
    roster: list[RosterBody]
    region: str
    role: Role


class NewOperation(Struct):
    """A change. `from` is now when it is left out."""

    kind: OperationKind
    region: str
    until: datetime
    reason: str
    other_region: str | None = None
    subject: str | None = None
    value: str | None = None
    from_: datetime | None = msgspec.field(name="from", default=None)


class OperationAnswer(Struct):
    """The other region's yes or no, or the end of a change."""

    answer: Literal["accept", "refuse", "end"]


class NewShift(Struct):
    """A weekly shift in the coordinator's own region."""

    username: str
    role: RosterRole
    days: list[int]
    start: str
    end: str
    first_day: date
    last_day: date | None = None


class ShiftAnswer(Struct):
    """The end of a shift's row."""

    answer: Literal["end"]


class Fact(Struct):
    """One line of a fact sheet."""

    title: str
    text: str


class Facts(Struct):
    """What is good to know of a region (R26). `checked_on`: null when nobody has checked it yet;
    `hours_now`: its opening hours of this moment, in words."""

    region: str
    name: str
    checked_on: date | None
    facts: list[Fact]
    hours_now: str
