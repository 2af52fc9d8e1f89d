"""Every table, as SQLModel classes: the schema, its comments, and what stands there in clear.

In clear, and only these: random ids, states, levels, regions, languages, queue times, order flags,
releases, numbers, sizes, counts and who served. Everything that a visitor said or answered is
encrypted (`keys`). Times are whole microseconds since 1970 UTC. Migrations follow this file; a test
compares.
"""

from __future__ import annotations

from sqlalchemy import BigInteger, CheckConstraint, Index, SmallInteger, UniqueConstraint, text
from sqlmodel import Field, SQLModel

#: No caseworker ever has a fourth chat (R17), whatever the code does.
MOST_CHATS = 3


class Release(SQLModel, table=True):
    """A version of the script. Conversations stay with the one they began with."""

    id: str = Field(primary_key=True)
    at: int = Field(sa_type=BigInteger)
    files: bytes


class Conversation(SQLModel, table=True):
    """One visit. `talk` is what the script and the triage remember, encrypted."""

    __table_args__ = (
        Index("conversation_idle", "idle_at"),
        Index("conversation_erase", "erase_at"),
    )

    id: str = Field(primary_key=True)
    token: bytes | None = Field(default=None, unique=True)
    region: str
    language: str
    release: str
    state: str
    reason: str | None = None
    began_at: int = Field(sa_type=BigInteger)
    last_seq: int = 0
    #: when an intake that fell silent goes to the queue; null when it has a ticket or ended
    idle_at: int | None = Field(default=None, sa_type=BigInteger)
    erase_at: int | None = Field(default=None, sa_type=BigInteger)
    talk: bytes | None = None


class ConversationKey(SQLModel, table=True):
    """The key of one conversation for one purpose, wrapped; deleting it is the erasure."""

    __tablename__ = "conversation_key"

    conversation: str = Field(primary_key=True, foreign_key="conversation.id")
    purpose: str = Field(primary_key=True)
    #: the key outside the database that wraps it: region/day/purpose
    key_id: str = Field(index=True)
    wrapped: bytes


class EventRow(SQLModel, table=True):
    """Something that was said or shown. `seq` is contiguous in a conversation.

    No foreign key: the writer has just locked the conversation's row, and this is the hot insert.
    """

    __tablename__ = "event"
    __table_args__ = (UniqueConstraint("conversation", "author", "client_id"),)

    conversation: str = Field(primary_key=True)
    seq: int = Field(primary_key=True)
    id: str
    #: visitor, bot, system, or caseworker/<username>
    author: str
    client_id: str | None = None
    kind: str
    at: int = Field(sa_type=BigInteger)
    body: bytes


class Ticket(SQLModel, table=True):
    """What makes a conversation need a human. The order is a static key (docs/queue.md)."""

    __table_args__ = (
        Index(
            "ticket_queue",
            "queue_region",
            "band",
            "queue_at",
            "id",
            sqlite_where=text("state = 'waiting'"),
            postgresql_where=text("state = 'waiting'"),
        ),
        # how long others waited: what a visitor is told
        Index(
            "ticket_waits",
            "queue_region",
            "level",
            "accepted_at",
            sqlite_where=text("accepted_at IS NOT NULL"),
            postgresql_where=text("accepted_at IS NOT NULL"),
        ),
        Index("ticket_state", "state", "serving_region"),
        Index("ticket_caseworker", "caseworker", "state"),
    )

    id: str = Field(primary_key=True)
    conversation: str = Field(foreign_key="conversation.id", unique=True)
    state: str
    home_region: str
    #: whose line it stands in: home, or the region on duty for the pool that day
    queue_region: str
    #: who serves it, or is being asked to: the line's region, or one that helps out
    serving_region: str
    level: str
    band: int = Field(sa_type=SmallInteger)
    queue_at: int = Field(sa_type=BigInteger)
    waiting_since: int = Field(sa_type=BigInteger)
    #: when it entered the line, which is later: from here people are rung
    entered_at: int = Field(sa_type=BigInteger)
    language: str
    watched: bool = False
    cannot_call: bool = False
    danger_unknown: bool = False
    returned: bool = False
    given_back: bool = False
    #: the visitor typed something: it may not close unread
    typed: bool = False
    #: the visitor waits for the own region rather than another one
    own_only: bool = False
    #: a synthetic visitor of the training (R39): never counts
    training: bool = False
    #: the agreement by which another region helps out, while it does
    agreement: str | None = None
    #: the region that the visitor was told would help out
    told_region: str | None = None
    #: online, away, stopped, exit or gone, and since when
    visitor: str = "online"
    visitor_since: int = Field(sa_type=BigInteger)
    caseworker: str | None = None
    #: who opened it first, and when: what makes it read
    opened_by: str | None = None
    opened_at: int | None = Field(default=None, sa_type=BigInteger)
    accepted_at: int | None = Field(default=None, sa_type=BigInteger)
    #: since when the serving region serves it: what the ledger counts (R25)
    served_since: int | None = Field(default=None, sa_type=BigInteger)
    ended_at: int | None = Field(default=None, sa_type=BigInteger)
    closed_at: int | None = Field(default=None, sa_type=BigInteger)
    disposition: str | None = None
    #: the caseworker's link is lost and the visitor was told so
    caseworker_away: bool = False
    #: why it stands where it stands, for the desk: "offered to ...: own region, 1 of 3"
    reason: str | None = None
    #: unread at most until here, then closed as unread
    unread_until: int | None = Field(default=None, sa_type=BigInteger)


class RegionSeats(SQLModel, table=True):
    """The cap of a region; a row made to be locked."""

    __tablename__ = "region_seats"
    __table_args__ = (CheckConstraint("cap >= 0", name="region_cap"),)

    region: str = Field(primary_key=True)
    cap: int = Field(sa_type=SmallInteger)


class CaseworkerSeats(SQLModel, table=True):
    """The caps of a caseworker, of which the lower wins, and whether offers may come."""

    __tablename__ = "caseworker_seats"
    __table_args__ = (
        CheckConstraint(f"cap BETWEEN 0 AND {MOST_CHATS}", name="caseworker_cap"),
        CheckConstraint(f"most BETWEEN 0 AND {MOST_CHATS}", name="caseworker_most"),
    )

    caseworker: str = Field(primary_key=True)
    region: str = Field(foreign_key="region_seats.region", index=True)
    #: what the caseworker chose
    cap: int = Field(sa_type=SmallInteger)
    #: what the coordinator leaves: another column, so that neither takes the other's back
    most: int = Field(default=MOST_CHATS, sa_type=SmallInteger)
    available: int = Field(default=0, sa_type=SmallInteger)
    #: offers in a row that got no answer
    unanswered: int = Field(default=0, sa_type=SmallInteger)
    #: when the last offer was made: the one who waited longest is asked first
    last_offer_at: int = Field(default=0, sa_type=BigInteger)
    #: languages this caseworker speaks, with commas; empty is those of the region
    languages: str = ""


class Number(SQLModel, table=True):
    """1 to 200, to find the lowest free place in one statement."""

    n: int = Field(
        primary_key=True, sa_type=SmallInteger, sa_column_kwargs={"autoincrement": False}
    )


class Seat(SQLModel, table=True):
    """A ticket's seat: an offer while `expires_at` is set, a chat when it is null."""

    __table_args__ = (
        CheckConstraint(f"n BETWEEN 1 AND {MOST_CHATS}", name="seat_n"),
        CheckConstraint("place >= 1", name="seat_place"),
        UniqueConstraint("caseworker", "n"),
        UniqueConstraint("region", "place"),
    )

    ticket: str = Field(primary_key=True, foreign_key="ticket.id")
    caseworker: str = Field(foreign_key="caseworker_seats.caseworker")
    n: int = Field(sa_type=SmallInteger)
    region: str = Field(foreign_key="region_seats.region")
    place: int = Field(sa_type=SmallInteger)
    expires_at: int | None = Field(default=None, sa_type=BigInteger, index=True)


class Served(SQLModel, table=True):
    """Which regions served a chat, each once, also when it went elsewhere since: what the ledger
    and the maximum a day of an agreement count."""

    __table_args__ = (
        Index(
            "served_help",
            "region",
            "at",
            sqlite_where=text("agreement IS NOT NULL"),
            postgresql_where=text("agreement IS NOT NULL"),
        ),
    )

    ticket: str = Field(primary_key=True, foreign_key="ticket.id")
    region: str = Field(primary_key=True)
    #: when it came; where the region helped out by agreement: when it last came by that
    at: int = Field(sa_type=BigInteger)
    agreement: str | None = None
    #: it stands in the ledger as a chat of this region
    settled: bool = False


class NotAgain(SQLModel, table=True):
    """Who is not offered a ticket again before when: declined, or no answer."""

    __tablename__ = "not_again"

    ticket: str = Field(primary_key=True, foreign_key="ticket.id")
    caseworker: str = Field(primary_key=True)
    until: int = Field(sa_type=BigInteger)
    #: said no; otherwise there was no answer, and who is alone is asked again
    declined: bool


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


class ReturnCode(SQLModel, table=True):
    """The three words of a conversation, as a slow keyed hash; they show nothing of it."""

    __tablename__ = "return_code"

    lookup: bytes = Field(primary_key=True)
    conversation: str
    region: str
    until: int = Field(sa_type=BigInteger)


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


class Escalation(SQLModel, table=True):
    """Something that happens once: a ring, a warning, a question to who waits for long.

    Of a ring, `answered_by` are those whom it reached, and `answered_at` when it did."""

    subject: str = Field(primary_key=True)
    kind: str = Field(primary_key=True)
    at: int = Field(sa_type=BigInteger)
    region: str | None = None
    answered_by: str | None = None
    answered_at: int | None = Field(default=None, sa_type=BigInteger)


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
