"""A turn, and who looks at a conversation: what the parts of the desk hand each other."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, ClassVar, Protocol

from handoff.desk.dialogue import Talk
from handoff.desk.said import Said
from handoff.storage import sql
from handoff.storage.hearings import Count

if TYPE_CHECKING:
    from handoff.desk.conversation import Conversation


class Watcher(Protocol):
    """Somebody who looks at a conversation: the visitor's socket, or a caseworker's."""

    __slots__ = ()
    #: whether it is the visitor who looks
    visitor: ClassVar[bool]

    def show(self, conversation: Conversation, said: Said, *, own: bool = False) -> None:
        """An event that is on disk now; its sender gets the acknowledgement instead."""
        ...

    def changed(self, conversation: Conversation) -> None:
        """The conversation or its ticket is in another state."""
        ...

    def types(self, conversation: Conversation, who: str) -> None:
        """The visitor or the caseworker is typing."""
        ...

    def replaced(self) -> None:
        """The visitor goes on through another socket, here or on another node."""
        ...


@dataclass(slots=True)
class Turn:
    """What one input does: events in order, what is remembered, and whether a ticket opens.

    It is worked out from `before`, the talk as of the number `base`; when somebody else wrote
    meanwhile, a turn that changes more than the log is refused and worked out again.
    """

    before: Talk
    base: int
    talk: Talk
    events: list[Said] = field(default_factory=list)
    opens_ticket: bool = False
    region: str | None = None
    late: bool = False
    also: list[tuple[sql.Sql, Any]] = field(default_factory=list)
    #: what a caseworker's judgement adds to the figures
    counts: tuple[Count, ...] = ()
    #: the id of a card that was shown in an earlier attempt of the same turn
    card: str | None = None

    @property
    def changes(self) -> bool:
        """Whether it changes more than the log."""
        return self.talk is not self.before or self.opens_ticket or self.region is not None


class Gone(Exception):
    """Raised when a conversation is not there, or can no longer be read."""
