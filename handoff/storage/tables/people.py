"""Tables of people and nodes: who may log in, who is where, and what they did."""

from __future__ import annotations

from sqlalchemy import BigInteger, Index
from sqlmodel import Field, SQLModel


class Node(SQLModel, table=True):
    """A running server; without a beat its people are away."""

    id: str = Field(primary_key=True)
    beat_at: int = Field(sa_type=BigInteger)


class PresenceRow(SQLModel, table=True):
    """Who is where, written on change only. A subject is visitor/<conversation> or
    caseworker/<username>; `linked` is whether a socket is open now."""

    __tablename__ = "presence"

    subject: str = Field(primary_key=True)
    node: str = Field(index=True)
    state: str
    linked: bool
    since: int = Field(sa_type=BigInteger)


class Account(SQLModel, table=True):
    """Someone who may log in. `name` is what visitors see (R40)."""

    username: str = Field(primary_key=True)
    name: str
    role: str
    region: str
    password: str
    disabled: bool = False
    #: what they speak, with commas; empty is whatever the region speaks
    languages: str = ""
    #: made by the demo: `serve` refuses to start beside one
    demo: bool = False


class LoginSession(SQLModel, table=True):
    """A login; only the hash of its token is kept."""

    __tablename__ = "login_session"

    token: bytes = Field(primary_key=True)
    username: str = Field(foreign_key="account.username", index=True)
    until: int = Field(sa_type=BigInteger)


class Audit(SQLModel, table=True):
    """Who did what, when; never what was said (NEN 7513, R41)."""

    id: str = Field(primary_key=True)
    at: int = Field(sa_type=BigInteger, index=True)
    actor: str
    action: str
    ticket: str | None = Field(default=None, index=True)
    detail: str | None = None


class Roster(SQLModel, table=True):
    """Who is planned when, and in which role (R28, R32): a weekly block between two dates."""

    id: str = Field(primary_key=True)
    region: str = Field(index=True)
    username: str
    #: front_office (at the desk), after_hours (at home, rung), on_call (the senior)
    role: str
    #: weekdays as digits, Monday is 0: "01234"
    days: str
    #: minutes after local midnight; `end_min` is past 1440 when it runs into the next day
    start_min: int
    end_min: int
    #: local dates, ISO 8601; no last day: until further notice
    first_day: str
    last_day: str | None = None
    made_by: str
    made_at: int = Field(sa_type=BigInteger)


class Operation(SQLModel, table=True):
    """What a coordinator changed for today: it wins over the files, and ends by itself.

    `kind`: closed, opens_later, region_cap, agreement, swap, give, pilot. One that binds another
    region (`other_region`) works once that one accepted it.
    """

    __table_args__ = (Index("operation_until", "until_at"),)

    id: str = Field(primary_key=True)
    kind: str
    region: str
    other_region: str | None = None
    #: what it is about: an agreement, a pool
    subject: str | None = None
    #: its value, by kind: a number, a time, usernames with commas, on or off
    value: str | None = None
    from_at: int = Field(sa_type=BigInteger)
    until_at: int = Field(sa_type=BigInteger)
    reason: str
    #: proposed, active, refused, ended
    state: str
    made_by: str
    made_at: int = Field(sa_type=BigInteger)
    answered_by: str | None = None
    answered_at: int | None = Field(default=None, sa_type=BigInteger)


class Ledger(SQLModel, table=True):
    """Who helped whom, for the settlement (R25): chats that were served there, each once however
    often it came back, and the time that they were."""

    home_region: str = Field(primary_key=True)
    serving_region: str = Field(primary_key=True)
    #: 2026-11, in the zone of the organisation
    month: str = Field(primary_key=True)
    chats: int
    seconds: int = Field(sa_type=BigInteger)
