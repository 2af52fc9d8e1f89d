"""Opening hours that other chat programs get wrong, as a visitor finds them (test_known_failures).

The rules themselves are proven minute by minute in test_hours and test_rota.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest

from data.hours import Block, Schedule
from tests.support.clock import FakeClock
from tests.support.running import REGION, Server, running
from tests.test_known_failures import goes_by, state_of

SUNDAY, DAYS = frozenset({6}), frozenset(range(7))
#: A morning, and an evening that runs into the next day; in Dutch time, an hour or two past UTC.
TWICE_A_DAY = (Block(DAYS, 9 * 60, 12 * 60), Block(DAYS, 20 * 60, 26 * 60))
#: From ten on Sunday until two on Monday.
SUNDAY_NIGHT = (Block(SUNDAY, 22 * 60, 26 * 60),)


async def when(sqlite_database: str, folder: Path, blocks: tuple[Block, ...], *times: str) -> str:
    """Whether the region is open at these times in UTC, one after the other: `o` or `-`."""
    moments = [datetime.fromisoformat(time).replace(tzinfo=UTC) for time in times]
    clock = FakeClock(moments[0])
    found = ""
    async with running(sqlite_database, folder, clock) as server:
        await opens_in(server, blocks)
        for moment in moments:
            clock.move((moment - clock.time).total_seconds())
            found += "o" if await state_of(server) == "open" else "-"
            visitor = await server.visitor()
            assert (visitor.status["state"] == "intake") == (found[-1] == "o"), moment
    return found


async def test_two_blocks_a_day_of_which_one_runs_past_midnight_are_what_a_visitor_finds(
    sqlite_database: str, tmp_path: Path
) -> None:
    """No. 20."""
    night = ("2026-11-24 00:59", "2026-11-24 01:00")
    day = ("2026-11-24 07:59", "2026-11-24 08:00", "2026-11-24 10:59", "2026-11-24 11:00")

    found = await when(sqlite_database, tmp_path, TWICE_A_DAY, *night, *day, "2026-11-24 19:00")

    assert found == "o--oo-o"


@pytest.mark.parametrize(
    "times",
    [
        # 25 hours long: summer time ends at three in the night
        ("2026-10-25 20:59", "2026-10-25 21:00", "2026-10-26 00:59", "2026-10-26 01:00"),
        # 23 hours long
        ("2027-03-28 19:59", "2027-03-28 20:00", "2027-03-28 23:59", "2027-03-29 00:00"),
    ],
    ids=("autumn", "spring"),
)
async def test_a_sunday_night_is_right_on_the_day_the_clock_changes_and_where_the_week_turns(
    sqlite_database: str, tmp_path: Path, times: tuple[str, ...]
) -> None:
    """No. 22."""
    assert await when(sqlite_database, tmp_path, SUNDAY_NIGHT, *times) == "-oo-"


async def opens_in(server: Server, blocks: tuple[Block, ...]) -> None:
    """The region of the tests has these hours, and nobody helps it out."""
    regions = server.house.operating.content.regions
    own = regions[REGION]
    other = {REGION: replace(own, chat_hours=Schedule(own.chat_hours.zone, blocks))}
    await goes_by(server, regions={**regions, **other}, agreements=())
