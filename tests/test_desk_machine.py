"""Whatever visitors and caseworkers do, in whatever order and at the same moment, the desk keeps
its word: after every step the database is read and every rule is looked at.

Two regions that help each other, with few seats; at the end of each day everybody is served, so
nothing was stuck. What makes the days is Hypothesis, and a day that breaks a rule is told step by
step.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, note, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    rule,
    run_state_machine_as_test,
)

from handoff.storage import sqlite_file
from handoff.storage.database import Database
from handoff.storage.tables import MOST_CHATS
from tests.support import possible
from tests.support.driven import Driven, DrivenCaseworker, DrivenVisitor, Faults
from tests.support.possible import BY_CASEWORKERS, BY_VISITORS, Drawn, Step, chosen
from tests.support.racing import DISAGREE
from tests.support.storing import opened

HOME, NEAR = "zuidoost-brabant", "midden-brabant"
#: Places of the region, and chats of a caseworker there.
CAPS = {HOME: (3, 3), NEAR: (2, 2)}
PEOPLE = {"ann": HOME, "bob": HOME, "cas": NEAR, "dee": NEAR}
SENIOR = "bob"
STATES = ("waiting", "offered", "active", "wrap_up", "missed")
#: Days of so many steps; a step on a database of its own process takes eight times as long.
EXAMPLES = {True: 25, False: 8}  # by whether it is SQLite
STEPS = 25
#: More rounds of serving than any day has visitors.
ROUNDS = 40

TICKETS = "SELECT * FROM ticket"
SEATS = "SELECT * FROM seat"
DESKS = "SELECT caseworker AS name, cap FROM caseworker_seats"
PLACES = "SELECT region AS name, cap FROM region_seats"
GAPS = (
    "SELECT c.id FROM conversation c LEFT JOIN event e ON e.conversation = c.id"
    " GROUP BY c.id, c.last_seq HAVING count(e.seq) <> c.last_seq OR max(e.seq) <> c.last_seq"
)
ENDED = "SELECT id, state FROM conversation"

VISITS = st.tuples(
    st.sampled_from((HOME, HOME, NEAR)),
    st.sampled_from(("straight", "straight", "in danger", "types", "looks")),
)
PASSES = st.sampled_from((0, 1, 6, 21, 31, 61, 125, 185, 605))


class Day(RuleBasedStateMachine):
    """One day on the two floors."""

    def __init__(self, runner: asyncio.Runner, db: Database, folder: Path) -> None:
        super().__init__()
        self.runner = runner
        self.faults = Faults()
        self.faults.__enter__()
        self.driven = Driven(db, folder, caps=CAPS, most_per_day=3)
        self.run(self.driven.begin({HOME: "piket"}))
        self.visitors: list[DrivenVisitor] = []
        #: conversations in which the house acknowledged something typed
        self.typed: set[str] = set()
        self.staff = [
            DrivenCaseworker(
                self.driven, name, region, "senior" if name == SENIOR else "caseworker"
            )
            for name, region in PEOPLE.items()
        ]
        #: by the number of their first visitor
        self.tickets: dict[int, dict[str, Any]] = {}
        self.used: dict[str, int] = {}
        self.caps: dict[str, int] = {}

    def run(self, work: Coroutine[Any, Any, Any]) -> Any:
        async def whole() -> Any:
            found = await work
            await self.driven.settled()
            return found

        self.broken = True
        found = self.runner.run(whole())
        self.broken = bool(self.faults.lines)
        return found

    # the steps

    @initialize(
        caps=st.lists(st.sampled_from((3, 2, 1, 1, 1, None)), min_size=4, max_size=4),
        visits=st.lists(VISITS, min_size=3, max_size=7),
        busy=st.booleans(),
    )
    def begins(self, caps: list[int | None], visits: list[tuple[str, str]], busy: bool) -> None:
        """Desks that are open with so many seats, or closed; who waits, or is served already."""
        for me, cap in zip(self.staff, caps, strict=True):
            if cap is not None:
                self.run(self.opens(me, min(cap, CAPS[me.region][1])))
        for visit in visits:
            self.run(self.comes(*visit))
            if busy:
                self.run(self.look())
                self.do(*possible.by_caseworkers(self.staff, self.tickets).get("accept", ()))
        if busy:
            self.run(self.comes(HOME, "in danger"))

    @rule(visit=VISITS)
    def somebody_comes(self, visit: tuple[str, str]) -> None:
        self.run(self.comes(*visit))

    @rule(drawn=BY_VISITORS)
    def a_visitor(self, drawn: Drawn) -> None:
        self.do(chosen(possible.by_visitors(self.visitors), drawn))

    @rule(drawn=BY_CASEWORKERS)
    def a_caseworker(self, drawn: Drawn) -> None:
        self.do(chosen(possible.by_caseworkers(self.staff, self.tickets), drawn))

    @rule(drawn=BY_CASEWORKERS)
    def another_caseworker(self, drawn: Drawn) -> None:
        self.do(chosen(possible.by_caseworkers(self.staff, self.tickets), drawn))

    @rule(one=BY_CASEWORKERS, other=BY_CASEWORKERS, visitor=BY_VISITORS)
    def at_once(self, one: Drawn, other: Drawn, visitor: Drawn) -> None:
        staff, visitors = (
            possible.by_caseworkers(self.staff, self.tickets),
            possible.by_visitors(self.visitors),
        )
        self.do(chosen(staff, one), chosen(staff, other), chosen(visitors, visitor))

    @rule(seconds=PASSES)
    def time_passes(self, seconds: float) -> None:
        self.run(self.driven.passes(seconds))

    # what visitors do

    async def opens(self, me: DrivenCaseworker, cap: int) -> None:
        await me.sits_down()
        await me.says(type="cap", seats=cap)
        await me.says(type="presence", state="available")

    async def comes(self, region: str, how: str) -> None:
        visitor = DrivenVisitor(self.driven)
        self.visitors.append(visitor)
        await visitor.says(type="open", region=region, language="nl")
        if how == "straight":
            await visitor.presses("Meteen naar een medewerker")
        elif how == "types":
            frame = {"id": visitor.new_id(), "text": "ik weet niet wat ik moet doen"}
            await self.does(("", "message", len(self.visitors) - 1, frame))
        elif how == "in danger":
            await visitor.presses("Ja, voor mij")

    async def resumes(self, old: DrivenVisitor) -> None:
        new = DrivenVisitor(self.driven)
        new.count = old.count + 1_000
        refused = await new.says(type="resume", token=old.token, after=0)
        if refused is None:
            old.token = ""
            self.visitors.append(new)
        else:
            await new.hangs_up()

    def do(self, *steps: Step | None) -> None:
        """All of them at the same moment, one for each person."""
        different = {step[0]: step for step in steps if step is not None}
        for step in different.values():
            note(f"  {step}")

        async def at_once() -> None:
            await asyncio.gather(*map(self.does, different.values()))

        self.run(at_once())

    async def does(self, step: Step) -> None:
        """One step; a refusal is an answer too."""
        who, name, number, frame = step
        person: Any = self.visitors[number] if who not in PEOPLE else None
        person = person or next(one for one in self.staff if one.username == who)
        if name in ("hangs_up", "sits_down"):
            await getattr(person, name)()
        elif name == "resumes":
            await self.resumes(person)
        else:
            refused = await person.says(type=name, **frame)
            if refused is None and name == "message" and who not in PEOPLE:
                self.typed.add(person.conversation)
            if refused is None and name in ("end", "exit") and who not in PEOPLE:
                person.token = ""

    # the rules

    @invariant()
    def every_rule_holds(self) -> None:
        self.run(self.look())
        assert not self.faults.lines

    async def look(self) -> None:
        rows = await self.driven.rows(TICKETS, SEATS, DESKS, PLACES, ENDED, DISAGREE, GAPS)
        tickets, taken, desks, places, conversations, disagree, gaps = rows
        assert (disagree, gaps) == ([], [])
        numbers = {one.conversation: number for number, one in enumerate(self.visitors)}
        seats = {row["ticket"]: row for row in taken}
        assert len(seats) == len(taken)
        for ticket in tickets:
            seat = seats.get(ticket["id"])
            ticket["seat_of"] = seat["caseworker"] if seat else None
            self.check_ticket(ticket, seat)
        found = {numbers[one["conversation"]]: one for one in tickets}
        self.tickets = dict(sorted(found.items()))
        self.check_caps(taken, [*desks, *places])
        self.check_typed({row["id"]: row["state"] for row in conversations})
        self.check_desks()
        self.check_visitors()

    def check_ticket(self, ticket: dict[str, Any], seat: dict[str, Any] | None) -> None:
        assert ticket["state"] in (*STATES, "closed"), ticket
        if seat is not None:
            assert seat["region"] == ticket["serving_region"], (ticket, seat)
        if ticket["state"] == "active":
            assert seat is not None
            assert seat["caseworker"] == ticket["caseworker"], (ticket, seat)
        if ticket["state"] in ("waiting", "offered"):
            assert ticket["caseworker"] is None, ticket
        if ticket["state"] == "waiting":
            assert ticket["serving_region"] == ticket["queue_region"], ticket
            assert ticket["agreement"] is None, ticket
        if ticket["state"] == "missed":
            assert ticket["level"] != "acute", ticket
        if ticket["state"] == "closed":
            assert ticket["disposition"] is not None, ticket
            assert ticket["opened_by"] is not None or not ticket["typed"], ticket

    def check_caps(self, seats: list[dict[str, Any]], rows: list[dict[str, Any]]) -> None:
        """Who has more than a moment ago is not above the cap, as it was before or is now."""
        caps = {row["name"]: row["cap"] for row in rows}
        used = dict.fromkeys(caps, 0)
        for seat in seats:
            used[seat["caseworker"]] += 1
            used[seat["region"]] += 1
        for name, many in used.items():
            if name in PEOPLE:
                assert many <= MOST_CHATS, (name, many)
            if many > self.used.get(name, 0):
                most = max(caps[name], self.caps.get(name, 0))
                assert many <= most, (name, many, most)
        self.used, self.caps = used, caps

    def check_typed(self, states: dict[str, str]) -> None:
        """What was typed has a ticket, or its conversation still goes on without one."""
        tickets = {ticket["conversation"]: ticket for ticket in self.tickets.values()}
        for conversation in self.typed:
            if conversation in tickets:
                assert tickets[conversation]["typed"], tickets[conversation]
            else:
                assert states[conversation] == "intake", conversation

    def check_desks(self) -> None:
        """What a desk shows is what is in the database."""
        for me in self.staff:
            desk = me.last("desk")
            if me.session is None or desk is None:
                continue
            own = [one for one in self.tickets.values() if me.region == one["serving_region"]]
            mine = [one for one in own if one["caseworker"] == me.username]
            assert ids(desk["tickets"]) == ids(
                one for one in mine if one["state"] in ("active", "wrap_up")
            ), me.username
            assert ids(one["ticket"] for one in desk["offers"]) == ids(
                one for one in own if one["seat_of"] == me.username and one["state"] == "offered"
            ), me.username
            assert ids(desk["missed"]) == ids(one for one in own if one["state"] == "missed")
            line = [one for one in self.tickets.values() if me.region == one["queue_region"]]
            asked = [one for one in (*own, *line) if one["state"] in ("waiting", "offered")]
            assert ids(desk["queue"]) == ids(asked), me.username

    def check_visitors(self) -> None:
        """What a visitor reads is how it is, each thing once, and no bot talks into a chat."""
        tickets = {ticket["conversation"]: ticket for ticket in self.tickets.values()}
        for visitor in self.visitors:
            events = [one for one in visitor.seen if one["type"] == "event" and "seq" in one]
            assert all(one["seq"] < next["seq"] for one, next in pairwise(events))
            names = [one.get("name", "") for one in events]
            if "utter_here" in names:
                after = events[names.index("utter_here") :]
                assert all(one["from"] != "bot" for one in after), after
            ticket, status = tickets.get(visitor.conversation), visitor.last("status")
            if visitor.gone or ticket is None or status is None:
                continue
            if ticket["state"] in ("waiting", "offered", "active") and visitor.token:
                left = ticket["visitor"] in ("stopped", "exit")
                state = "active" if ticket["state"] == "active" else "waiting"
                assert status["state"] == ("closed" if left else state), (status, ticket)

    # the end

    def teardown(self) -> None:
        try:
            # what follows a broken rule says less than the rule
            if not self.broken:
                self.run(self.serve_everybody())
        finally:
            self.faults.__exit__()
            self.run(self.goes_home())

    async def serve_everybody(self) -> None:
        """Nobody comes any more, and four caseworkers do what there is to do: it comes to an
        end."""
        for _ in range(ROUNDS):
            for me in self.staff:
                await self.opens(me, CAPS[me.region][1])
            await self.driven.passes(61)
            todo = await self.todo()
            # an offer that comes meanwhile is accepted before it is over
            while any([await self.serve(ticket) for ticket in todo]):
                todo = await self.todo()
            if not todo:
                return
        raise AssertionError(("stuck", todo))

    async def todo(self) -> list[dict[str, Any]]:
        await self.driven.settled()
        await self.look()
        return [one for one in self.tickets.values() if one["state"] != "closed"]

    async def serve(self, ticket: dict[str, Any]) -> bool:
        """Does what comes next; whether somebody could."""
        do = {"offered": "accept", "active": "end", "wrap_up": "wrap_up", "missed": "read"}
        name, owner = do.get(ticket["state"]), ticket["seat_of"] or ticket["caseworker"]
        for me in self.staff:
            here = me.region == ticket["queue_region"] and ticket["state"] == "missed"
            if name is not None and (me.username == owner or here):
                more = {"disposition": "advice"} if name == "wrap_up" else {}
                return await me.says(type=name, ticket=ticket["id"], **more) is None
        return False

    async def goes_home(self) -> None:
        for person in (*self.visitors, *self.staff):
            await person.hangs_up()


def ids(tickets: Any) -> list[str]:
    """The ids of tickets, each once."""
    return sorted({ticket["id"] for ticket in tickets})


def test_whatever_people_do_the_desk_keeps_its_word(
    database: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    # nobody pulls the plug of the machine, and a disk that others use too is slow
    never_waits = [pragma.replace("= FULL", "= OFF") for pragma in sqlite_file.PRAGMAS]
    monkeypatch.setattr(sqlite_file, "PRAGMAS", never_waits)
    with asyncio.Runner() as runner:
        context = opened(database)
        db = runner.run(context.__aenter__())
        make: Callable[[], Day] = lambda: Day(runner, db, tmp_path)  # noqa: E731
        try:
            run_state_machine_as_test(
                make,
                settings=settings(
                    max_examples=EXAMPLES[database.startswith("sqlite")],
                    stateful_step_count=STEPS,
                    deadline=None,
                    suppress_health_check=list(HealthCheck),
                ),
            )
        finally:
            runner.run(context.__aexit__(None, None, None))
