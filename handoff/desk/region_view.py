"""What the desks and the waiting visitors of one region see, as of one moment: read whole."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

from handoff import protocol
from handoff.clock import moment
from handoff.desk.routing import Refusal
from handoff.desk.ticket import IN_QUEUE, Signs, Ticket
from handoff.storage.tickets import RegionRows


@dataclass(frozen=True, slots=True)
class Shown:
    """A ticket as the desk shows it, and whose seat it has: an offer while `expires_at` is set.

    `last_seq` is that of its conversation, so that an older look is told from a newer one; `signs`
    when who was rung for it, and who reads along.
    """

    ticket: Ticket
    card: protocol.Ticket
    seat_of: str | None
    expires_at: int | None
    last_seq: int
    signs: Signs = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Colleague:
    """A caseworker of the region: the own cap, the seats in use, and whether somebody is there."""

    name: str
    cap: int
    used: int
    available: bool
    linked: bool
    presence: protocol.Presence

    @property
    def at_desk(self) -> bool:
        """Whether the desk is open, whatever its owner does."""
        return self.linked and self.presence != "away"


@dataclass(frozen=True, slots=True)
class RegionView:
    """The open tickets of a region in service order, its caseworkers and its places; `helps` when
    its people at home are rung for another line; `taken` how many chats it took today by each
    agreement; `refusals` who is not asked again, here or elsewhere, for whom in this line."""

    shown: Sequence[Shown]
    colleagues: Mapping[str, Colleague]
    cap: int
    used: int
    helps: bool = False
    taken: Mapping[str, int] = field(default_factory=dict)
    refusals: Sequence[Refusal] = ()

    @property
    def present(self) -> int:
        """How many caseworkers have an open desk, whatever they are doing."""
        return sum(colleague.at_desk for colleague in self.colleagues.values())

    def queue(self) -> list[Shown]:
        """Who waits or is being offered, in service order."""
        return [shown for shown in self.shown if shown.ticket.state in IN_QUEUE]

    def place_of(self, ticket: Ticket) -> int:
        """The place in line, 1 is next: only people count who are served before. A ticket that has
        just opened need not be in view yet."""
        if ticket.state == "offered":
            return 1
        key = (ticket.band, ticket.queue_at, ticket.id)
        return 1 + sum(
            (other.ticket.band, other.ticket.queue_at, other.ticket.id) < key
            for other in self.queue()
            if ticket.training or not other.ticket.training
        )

    def others(self, caseworker: str, names: Callable[[str], str]) -> list[protocol.Colleague]:
        """Who has an open desk beside this caseworker, by the name that visitors read too; a name
        that is not known here yet is the username."""
        found = [
            protocol.Colleague(
                username=colleague.name,
                name=names(colleague.name) or colleague.name,
                presence=colleague.presence,
                free=max(0, colleague.cap - colleague.used),
            )
            for colleague in self.colleagues.values()
            if colleague.linked and colleague.name != caseworker
        ]
        return sorted(found, key=lambda colleague: (colleague.name, colleague.username))

    def desk_of(self, caseworker: str, now: int, names: Callable[[str], str]) -> protocol.Desk:
        """The whole desk of one caseworker."""
        colleague = self.colleagues[caseworker]
        own = [shown for shown in self.shown if shown.ticket.caseworker == caseworker]
        return protocol.Desk(
            now=moment(now),
            presence=colleague.presence if colleague.linked else "away",
            cap=colleague.cap,
            seats=protocol.Seats(colleague.used, self.used, self.cap),
            tickets=[shown.card for shown in own if shown.ticket.state in ("active", "wrap_up")],
            offers=[
                protocol.Offer(shown.card, moment(shown.expires_at))
                for shown in self.shown
                if shown.seat_of == caseworker and shown.expires_at is not None
            ],
            queue=[shown.card for shown in self.queue()],
            missed=[shown.card for shown in self.shown if shown.ticket.state == "missed"],
            colleagues=self.others(caseworker, names),
        )


def colleagues_of(rows: RegionRows) -> dict[str, Colleague]:
    """The caseworkers of a region."""
    there = {row["caseworker"]: row for row in rows.present}
    found = {}
    for row in rows.caseworkers:
        name = row["caseworker"]
        found[name] = Colleague(
            name=name,
            cap=row["cap"],
            used=row["used"],
            available=bool(row["available"]),
            linked=bool(there[name]["linked"]) if name in there else False,
            presence=there[name]["state"] if name in there else "away",
        )
    return found
