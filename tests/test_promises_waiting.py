"""What who waits is told, over real sockets: each thing once, over all nodes, and no place lost."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from handoff.storage.sql import values_of
from tests.support.clock import FakeClock
from tests.support.running import ADD_SHIFT, REGION, Server, Visitor, planned, running
from tests.support.storing import a_ticket
from tests.test_visitor_acks import DANGER

LONG, STILL_THERE = "utter_wait_long", "utter_wait_still_there"
ASKS = (LONG, STILL_THERE)
#: Half past ten in the evening; the region of the tests closes at eleven.
LATE = datetime(2026, 11, 23, 21, 29, tzinfo=UTC)
NIGHT = datetime(2026, 11, 24, 2, 0, tzinfo=UTC)


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


async def test_who_lost_the_link_reads_the_question_on_coming_back(server: Server) -> None:
    visitor = await waiting(server)
    await visitor.hangs_up()
    await server.janitor(after_s=5)

    back = await server.visitor(opens=False)
    await back.resume(visitor.token)
    await back.quiet()

    assert STILL_THERE in told(back)
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
    # nothing answers there: that a sign is lost on the way is not the visitor's to know
    async with running(database, tmp_path, ring_url="http://127.0.0.1:9/") as server:
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


async def test_who_waits_is_told_before_closing_time_that_an_answer_still_comes(
    late: Server,
) -> None:
    visitor = await waiting(late)
    await passes(late, visitor, 1)

    assert await passes(late, visitor, 60) == ["utter_wait_closing"]

    assert "De chat sluit om 23.00 uur. Jij krijgt nog antwoord." in visitor.texts
    newcomer = await waiting(late)
    assert "utter_hours_closing" in [event.get("name") for event in newcomer.all("event")]
    assert "utter_wait_closing" not in await passes(late, newcomer, 60)


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


# how long it takes

HOUR = 3_600_000_000
DAY = 24 * HOUR


async def answered(server: Server, name: str, many: int, ago: int, **more: Any) -> None:
    """Visitors who were answered so long ago, after seven minutes."""
    at = server.house.services.now() - ago
    for number in range(many):
        given = {"accepted_at": at, "waiting_since": at - 7 * 60_000_000, **more}
        await a_ticket(server.house.db, f"{name}{number}", REGION, state="closed", **given)


async def wait_of(server: Server, visitor: Visitor) -> str:
    """How the wait is told now."""
    await server.janitor(after_s=31)
    await visitor.quiet()
    wait: str = visitor.status["wait"]
    return wait


async def test_a_wait_is_told_from_ten_samples_of_this_hour_and_this_level(
    server: Server,
) -> None:
    visitor = await waiting(server)
    await answered(server, "hour", 4, HOUR // 2)
    await answered(server, "week", 5, 7 * DAY)
    # another level, another hour, too long ago, given back, in training
    await answered(server, "urgent", 9, HOUR // 2, level="urgent")
    await answered(server, "morning", 9, 7 * DAY + 4 * HOUR)
    await answered(server, "old", 9, 15 * DAY)
    await answered(server, "back", 9, HOUR // 2, given_back=True)
    await answered(server, "trained", 9, HOUR // 2, training=True)
    assert await wait_of(server, visitor) == "unknown"

    await answered(server, "tenth", 1, 13 * DAY)

    assert await wait_of(server, visitor) == "5_to_15"


async def test_to_who_is_in_danger_no_time_is_named(server: Server) -> None:
    await answered(server, "acute", 20, 0, level="acute", band=0)
    visitor = await in_danger(server)

    assert await wait_of(server, visitor) == "unknown"


async def test_who_is_trained_does_not_stand_before_anybody(server: Server) -> None:
    visitor = await waiting(server)
    began = (await ticket_of(server, visitor))["queue_at"] - HOUR
    await a_ticket(server.house.db, "trained", REGION, queue_at=began, training=True)
    server.house.floor.ring(REGION)
    await visitor.quiet()
    assert visitor.status["position"] == 1

    await a_ticket(server.house.db, "real", REGION, queue_at=began)
    server.house.floor.ring(REGION)
    await visitor.next("status", lambda status: status["position"] == 2)


# closed, in danger, and unable to call


async def on_call(server: Server, *, rings: bool = True, planned_too: bool = True) -> None:
    """The region of the tests rings who is on call while it is closed, and somebody is."""
    operating = server.house.operating
    content = operating.content
    region = replace(content.regions[REGION], rings_on_call_when_closed=rings)
    operating.content = replace(content, regions={**content.regions, REGION: region})
    operating.mark = None
    services = server.house.services
    services.settings = replace(services.settings, ring_url="http://127.0.0.1:9/")
    if planned_too:
        row = planned(REGION, "senior", role="on_call")

        def command() -> Any:
            yield ADD_SHIFT, values_of(row)

        await server.house.db.run(command)
    await server.house.operate()


async def cannot_call(visitor: Visitor) -> dict[str, Any]:
    """In danger, and unable to call; the card that comes."""
    await visitor.chooses("Ja, voor mij")
    await visitor.says(type="choose", id="n", payload="/sys:cannot_call")
    card = await visitor.next("event", lambda event: event.get("name") == "emergency_cannot")
    await visitor.quiet()
    return card


@pytest.fixture
async def night(database: str, tmp_path: Path) -> AsyncIterator[Server]:
    async with running(database, tmp_path, FakeClock(NIGHT)) as found:
        yield found


@pytest.mark.parametrize("given", [{"rings": False}, {"planned_too": False}], ids=["off", "nobody"])
async def test_who_cannot_call_a_closed_chat_reads_plainly_that_nobody_reads_along(
    night: Server, given: dict[str, bool]
) -> None:
    await on_call(night, **given)
    visitor = await night.visitor()

    card = await cannot_call(visitor)

    assert card["text"].startswith("Niemand leest nu deze chat. Wacht hier niet.")
    assert visitor.status["reason"] == "hours"
    assert await night.rows("SELECT id FROM conversation") == []


async def test_where_a_region_rings_who_is_on_call_a_ticket_opens_without_a_promise(
    night: Server,
) -> None:
    await on_call(night)
    visitor = await night.visitor()
    assert await night.rows("SELECT id FROM conversation") == []

    card = await cannot_call(visitor)

    assert card["text"].startswith("We geven nu iemand van ons een seintje. We weten niet of")
    assert "Wacht niet op ons" in card["text"]
    assert (visitor.status["state"], visitor.status["staff"]) == ("waiting", "rung")
    row = await ticket_of(night, visitor)
    assert (row["level"], bool(row["cannot_call"]), row["state"]) == ("acute", True, "waiting")
    await night.janitor()
    kinds = await night.rows("SELECT kind FROM escalation WHERE subject = :id", id=row["id"])
    assert "ring_acute" in [one["kind"] for one in kinds]


async def test_whoever_comes_reads_all_that_was_pressed_and_numbers_never_step_back(
    night: Server,
) -> None:
    await on_call(night)
    visitor = await night.visitor()
    await cannot_call(visitor)
    await visitor.types("ik ben boven")

    numbers = [frame["seq"] for frame in visitor.seen if frame.get("seq")]
    assert numbers == sorted(set(numbers))
    senior = await night.caseworker(available=False)
    await senior.quiet()
    await senior.says(type="take", ticket=senior.desk["queue"][0]["id"])
    assigned = await senior.next("assigned")
    texts = [event["text"] for event in assigned["events"]]
    assert [event["seq"] for event in assigned["events"]] == list(range(1, len(texts) + 1))
    for text in ("Ja, voor mij", "Ik kan niet bellen", "ik ben boven"):
        assert text in texts


async def test_what_is_typed_to_a_closed_chat_is_not_kept_even_there(night: Server) -> None:
    await on_call(night)
    visitor = await night.visitor()
    error = await visitor.error(type="message", id="m", text=DANGER)
    await cannot_call(visitor)

    assert error["code"] == "closed"
    back = await night.visitor(opens=False)
    await back.resume(visitor.token)
    await back.quiet()
    assert DANGER not in back.texts


async def test_nothing_but_danger_opens_a_closed_chat(night: Server) -> None:
    await on_call(night)
    visitor = await night.visitor()
    await visitor.chooses("Nee")
    await visitor.says(type="choose", id="h", payload="/sys:hours")
    await visitor.says(type="choose", id="m", payload="/sys:moments")
    moments = await visitor.next("event", lambda event: event.get("name") == "utter_sys_moments")

    assert "later vandaag" in moments["text"]
    assert visitor.status["reason"] == "hours"
    assert await night.rows("SELECT id FROM conversation") == []
