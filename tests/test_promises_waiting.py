"""What who waits is told, over real sockets: each thing once, over all nodes, and no place lost."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from handoff.ringing import Silent
from tests.support.clock import FakeClock
from tests.support.running import REGION, Server, Visitor, running

LONG, STILL_THERE = "utter_wait_long", "utter_wait_still_there"
ASKS = (LONG, STILL_THERE)
#: Half past ten in the evening; the region of the tests closes at eleven.
LATE = datetime(2026, 11, 23, 21, 29, tzinfo=UTC)


async def waiting(server: Server, region: str = REGION) -> Visitor:
    """A visitor in line."""
    visitor = await server.visitor(region)
    await visitor.goes_straight()
    return visitor


async def in_danger(server: Server) -> Visitor:
    """A visitor in line who is in danger."""
    visitor = await server.visitor()
    await visitor.chooses("Ja, voor mij")
    return visitor


def told(visitor: Visitor) -> list[str]:
    """The names of the notices, in order."""
    return [event["name"] for event in visitor.all("event") if event["kind"] == "notice"]


async def passes(server: Server, visitor: Visitor, seconds: float) -> list[str]:
    """Lets time pass; the notices that came with it."""
    before = len(told(visitor))
    await server.janitor(after_s=seconds)
    await visitor.quiet()
    return told(visitor)[before:]


async def presses(visitor: Visitor, payload: str, id: str = "p1") -> dict[str, Any]:
    """Presses a button by its payload; what is said to it."""
    await visitor.says(type="choose", id=id, payload=payload)
    await visitor.next("ack", lambda ack: ack["id"] == id)
    return await visitor.next("event", lambda event: event["from"] == "system")


async def ticket_of(server: Server, visitor: Visitor) -> dict[str, Any]:
    (row,) = await server.rows(
        "SELECT * FROM ticket WHERE conversation = :id", id=visitor.conversation
    )
    return row


# whether somebody is there


async def test_who_waits_for_ten_minutes_is_asked_once_and_keeps_the_place_without_an_answer(
    server: Server,
) -> None:
    first = await waiting(server)
    server.clock.move(1)
    second = await waiting(server)
    assert not set(ASKS) & set(await passes(server, first, 598))

    asked = await passes(server, first, 1)
    again = await passes(server, first, 1)
    await passes(server, first, 3_600)

    assert asked == [STILL_THERE, LONG]
    assert again == []
    assert [event["text"] for event in first.all("event")].count(
        "Ben je er nog? Je hoeft niets te typen."
    ) == 1
    await second.quiet()
    assert [first.status["position"], second.status["position"]] == [1, 2]
    assert (await ticket_of(server, first))["state"] == "waiting"


async def test_a_page_that_is_not_in_sight_is_asked_at_once(server: Server) -> None:
    visitor = await waiting(server)
    await passes(server, visitor, 1)
    await visitor.says(type="visible", visible=False)
    await visitor.quiet()

    assert await passes(server, visitor, 1) == [STILL_THERE]
    assert await passes(server, visitor, 1) == []


async def test_a_page_that_is_in_sight_again_is_asked_nothing(server: Server) -> None:
    visitor = await waiting(server)
    await passes(server, visitor, 1)
    await visitor.says(type="visible", visible=False)
    await visitor.says(type="visible", visible=True)
    await visitor.quiet()

    assert await passes(server, visitor, 1) == []


async def test_who_lost_the_link_is_asked_once_they_are_back_and_waited_for_ten_minutes(
    server: Server,
) -> None:
    visitor = await waiting(server)
    await visitor.hangs_up()
    await server.janitor(after_s=5)
    back = await server.visitor(opens=False)
    await back.resume(visitor.token)
    assert STILL_THERE not in [*told(back), *await passes(server, back, 590)]

    assert STILL_THERE in await passes(server, back, 10)
    assert (await presses(back, "/sys:here"))["name"] == "utter_sys_here"
    rows = await server.rows("SELECT answered_by FROM escalation WHERE kind = 'wait_still_there'")
    assert [row["answered_by"] for row in rows] == ["visitor"]


async def test_whether_a_page_is_in_sight_is_kept_nowhere_and_asked_of_nobody(
    server: Server,
) -> None:
    visitor = await server.visitor(opens=False)
    await visitor.says(type="visible", visible=False)
    await visitor.quiet()

    assert [error["code"] for error in visitor.all("error")] == ["unknown_type"]


async def test_who_is_in_danger_is_asked_nothing(server: Server) -> None:
    visitor = await in_danger(server)
    await visitor.says(type="visible", visible=False)
    await visitor.quiet()

    found = [*await passes(server, visitor, 601), *await passes(server, visitor, 3_600)]

    assert not set(ASKS) & set(found)


async def test_who_talks_to_a_caseworker_is_told_nothing_of_the_wait(server: Server) -> None:
    caseworker = await server.caseworker()
    visitor = await waiting(server)
    await caseworker.accepts()
    await visitor.quiet()

    assert await passes(server, visitor, 3_600) == []


# the long wait


async def test_a_long_wait_gives_choices_and_waiting_is_one_of_them(server: Server) -> None:
    visitor = await waiting(server)
    await passes(server, visitor, 600)
    (notice,) = [event for event in visitor.all("event") if event.get("name") == LONG]

    answer = await presses(visitor, "/sys:wait")

    payloads = [button["payload"] for button in notice["buttons"]]
    assert payloads == ["/sys:wait", "/sys:later"]
    lines = server.house.plan.knowledge
    assert lines.help_lines[lines.advice_line].number in notice["text"]
    assert answer["name"] == "utter_sys_wait"
    assert (await ticket_of(server, visitor))["state"] == "waiting"


async def test_who_comes_back_later_gets_three_words_and_a_friendly_goodbye(
    server: Server,
) -> None:
    visitor = await waiting(server)
    await passes(server, visitor, 600)

    answer = await presses(visitor, "/sys:later")
    await visitor.quiet()

    (words,) = visitor.all("words")
    assert len(words["words"].split()) == 3
    assert answer["name"] == "utter_sys_later"
    assert (visitor.status["state"], visitor.status["reason"]) == ("closed", "left")
    assert (await ticket_of(server, visitor))["disposition"] == "left_before_contact"
    back = await server.visitor(opens=False)
    await back.says(type="return", region=REGION, words=words["words"], language="nl")
    await back.next("opened")


async def test_an_old_button_changes_nothing_once_a_caseworker_is_there(server: Server) -> None:
    visitor = await waiting(server)
    await passes(server, visitor, 600)
    caseworker = await server.caseworker()
    await caseworker.accepts()
    await visitor.next("status", lambda status: status["state"] == "active")

    names = ("here", "wait", "other_region", "later")
    answers = [await presses(visitor, f"/sys:{name}", f"old-{name}") for name in names]

    assert {answer["name"] for answer in answers} == {"utter_sys_own_region_late"}
    assert (await ticket_of(server, visitor))["state"] == "active"
    assert visitor.all("words") == []


@pytest.mark.parametrize("name", ["here", "wait", "later", "own_region", "other_region"])
async def test_who_is_not_in_line_has_nothing_to_answer(server: Server, name: str) -> None:
    visitor = await server.visitor()

    error = await visitor.error(type="choose", id="c", payload=f"/sys:{name}")

    assert (error["code"], error["id"]) == ("wrong_state", "c")


async def test_who_chose_the_own_region_may_take_another_one_after_all(server: Server) -> None:
    visitor = await waiting(server)
    assert (await presses(visitor, "/sys:own_region"))["buttons"][0]["payload"] == (
        "/sys:other_region"
    )
    assert (await ticket_of(server, visitor))["own_only"]
    await passes(server, visitor, 600)
    assert visitor.button("Een andere regio mag ook") == "/sys:other_region"

    answer = await presses(visitor, "/sys:other_region", "p2")

    assert answer["name"] == "utter_sys_other_region"
    row = await ticket_of(server, visitor)
    assert (bool(row["own_only"]), row["told_region"], row["state"]) == (False, None, "waiting")


# people at home, and closing time


async def test_who_waits_reads_once_that_somebody_at_home_gets_a_sign(
    database: str, tmp_path: Path
) -> None:
    async with running(database, tmp_path, ring_url="http://127.0.0.1:9/") as server:
        server.house.rings.ringer = Silent()
        visitor = await waiting(server)

        found = [*await passes(server, visitor, 1), *await passes(server, visitor, 1)]

        assert found + await passes(server, visitor, 60) == ["utter_wait_ring"]


async def test_without_an_address_to_ring_at_no_sign_is_promised(server: Server) -> None:
    visitor = await waiting(server)

    assert await passes(server, visitor, 60) == []


async def test_nobody_is_said_to_be_rung_while_a_caseworker_is_there(server: Server) -> None:
    await server.caseworker(available=False)
    caseworker = await server.caseworker(f"{REGION}-2", available=False)
    await caseworker.says(type="cap", seats=0)
    await caseworker.says(type="presence", state="available")
    await caseworker.next("desk", lambda desk: desk["presence"] == "available")
    visitor = await waiting(server)

    assert await passes(server, visitor, 60) == []


@pytest.fixture
async def late(database: str, tmp_path: Path) -> AsyncIterator[Server]:
    async with running(database, tmp_path, FakeClock(LATE)) as found:
        yield found


async def test_who_waits_for_who_is_only_rung_is_promised_no_answer_before_closing_time(
    late: Server,
) -> None:
    visitor = await waiting(late)
    await passes(late, visitor, 1)

    assert await passes(late, visitor, 60) == ["utter_wait_closing_call"]

    (text,) = [text for text in visitor.texts if text.startswith("De chat sluit om 23.00 uur.")]
    assert "antwoord" not in text
    assert "Bellen kan nu ook:" in text
    newcomer = await waiting(late)
    assert "utter_hours_closing" in [event.get("name") for event in newcomer.all("event")]
    assert not [name for name in await passes(late, newcomer, 60) if "closing" in name]


async def test_who_waits_while_somebody_is_at_a_desk_is_promised_an_answer(late: Server) -> None:
    caseworker = await late.caseworker(available=False)
    await caseworker.says(type="cap", seats=0)
    await caseworker.says(type="presence", state="available")
    await caseworker.next("desk", lambda desk: desk["presence"] == "available")
    visitor = await waiting(late)
    await passes(late, visitor, 1)

    assert await passes(late, visitor, 60) == ["utter_wait_closing"]
    assert [text for text in visitor.texts if "Jij krijgt nog antwoord" in text]


async def test_closing_time_stops_new_intakes_and_nobody_who_waits_or_talks(late: Server) -> None:
    caseworker = await late.caseworker()
    talks = await waiting(late)
    ticket = (await caseworker.accepts())["ticket"]["id"]
    await caseworker.says(type="cap", seats=1)
    waits, begun = await waiting(late), await late.visitor()
    await begun.chooses("Nee")

    late.clock.move(3 * 3_600)
    newcomer = await late.visitor()
    await talks.types("ik ben er nog")
    await begun.goes_straight()
    await waits.types("ik ook")

    assert (newcomer.status["state"], newcomer.status["reason"]) == ("closed", "hours")
    assert [talks.status["state"], waits.status["state"], begun.status["state"]] == [
        "active",
        "waiting",
        "waiting",
    ]
    await caseworker.ends(ticket)
    assert (await caseworker.accepts())["ticket"]["conversation"] == waits.conversation


# once over all nodes


async def test_two_nodes_tell_each_thing_once(database: str, tmp_path: Path) -> None:
    if database.startswith("sqlite"):
        pytest.skip("one serving process")
    clock = FakeClock()
    async with (
        running(database, tmp_path, clock, node="one") as one,
        running(database, tmp_path, clock, node="two") as two,
    ):
        visitor = await waiting(one)
        clock.move(600)
        for server in (two, one, two):
            await server.janitor()
        await visitor.quiet()

        names = [name for name in told(visitor) if name.startswith("utter_wait_")]
        assert sorted(names) == sorted(["utter_wait_begin", STILL_THERE, LONG])
