"""Tables of what was heard, in counts, and the examples of editors."""

from __future__ import annotations

from sqlalchemy import BigInteger, UniqueConstraint
from sqlmodel import Field, SQLModel


class HeardLevel(SQLModel, table=True):
    """To which level danger was heard in a region on a day, and what caseworkers made of it:
    numbers of conversations, that lead to none of them (docs/danger.md, "Figures of the pilot").
    """

    __tablename__ = "heard_level"

    #: the region that the visitor came to
    region: str = Field(primary_key=True)
    #: 2026-11-23: when it was first heard, in the zone of the organisation
    day: str = Field(primary_key=True)
    #: urgent or acute
    level: str = Field(primary_key=True)
    heard: int
    #: of these, those that a caseworker agreed with, and those that one struck
    agreed: int
    struck: int


class HeardSignal(SQLModel, table=True):
    """The same by signal. A ticket shows its day and region in clear, and a signal is content: so
    these are told by the month, and of all regions together."""

    __tablename__ = "heard_signal"

    #: 2026-11, in the zone of the organisation
    month: str = Field(primary_key=True)
    signal: str = Field(primary_key=True)
    heard: int
    agreed: int
    struck: int


class DangerExample(SQLModel, table=True):
    """A text that an editor made up, and how it ought to be heard. Learnt from once another editor
    approved it; it never was a visitor's (docs/decisions/0017)."""

    __tablename__ = "danger_example"
    __table_args__ = (UniqueConstraint("language", "plain"),)

    id: str = Field(primary_key=True)
    language: str
    level: str
    #: with `;` between them, or `none`: as in the files
    signals: str
    #: victim, bystander, child, perpetrator, professional
    perspective: str
    text: str
    #: without capitals and spaces: by this one text is told from another
    plain: str
    note: str
    added_by: str
    added_at: int = Field(sa_type=BigInteger)
    approved_by: str | None = None
    approved_at: int | None = Field(default=None, sa_type=BigInteger)


class DangerAccepted(SQLModel, table=True):
    """Rules, examples and weights by which enough was heard: not looked at again at each start."""

    __tablename__ = "danger_accepted"

    #: SHA-256 of the files
    digest: str = Field(primary_key=True)
    at: int = Field(sa_type=BigInteger)
