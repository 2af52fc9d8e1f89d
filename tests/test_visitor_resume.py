"""Going on after a lost link: once, in order, on one socket; and coming back with three words."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

from tests.support.outage import held, no_answer
from tests.support.running import REGION, Server, Visitor, running
from tests.test_visitor_acks import talking


def numbers(visitor: Visitor) -> list[int]:
    return [event["seq"] for event in visitor.all("event")]


async def again(server: Server, token: str, after: int = 0) -> Visitor:
    """Another socket that resumes."""
    visitor = await server.visitor(opens=False)
    await visitor.resume(token, after)
    return visitor


async def test_resume_brings_opened_and_status_and_then_everything_above_after(
    server: Server,
) -> None:
    visitor, caseworker, ticket = await talking(server)
    await visitor.types("hallo")
    await caseworker.writes(ticket, "dag")
    await caseworker.says(type="note", ticket=ticket, id="n", text="alleen voor ons")
    await caseworker.next("ack", lambda ack: ack["id"] == "n")
    await caseworker.writes(ticket, "ben je veilig?")
    await visitor.hangs_up()

    back = await again(server, visitor.token)
    everything = await back.quiet()

    opened, status = back.seen[:2]
    assert (opened["type"], opened["conversation"]) == ("opened", visitor.conversation)
    assert opened["token"] == visitor.token
    assert (status["type"], status["state"]) == ("status", "active")
    assert {frame["type"] for frame in everything} == {"event"}
    assert numbers(back) == sorted(set(numbers(back)))
    assert {event["from"] for event in everything} == {"bot", "visitor", "system", "caseworker"}
    assert [event["text"] for event in everything][-3:] == ["hallo", "dag", "ben je veilig?"]
    # the note has a number of its own: a gap, and nothing of what it says
    assert numbers(back)[-1] - numbers(back)[-2] == 2

    more = await again(server, visitor.token, after=numbers(back)[-2])
    await more.quiet()
    assert [event["text"] for event in more.all("event")] == ["ben je veilig?"]


@pytest.mark.parametrize("after", [10_000, 2**31, 2**63, 10**30])
async def test_resume_above_every_number_brings_no_event(server: Server, after: int) -> None:
    visitor = await server.visitor()
    await visitor.chooses("Nee")
    await visitor.hangs_up()

    back = await again(server, visitor.token, after)

    assert [frame["type"] for frame in await back.quiet()] == []


async def test_the_questions_go_on_where_they_were(server: Server) -> None:
    visitor = await server.visitor()
    await visitor.chooses("Nee")
    await visitor.hangs_up()

    back = await again(server, visitor.token)
    await back.quiet()
    await back.chooses("Het gaat over mij")

    assert back.question["name"] == "utter_ask_watched"


@pytest.mark.parametrize("token", ["", "x", "y" * 43, "a\x00", "' OR 1=1 --"])
async def test_an_unknown_token_is_refused_and_the_socket_goes_on(
    server: Server, token: str
) -> None:
    visitor = await server.visitor(opens=False)

    assert (await visitor.error(type="resume", token=token, after=0))["code"] == "bad_token"
    assert (await visitor.open())["conversation"]


async def test_before_the_first_input_there_is_nothing_to_resume(server: Server) -> None:
    visitor = await server.visitor()
    other = await server.visitor(opens=False)

    assert (await other.error(type="resume", token=visitor.token, after=0))["code"] == "bad_token"
    await visitor.chooses("Nee")


async def test_a_second_socket_closes_the_first_and_the_visitor_stays_online(
    server: Server,
) -> None:
    visitor, caseworker, ticket = await talking(server)

    back = await again(server, visitor.token)

    assert await visitor.closed() == 4001
    await server.settled()
    await caseworker.quiet()
    assert [frame["state"] for frame in caseworker.all("visitor")] == []
    assert caseworker.desk["tickets"][0]["visitor"] == "online"
    await caseworker.writes(ticket, "zie je dit?")
    assert (await back.next("event", lambda event: event["from"] == "caseworker"))["text"]
    await server.janitor(after_s=1000)
    await caseworker.quiet()
    assert caseworker.desk["tickets"][0]["visitor"] == "online"


async def test_what_is_said_while_the_past_is_read_comes_once_and_in_order(
    server: Server,
) -> None:
    visitor, caseworker, ticket = await talking(server)
    await visitor.types("een")
    await visitor.hangs_up()
    back = await server.visitor(opens=False)
    house: Any = server.house.db
    reads = house.read
    calls = 0

    async def read(query: Any, *args: Any, **named: Any) -> Any:
        nonlocal calls
        found = await reads(query, *args, **named)
        if query.__name__ == "load":
            calls += 1
            await caseworker.says(type="message", ticket=ticket, id=f"c{calls}", text=f"c{calls}")
            await caseworker.next("ack", lambda ack: ack["id"] == f"c{calls}")
        return found

    house.read = read
    await back.resume(visitor.token)
    await back.quiet()
    house.read = reads

    assert calls >= 2
    assert numbers(back) == sorted(set(numbers(back)))
    texts = [event["text"] for event in back.all("event")]
    assert texts[-calls:] == [f"c{number}" for number in range(1, calls + 1)]
    assert "een" in texts


async def test_a_resume_without_an_answer_can_be_tried_again_on_the_same_socket(
    server: Server,
) -> None:
    visitor, caseworker, ticket = await talking(server)
    await visitor.hangs_up()
    back = await server.visitor(opens=False)
    with no_answer(server):
        error = await back.error(type="resume", token=visitor.token, after=0)
    assert error["code"] == "unavailable"

    await back.resume(visitor.token)
    await back.quiet()

    await caseworker.writes(ticket, "daar ben je weer")
    assert (await back.next("event"))["text"] == "daar ben je weer"


async def test_a_very_long_talk_is_resumed_whole(database: str, tmp_path: Any) -> None:
    async with running(database, tmp_path, socket_frames=16) as server:
        visitor = await server.visitor()
        await visitor.goes_straight()
        for number in range(100):
            await visitor.says(type="message", id=f"m{number}0", text=f"bericht {number}")
        await visitor.next("ack", lambda ack: ack["id"] == "m990")
        await visitor.hangs_up()

        back = await again(server, visitor.token)
        await back.quiet()

        assert [event["text"] for event in back.all("event")][-100:] == [
            f"bericht {number}" for number in range(100)
        ]


async def test_a_message_under_way_when_the_link_broke_is_not_lost_and_not_doubled(
    server: Server,
) -> None:
    visitor, caseworker, _ = await talking(server)
    async with held(server, "write") as gate:
        await visitor.says(type="message", id="a", text="onderweg")
        await gate.reached.wait()
        closing = asyncio.create_task(visitor.socket.close())
        back = await again(server, visitor.token)
        await back.says(type="message", id="a", text="onderweg")
        (ack,) = [await back.next("ack", lambda ack: ack["id"] == "a")]
        gate.open.set()
    await closing
    await server.settled()
    await caseworker.quiet()

    rows = await server.rows("SELECT seq FROM event WHERE client_id = 'a'")
    assert [row["seq"] for row in rows] == [ack["seq"]]
    said = [event["text"] for event in caseworker.all("event") if event["from"] == "visitor"]
    assert said == ["onderweg"]


# three words


async def words_of(visitor: Visitor) -> str:
    await visitor.says(type="words", id=visitor.new_id())
    words: str = (await visitor.next("words"))["words"]
    return words


async def test_three_words_begin_a_new_talk_that_knows_only_that(server: Server) -> None:
    caseworker = await server.caseworker(available=False)
    visitor = await server.visitor()
    await visitor.types("dit is geheim")
    words = await words_of(visitor)
    await visitor.hangs_up()

    back = await server.visitor(opens=False)
    await back.says(type="return", region=REGION, words=words.upper(), language="nl")
    opened = await back.next("opened")
    told = await back.next("event", lambda event: event["from"] == "system")
    await back.goes_straight()
    await caseworker.quiet()

    assert opened["conversation"] != visitor.conversation
    assert len(words.split()) == 3
    assert "dit is geheim" not in back.texts
    assert told["seq"] > 1
    ticket = next(
        ticket
        for ticket in caseworker.desk["queue"]
        if ticket["conversation"] == opened["conversation"]
    )
    assert (ticket["returned"], ticket["level"]) == (True, "urgent")


async def test_who_came_back_stays_so_when_the_language_changes(server: Server) -> None:
    caseworker = await server.caseworker(available=False)
    visitor = await server.visitor()
    await visitor.chooses("Nee")
    words = await words_of(visitor)
    back = await server.visitor(opens=False)
    await back.says(type="return", region=REGION, words=words, language="nl")
    await back.next("opened")
    await back.says(type="language", language="en")
    await back.quiet()
    await back.chooses("Straight to a caseworker")
    await caseworker.quiet()

    assert [ticket["returned"] for ticket in caseworker.desk["queue"]] == [True]


async def test_words_are_told_until_when_they_are_good_and_are_kept_nowhere(
    server: Server,
) -> None:
    visitor = await server.visitor()
    await visitor.chooses("Nee")
    await visitor.says(type="words", id="w")
    found = await visitor.next("words")
    words = found["words"].split()

    assert found["until"] > visitor.seen[0]["now"]
    for table in ("event", "conversation", "return_code"):
        for row in await server.rows(f"SELECT * FROM {table}"):
            stored = " ".join(str(value) for value in row.values())
            # a short one may stand in a random id by chance, all three do not
            assert not all(word in stored for word in words)


@pytest.mark.parametrize("words", ["", "appel", "appel peer pruim", "a b c d", "x " * 5000])
async def test_wrong_words_are_refused_with_a_sentence_and_the_chat_can_be_opened(
    server: Server, words: str
) -> None:
    visitor = await server.visitor(opens=False)

    error = await visitor.error(type="return", region=REGION, words=words, language="nl")

    assert error["code"] == "bad_token"
    assert "opnieuw beginnen" in error["message"]
    await visitor.open()


async def test_words_of_another_region_do_not_fit(server: Server) -> None:
    visitor = await server.visitor()
    await visitor.chooses("Nee")
    words = await words_of(visitor)

    other = await server.visitor(opens=False)
    error = await other.error(type="return", region="utrecht", words=words, language="nl")

    assert error["code"] == "bad_token"


async def test_old_words_do_not_fit_any_more(server: Server) -> None:
    visitor = await server.visitor()
    await visitor.chooses("Nee")
    words = await words_of(visitor)

    server.clock.move(8 * 24 * 3600)
    other = await server.visitor(opens=False)
    error = await other.error(type="return", region=REGION, words=words, language="nl")

    assert error["code"] == "bad_token"


async def test_trying_words_is_slowed_down_and_opening_is_not(server: Server) -> None:
    visitor = await server.visitor(opens=False)
    tries = server.house.plan.settings.return_tries
    wrong = {"type": "return", "region": REGION, "words": "een twee drie", "language": "nl"}
    for _ in range(tries):
        assert (await visitor.error(**wrong))["code"] == "bad_token"

    limited = await visitor.error(**wrong)

    assert (limited["code"], limited["retry_after_s"]) == ("rate_limited", 61)
    server.clock.move(61)
    assert (await visitor.error(**wrong))["code"] == "bad_token"
    await visitor.open()


async def test_words_that_are_none_and_say_danger_are_told_so_even_when_tried_too_often(
    server: Server,
) -> None:
    visitor = await server.visitor(opens=False)
    cry = {"type": "return", "region": REGION, "words": "hij slaat mij", "language": "nl"}
    for _ in range(server.house.plan.settings.return_tries):
        error = await visitor.error(**cry)
        assert (error["code"], error["heard"]) == ("bad_token", True)

    limited = await visitor.error(**cry)
    quiet = await visitor.error(**{**cry, "words": "appel peer pruim"})

    assert (limited["code"], limited["heard"]) == ("rate_limited", True)
    assert "heard" not in quiet


async def test_words_are_not_made_many_times_a_second(server: Server) -> None:
    visitor = await server.visitor()
    await visitor.chooses("Nee")
    await words_of(visitor)

    error = await visitor.error(type="words", id="more")

    assert (error["code"], error["id"]) == ("rate_limited", "more")
    server.clock.move(error["retry_after_s"])
    assert await words_of(visitor)
