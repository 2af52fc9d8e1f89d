"""A sign that is lost is given again, and who comes on duty later gets one too."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from tests.support.clock import FakeClock
from tests.support.ringing import (
    HOME,
    NEXT,
    PARTNER,
    PAUSE_S,
    SENIOR,
    Heard,
    at_home_in,
    nobody_planned,
    on_roster,
)
from tests.support.running import REGION, Server, running
from tests.test_caseworker_queue import in_line
from tests.test_make_room import full
from tests.test_senior import on_call


@pytest.fixture
def heard() -> Heard:
    return Heard()


@pytest.fixture
async def server(
    heard: Heard, database: str, tmp_path: Path, clock: FakeClock
) -> AsyncIterator[Server]:
    async with running(database, tmp_path, clock) as found:
        found.house.rings.ringer = heard
        yield found


async def test_a_sign_that_is_lost_is_given_again_and_only_then_the_visitor_reads_of_it(
    server: Server, heard: Heard
) -> None:
    services = server.house.services
    services.settings = replace(services.settings, ring_url="http://localhost/ring")
    heard.deaf = {HOME}
    (visitor,) = await in_line(server)
    for _ in range(3):
        await server.janitor(after_s=1)
    await visitor.quiet()
    assert heard.calls == [(HOME, "line")]
    assert "utter_wait_ring" not in [event.get("name") for event in visitor.all("event")]

    heard.deaf = set()
    for after_s in (PAUSE_S, 1, PAUSE_S, PAUSE_S):
        await server.janitor(after_s=after_s)
    await visitor.quiet()

    assert heard.calls == [(HOME, "line")] * 2
    assert "utter_wait_ring" in [event.get("name") for event in visitor.all("event")]


async def test_of_two_people_only_who_was_not_reached_is_rung_again(
    server: Server, heard: Heard
) -> None:
    await on_call(server, SENIOR)
    await on_call(server, NEXT)
    heard.deaf = {NEXT}
    await in_line(server, acute=True)
    await server.janitor(after_s=1)
    heard.calls.clear()
    await server.janitor(after_s=PAUSE_S)

    assert heard.calls == [(NEXT, "acute")]


async def test_a_desk_says_that_the_senior_was_rung_once_the_sign_was_passed_on(
    server: Server, heard: Heard
) -> None:
    await on_call(server, SENIOR)
    heard.deaf = {SENIOR}
    caseworker, _ = await full(server)
    await in_line(server, acute=True)
    await server.janitor(after_s=1)
    await caseworker.quiet()
    assert "rung_at" not in caseworker.desk["queue"][0]

    heard.deaf = set()
    await server.janitor(after_s=PAUSE_S)
    await caseworker.quiet()

    assert caseworker.desk["queue"][0]["rung_at"]


async def test_a_node_that_dies_while_it_rings_leaves_the_sign_to_a_later_look(
    server: Server, heard: Heard
) -> None:
    def dies(*given: Any) -> Any:
        raise RuntimeError

    ring = server.house.rings.ring
    server.house.rings.ring = dies
    await in_line(server)
    await server.janitor(after_s=1)
    server.house.rings.ring = ring
    await server.janitor(after_s=1)
    assert heard.calls == []

    for _ in range(2):
        await server.janitor(after_s=PAUSE_S)

    assert heard.calls == [(HOME, "line")]


async def test_who_comes_on_call_while_somebody_in_danger_still_waits_is_rung_too(
    server: Server, heard: Heard
) -> None:
    await on_call(server, SENIOR)
    await in_line(server, acute=True)
    await server.janitor(after_s=1)
    assert heard.calls.count((SENIOR, "acute")) == 1
    heard.calls.clear()

    await on_call(server, NEXT)
    for _ in range(3):
        await server.janitor(after_s=PAUSE_S)

    assert heard.calls == [(NEXT, "acute")]


async def test_who_comes_on_duty_at_home_is_rung_for_who_still_waits(
    server: Server, heard: Heard
) -> None:
    await in_line(server)
    await server.janitor(after_s=1)
    await on_roster(server, REGION, "avond")
    for _ in range(3):
        await server.janitor(after_s=PAUSE_S)

    assert heard.calls == [(HOME, "line"), ("avond", "line")]


async def test_who_comes_on_duty_at_a_partner_is_rung_for_who_still_waits(
    server: Server, heard: Heard
) -> None:
    await nobody_planned(server, PARTNER)
    await in_line(server)
    await server.janitor(after_s=1)
    await on_roster(server, PARTNER, "avond")
    for _ in range(3):
        await server.janitor(after_s=PAUSE_S)

    assert heard.calls == [(at_home_in(PARTNER), "line"), ("avond", "line")]


async def test_a_region_that_cannot_be_looked_at_silences_no_other(
    server: Server, heard: Heard
) -> None:
    people, broken = server.house.rings.people, list[str]()

    def first_fails(region: str, kind: Any) -> list[str]:
        broken.append(region)
        if region == broken[0]:
            raise KeyError(region)
        return people(region, kind)

    server.house.rings.people = first_fails
    for region in (REGION, "utrecht"):
        await (await server.visitor(region)).goes_straight()
    await server.janitor(after_s=1)

    rows = await server.rows("SELECT region FROM escalation WHERE kind = 'ring_line'")
    assert {row["region"] for row in rows} == {REGION, "utrecht"} - {broken[0]}
    assert (HOME, "line") in heard.calls
