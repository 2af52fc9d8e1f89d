"""Where a visitor stands: in order, not too often, and a chat that is closed by the hour."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from tests.support.clock import FakeClock
from tests.support.running import Caseworker, Server, Visitor, running
from tests.test_visitor_acks import DANGER

#: Every region is closed.
NIGHT = datetime(2026, 11, 24, 2, 0, tzinfo=UTC)


def states(visitor: Visitor) -> list[str]:
    """The states that a visitor was told, each once in a row."""
    found = [status["state"] for status in visitor.all("status")]
    return [state for number, state in enumerate(found) if found[number - 1 : number] != [state]]


async def test_the_status_goes_from_intake_to_waiting_to_active_to_closed(server: Server) -> None:
    caseworker = await server.caseworker()
    visitor = await server.visitor()
    await visitor.goes_straight()
    ticket = (await caseworker.accepts())["ticket"]["id"]
    await caseworker.ends(ticket)
    await visitor.quiet()

    assert states(visitor) == ["intake", "waiting", "active", "closed"]
    waiting = [status for status in visitor.all("status") if status["state"] == "waiting"]
    assert {status["position"] for status in waiting} == {1}
    assert {status["wait"] for status in waiting} == {"unknown"}
    (active,) = [status for status in visitor.all("status") if status["state"] == "active"]
    assert active["caseworker"] == caseworker.username.title()
    assert visitor.status["reason"] == "ended"


async def test_who_is_in_a_chat_reads_that_the_caseworker_could_call_for_them(
    server: Server,
) -> None:
    caseworker = await server.caseworker()
    visitor = await server.visitor()
    await visitor.goes_straight()
    await caseworker.accepts()
    await visitor.says(type="choose", id="c1", payload="/sys:cannot_call")
    card = await visitor.next("event", lambda event: event["kind"] == "emergency")

    assert visitor.status["staff"] == "here"
    assert card["text"].startswith(
        "Blijf in deze chat. De medewerker kan de politie voor je bellen"
    )

    await caseworker.hangs_up()
    server.clock.move(server.house.plan.settings.caseworker_notice_s + 1)
    await server.janitor()
    await visitor.next("status", lambda status: status.get("away", False))
    assert visitor.status["staff"] == "full"


async def test_an_offer_is_still_waiting(server: Server) -> None:
    caseworker = await server.caseworker()
    visitor = await server.visitor()
    await visitor.goes_straight()
    await caseworker.next("offer")
    await visitor.quiet()

    assert visitor.status["state"] == "waiting"


async def test_the_place_in_line_moves_up_and_acute_goes_first(server: Server) -> None:
    first = await server.visitor()
    server.clock.move(1)
    second = await server.visitor()
    server.clock.move(1)
    urgent = await server.visitor()
    await second.goes_straight()
    await first.goes_straight()
    await urgent.chooses("Ja, voor mij")
    for visitor in (first, second, urgent):
        await visitor.quiet()
    assert [visitor.status["position"] for visitor in (urgent, first, second)] == [1, 2, 3]

    await first.says(type="exit")
    await second.next("status", lambda status: status["position"] == 2)


async def test_a_visitor_reads_that_everybody_is_busy_or_that_nobody_is_there(
    server: Server,
) -> None:
    visitor = await server.visitor()
    await visitor.goes_straight()
    await visitor.quiet()
    assert visitor.status["staff"] == "none"

    caseworker = await server.caseworker(available=False)
    await caseworker.says(type="cap", seats=0)
    await caseworker.says(type="presence", state="available")
    await visitor.next("status", lambda status: status["staff"] == "full")
    await caseworker.says(type="cap", seats=1)
    await visitor.next("status", lambda status: status["staff"] == "called")


async def test_a_visitor_who_is_watched_gets_a_quiet_page(server: Server) -> None:
    visitor = await server.visitor()
    for button in ("Nee", "Het gaat over mij", "Ja of misschien"):
        await visitor.chooses(button)

    assert visitor.status["quiet"] is True


# not too often


@pytest.fixture
async def paced(database: str, tmp_path: Path, clock: FakeClock) -> AsyncIterator[Server]:
    async with running(database, tmp_path, clock, status_every_s=1) as found:
        yield found


async def moved(server: Server, visitor: Visitor, seconds: float) -> None:
    """Lets time pass, and what it wakes run."""
    server.clock.move(seconds)
    for _ in range(5):
        await asyncio.sleep(0)
    await visitor.quiet()


async def test_a_status_comes_at_most_once_a_second_and_the_newest_is_never_lost(
    paced: Server,
) -> None:
    visitor = await paced.visitor()
    await visitor.goes_straight()
    before = len(visitor.all("status"))
    caseworker = await paced.caseworker()
    await caseworker.accepts()
    await visitor.quiet()
    assert [status["state"] for status in visitor.all("status")] == ["intake"]

    await moved(paced, visitor, 0.9)
    assert len(visitor.all("status")) == before
    await moved(paced, visitor, 0.2)

    assert [status["state"] for status in visitor.all("status")] == ["intake", "active"]


async def test_after_a_quiet_second_a_status_comes_at_once(paced: Server) -> None:
    visitor = await paced.visitor()
    await moved(paced, visitor, 1)

    await visitor.goes_straight()

    assert visitor.status["state"] == "waiting"


async def test_a_status_that_changed_back_is_not_sent(paced: Server) -> None:
    visitor = await paced.visitor()
    caseworker = await paced.caseworker()
    await visitor.quiet()
    await caseworker.says(type="presence", state="away")
    await caseworker.next("desk", lambda desk: desk["presence"] == "away")
    await visitor.quiet()

    await moved(paced, visitor, 1.1)

    assert [status["staff"] for status in visitor.all("status")] == ["none"]


async def test_a_resumed_socket_gets_its_status_at_once(paced: Server) -> None:
    visitor = await paced.visitor()
    await visitor.goes_straight()

    back = await paced.visitor(opens=False)
    await back.resume(visitor.token)

    assert back.status["state"] == "waiting"


async def test_a_socket_that_only_looks_on_is_closed_after_a_while(server: Server) -> None:
    caseworker = await server.caseworker()
    visitor = await server.visitor()
    await visitor.goes_straight()
    await caseworker.ends((await caseworker.accepts())["ticket"]["id"])
    await visitor.next("status", lambda status: status["state"] == "closed")

    server.clock.move(server.house.plan.settings.stop_link_s)

    assert await visitor.closed() == 1000


# closed by the hour


@pytest.fixture
async def night(database: str, tmp_path: Path) -> AsyncIterator[Server]:
    async with running(database, tmp_path, FakeClock(NIGHT)) as found:
        yield found


async def test_a_closed_chat_opens_with_its_own_card_and_says_why(night: Server) -> None:
    visitor = await night.visitor()

    assert visitor.seen[0]["region"]["state"] == "closed"
    assert visitor.seen[0]["region"]["opens_at"]
    assert (visitor.status["state"], visitor.status["reason"]) == ("closed", "hours")
    assert "utter_closed" in [event.get("name") for event in visitor.all("event")]
    assert visitor.question["buttons"][0]["title"].startswith("Ja, voor mij")


async def test_the_buttons_of_a_closed_chat_work_and_nothing_is_written(night: Server) -> None:
    visitor = await night.visitor()

    await visitor.chooses("Ja, voor mij")
    await visitor.says(type="choose", id="n", payload="/sys:cannot_call")
    await visitor.says(type="choose", id="p", payload="/sys:privacy")
    await visitor.says(type="card", id="c")
    await visitor.quiet()

    cards = [event for event in visitor.all("event") if event["kind"] == "emergency"]
    assert len(cards) == 3
    assert {ack["id"] for ack in visitor.all("ack")} >= {"m1", "n", "p", "c"}
    numbers = [frame["seq"] for frame in visitor.seen if "seq" in frame]
    assert numbers == sorted(set(numbers))
    for table in ("conversation", "event", "ticket", "presence"):
        assert await night.rows(f"SELECT * FROM {table}") == []


async def test_text_in_a_closed_chat_is_heard_for_danger_and_not_kept(night: Server) -> None:
    visitor = await night.visitor()

    plain = await visitor.error(type="message", id="a", text="hallo?")
    await visitor.says(type="message", id="b", text=DANGER)
    card = await visitor.next("event")
    heard = await visitor.next("error")

    assert (plain["code"], plain["id"]) == ("closed", "a")
    assert (heard["code"], heard["id"]) == ("closed", "b")
    assert (card["kind"], card["name"]) == ("emergency", "emergency_heard")
    assert await night.rows("SELECT id FROM conversation") == []
    await visitor.error(type="message", id="c", text=DANGER)
    cards = [event for event in visitor.all("event") if event["kind"] == "emergency"]
    assert cards == [card]


#: Ten minutes before the pilot region closes for the night, and before it opens.
LATE, EARLY = datetime(2026, 11, 24, 21, 50, tzinfo=UTC), datetime(2026, 11, 24, 7, 50, tzinfo=UTC)


@pytest.mark.parametrize("language", [None, "en"])
async def test_a_page_that_is_touched_after_closing_time_gets_the_closed_chat(
    sqlite_database: str, tmp_path: Path, language: str | None
) -> None:
    async with running(sqlite_database, tmp_path, FakeClock(LATE)) as late:
        visitor = await late.visitor()
        assert visitor.status["state"] == "intake"
        late.clock.move(15 * 60)
        if language:
            await visitor.says(type="language", language=language)
            await visitor.quiet()
            assert visitor.status["reason"] == "hours"

        await visitor.says(type="choose", id="y", payload="/SetSlots(danger=self)")
        card = await visitor.next("event", lambda event: event["kind"] == "emergency")
        await visitor.next("ack", lambda ack: ack["id"] == "y")

        assert card["name"] == "emergency_self"
        assert (visitor.status["state"], visitor.status["reason"]) == ("closed", "hours")
        assert "utter_closed" in [event.get("name") for event in visitor.all("event")]
        assert await late.rows("SELECT id FROM conversation") == []


async def test_an_intake_that_has_begun_goes_on_past_closing_time(
    sqlite_database: str, tmp_path: Path
) -> None:
    async with running(sqlite_database, tmp_path, FakeClock(LATE)) as late:
        visitor = await late.visitor()
        await visitor.chooses("Nee")
        late.clock.move(15 * 60)

        await visitor.goes_straight()

        assert visitor.status["state"] == "waiting"


async def test_a_page_that_is_touched_after_opening_time_gets_the_open_chat(
    sqlite_database: str, tmp_path: Path
) -> None:
    async with running(sqlite_database, tmp_path, FakeClock(EARLY)) as early:
        visitor = await early.visitor()
        assert visitor.status["reason"] == "hours"
        early.clock.move(15 * 60)

        await visitor.says(type="choose", id="s", payload="/caseworker")
        await visitor.next("ack", lambda ack: ack["id"] == "s")
        early.clock.move(early.house.plan.settings.stop_link_s)
        await visitor.quiet()

        assert visitor.status["state"] == "waiting"
        numbers = await early.rows("SELECT seq FROM event ORDER BY seq")
        assert [row["seq"] for row in numbers] == list(range(1, len(numbers) + 1))


async def test_a_closed_chat_is_closed_politely_by_every_way_of_leaving(night: Server) -> None:
    for frame in ({"type": "end"}, {"type": "exit"}):
        visitor = await night.visitor()
        await visitor.says(**frame)
        assert await visitor.closed() == 1000
    visitor = await night.visitor()
    await visitor.hangs_up()

    assert await night.rows("SELECT id FROM conversation") == []
    assert night.house.conversations.live == {}


async def test_there_are_no_words_to_come_back_with_for_a_closed_chat(night: Server) -> None:
    visitor = await night.visitor()

    assert (await visitor.error(type="words", id="w"))["code"] == "closed"
    assert await night.rows("SELECT * FROM return_code") == []


async def test_the_region_cannot_be_changed_to_one_that_is_closed(
    database: str, tmp_path: Path
) -> None:
    evening = FakeClock(datetime(2026, 11, 23, 19, 0, tzinfo=UTC))
    async with running(database, tmp_path, evening) as server:
        visitor = await server.visitor()

        error = await visitor.error(type="region", id="r", region="utrecht")

        assert (error["code"], error["id"]) == ("closed", "r")


async def test_an_intake_begun_before_closing_goes_on_after_it(
    database: str, tmp_path: Path
) -> None:
    before = FakeClock(datetime(2026, 11, 23, 21, 59, tzinfo=UTC))
    async with running(database, tmp_path, before) as server:
        caseworker: Caseworker = await server.caseworker()
        answered, looked = await server.visitor(), await server.visitor()
        await answered.chooses("Nee")
        await server.janitor(after_s=45)
        server.clock.move(90)

        late = await server.visitor()
        await answered.types("ik ben er nog")
        await looked.goes_straight()

        assert late.status["reason"] == "hours"
        assert looked.status["state"] == "waiting"
        await answered.goes_straight()
        assigned = await caseworker.accepts()
        assert assigned["ticket"]["state"] == "active"
