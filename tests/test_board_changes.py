"""What a coordinator changes over HTTP: what it does, how soon, and until when."""

from __future__ import annotations

from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from handoff.cli.demo import _plan
from tests.shipped import local
from tests.support.clock import FakeClock
from tests.support.running import REGION, Server, becomes, running
from tests.support.staff import CATCH_UP_S, OTHER, audited, coordinator, is_open, shift_of


@pytest.fixture
def database(sqlite_database: str) -> str:
    """What is stored is proven on both databases elsewhere."""
    return sqlite_database


# operation


async def test_closed_today_is_closed_before_the_answer_and_open_again_by_itself(
    server: Server,
) -> None:
    await server.nobody_helps()
    mine = await coordinator(server)
    row = await mine.changes("closed", reason=" iedereen ziek ")

    assert not is_open(server)
    assert (await mine.region())["state"] == "closed"
    assert (row["state"], row["reason"], row["made_by"]) == (
        "active",
        "iedereen ziek",
        mine.username,
    )
    async with server.http.get(f"{server.url}/api/regions/{REGION}") as answer:
        assert (await answer.json())["state"] == "closed"

    await server.janitor(after_s=3_599)
    assert not is_open(server)
    await server.janitor(after_s=CATCH_UP_S)
    assert is_open(server)
    assert (await mine.board())["operation"] == []


async def test_opening_later_moves_the_opening_that_the_visitor_reads(server: Server) -> None:
    mine = await coordinator(server)
    day_end = "2026-11-23T22:00:00Z"
    await mine.changes("opens_later", value="20:30", until=day_end)

    async with server.http.get(f"{server.url}/api/regions/{REGION}") as answer:
        assert (await answer.json())["opens_at"] == "2026-11-23T19:30:00Z"


async def test_what_begins_later_begins_then(server: Server) -> None:
    mine = await coordinator(server)
    begin = server.clock.now() + timedelta(minutes=30)
    await mine.changes("region_cap", value="1", **{"from": begin.isoformat()})

    assert (await mine.region())["cap"] == 8
    await server.janitor(after_s=1_800)
    assert (await mine.region())["cap"] == 1
    await server.janitor(after_s=1_800)
    assert (await mine.region())["cap"] == 8


async def test_a_change_is_ended_before_its_time(server: Server) -> None:
    mine = await coordinator(server)
    row = await mine.changes("closed")
    server.clock.move(1)

    status, ended = await mine.post(f"/api/operation/{row['id']}", answer="end")

    assert (status, ended["state"], ended["answered_by"]) == (200, "ended", mine.username)
    assert is_open(server)
    again = await mine.post(f"/api/operation/{row['id']}", answer="end")
    assert (again[0], again[1]["code"]) == (409, "wrong_state")
    assert await audited(server) == [
        (mine.username, "operation"),
        (mine.username, "operation_end"),
    ]


async def test_a_cap_below_what_runs_ends_no_chat_and_lets_no_new_one_begin(
    server: Server,
) -> None:
    caseworker = await server.caseworker()
    visitor = await server.visitor()
    await visitor.goes_straight()
    ticket = (await caseworker.accepts())["ticket"]["id"]
    mine = await coordinator(server)

    await mine.changes("region_cap", value="0")
    await mine.changes("caseworker_cap", subject=caseworker.username, value="0")
    await mine.changes("closed")

    await caseworker.writes(ticket, "Ik ben er nog")
    await visitor.next("event", lambda event: event["text"] == "Ik ben er nog")
    assert (await visitor.types("Fijn"))["seq"] > 0
    assert visitor.status["state"] == "active"
    found = await mine.region()
    assert (found["used"], found["cap"], found["free"]) == (1, 0, 0)
    rows = await server.rows("SELECT cap FROM region_seats WHERE region = :region", region=REGION)
    assert rows == [{"cap": 0}]


async def test_a_caseworkers_cap_is_lowered_and_comes_back(server: Server) -> None:
    caseworker = await server.caseworker()
    mine = await coordinator(server)
    await mine.changes("caseworker_cap", subject=caseworker.username, value="1")
    assert (await caseworker.next("desk", lambda desk: desk["cap"] < 3))["cap"] == 1

    # the desk may not go above it, and what is asked for at the desk is kept for afterwards
    await caseworker.says(type="cap", seats=2)
    await caseworker.quiet()
    assert caseworker.desk["cap"] == 1

    await server.janitor(after_s=3_600)
    await caseworker.next("desk", lambda desk: desk["cap"] == 2)


async def test_a_pilot_is_in_force_for_its_region(server: Server) -> None:
    mine = await coordinator(server)
    await server.hire(f"{REGION}-1")
    await mine.changes("pilot", value=f"{REGION}-1")

    assert server.house.services.knowledge.pilots == {REGION: frozenset({f"{REGION}-1"})}


# two regions


def swap(server: Server, **more: Any) -> dict[str, Any]:
    """IJsselland takes over the day of duty of Twente, a week ahead."""
    given = {
        "kind": "swap",
        "region": "ijsselland",
        "other_region": "twente",
        "subject": "oost",
        "value": "2026-11-30",
        "until": "2026-11-30T12:00:00Z",
        "reason": "teamdag",
    }
    return {**given, **more}


async def test_a_swap_works_after_the_yes_of_the_other_region(server: Server) -> None:
    mine, theirs = await coordinator(server, "ijsselland"), await coordinator(server, "twente")
    status, row = await mine.send("/api/operation", swap(server))
    pools = server.house.services.knowledge.pools

    # a swap lasts its whole day, whatever its end says
    assert (status, row["state"], row["until"]) == (201, "proposed", "2026-11-30T23:00:00Z")
    assert pools["oost"].swaps == {}
    answer = f"/api/operation/{row['id']}"
    assert (await mine.post(answer, answer="accept"))[1]["code"] == "forbidden"
    assert (await theirs.post(answer, answer="accept"))[1]["state"] == "active"
    day = datetime(2026, 11, 30).date()
    assert server.house.services.knowledge.pools["oost"].swaps == {day: "ijsselland"}
    alone = await mine.post(answer, answer="end")
    assert (alone[0], alone[1]["message"]) == (
        409,
        "both regions agreed to it: propose the opposite",
    )


async def test_an_agreement_goes_off_and_on_by_two_yeses(server: Server) -> None:
    mine, theirs = await coordinator(server), await coordinator(server, "midden-brabant")
    before = server.house.services.knowledge.agreements

    for value in ("off", "on"):
        change = mine.change(
            "agreement", subject="brabant", value=value, other_region="midden-brabant"
        )
        row = (await mine.send("/api/operation", change))[1]
        now = server.house.services.knowledge.agreements
        server.clock.move(1)
        await theirs.post(f"/api/operation/{row['id']}", answer="accept")
        assert len(now) - len(server.house.services.knowledge.agreements) == (
            2 if value == "off" else -2
        )
    assert server.house.services.knowledge.agreements == before


async def test_a_refused_proposal_does_nothing(server: Server) -> None:
    mine, theirs = await coordinator(server, "ijsselland"), await coordinator(server, "twente")
    row = (await mine.send("/api/operation", swap(server)))[1]

    assert (await theirs.post(f"/api/operation/{row['id']}", answer="refuse"))[1]["state"] == (
        "refused"
    )
    assert server.house.services.knowledge.pools["oost"].swaps == {}


# what is refused


@pytest.mark.parametrize(
    "wrong",
    [
        {"reason": "  "},
        {"reason": "x" * 201},
        {"reason": "nul\x00"},
        {"kind": "holiday"},
        {"until": "2026-11-23T13:59:59Z"},
        {"until": "2026-11-23T17:00:00"},
        {"until": "2028-01-01T00:00:00Z"},
        {"until": "morgen"},
        {"from": "2026-11-23T17:00:00Z"},
        {"kind": "region_cap"},
        {"kind": "region_cap", "value": "veel"},
        {"kind": "caseworker_cap", "subject": "nobody", "value": "1"},
        {"kind": "caseworker_cap", "subject": f"{REGION}-1", "value": "4"},
        {"kind": "opens_later", "value": "half tien"},
        {"kind": "pilot", "value": "nobody"},
        {"kind": "swap", "subject": "oost", "value": "2026-11-30", "other_region": "twente"},
        {"kind": "swap", "subject": "west", "value": "2026-11-30", "other_region": "twente"},
        {"kind": "agreement", "subject": "brabant", "value": "off"},
        {"kind": "agreement", "subject": "brabant", "value": "off", "other_region": OTHER},
    ],
    ids=str,
)
async def test_a_change_that_cannot_be_done_is_refused_with_a_cause(
    server: Server, wrong: dict[str, Any]
) -> None:
    mine = await coordinator(server)
    await server.hire(f"{REGION}-1")
    before = server.house.services.knowledge

    status, body = await mine.send("/api/operation", {**mine.change("closed"), **wrong})

    assert (status, body["code"]) == (400, "bad_payload"), body
    assert body["message"]
    assert await server.rows("SELECT * FROM operation") == []
    assert server.house.services.knowledge is before


# the roster


async def test_a_shift_is_planned_rung_and_ended(server: Server) -> None:
    mine = await coordinator(server)
    await server.hire(f"{REGION}-1")
    shift = shift_of(f"{REGION}-1", start="20:00", end="02:00", last_day="2026-12-31")

    status, row = await mine.send("/api/roster", shift)

    assert status == 201
    assert row == {
        **shift,
        "id": row["id"],
        "region": REGION,
        "name": f"{REGION}-1".title(),
    }
    assert row in (await mine.board())["roster"]
    assert len((await mine.region())["rung"]) == 1
    server.clock.move((local("2026-11-24 01:00") - server.clock.now()).total_seconds())
    assert {one["username"] for one in (await mine.region())["rung"]} == {"piket", f"{REGION}-1"}

    assert (await mine.post(f"/api/roster/{row['id']}", answer="end"))[0] == 200
    assert [one["username"] for one in (await mine.region())["rung"]] == ["piket"]
    assert [action for _, action in await audited(server)] == ["roster", "roster_end"]


@pytest.mark.parametrize(
    "wrong",
    [
        {"username": "nobody"},
        {"username": f"{OTHER}-1"},
        {"role": "boss"},
        {"days": []},
        {"days": [7]},
        {"start": "9:00"},
        {"end": "00:00"},
        {"start": "24:00", "end": "08:00"},
        {"first_day": "2026-02-30"},
        {"last_day": "2026-10-31"},
    ],
    ids=str,
)
async def test_a_shift_that_cannot_be_is_refused(server: Server, wrong: dict[str, Any]) -> None:
    mine = await coordinator(server)
    await server.hire(f"{REGION}-1")
    await server.hire(f"{OTHER}-1", region=OTHER)

    status, body = await mine.send("/api/roster", {**shift_of(f"{REGION}-1"), **wrong})

    assert (status, body["code"]) == (400, "bad_payload"), body


async def test_the_demo_plans_its_caseworkers_at_all_hours(
    sqlite_database: str, tmp_path: Path, clock: FakeClock
) -> None:
    async with running(sqlite_database, tmp_path, clock, roster=False) as server:
        await _plan(server.house.db, f"{REGION}-1", REGION)
        await server.janitor(after_s=CATCH_UP_S)
        found = await (await coordinator(server)).region()

        assert [one["role"] for one in found["rung"]] == ["front_office"]
        assert await audited(server) == [("demo", "roster")]


# two nodes


async def test_another_node_hears_the_bell_and_catches_up_without_one(
    postgres_database: str, tmp_path: Path, clock: FakeClock
) -> None:
    async with (
        running(postgres_database, tmp_path, clock, node="one") as one,
        running(postgres_database, tmp_path, clock, node="two") as two,
    ):
        mine = await coordinator(one)
        hears, two.house.db.hear = two.house.db.hear, lambda bells: None
        await mine.changes("region_cap", value="1")
        assert two.house.services.knowledge.regions[REGION].region_cap == 8
        await two.janitor(after_s=CATCH_UP_S)
        assert two.house.services.knowledge.regions[REGION].region_cap == 1

        two.house.db.hear = hears
        await mine.changes("closed")
        await becomes(lambda: not is_open(two))
