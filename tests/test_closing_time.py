"""Closing time stops new intakes only: who waits is served by those who stay, or told so."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager
from datetime import UTC, datetime
from pathlib import Path

import pytest

from tests.support.clock import FakeClock
from tests.support.running import REGION, Server, Visitor, running
from tests.test_overflow import full, in_line

#: Open until five; `REGION` until eleven.
PARTNER, OTHER = "midden-brabant", "brabant-noordoost"
HELPER = f"{PARTNER}-1"
#: A Monday: ten minutes before five, and before eleven, on the clock there.
FIVE = datetime(2026, 11, 23, 15, 50, tzinfo=UTC)
ELEVEN = datetime(2026, 11, 23, 21, 50, tzinfo=UTC)
CLOSED, ELSEWHERE = "utter_wait_closed", "utter_wait_elsewhere"

At = Callable[[datetime], AbstractAsyncContextManager[Server]]


@pytest.fixture
async def at(database: str, tmp_path: Path) -> AsyncIterator[At]:
    """A server at a time, with nobody to be rung at home."""
    yield lambda now: running(database, tmp_path, FakeClock(now), roster=False)


async def minutes(server: Server, many: int) -> None:
    """Lets time pass as it does: looked at all the while."""
    for _ in range(many):
        await server.janitor(after_s=60)


def told(visitor: Visitor, name: str) -> list[str]:
    return [event["text"] for event in visitor.all("event") if event.get("name") == name]


async def test_a_helper_that_closed_is_still_offered_whoever_was_told_of_it(at: At) -> None:
    async with at(FIVE) as server:
        await full(server)
        there = await server.caseworker(HELPER)
        visitor = await in_line(server)
        await server.janitor()
        ticket = (await there.next("offer"))["ticket"]["id"]
        await there.says(type="decline", ticket=ticket)
        await there.next("desk", lambda desk: not desk["offers"])

        await server.janitor(after_s=900)
        newcomer = await in_line(server)
        await server.janitor()
        await there.quiet()

        assert [offer["ticket"]["id"] for offer in there.desk["offers"]] == [ticket]
        await there.accepts()
        await visitor.next("status", lambda status: status["state"] == "active")
        # who began after closing time is nobody's there
        await minutes(server, 1)
        await there.quiet()
        assert there.desk["offers"] == []
        assert newcomer.status["state"] == "waiting"


async def test_who_has_nobody_else_is_served_by_a_helper_that_closed(at: At) -> None:
    async with at(ELEVEN) as server:
        there = await server.caseworker(f"{REGION}-1")
        await there.says(type="cap", seats=0)
        visitor = await in_line(server, PARTNER)

        await minutes(server, 15)
        await visitor.quiet()
        assert told(visitor, CLOSED) == []
        await there.says(type="cap", seats=1)
        await there.next("desk", lambda desk: desk["cap"] == 1)
        await server.janitor()

        assert (await there.accepts())["ticket"]["conversation"] == visitor.conversation


@pytest.mark.parametrize("acute", [False, True])
async def test_once_nobody_is_there_any_more_it_is_said_with_the_next_opening(
    at: At, acute: bool
) -> None:
    async with at(ELEVEN) as server:
        there = await server.caseworker(f"{REGION}-1")
        await there.says(type="cap", seats=0)
        visitor = await in_line(server, PARTNER, acute=acute)
        await minutes(server, 15)

        await there.hangs_up()
        await minutes(server, 2)
        await visitor.quiet()
        # a link that is lost may come back
        assert told(visitor, CLOSED) == []
        await minutes(server, 10)
        await visitor.quiet()

        (text,) = told(visitor, CLOSED)
        assert "Dinsdagochtend om 9.00 uur" in text
        lines = server.house.plan.knowledge
        for line in (lines.advice_line, lines.emergency_line):
            assert lines.help_lines[line].number in text
        assert visitor.button("Ik kom later terug") == "/sys:later"
        # the place stays: who is there in the morning is served
        assert visitor.status["state"] == "waiting"


async def test_the_own_region_that_closes_and_goes_says_so_too(at: At) -> None:
    async with at(ELEVEN) as server:
        own = await server.caseworker(f"{REGION}-1")
        await own.says(type="cap", seats=0)
        visitor = await in_line(server)
        await own.hangs_up()

        await minutes(server, 9)
        await visitor.quiet()
        assert told(visitor, CLOSED) == []
        await minutes(server, 8)
        await visitor.quiet()

        assert len(told(visitor, CLOSED)) == 1


async def test_who_was_told_of_a_helper_that_went_reads_who_answers_now(at: At) -> None:
    async with at(FIVE) as server:
        there = await server.caseworker(HELPER)
        visitor = await in_line(server, OTHER)
        await server.janitor()
        ticket = (await there.next("offer"))["ticket"]["id"]
        await there.says(type="decline", ticket=ticket)
        await there.next("desk", lambda desk: not desk["offers"])
        late = await server.caseworker(f"{REGION}-1", available=False)
        await late.says(type="presence", state="calling")
        await late.next("desk", lambda desk: desk["presence"] == "calling")
        await there.hangs_up()

        await minutes(server, 16)
        await visitor.quiet()

        (text,) = told(visitor, ELSEWHERE)
        assert "Zuidoost-Brabant" in text
        assert told(visitor, CLOSED) == []
