"""What the desk asks of whoever keeps the seats. Times in microseconds since 1970 UTC."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

from handoff.desk.routing import Decision, Helper, Line
from handoff.storage.units import NewEvent


@dataclass(frozen=True, slots=True)
class Expired:
    """An offer that got no answer: whose it was and in which region, how many in a row, and where
    the ticket waits."""

    caseworker: str
    unanswered: int
    line: str
    region: str


class Seats(Protocol):
    """Every method is one step that happens at once or not at all. Those that change something
    raise `Rollback` with the reason, or `Unavailable` when the database is away."""

    async def line(self, region: str, now: int, most: int) -> Line:
        """The first `most` tickets of a region's line and who could serve them."""
        ...

    async def helpers(self, days: Mapping[str, int]) -> dict[str, Helper]:
        """The regions that may help out, each with the start of its day."""
        ...

    async def lines(self) -> Sequence[str]:
        """The lines in which somebody waits."""
        ...

    async def expired(self, now: int) -> Sequence[str]:
        """Tickets whose offer got no answer in time."""
        ...

    async def offer(
        self,
        decision: Decision,
        expires_at: int,
        now: int,
        day: int = 0,
        told: Sequence[NewEvent] = (),
    ) -> None:
        """Holds a seat. `day` is the start of the helper's day, for the maximum of an agreement,
        which holds for everybody but who is in danger."""
        ...

    async def expire(self, ticket: str, now: int, until: int) -> Expired:
        """Moves an offer on; the same caseworker is not asked again before `until`."""
        ...

    async def nobody_there(self, caseworker: str) -> None:
        """A desk that never answers becomes away."""
        ...
