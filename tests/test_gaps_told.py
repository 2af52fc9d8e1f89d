"""Coordinators get a sign for hours that nobody covers: a week before, and the day before."""

from __future__ import annotations

from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from data.rota import Gap
from handoff.desk.gaps_told import GapsTold, due
from handoff.protocol import RingKind
from tests.support.clock import FakeClock
from tests.support.running import REGION, running

TODAY = date(2026, 11, 23)


def gap(day: int) -> Gap:
    at = datetime(2026, 11, day, 9, tzinfo=UTC)
    return Gap(date(2026, 11, day), REGION, at, at, "no_roster")


@pytest.mark.parametrize(
    ("day", "sign"),
    [(22, None), (23, "gap_1"), (24, "gap_1"), (25, "gap_7"), (30, "gap_7")],
)
def test_a_sign_is_due_a_week_before_and_the_day_before(day: int, sign: str | None) -> None:
    expected = {(REGION, date(2026, 11, day)): sign} if sign else {}

    assert due([gap(day)], TODAY) == expected


class Bells:
    """Who was rung, and for what."""

    def __init__(self) -> None:
        self.rung: list[tuple[str, str]] = []
        self.works = True

    async def ring(self, username: str, kind: RingKind) -> bool:
        self.rung.append((username, kind))
        return self.works


async def test_each_gap_is_told_once_and_again_the_day_before(
    sqlite_database: str, tmp_path: Path
) -> None:
    bells, clock = Bells(), FakeClock()
    async with running(sqlite_database, tmp_path, clock, roster=False) as server:
        await server.hire("chief", role="coordinator", region=REGION)
        told = GapsTold(server.house.services, bells)
        await told.look()
        # a region that is open every day: today and the seven days after it
        assert bells.rung == [("chief", "gap")] * 8

        # another node looks too
        await GapsTold(server.house.services, bells).look()
        assert len(bells.rung) == 8

        clock.move(24 * 3600)
        await told.look()
        # a new day comes within the week, and one comes near
        assert len(bells.rung) == 10


async def test_a_sign_that_reached_nobody_is_given_at_the_next_look(
    sqlite_database: str, tmp_path: Path
) -> None:
    bells = Bells()
    async with running(sqlite_database, tmp_path, FakeClock(), roster=False) as server:
        await server.hire("chief", role="coordinator", region=REGION)
        told = GapsTold(server.house.services, bells)
        bells.works = False
        await told.look()
        bells.works = True
        for _ in range(2):
            await told.look()

        assert bells.rung == [("chief", "gap")] * 16
