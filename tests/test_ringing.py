"""Who gets a sign, when, and once."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path

import pytest

from handoff.storage import presence
from tests.support.clock import FakeClock
from tests.support.ringing import (
    HOME,
    NEXT,
    PARTNER,
    PAUSE_S,
    SECOND,
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
from tests.test_visitor_acks import talking


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


async def test_people_at_home_are_rung_once_when_nobody_is_at_a_desk(
    server: Server, heard: Heard
) -> None:
    await in_line(server)
    for _ in range(3):
        await server.janitor(after_s=1)
    assert heard.calls == [(HOME, "line")]

    await in_line(server)
    await server.janitor(after_s=1)

    assert heard.calls == [(HOME, "line")] * 2


async def test_nobody_is_rung_while_somebody_is_at_a_desk(server: Server, heard: Heard) -> None:
    await server.caseworker()
    await in_line(server)
    await server.janitor(after_s=1)

    assert heard.calls == []


async def test_who_is_planned_later_is_rung_then(server: Server, heard: Heard) -> None:
    await nobody_planned(server)
    caseworker = await server.caseworker(available=False)
    await caseworker.says(type="presence", state="calling")
    await caseworker.next("desk", lambda desk: desk["presence"] == "calling")
    await in_line(server)
    await caseworker.hangs_up()
    await server.house.db.run(presence.set_caseworker, caseworker.username, "a", "away", False, 0)
    await server.janitor(after_s=1)
    assert heard.calls == []

    await server.plan_everywhere("avond")
    await server.janitor(after_s=1)

    assert heard.calls == [("avond", "line")]


# partners


async def test_people_of_a_partner_are_rung_at_home_when_the_own_region_has_nobody(
    server: Server, heard: Heard
) -> None:
    await nobody_planned(server, PARTNER)
    rung = await server.caseworker(f"{PARTNER}-1", available=False)
    await in_line(server)
    for _ in range(3):
        await server.janitor(after_s=1)

    assert heard.calls == [(at_home_in(PARTNER), "line")]
    await rung.says(type="presence", state="available")
    await rung.next("desk", lambda desk: desk["presence"] == "available")
    await server.janitor(after_s=1)
    assert (await rung.next("offer"))["ticket"]["home_region"] == REGION


async def test_partners_are_rung_one_after_the_other_once_the_own_people_did_not_come(
    server: Server, heard: Heard
) -> None:
    await nobody_planned(server, REGION, PARTNER, SECOND)
    await in_line(server)
    await server.janitor()
    assert heard.calls == [(at_home_in(REGION), "line")]

    for region in (SECOND, PARTNER):
        before = list(heard.calls)
        await server.janitor(after_s=175)
        assert heard.calls == before
        await server.janitor(after_s=5)
        assert heard.calls == [*before, (at_home_in(region), "line")]
    await server.janitor(after_s=500)
    assert len(heard.calls) == 3


async def test_for_danger_the_people_of_every_partner_are_rung_at_once(
    server: Server, heard: Heard
) -> None:
    await nobody_planned(server, REGION, PARTNER, SECOND)
    await in_line(server, acute=True)
    await server.janitor(after_s=1)

    lines = {username for username, kind in heard.calls if kind == "line"}
    assert lines == {at_home_in(region) for region in (REGION, PARTNER, SECOND)}


async def test_nobody_of_a_partner_is_rung_at_home_while_somebody_is_at_a_desk(
    server: Server, heard: Heard
) -> None:
    await nobody_planned(server, PARTNER, SECOND)
    await full(server)
    await in_line(server)
    await server.janitor(after_s=500)
    assert heard.calls == []


async def test_a_desk_that_is_away_sees_that_its_owner_is_rung_for_a_partner(
    server: Server,
) -> None:
    await nobody_planned(server)
    await on_roster(server, PARTNER, f"{PARTNER}-1")
    rung = await server.caseworker(f"{PARTNER}-1", available=False)
    other = await server.caseworker(f"{PARTNER}-2", available=False)
    await in_line(server)
    await server.janitor(after_s=1)
    for desk in (rung, other):
        await desk.quiet()

    assert rung.desk["rung"] == "line"
    assert "rung" not in other.desk


# the senior


async def test_the_senior_is_rung_for_somebody_in_danger_whom_every_desk_declined(
    server: Server, heard: Heard
) -> None:
    await on_call(server, SENIOR)
    desks = [await server.caseworker(f"{REGION}-{number}") for number in (1, 2)]
    await in_line(server, acute=True)
    for desk in desks:
        await server.janitor(after_s=1)
        assert heard.calls == []
        ticket = (await desk.next("offer"))["ticket"]["id"]
        await desk.says(type="decline", ticket=ticket)
        await desk.quiet()
    for _ in range(2):
        await server.janitor(after_s=1)

    assert heard.calls == [(SENIOR, "acute")]


async def test_a_question_rings_the_senior_of_the_region_that_a_chat_went_to(
    server: Server, heard: Heard
) -> None:
    there = f"{PARTNER}-9"
    await on_call(server, SENIOR)
    await on_call(server, there, PARTNER)
    _, caseworker, ticket = await talking(server)
    await caseworker.says(type="consult", ticket=ticket, text="wat denk jij?")
    await caseworker.next("event", lambda event: event["text"] == "wat denk jij?")
    partner = await server.caseworker(f"{PARTNER}-1")
    await caseworker.says(type="transfer", ticket=ticket, to={"region": PARTNER}, note="")
    await partner.next("assigned")
    await partner.quiet()
    assert "asked_at" not in partner.desk["tickets"][0]

    await partner.says(type="consult", ticket=ticket, text="en jij?")
    await partner.next("event", lambda event: event["text"] == "en jij?")
    await server.settled()

    assert heard.calls == [(SENIOR, "consult"), (there, "consult")]


async def test_the_senior_is_rung_for_somebody_in_danger_without_a_seat(
    server: Server, heard: Heard
) -> None:
    await on_call(server, SENIOR)
    await full(server)
    await in_line(server)
    await server.janitor(after_s=1)
    assert heard.calls == []

    await in_line(server, acute=True)
    for _ in range(2):
        await server.janitor(after_s=1)

    assert heard.calls == [(SENIOR, "acute")]


async def test_in_a_pilot_an_unlisted_desk_is_nobody(server: Server, heard: Heard) -> None:
    await server.caseworker()
    pilot(server, frozenset({"somebody", HOME}))
    await in_line(server, acute=True)
    await server.house.rings.look()
    await server.settled()

    assert (HOME, "line") in heard.calls


def pilot(server: Server, listed: frozenset[str]) -> None:
    services = server.house.services
    services.knowledge = replace(services.knowledge, pilots={REGION: listed})


async def test_a_question_rings_the_senior_once_for_a_conversation(
    server: Server, heard: Heard
) -> None:
    await on_call(server, SENIOR)
    _, caseworker, ticket = await talking(server)
    for text in ("wat denk jij?", "ben je er?"):
        await caseworker.says(type="consult", ticket=ticket, text=text)
        await caseworker.next("event", lambda event, text=text: event["text"] == text)
    await server.settled()

    assert heard.calls == [(SENIOR, "consult")]
    await caseworker.quiet()
    assert caseworker.desk["tickets"][0]["asked_at"]


async def test_a_desk_that_is_away_sees_that_its_owner_is_rung(server: Server) -> None:
    await on_call(server, SENIOR)
    senior = await server.caseworker(SENIOR, available=False)
    await server.plan_everywhere(f"{REGION}-2")
    at_home = await server.caseworker(f"{REGION}-2", available=False)
    stranger = await server.caseworker(f"{REGION}-3", available=False)
    await in_line(server, acute=True)
    await server.janitor(after_s=1)
    for desk in (senior, at_home, stranger):
        await desk.quiet()

    assert senior.desk["rung"] == "acute"
    assert at_home.desk["rung"] == "line"
    assert "rung" not in stranger.desk
    await at_home.says(type="presence", state="available")
    await at_home.next("desk", lambda desk: "rung" not in desk)


async def test_a_question_that_is_lost_on_the_way_rings_the_senior_again_and_once(
    server: Server, heard: Heard
) -> None:
    await on_call(server, SENIOR)
    heard.deaf = {SENIOR}
    _, caseworker, ticket = await talking(server)
    await caseworker.says(type="consult", ticket=ticket, text="wat denk jij?")
    await caseworker.next("event", lambda event: event["text"] == "wat denk jij?")
    await server.settled()
    heard.deaf = set()
    for _ in range(3):
        await server.janitor(after_s=PAUSE_S)

    assert heard.calls == [(SENIOR, "consult")] * 2


async def test_a_question_while_nobody_is_on_call_says_so_and_rings_who_comes_on_call(
    server: Server, heard: Heard
) -> None:
    _, caseworker, ticket = await talking(server)
    await caseworker.says(type="consult", ticket=ticket, text="wat denk jij?")
    await caseworker.next("event", lambda event: event.get("name") == "nobody_on_call")
    await server.janitor(after_s=PAUSE_S)
    assert heard.calls == []

    await on_call(server, SENIOR)
    for _ in range(2):
        await server.janitor(after_s=PAUSE_S)
    await on_call(server, NEXT)
    await server.janitor(after_s=PAUSE_S)

    # the question was heard, so the next shift is not rung for it
    assert heard.calls == [(SENIOR, "consult")]
    names = [event.get("name") for event in caseworker.all("event")]
    assert names.count("nobody_on_call") == 1
