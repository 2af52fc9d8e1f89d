"""What the demo's page says to try works at the hour at which it is read."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import datetime
from pathlib import Path

import pytest

from data import knowledge as files
from data.hours import opening
from data.rota import line_of
from handoff.cli.times import clock_time
from handoff.desk.reach import lending
from handoff.web.demo_page import who_helps
from tests.shipped import local
from tests.support.clock import FakeClock
from tests.support.running import REGION, WEBSITE, running
from tests.test_pages import get

DATA = files.load()
TRIED = re.compile(r"voordeur demo --region (\S+) --region ([a-z-]+)(?: --clock (\S+))?</code>")


@pytest.mark.parametrize(
    ("now", "clock"),
    [
        # a Monday at noon: as it is
        ("2026-11-23 12:00", None),
        # a Saturday, a Sunday and a night: the partners open on Monday
        ("2026-11-21 14:00", "2026-11-23T09:00"),
        ("2026-11-22 12:00", "2026-11-23T09:00"),
        ("2026-11-23 03:00", "2026-11-23T09:00"),
        # an evening: the own region is open, its partners are not
        ("2026-11-23 20:00", "2026-11-24T09:00"),
        # Christmas
        ("2026-12-25 12:00", "2026-12-28T09:00"),
    ],
)
def test_the_hint_names_a_clock_at_which_another_region_helps(now: str, clock: str | None) -> None:
    found = who_helps(DATA, REGION, local(now))

    assert found is not None and found.clock == clock
    at = local(now)
    if clock is not None:
        at = clock_time(clock, DATA.regions[REGION], local(now))
    assert opening(DATA.regions[REGION].chat_hours, at).open
    line = line_of(DATA.pools, REGION, at)
    assert found.region.slug in [agreement.helper for agreement in lending(DATA, line, at)]


def test_a_clock_that_was_moved_by_hand_is_named_again() -> None:
    found = who_helps(DATA, REGION, local("2026-11-23 12:00"), moved=True)

    assert found is not None and found.clock == "2026-11-23T12:00"


def test_without_an_agreement_nothing_is_promised() -> None:
    alone = replace(DATA, agreements=())

    assert who_helps(alone, REGION, local("2026-11-23 12:00")) is None


async def test_on_a_weekend_the_page_says_how_to_see_overflow(
    sqlite_database: str, tmp_path: Path
) -> None:
    saturday = FakeClock(local("2026-11-21 14:00"))
    async with running(sqlite_database, tmp_path, saturday, demo=WEBSITE) as server:
        _, _, page = await get(server, "/")

    tried = TRIED.search(page)
    assert tried is not None
    assert tried[1] == REGION
    assert datetime.fromisoformat(tried[3]).weekday() == 0
