"""The wall board and the fact sheets over HTTP: who may, and what is told."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.support.clock import FakeClock
from tests.support.running import REGION, Server, running
from tests.support.staff import OTHER, Staff, audited, coordinator, is_open, shift_of, staff


@pytest.fixture
def database(sqlite_database: str) -> str:
    """What is stored is proven on both databases elsewhere."""
    return sqlite_database


# who may


async def test_nobody_sees_the_board_without_a_login(server: Server) -> None:
    stranger = Staff(server, "", "")

    for path in ("/api/board", f"/api/facts/{REGION}"):
        assert (await stranger.get(path))[0] == 401
    for path in ("/api/operation", "/api/operation/x", "/api/roster", "/api/roster/x"):
        assert (await stranger.post(path))[0] == 401


async def test_a_caseworker_reads_and_changes_nothing(server: Server) -> None:
    person = await staff(server, f"{REGION}-1", "caseworker")

    assert (await person.board())["role"] == "caseworker"
    assert (await person.get(f"/api/facts/{REGION}"))[0] == 200
    for path in ("/api/operation", "/api/operation/x", "/api/roster", "/api/roster/x"):
        status, body = await person.post(path)
        assert (status, body["code"]) == (403, "forbidden")
    assert await audited(server) == []


@pytest.mark.parametrize("role", ["editor", "admin"])
async def test_who_has_no_desk_has_no_board(server: Server, role: str) -> None:
    person = await staff(server, role, role)

    assert (await person.get("/api/board"))[0] == 403


async def test_a_coordinator_changes_the_own_region_only(server: Server) -> None:
    mine, theirs = await coordinator(server), await coordinator(server, OTHER)
    row = await theirs.changes("region_cap", region=OTHER, value="2")
    await server.hire(f"{OTHER}-1", region=OTHER)

    foreign = mine.change("closed", region=OTHER)
    for path, body in (
        ("/api/operation", foreign),
        (f"/api/operation/{row['id']}", {"answer": "end"}),
        (f"/api/operation/{row['id']}", {"answer": "refuse"}),
    ):
        assert (await mine.send(path, body))[1]["code"] == "forbidden"
    assert is_open(server, OTHER)
    shift = shift_of(f"{OTHER}-1")
    assert (await mine.send("/api/roster", shift))[1]["code"] == "bad_payload"
    planned = (await theirs.send("/api/roster", shift))[1]
    assert (await mine.post(f"/api/roster/{planned['id']}", answer="end"))[0] == 403


# the board


async def test_the_board_counts_who_waits_and_who_is_there(server: Server) -> None:
    await server.caseworker(available=False)
    for _ in range(2):
        visitor = await server.visitor()
        await visitor.goes_straight()
    server.clock.move(40)
    found = await (await coordinator(server)).region()

    assert found["waiting"] == {"acute": 0, "urgent": 0, "normal": 2}
    assert found["longest_s"] == 40
    assert (found["present"], found["free"], found["used"], found["cap"]) == (0, 0, 0, 8)
    assert (found["state"], found["line"]) == ("open", REGION)
    assert found["rung"] == [{"username": "piket", "name": "", "role": "after_hours"}]
    assert found["closes_at"] == "2026-11-23T22:00:00Z"


async def test_seats_that_are_taken_are_counted(server: Server) -> None:
    caseworker = await server.caseworker()
    await (await server.visitor()).goes_straight()
    await caseworker.accepts()
    found = await (await coordinator(server)).region()

    assert found["waiting"]["normal"] == 0
    assert (found["present"], found["free"], found["used"]) == (1, 2, 1)


async def test_in_a_pilot_the_board_counts_the_desks_of_who_is_listed(server: Server) -> None:
    """Who is not on the list serves nobody (R36): the wall tells what a visitor reads."""
    await server.caseworker()
    await server.hire(f"{REGION}-2")
    mine = await coordinator(server)
    assert (await mine.region())["present"] == 1

    await mine.changes("pilot", value=f"{REGION}-2")

    found = await mine.region()
    assert (found["present"], found["free"]) == (0, 0)


async def test_every_region_is_on_the_board_in_the_line_where_it_stands(server: Server) -> None:
    board = await (await coordinator(server)).board()
    lines = {region["region"]: region["line"] for region in board["regions"]}

    assert len(lines) == 26
    assert lines["gelderland-zuid"] == "twente"
    assert (board["region"], board["role"]) == (REGION, "coordinator")


async def test_the_gaps_of_four_weeks_are_told(
    sqlite_database: str, tmp_path: Path, clock: FakeClock
) -> None:
    async with running(sqlite_database, tmp_path, clock, roster=False) as server:
        mine = await coordinator(server)
        await server.hire(f"{REGION}-1")
        ours = [gap for gap in (await mine.board())["gaps"] if gap["where"] == REGION]
        assert len({gap["day"] for gap in ours}) == 28
        assert ours[0] == {
            "day": "2026-11-23",
            "where": REGION,
            "from": "2026-11-23T08:00:00Z",
            "to": "2026-11-23T22:00:00Z",
            "why": "no_roster",
        }

        status, _ = await mine.send("/api/roster", shift_of(f"{REGION}-1"))

        assert status == 201
        assert not [gap for gap in (await mine.board())["gaps"] if gap["where"] == REGION]


# what is refused


async def test_bodies_that_are_none_and_rows_that_are_not_there_are_refused(
    server: Server,
) -> None:
    mine = await coordinator(server)

    for path in ("/api/operation", "/api/operation/x", "/api/roster", "/api/roster/x"):
        for body in ([], "closed", {}, {"answer": "dance"}):
            assert (await mine.send(path, body))[0] == 400
    assert (await mine.post("/api/operation/x", answer="end"))[1]["code"] == "bad_id"
    assert (await mine.post("/api/roster/x", answer="end"))[0] == 404
    assert (await mine.get("/api/facts/atlantis"))[0] == 404


# fact sheets


async def test_the_fact_sheet_of_a_region_says_its_hours_of_now(server: Server) -> None:
    mine = await coordinator(server)

    status, sheet = await mine.get(f"/api/facts/{OTHER}")

    assert status == 200
    assert (sheet["region"], sheet["name"], sheet["checked_on"]) == (OTHER, "Utrecht", None)
    assert "17" in sheet["hours_now"]
    assert {fact["title"] for fact in sheet["facts"]} >= {"Politie", "Tolk"}
