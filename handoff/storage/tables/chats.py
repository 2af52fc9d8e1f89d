"""Tables of conversations: their events, keys, tickets and seats."""

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


class Escalation(SQLModel, table=True):
    """Something that happens once: a ring, a warning, a question to who waits for long.

    Of a ring, `answered_by` are those whom it reached, and `answered_at` when it did."""

    subject: str = Field(primary_key=True)
    kind: str = Field(primary_key=True)
    at: int = Field(sa_type=BigInteger)
    region: str | None = None
    answered_by: str | None = None
    answered_at: int | None = Field(default=None, sa_type=BigInteger)


class ReturnCode(SQLModel, table=True):
    """The three words of a conversation, as a slow keyed hash; they show nothing of it."""

    __tablename__ = "return_code"

    lookup: bytes = Field(primary_key=True)
    conversation: str
    region: str
    until: int = Field(sa_type=BigInteger)
