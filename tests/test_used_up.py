"""A partner that took all that it may for today, and a wish that nobody can keep any more: the
visitor is never left waiting for who does not come."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from handoff.storage.sql import values_of
from tests.support.built import ADD_SHIFT, planned
from tests.support.clock import FakeClock
from tests.support.running import REGION, Server, Visitor, running
from tests.test_overflow import in_line
from tests.test_visitor_acks import DANGER

#: Open until five; `REGION` until eleven.
PARTNER = "midden-brabant"
#: A Monday: noon, ten minutes before five, and seven in the evening, on the clock there.
NOON = datetime(2026, 11, 23, 11, 0, tzinfo=UTC)
FIVE = datetime(2026, 11, 23, 15, 50, tzinfo=UTC)
EVENING = datetime(2026, 11, 23, 18, 0, tzinfo=UTC)

At = Callable[[datetime], AbstractAsyncContextManager[Server]]


@pytest.fixture
async def at(database: str, tmp_path: Path) -> AsyncIterator[At]:
    """A server at a time, with nobody to be rung at home."""
    yield lambda now: running(database, tmp_path, FakeClock(now), roster=False)


async def one_a_day(server: Server) -> None:
    """Every agreement is for one chat a day."""
    operating = server.house.operating
    content = operating.content
    agreements = tuple(replace(one, most_per_day=1) for one in content.agreements)
    operating.content = replace(content, agreements=agreements)
    operating.mark = None
    await server.house.operate()


async def minutes(server: Server, many: int) -> None:
    for _ in range(many):
        await server.janitor(after_s=60)
        await server.house.floor.catch_up()
        await server.settled()


async def state_of(server: Server, region: str) -> str:
    async with server.http.get(f"{server.url}/api/regions/{region}") as answer:
        found: str = (await answer.json())["state"]
    return found


def told(visitor: Visitor, words: str) -> list[str]:
    return [event["text"] for event in visitor.all("event") if words in event["text"]]


async def test_once_a_partner_took_all_it_may_the_chat_is_closed_and_who_waits_reads_so(
    at: At,
) -> None:
    async with at(EVENING) as server:
        await one_a_day(server)
        there = await server.caseworker(f"{REGION}-1")
        await in_line(server, PARTNER)
        second = await in_line(server, PARTNER)
        assert await state_of(server, PARTNER) == "open"

        await server.janitor()
        await there.accepts()
        await minutes(server, 1)
        assert await state_of(server, PARTNER) == "closed"
        assert told(second, "er is niemand meer") == []
        await minutes(server, 8)
        await second.quiet()

        assert len(told(second, "er is niemand meer")) == 1
        assert second.status["state"] == "waiting"


async def test_somebody_in_danger_is_offered_a_seat_and_reads_nothing_of_a_maximum(
    at: At,
) -> None:
    async with at(EVENING) as server:
        await one_a_day(server)
        there = await server.caseworker(f"{REGION}-1")
        await in_line(server, PARTNER)
        visitor = await in_line(server, PARTNER)
        await server.janitor()
        await there.accepts()
        await minutes(server, 1)

        await visitor.types(DANGER)
        await server.janitor()
        await there.quiet()

        (offer,) = there.desk["offers"]
        assert offer["ticket"]["conversation"] == visitor.conversation
        await there.says(type="decline", ticket=offer["ticket"]["id"])
        await minutes(server, 8)
        await visitor.quiet()
        assert told(visitor, "er is niemand meer") == []


async def test_what_was_taken_yesterday_keeps_nobody_closed_today(at: At) -> None:
    async with at(EVENING) as server:
        await one_a_day(server)
        there = await server.caseworker(f"{REGION}-1")
        visitor = await in_line(server, PARTNER)
        await server.janitor()
        await there.ends((await there.accepts())["ticket"]["id"])
        await planned_at_home(server, "thuis")
        # nobody here looks at the partner any more
        await visitor.says(type="end")
        await visitor.closed()
        await there.hangs_up()
        await minutes(server, 1)
        assert await state_of(server, PARTNER) == "closed"

        # half past nine in the morning; its own people are not there
        server.clock.move(14.5 * 3600)
        await minutes(server, 1)

        assert await state_of(server, PARTNER) == "open"


async def test_who_helps_after_all_is_said_once_more_when_nobody_of_the_own_region_comes(
    at: At,
) -> None:
    async with at(FIVE) as server:
        own = await server.caseworker(f"{PARTNER}-1")
        await own.says(type="cap", seats=0)
        await own.next("desk", lambda desk: desk["cap"] == 0)
        there = await server.caseworker(f"{REGION}-1")
        visitor = await in_line(server, PARTNER)
        await server.janitor()
        await visitor.quiet()
        assert len(told(visitor, "Zuidoost-Brabant")) == 1
        await visitor.chooses("Ik wacht liever op mijn eigen regio")
        await server.janitor()
        await there.next("desk", lambda desk: not desk["offers"])

        # nobody else is planned today
        await own.hangs_up()
        await server.janitor()
        await visitor.quiet()

        assert len(told(visitor, "Zuidoost-Brabant")) == 2
        await there.quiet()
        (offer,) = there.desk["offers"]
        await there.says(type="decline", ticket=offer["ticket"]["id"])
        await minutes(server, 2)
        await visitor.quiet()
        assert len(told(visitor, "Zuidoost-Brabant")) == 2


# people at home


class Heard:
    """Notes who is rung."""

    def __init__(self) -> None:
        self.calls: list[str] = []

    async def ring(self, username: str, kind: str) -> bool:
        self.calls.append(username)
        return True


async def test_people_at_home_of_a_partner_that_took_all_it_may_are_rung_for_danger_only(
    at: At,
) -> None:
    async with at(EVENING) as server:
        await one_a_day(server)
        there = await server.caseworker(f"{REGION}-1")
        await in_line(server, PARTNER)
        second = await in_line(server, PARTNER)
        await server.janitor()
        await there.ends((await there.accepts())["ticket"]["id"])
        await there.hangs_up()
        await planned_at_home(server, "thuis")
        server.house.rings.ringer = heard = Heard()

        await minutes(server, 6)
        assert heard.calls == []
        await second.types(DANGER)
        await minutes(server, 1)

        assert heard.calls == ["thuis"]


async def planned_at_home(server: Server, username: str, region: str = REGION, **more: Any) -> None:
    """Somebody who is rung, all day."""

    def command() -> Any:
        yield ADD_SHIFT, values_of(planned(region, username, **more))

    await server.house.db.run(command)
    server.house.operating.mark = None
    await server.house.operate()


async def test_nobody_is_rung_elsewhere_for_who_waits_for_those_who_come_later_today(
    at: At,
) -> None:
    async with at(NOON) as server:
        await planned_at_home(server, "thuis")
        await planned_at_home(server, "middag", PARTNER, start_min=13 * 60, end_min=17 * 60)
        visitor = await in_line(server, PARTNER)
        await visitor.says(type="choose", id="own", payload="/sys:own_region")
        await visitor.quiet()
        server.house.rings.ringer = heard = Heard()

        await minutes(server, 10)
        assert heard.calls == []
        await visitor.says(type="choose", id="other", payload="/sys:other_region")
        await visitor.quiet()
        await minutes(server, 1)

        assert heard.calls == ["thuis"]
