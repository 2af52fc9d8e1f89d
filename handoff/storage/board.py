"""What the wall board counts: who waits, who is there, which seats are taken. No names of visitors,
no words; a visitor of the training never counts."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace

from handoff.storage.seats import CAP
from handoff.storage.sql import Command, Row, Sql

WAITING = Sql(
    "SELECT queue_region AS region, level, count(*) AS many, min(waiting_since) AS since"
    " FROM ticket WHERE state IN ('waiting', 'offered') AND training = false"
    " GROUP BY queue_region, level"
)
PLACES = Sql(
    "SELECT r.region, r.cap, (SELECT count(*) FROM seat s WHERE s.region = r.region) AS used"
    " FROM region_seats r"
)
DESKS = Sql(
    f"SELECT w.caseworker, w.region, {CAP} AS cap, w.available, p.state,"
    " (SELECT count(*) FROM seat s WHERE s.caseworker = w.caseworker) AS used"
    " FROM caseworker_seats w JOIN presence p ON p.subject = 'caseworker/' || w.caseworker"
    " WHERE p.linked = true"
)


@dataclass(frozen=True, slots=True)
class Counts:
    """Rows by region: waiting by level, places by region, one row for every open desk."""

    waiting: list[Row]
    places: list[Row]
    desks: list[Row]

    def in_pilots(self, pilots: Mapping[str, Collection[str]]) -> Counts:
        """The same, where in a pilot only the desks of who is listed count (R36)."""
        desks = [
            row
            for row in self.desks
            if row["region"] not in pilots or row["caseworker"] in pilots[row["region"]]
        ]
        return replace(self, desks=desks)

    def present(self, region: str) -> int:
        """Who has an open desk and is not away."""
        return sum(row["region"] == region and row["state"] != "away" for row in self.desks)

    def seats(self, region: str) -> int:
        """The seats that are free at the desks that take offers."""
        return sum(
            max(0, row["cap"] - row["used"])
            for row in self.desks
            if row["region"] == region and row["available"]
        )

    def used(self, region: str) -> int:
        """The seats of a region that are taken."""
        return next((row["used"] for row in self.places if row["region"] == region), 0)


def counts_of() -> Command[Counts]:
    """All regions at one moment."""
    waiting = yield WAITING, {}
    places = yield PLACES, {}
    desks = yield DESKS, {}
    return Counts(waiting, places, desks)
