"""The senior on call: asked, reads along, writes notes, takes over. And who else may take over."""

from __future__ import annotations

from typing import Any

import pytest

from handoff.storage.sql import Sql, insert, values_of
from handoff.storage.tables import Roster
from tests.support.built import planned
from tests.support.running import REGION, Caseworker, Server, Visitor
from tests.test_caseworker_queue import desk_with
from tests.test_visitor_acks import talking

SENIOR = f"{REGION}-9"
OTHER = f"{REGION}-2"


async def a_senior(server: Server, region: str = REGION) -> Caseworker:
    await server.hire(SENIOR, "senior", region=region)
    return await server.caseworker(SENIOR, available=False)


async def reading(server: Server) -> tuple[Visitor, Caseworker, Caseworker, str]:
    """A conversation, its caseworker who asked, and a senior who reads along."""
    visitor, owner, ticket = await talking(server)
    await asks(owner, ticket)
    senior = await a_senior(server)
    await senior.says(type="join", ticket=ticket)
    await senior.next("assigned")
    return visitor, owner, senior, ticket


async def asks(owner: Caseworker, ticket: str) -> None:
    await owner.says(type="consult", ticket=ticket, text="kijk je mee?")
    await owner.next("event", lambda event: event["text"] == "kijk je mee?")


async def readers(server: Server, owner: Caseworker) -> list[str]:
    await owner.quiet()
    (ticket,) = owner.desk["tickets"]
    found: list[str] = ticket.get("readers", [])
    return found


async def test_a_senior_reads_along_with_everything_and_the_owner_sees_it(server: Server) -> None:
    visitor, owner, senior, ticket = await reading(server)

    await visitor.types("hij komt zo thuis")
    await senior.next("event", lambda event: event["text"] == "hij komt zo thuis")
    await owner.writes(ticket, "ik ben er")
    await senior.next("event", lambda event: event["text"] == "ik ben er")

    assert await readers(server, owner) == [SENIOR.title()]
    assert [found["id"] for found in senior.desk["reads"]] == [ticket]
    assert senior.desk["seats"]["used"] == 0


async def test_a_senior_writes_notes_that_the_visitor_never_sees_and_nothing_else(
    server: Server,
) -> None:
    visitor, owner, senior, ticket = await reading(server)

    await senior.says(type="note", ticket=ticket, id="n1", text="vraag naar de kinderen")
    await owner.next("event", lambda event: event["text"] == "vraag naar de kinderen")
    for frame in (
        {"type": "message", "id": "m1", "text": "hallo"},
        {"type": "end"},
        {"type": "level", "level": "normal", "reason": "zo"},
        {"type": "transfer", "to": {"region": REGION}},
        {"type": "consult", "text": "en jij?"},
    ):
        assert await senior.refused(**frame, ticket=ticket) == "not_yours"
    await visitor.quiet()

    assert not {"hallo", "vraag naar de kinderen"} & set(visitor.texts)


async def test_who_leaves_hears_nothing_more(server: Server) -> None:
    visitor, owner, senior, ticket = await reading(server)

    await senior.says(type="leave_chat", ticket=ticket)
    await desk_with(senior)
    await visitor.types("nog iets")
    await senior.quiet()

    assert await readers(server, owner) == []
    assert "nog iets" not in [event["text"] for event in senior.all("event")]
    assert await senior.refused(type="note", ticket=ticket, id="n1", text="nee") == "not_yours"
    assert await senior.refused(type="leave_chat", ticket=ticket) == "not_yours"


async def test_a_desk_that_is_opened_anew_goes_on_reading_and_the_end_ends_it(
    server: Server,
) -> None:
    _, owner, senior, ticket = await reading(server)
    await senior.hangs_up()

    again = await server.caseworker(SENIOR, available=False)
    await again.next("assigned", lambda found: found["ticket"]["id"] == ticket)
    await owner.says(type="end", ticket=ticket)
    await again.next("desk", lambda desk: not desk.get("reads"))


@pytest.mark.parametrize("region", [REGION, "utrecht"])
async def test_nobody_else_may_join(server: Server, region: str) -> None:
    _, owner, ticket = await talking(server)
    await asks(owner, ticket)
    role = "caseworker" if region == REGION else "senior"
    await server.hire(f"{region}-7", role)
    other = await server.caseworker(f"{region}-7")

    code = await other.refused(type="join", ticket=ticket)

    assert code == ("forbidden" if region == REGION else "unknown_ticket")


async def test_who_is_on_call_by_the_roster_is_the_senior(server: Server) -> None:
    _, owner, ticket = await talking(server)
    await asks(owner, ticket)
    other = await server.caseworker(OTHER, available=False)
    assert await other.refused(type="join", ticket=ticket) == "forbidden"

    await on_call(server, OTHER)
    await other.says(type="join", ticket=ticket)

    assert (await other.next("assigned"))["ticket"]["id"] == ticket


async def on_call(server: Server, username: str, region: str = REGION) -> None:
    row = planned(region, username, role="on_call", id=f"oncall-{username}")

    def command() -> Any:
        yield insert(Roster), values_of(row)

    await server.house.db.run(command)
    server.house.operating.mark = None
    await server.house.operate()


# how reading along begins and ends


async def test_a_senior_reads_nothing_along_that_nobody_asked_for(server: Server) -> None:
    _, owner, ticket = await talking(server)
    senior = await a_senior(server)
    assert await senior.refused(type="join", ticket=ticket) == "forbidden"
    assert senior.desk.get("reads", []) == []

    await asks(owner, ticket)
    await senior.says(type="join", ticket=ticket)

    assert (await senior.next("assigned"))["ticket"]["id"] == ticket


async def test_a_senior_who_was_rung_for_somebody_in_danger_reads_along(server: Server) -> None:
    await on_call(server, SENIOR)
    senior = await a_senior(server)
    visitor = await server.visitor()
    await visitor.chooses("Ja, voor mij")
    await server.janitor(after_s=1)
    owner = await server.caseworker()
    await server.janitor(after_s=1)
    ticket = (await owner.accepts())["ticket"]["id"]

    await senior.says(type="join", ticket=ticket)

    assert (await senior.next("assigned"))["ticket"]["id"] == ticket


async def ended(server: Server) -> list[tuple[str, str]]:
    """Who is said to have ended reading along, and why."""
    await server.janitor(after_s=1)
    rows = await server.rows("SELECT actor, detail FROM audit WHERE action = 'leave_chat'")
    return [(row["actor"], str(row["detail"]).partition(": ")[2]) for row in rows]


async def test_reading_along_ends_when_the_chat_goes_to_another_region_and_does_not_come_back(
    server: Server,
) -> None:
    _, owner, senior, ticket = await reading(server)
    partner = await server.caseworker("utrecht-1")
    await owner.says(type="transfer", ticket=ticket, to={"region": "utrecht"}, note="")
    await partner.next("assigned")
    assert await ended(server) == [("system", "the conversation ended here")]

    await partner.says(type="transfer", ticket=ticket, to={"region": REGION}, note="")
    await owner.next("assigned")
    await senior.quiet()

    assert await readers(server, owner) == []
    assert senior.desk.get("reads", []) == []


async def test_reading_along_ends_when_the_chat_goes_back_in_line(server: Server) -> None:
    _, owner, senior, ticket = await reading(server)
    await owner.hangs_up()
    await server.janitor(after_s=6)
    await server.janitor(after_s=200)
    await senior.next("desk", lambda desk: desk["queue"] and not desk.get("reads"))

    assert await ended(server) == [("system", "the conversation ended here")]
    other = await server.caseworker(OTHER)
    await server.janitor(after_s=1)
    await other.accepts()
    await senior.quiet()
    assert senior.desk.get("reads", []) == []
    assert await senior.refused(type="join", ticket=ticket) == "forbidden"


async def test_reading_along_ends_with_the_shift_of_who_reads(server: Server) -> None:
    _, owner, senior, _ = await reading(server)
    await senior.hangs_up()
    assert await ended(server) == []
    assert await readers(server, owner) == [SENIOR.title()]

    await server.janitor(after_s=server.house.plan.settings.caseworker_grace_s)

    assert await ended(server) == [("system", "left the desk")]
    assert await readers(server, owner) == []
    again = await server.caseworker(SENIOR, available=False)
    await again.quiet()
    assert again.all("assigned") == []


async def test_who_is_not_on_call_any_more_reads_along_no_more(server: Server) -> None:
    _, owner, ticket = await talking(server)
    await asks(owner, ticket)
    await on_call(server, OTHER)
    other = await server.caseworker(OTHER, available=False)
    await other.says(type="join", ticket=ticket)
    await other.next("assigned")

    await nobody_on_call(server)

    assert await ended(server) == [("system", "not on call any more")]
    await other.quiet()
    assert other.desk.get("reads", []) == []


async def nobody_on_call(server: Server) -> None:
    def command() -> Any:
        yield Sql("DELETE FROM roster WHERE role = 'on_call'"), {}

    await server.house.db.run(command)
    server.house.operating.mark = None
    await server.house.operate()


# taking over


async def test_the_senior_takes_over_at_any_time_and_the_visitor_reads_it(server: Server) -> None:
    visitor, owner, senior, ticket = await reading(server)

    await senior.says(type="take_over", ticket=ticket, note="mijn dienst")
    await senior.next("desk", lambda desk: [found["id"] for found in desk["tickets"]] == [ticket])
    await owner.next("desk", lambda desk: desk["tickets"] == [])
    await visitor.next("event", lambda event: event.get("name") == "utter_takeover")
    await senior.writes(ticket, "ik ga met je verder")
    await visitor.next("event", lambda event: event["text"] == "ik ga met je verder")

    assert await owner.refused(type="message", ticket=ticket, id="m9", text="x") != ""
    rows = await server.rows("SELECT caseworker FROM seat")
    assert [row["caseworker"] for row in rows] == [SENIOR]
    actions = await server.rows("SELECT actor FROM audit WHERE action = 'take_over'")
    assert [row["actor"] for row in actions] == [SENIOR]
    assert senior.desk.get("reads", []) == []


async def test_a_colleague_takes_over_only_when_the_link_is_lost(server: Server) -> None:
    visitor, owner, ticket = await talking(server)
    other = await server.caseworker(OTHER, available=False)
    assert await other.refused(type="take_over", ticket=ticket) == "forbidden"

    await owner.hangs_up()
    await server.janitor(after_s=6)
    await other.next("desk", lambda desk: [one["id"] for one in desk.get("others", [])] == [ticket])
    await other.says(type="take_over", ticket=ticket)
    await other.next("assigned")
    await server.janitor(after_s=200)

    (row,) = await server.rows("SELECT state, caseworker FROM ticket WHERE id = :id", id=ticket)
    assert dict(row) == {"state": "active", "caseworker": OTHER}
    await visitor.next("status", lambda status: status.get("caseworker") == OTHER.title())


async def test_a_full_desk_takes_nothing_over(server: Server) -> None:
    _, _, ticket = await talking(server)
    senior = await a_senior(server)
    await senior.says(type="cap", seats=0)
    await desk_with(senior, cap=0)

    assert await senior.refused(type="take_over", ticket=ticket) == "no_seat"
    rows = await server.rows("SELECT caseworker FROM seat")
    assert [row["caseworker"] for row in rows] == [f"{REGION}-1"]


async def test_of_two_who_take_over_one_gets_it(server: Server) -> None:
    _, owner, ticket = await talking(server)
    first, second = await a_senior(server), await server.caseworker(OTHER, available=False)
    await owner.hangs_up()
    await server.janitor(after_s=6)

    for desk in (first, second):
        await desk.says(type="take_over", ticket=ticket)
    for desk in (first, second):
        await desk.quiet()

    rows = await server.rows("SELECT caseworker FROM seat")
    assert len(rows) == 1 and rows[0]["caseworker"] in (SENIOR, OTHER)
