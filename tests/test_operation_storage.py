"""Roster and operation as stored: both databases, the audit, the bell, the other region's yes."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from handoff.storage import operation as stored
from handoff.storage.database import Database
from handoff.storage.postgres import Postgres
from handoff.storage.seats import SET_CAP, USED
from handoff.storage.sql import Command, Ring, Rollback, Row, Sql
from handoff.storage.tables import Operation, Roster
from handoff.storage.tickets import Note, audit
from tests.support.storing import LATER, NOW, SOON, opened

HOME, OTHER, THIRD = "twente", "ijsselland", "utrecht"
AUDITED = Sql("SELECT actor, action, detail FROM audit ORDER BY at, id")


def row(**more: Any) -> Operation:
    """A change of one region."""
    given: dict[str, Any] = {
        "id": "o1",
        "kind": "region_cap",
        "region": HOME,
        "value": "2",
        "from_at": NOW,
        "until_at": LATER,
        "reason": "griep",
        "state": "active",
        "made_by": "coordinator",
        "made_at": NOW,
    }
    return Operation(**{**given, **more})


def swap(**more: Any) -> Operation:
    """A change that binds another region."""
    return row(kind="swap", other_region=OTHER, subject="oost", value="2026-11-30", **more)


def shift(**more: Any) -> Roster:
    """Somebody who is planned."""
    given: dict[str, Any] = {
        "id": "s1",
        "region": HOME,
        "username": "twente-1",
        "role": "front_office",
        "days": "01234",
        "start_min": 540,
        "end_min": 1020,
        "first_day": "2023-11-01",
        "made_by": "coordinator",
        "made_at": NOW,
    }
    return Roster(**{**given, **more})


def note(action: str = "operation", number: int = 1) -> Note:
    """A row of the audit."""
    return audit(f"a{number}", NOW + number, "coordinator", action, None, "o1")


async def audited(db: Database) -> list[str]:
    """What the audit says was done, in order."""

    def query() -> Command[list[Row]]:
        return (yield AUDITED, {})

    return [found["action"] for found in await db.read(query)]


async def states(db: Database, now: int = NOW) -> dict[str, str]:
    """The state of every operation that is not over."""
    _, found = await db.read(stored.everything, now)
    return {one["id"]: one["state"] for one in found}


def rung(command: Command[Any], answers: dict[Sql, list[Row]] | None = None) -> list[str]:
    """The bells of a command that is played without a database."""
    bells: list[str] = []
    rows: list[Row] | None = None
    try:
        while True:
            statement = command.send(rows) if rows is not None else next(command)
            rows = []
            if isinstance(statement, Ring):
                bells += statement.bells
            else:
                rows = (answers or {}).get(statement[0], [{"many": 0}])  # type: ignore[call-overload]
    except StopIteration:
        return bells


# operation


async def test_what_binds_one_region_works_at_once(database: str) -> None:
    async with opened(database) as db:
        assert await db.run(stored.propose, row(), note()) == "active"

        assert await states(db) == {"o1": "active"}
        assert await audited(db) == ["operation"]


@pytest.mark.parametrize("kind", ["swap", "agreement"])
async def test_what_binds_two_waits_for_the_other_yes(database: str, kind: str) -> None:
    async with opened(database) as db:
        assert await db.run(stored.propose, row(kind=kind, other_region=OTHER), note()) == (
            "proposed"
        )
        answered = await db.run(
            stored.answer, "o1", True, OTHER, "their-coordinator", SOON, note("accept", 2)
        )

        assert (answered["state"], answered["answered_by"]) == ("active", "their-coordinator")
        assert await states(db) == {"o1": "active"}
        assert await audited(db) == ["operation", "accept"]


async def test_a_no_is_a_no_and_cannot_become_a_yes(database: str) -> None:
    async with opened(database) as db:
        await db.run(stored.propose, swap(), note())
        await db.run(stored.answer, "o1", False, OTHER, "them", SOON, note("refuse", 2))

        with pytest.raises(Rollback, match="wrong_state"):
            await db.run(stored.answer, "o1", True, OTHER, "them", SOON, note("accept", 3))
        assert await states(db) == {"o1": "refused"}
        assert await audited(db) == ["operation", "refuse"]


@pytest.mark.parametrize("region", [HOME, THIRD])
async def test_nobody_else_says_yes_for_the_other_region(database: str, region: str) -> None:
    async with opened(database) as db:
        await db.run(stored.propose, swap(), note())

        with pytest.raises(Rollback, match="forbidden"):
            await db.run(stored.answer, "o1", True, region, "me", SOON, note("accept", 2))
        assert await states(db) == {"o1": "proposed"}
        assert await audited(db) == ["operation"]


async def test_a_change_of_one_region_cannot_be_answered_by_another(database: str) -> None:
    async with opened(database) as db:
        await db.run(stored.propose, row(), note())

        with pytest.raises(Rollback, match="forbidden"):
            await db.run(stored.answer, "o1", False, OTHER, "them", SOON, note("refuse", 2))


async def test_a_change_ends_before_its_time_by_its_own_region_only(database: str) -> None:
    async with opened(database) as db:
        await db.run(stored.propose, row(), note())
        with pytest.raises(Rollback, match="forbidden"):
            await db.run(stored.end_now, "o1", OTHER, "them", SOON, note("end", 2))

        ended = await db.run(stored.end_now, "o1", HOME, "me", SOON, note("end", 3))

        assert ended["state"] == "ended"
        assert await states(db) == {}
        with pytest.raises(Rollback, match="wrong_state"):
            await db.run(stored.end_now, "o1", HOME, "me", SOON, note("end", 4))


async def test_a_proposal_is_withdrawn_but_what_two_agreed_to_is_not_ended_by_one(
    database: str,
) -> None:
    async with opened(database) as db:
        await db.run(stored.propose, swap(), note())
        await db.run(stored.end_now, "o1", HOME, "me", SOON, note("end", 2))
        await db.run(stored.propose, swap(id="o2"), note(number=3))
        await db.run(stored.answer, "o2", True, OTHER, "them", SOON, note("accept", 4))

        with pytest.raises(Rollback, match="binding"):
            await db.run(stored.end_now, "o2", HOME, "me", SOON, note("end", 5))
        assert await states(db) == {"o2": "active"}


async def test_what_is_over_is_neither_read_nor_answered(database: str) -> None:
    async with opened(database) as db:
        await db.run(stored.propose, swap(until_at=SOON), note())

        assert await states(db, SOON - 1) == {"o1": "proposed"}
        assert await states(db, SOON) == {}
        with pytest.raises(Rollback, match="wrong_state"):
            await db.run(stored.answer, "o1", True, OTHER, "them", SOON, note("accept", 2))
        with pytest.raises(Rollback, match="unknown"):
            await db.run(stored.answer, "o9", True, OTHER, "them", NOW, note("accept", 3))


async def test_a_region_has_so_many_changes_at_most(
    database: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(stored, "MOST_ROWS", 2)
    async with opened(database) as db:
        for number in (1, 2):
            await db.run(stored.propose, row(id=f"o{number}"), note(number=number))
            await db.run(stored.add_roster, shift(id=f"s{number}"), note(number=10 + number))

        with pytest.raises(Rollback, match="too_many"):
            await db.run(stored.propose, row(id="o3"), note(number=3))
        with pytest.raises(Rollback, match="too_many"):
            await db.run(stored.add_roster, shift(id="s3"), note(number=13))
        await db.run(stored.propose, row(id="o4", region=OTHER), note(number=4))
        # what is over counts no more
        await db.run(stored.propose, row(id="o5", made_at=LATER, until_at=LATER + 1), note("x", 5))


# the roster


async def test_a_shift_is_planned_and_dropped_by_its_own_region(database: str) -> None:
    async with opened(database) as db:
        await db.run(stored.add_roster, shift(), note("roster"))
        roster, _ = await db.read(stored.everything, NOW)
        assert [found["username"] for found in roster] == ["twente-1"]

        with pytest.raises(Rollback, match="forbidden"):
            await db.run(stored.drop_roster, "s1", OTHER, note("roster_end", 2))
        with pytest.raises(Rollback, match="unknown"):
            await db.run(stored.drop_roster, "s9", HOME, note("roster_end", 3))
        dropped = await db.run(stored.drop_roster, "s1", HOME, note("roster_end", 4))

        assert dropped["id"] == "s1"
        assert (await db.read(stored.everything, NOW))[0] == []
        assert await audited(db) == ["roster", "roster_end"]


async def test_a_shift_whose_last_day_has_passed_is_not_read(database: str) -> None:
    async with opened(database) as db:
        # today is 14 November 2023
        for number, last in enumerate(("2023-11-10", "2023-11-14", None)):
            await db.run(
                stored.add_roster, shift(id=f"s{number}", last_day=last), note("r", number)
            )

        roster, _ = await db.read(stored.everything, NOW)

        assert sorted(found["id"] for found in roster) == ["s1", "s2"]


# what nodes look at


async def test_the_mark_differs_after_every_change_and_only_then(database: str) -> None:
    async with opened(database) as db:
        marks = [await db.read(stored.mark, NOW)]

        async def changed(command: Callable[..., Any], *given: Any) -> bool:
            before = marks[-1]
            assert await db.read(stored.mark, NOW) == before
            await db.run(command, *given)
            marks.append(await db.read(stored.mark, NOW))
            return marks[-1] != before

        assert await changed(stored.add_roster, shift(), note("r", 1))
        assert await changed(stored.add_roster, shift(id="s2", made_at=NOW + 1), note("r", 2))
        assert await changed(stored.drop_roster, "s1", HOME, note("r", 3))
        assert await changed(stored.propose, swap(), note("o", 4))
        # answered in the very moment in which it was made
        assert await changed(stored.answer, "o1", True, OTHER, "them", NOW, note("o", 5))
        assert await changed(stored.propose, row(id="o2", made_at=NOW + 2), note("o", 6))
        assert await changed(stored.end_now, "o2", HOME, "me", SOON, note("o", 7))
        assert await db.read(stored.mark, LATER) != marks[-1]


def test_every_change_rings_for_the_other_nodes() -> None:
    proposed = [{**swap().model_dump(), "state": "proposed"}]
    active = [row().model_dump()]
    planned = [shift().model_dump()]

    assert rung(stored.propose(row(), note())) == ["o/"]
    seen = {stored.LOOK: proposed, stored.RIVALS: proposed, stored.ONE: proposed}
    assert rung(stored.answer("o1", True, OTHER, "them", SOON, note()), seen) == ["o/"]
    assert rung(stored.end_now("o1", HOME, "me", SOON, note()), {stored.ONE: active}) == ["o/"]
    assert rung(stored.add_roster(shift(), note())) == ["o/"]
    assert rung(stored.drop_roster("s1", HOME, note()), {stored.SHIFT: planned}) == ["o/"]


async def test_the_bell_is_heard_on_another_node(postgres_database: str) -> None:
    from tests.support.running import becomes

    heard: list[str] = []
    async with opened(postgres_database, "two") as other, opened(postgres_database) as db:
        assert isinstance(other, Postgres)
        other.hear = heard.extend
        await becomes(lambda: other.listening)
        await db.run(stored.propose, row(), note())

        await becomes(lambda: heard == ["o/"])


# caps in the database


SEATS = (
    Sql("INSERT INTO region_seats (region, cap) VALUES (:region, 8)"),
    Sql(
        "INSERT INTO caseworker_seats (caseworker, region, cap, available, unanswered,"
        " last_offer_at, languages, most) VALUES (:name, :region, :cap, 1, 0, 0, '', 3)"
    ),
)


async def desks(db: Database, **caps: int) -> None:
    """A region with desks."""

    def command() -> Command[None]:
        yield SEATS[0], {"region": HOME}
        for name, cap in caps.items():
            yield SEATS[1], {"name": name, "region": HOME, "cap": cap}

    await db.run(command)


async def test_caps_of_regions_and_caseworkers_follow_what_is_in_force(database: str) -> None:
    async with opened(database) as db:
        await desks(db, a=3, b=1)
        await db.run(stored.set_region_caps, {HOME: 2})

        await db.run(stored.set_most, {"a": 2, "b": 2, "nobody": 1})

        assert await db.read(stored.caps, []) == ({HOME: 2}, {"a": 2, "b": 2})
        rows = await db.read(used_at, HOME)
        assert {row["caseworker"]: row["cap"] for row in rows} == {"a": 2, "b": 1}


async def test_a_cap_comes_back_and_what_its_caseworker_chose_meanwhile_stays(
    database: str,
) -> None:
    async with opened(database) as db:
        await desks(db, a=3, b=3)
        await db.run(stored.set_most, {"a": 1, "b": 1})
        await db.run(chosen, "b", 2)
        await db.run(stored.set_most, {"a": 3, "b": 3})

        assert await db.read(stored.caps, []) == ({HOME: 8}, {})
        rows = await db.read(used_at, HOME)
        assert {row["caseworker"]: row["cap"] for row in rows} == {"a": 3, "b": 2}


def used_at(region: str) -> Command[list[Row]]:
    rows = yield USED, {"region": region}
    return rows


def chosen(caseworker: str, cap: int) -> Command[None]:
    yield SET_CAP, {"caseworker": caseworker, "cap": cap}
