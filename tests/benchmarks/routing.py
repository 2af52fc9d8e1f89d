"""One decision: reading a line and choosing, with few and with very many who wait."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from data import knowledge
from handoff.clock import micros
from handoff.desk.dispatch import Dispatch, Surroundings
from handoff.desk.routing import Decision
from handoff.desk.seats import SqlSeats
from handoff.settings import Settings
from handoff.storage import schema, sql, tables
from handoff.storage.sql import Command, Rollback
from handoff.storage.units import NewEvent
from tests.benchmarks.figures import middle
from tests.support.clock import FakeClock
from tests.support.storing import opened

REGION = "zuidoost-brabant"
WAITING = (10, 1_000, 100_000)
CASEWORKERS = 5_000
LOOKS = 40
#: Rows in one transaction, so that none takes longer than a unit may.
AT_ONCE = 500


class Declined(SqlSeats):
    """Seats that nobody takes: each look is the same decision again."""

    async def offer(
        self,
        decision: Decision,
        expires_at: int,
        now: int,
        day: int = 0,
        told: Sequence[NewEvent] = (),
    ) -> None:
        raise Rollback("taken")


async def decide(folder: Path, waiting: int, caseworkers: int = CASEWORKERS) -> float:
    """The median time of a decision in microseconds, own region and partners, on SQLite. Every
    caseworker has a full desk but in the last region that is asked, so that all are looked at."""
    url = f"sqlite:///{folder / f'routing-{waiting}.db'}"
    await asyncio.to_thread(schema.migrate, url)
    data, clock = knowledge.load(), FakeClock()
    async with opened(url) as db:
        await db.run(_places, list(data.regions))
        for first in range(0, caseworkers, AT_ONCE):
            last = min(first + AT_ONCE, caseworkers)
            await db.run(_people, list(data.regions), range(first, last))
        for first in range(0, waiting, AT_ONCE):
            await db.run(_line, range(first, min(first + AT_ONCE, waiting)), micros(clock.now()))
        dispatch = Dispatch(
            Declined(db),
            Surroundings(lambda: data, clock.now, Settings(), lambda region: None, _never),
        )
        times = []
        for _ in range(LOOKS):
            began = time.perf_counter()
            await dispatch.offers(REGION)
            times.append((time.perf_counter() - began) * 1e6)
    return middle(times)


def _never(work: Any) -> None:
    raise AssertionError("nothing runs beside a decision")


def _places(regions: Sequence[str]) -> Command[None]:
    for region in regions:
        values = sql.values_of(tables.RegionSeats(region=region, cap=200))
        yield sql.insert(tables.RegionSeats), values


def _people(regions: Sequence[str], numbers: range) -> Command[None]:
    for number in numbers:
        region = regions[number % len(regions)]
        helps = region == "midden-brabant"
        values = {"caseworker": f"c{number}", "region": region, "cap": 3 if helps else 0}
        seat = tables.CaseworkerSeats(**values, available=1)
        yield sql.insert(tables.CaseworkerSeats), sql.values_of(seat)
        presence = tables.PresenceRow(
            subject=f"caseworker/c{number}", node="one", state="available", linked=True, since=0
        )
        yield sql.insert(tables.PresenceRow), sql.values_of(presence)


def _line(numbers: range, now: int) -> Command[None]:
    for number in numbers:
        id = f"t{number:06}"
        conversation = tables.Conversation(
            id=f"c-{id}", region=REGION, language="nl", release="r", state="waiting", began_at=now
        )
        yield sql.insert(tables.Conversation), sql.values_of(conversation)
        ticket = tables.Ticket(
            id=id,
            conversation=f"c-{id}",
            state="waiting",
            home_region=REGION,
            queue_region=REGION,
            serving_region=REGION,
            level="normal",
            band=1,
            queue_at=now - number,
            waiting_since=now - number,
            entered_at=now - number,
            language="nl",
            visitor_since=now,
        )
        yield sql.insert(tables.Ticket), sql.values_of(ticket)
