"""A day of duty that goes to another region: who may propose it, and what of two proposals."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest

from data.rota import line_of
from handoff.desk.operation import Unusable, fits, try_on
from handoff.storage import operation as stored
from handoff.storage.database import Database
from handoff.storage.sql import Rollback
from handoff.storage.tables import Operation
from handoff.storage.tickets import Note, audit
from tests import shipped
from tests.shipped import local
from tests.support.clock import FakeClock
from tests.support.running import REGION, Server, running
from tests.support.staff import Staff, coordinator
from tests.support.storing import NOW, SOON, opened
from tests.test_operation import NOON, laid, swap
from tests.test_operation_storage import swap as swapped

MONDAY = local("2026-11-30 10:00")
DAY = date(2026, 11, 30)


def give(**more: Any) -> dict[str, Any]:
    """Twente gives its Monday to IJsselland."""
    given = {"id": "give", "region": "twente", "other_region": "ijsselland"}
    return {**swap(**{**given, **more}), "kind": "give"}


# the rule


def test_a_day_that_its_own_region_gives_away_is_the_others() -> None:
    assert line_of(laid(give()).pools, "gelderland-zuid", MONDAY) == "ijsselland"


def test_nobody_gives_away_a_day_that_is_not_theirs() -> None:
    with pytest.raises(Unusable, match="ijsselland is not on duty that day"):
        try_on(shipped.knowledge(), give(region="ijsselland", other_region="twente"))


def test_of_two_that_take_the_same_day_only_the_first_fits() -> None:
    second = swap(id="second", region="gelderland-zuid", state="proposed")

    assert fits(shipped.knowledge(), second, [], NOON)
    assert not fits(shipped.knowledge(), second, [swap()], NOON)
    assert not fits(shipped.knowledge(), give(id="third", state="proposed"), [swap()], NOON)


def test_a_day_goes_on_from_the_region_that_has_it_by_now() -> None:
    on = swap(
        id="on", region="gelderland-zuid", other_region="ijsselland", made_at=NOON, state="proposed"
    )

    assert fits(shipped.knowledge(), on, [swap()], NOON)


# what is stored


def stored_swap(id: str, **more: Any) -> Operation:
    found = swapped(id=id)
    for name, value in more.items():
        setattr(found, name, value)
    return found


def numbered(id: str) -> Note:
    return audit(f"audit of {id}", NOW, "coordinator", "operation", None, id)


async def accepted(db: Database, id: str) -> str:
    """What comes of a yes that is right only for the first."""
    answer = (id, True, "ijsselland", "them", SOON, numbered(f"yes to {id}"))
    try:
        row = await db.run(stored.answer, *answer, lambda row, rivals: not rivals)
    except Rollback as refused:
        return refused.reason
    return str(row["state"])


async def test_the_second_yes_to_the_same_day_is_refused(database: str) -> None:
    async with opened(database) as db:
        for id in ("o1", "o2"):
            await db.run(stored.propose, stored_swap(id), numbered(id))

        found = [await accepted(db, id) for id in ("o1", "o2")]

        assert found == ["active", "overtaken"]


async def test_of_two_nodes_that_say_yes_at_once_one_is_refused(postgres_database: str) -> None:
    async with opened(postgres_database) as one, opened(postgres_database) as other:
        for turn in range(10):
            day = (DAY + timedelta(days=turn)).isoformat()
            pair = [f"{turn}{side}" for side in "ab"]
            for id in pair:
                await one.run(stored.propose, stored_swap(id, value=day), numbered(id))

            found = await asyncio.gather(accepted(one, pair[0]), accepted(other, pair[1]))

            assert sorted(found) == ["active", "overtaken"]


async def test_a_no_is_shown_for_a_week_or_until_the_day_is_over(database: str) -> None:
    async with opened(database) as db:
        await db.run(
            stored.propose, stored_swap("o1", until_at=NOW + 10 * 86_400_000_000), numbered("o1")
        )
        refuse = ("o1", False, "ijsselland", "them", SOON, numbered("no"))
        await db.run(stored.answer, *refuse)

        async def shown(now: int) -> list[tuple[str, str]]:
            _, rows = await db.read(stored.everything, now)
            return [(row["state"], row["answered_by"]) for row in rows]

        week = int(stored.REFUSED_FOR / timedelta(microseconds=1))
        assert await shown(SOON + week - 1) == [("refused", "them")]
        assert await shown(SOON + week) == []


# over HTTP


@pytest.fixture
async def server(sqlite_database: str, tmp_path: Path, clock: FakeClock) -> AsyncIterator[Server]:
    async with running(sqlite_database, tmp_path, clock) as found:
        yield found


def wanted(**more: Any) -> dict[str, Any]:
    """IJsselland takes over the Monday of Twente."""
    given = {
        "kind": "swap",
        "region": "ijsselland",
        "other_region": "twente",
        "subject": "oost",
        "value": DAY.isoformat(),
        "until": "2026-11-30T12:00:00Z",
        "reason": "teamdag",
    }
    return {**given, **more}


def given_away(**more: Any) -> dict[str, Any]:
    return wanted(kind="give", region="twente", other_region="ijsselland", **more)


def on_duty(server: Server) -> str | None:
    return server.house.services.knowledge.pools["oost"].duty_on(DAY)


async def made(who: Staff, body: dict[str, Any]) -> str:
    status, row = await who.send("/api/operation", body)
    assert (status, row["state"]) == (201, "proposed"), row
    return f"/api/operation/{row['id']}"


async def test_who_has_a_day_proposes_to_give_it_and_the_other_says_yes(server: Server) -> None:
    theirs, mine = await coordinator(server, "ijsselland"), await coordinator(server, "twente")
    answer = await made(mine, given_away())
    assert on_duty(server) == "twente"
    assert (await mine.post(answer, answer="accept"))[1]["code"] == "forbidden"

    assert (await theirs.post(answer, answer="accept"))[1]["state"] == "active"

    assert on_duty(server) == "ijsselland"


async def test_a_day_is_taken_once_and_the_second_yes_is_refused_with_a_reason(
    server: Server,
) -> None:
    twente, first = await coordinator(server, "twente"), await coordinator(server, "ijsselland")
    second = await coordinator(server, "gelderland-zuid")
    answers = [
        await made(first, wanted()),
        await made(second, wanted(region="gelderland-zuid")),
    ]
    assert (await twente.post(answers[0], answer="accept"))[0] == 200

    status, body = await twente.post(answers[1], answer="accept")

    assert (status, body["code"]) == (409, "taken")
    assert "that day went to another region" in body["message"]
    states = {row["region"]: row["state"] for row in (await twente.board())["operation"]}
    assert states == {"ijsselland": "active", "gelderland-zuid": "proposed"}
    assert on_duty(server) == "ijsselland"
    assert (await twente.post(answers[1], answer="refuse"))[0] == 200


async def test_who_proposed_sees_who_said_no_and_others_do_not(server: Server) -> None:
    mine, theirs = await coordinator(server, "ijsselland"), await coordinator(server, "twente")
    other = await coordinator(server, "utrecht")
    await theirs.post(await made(mine, wanted()), answer="refuse")

    (row,) = (await mine.board())["operation"]

    assert (row["state"], row["answered_by"]) == ("refused", theirs.username)
    assert (await other.board())["operation"] == []


# a name that is wrong


@pytest.mark.parametrize(
    ("path", "body", "field"),
    [
        ("/api/operation", {"kind": "caseworker_cap", "subject": "typo", "value": "1"}, "subject"),
        ("/api/operation", {"kind": "pilot", "value": f"{REGION}-1, typo"}, "value"),
        (
            "/api/roster",
            {
                "username": "typo",
                "role": "on_call",
                "days": [0],
                "start": "09:00",
                "end": "17:00",
                "first_day": "2026-11-30",
            },
            "username",
        ),
    ],
)
async def test_a_wrong_username_is_named_with_its_field(
    server: Server, path: str, body: dict[str, Any], field: str
) -> None:
    mine = await coordinator(server)
    await server.hire(f"{REGION}-1")

    status, found = await mine.send(path, {**mine.change(""), **body} if "kind" in body else body)

    assert (status, found["code"], found["about"]) == (400, "bad_payload", "typo")
    assert found["message"] == f"`{field}`: typo has no desk in this region"


@pytest.mark.parametrize("name", ["x" * 2_000, "nul\x00"])
async def test_what_is_no_username_is_refused_and_not_sent_back_whole(
    server: Server, name: str
) -> None:
    mine = await coordinator(server)
    shift = {"role": "on_call", "days": [0], "start": "09:00", "end": "17:00"}

    status, found = await mine.post("/api/roster", username=name, first_day="2026-11-30", **shift)

    assert (status, found["about"]) == (400, name[:64])
