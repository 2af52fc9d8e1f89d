"""Who gets a sign, when, once; and that the sign says nothing of a visitor."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from aiohttp import web

from handoff.ringing import Silent, Webhook, ringer_of
from handoff.settings import Settings
from handoff.storage import presence
from handoff.storage.sql import Sql, values_of
from tests.support.built import ADD_SHIFT, planned
from tests.support.clock import FakeClock
from tests.support.running import REGION, Server, running
from tests.test_caseworker_queue import in_line
from tests.test_make_room import full
from tests.test_senior import on_call
from tests.test_visitor_acks import talking

HOME = "piket"
SENIOR = f"{REGION}-8"
#: Partners by agreement; the second is asked first.
PARTNER, SECOND = "midden-brabant", "brabant-noordoost"


class Heard:
    """Notes who is rung."""

    def __init__(self) -> None:
        self.calls: list[tuple[str, str]] = []

    async def ring(self, username: str, kind: str) -> bool:
        self.calls.append((username, kind))
        return True


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


async def nobody_planned(server: Server, *but: str) -> None:
    """Nobody is at home anywhere; in these regions `<region>.thuis` is."""

    def command() -> Any:
        yield Sql("DELETE FROM roster"), {}
        for region in but:
            yield ADD_SHIFT, values_of(planned(region, at_home_in(region)))

    await server.house.db.run(command)
    server.house.operating.mark = None
    await server.house.operate()


def at_home_in(region: str) -> str:
    return f"{region}.thuis"


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


async def on_roster(server: Server, region: str, username: str) -> None:
    def command() -> Any:
        yield ADD_SHIFT, values_of(planned(region, username))

    await server.house.db.run(command)
    server.house.operating.mark = None
    await server.house.operate()


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


# the webhook


@asynccontextmanager
async def phone_company(*answers: int) -> AsyncIterator[tuple[str, list[dict[str, Any]]]]:
    """A program that rings people; it answers with these, the last one for ever."""
    asked: list[dict[str, Any]] = []
    left = list(answers)

    async def ring(request: web.Request) -> web.Response:
        asked.append(await request.json())
        status = left.pop(0) if len(left) > 1 else left[0]
        return web.Response(status=status, headers={"Location": "/elsewhere"})

    app = web.Application()
    app.add_routes([web.post("/ring", ring)])
    runner = web.AppRunner(app)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    try:
        yield f"http://127.0.0.1:{runner.addresses[0][1]}/ring", asked
    finally:
        await runner.cleanup()


async def test_the_webhook_says_whom_and_why_and_nothing_else() -> None:
    async with phone_company(202) as (url, asked):
        assert await Webhook(url, 5).ring("groningen-1", "line")

    assert asked == [{"to": "groningen-1", "kind": "line"}]


@pytest.mark.parametrize(
    ("answers", "passed"), [((500, 200), True), ((500,), False), ((302,), False)]
)
async def test_the_webhook_tries_once_more_and_then_says_no(
    answers: tuple[int, ...], passed: bool
) -> None:
    async with phone_company(*answers) as (url, asked):
        assert await Webhook(url, 5).ring("groningen-1", "acute") is passed

    assert len(asked) == 2


async def test_a_webhook_that_is_not_there_is_a_no_and_no_word_of_its_address(
    caplog: pytest.LogCaptureFixture,
) -> None:
    async with phone_company(200) as (url, _):
        pass

    assert not await Webhook(f"{url}?key=geheim", 1).ring("groningen-1", "line")
    assert not await Webhook("no address", 1).ring("groningen-1", "line")
    assert "geheim" not in caplog.text and "groningen-1" not in caplog.text


def test_without_an_address_nobody_outside_is_rung() -> None:
    assert isinstance(ringer_of(Settings()), Silent)
    assert isinstance(ringer_of(Settings(ring_url="http://localhost/ring")), Webhook)
