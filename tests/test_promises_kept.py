"""Nothing is kept for longer than is said, and nothing is erased before."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from handoff.clock import micros
from tests.support.running import REGION, Caseworker, Server, Visitor
from tests.test_caseworker_socket import ticket_of
from tests.test_promises_acute import ticket_row
from tests.test_promises_unread import TEXT, exits, typed_in_line
from tests.test_visitor_acks import talking


async def closed(server: Server) -> tuple[Visitor, Caseworker]:
    visitor, caseworker, ticket = await talking(server)
    await visitor.types(TEXT)
    await caseworker.ends(ticket)
    return visitor, caseworker


async def kept_of(server: Server) -> dict[str, int]:
    """How much is kept of what was said: events, keys, talks."""
    counts = {}
    for name, sql in {
        "events": "SELECT count(*) AS many FROM event",
        "keys": "SELECT count(*) AS many FROM conversation_key",
        "talks": "SELECT count(*) AS many FROM conversation WHERE talk IS NOT NULL",
        "tokens": "SELECT count(*) AS many FROM conversation WHERE token IS NOT NULL",
    }.items():
        counts[name] = (await server.rows(sql))[0]["many"]
    return counts


GONE = {"events": 0, "keys": 0, "talks": 0, "tokens": 0}


async def test_text_is_erased_24_hours_after_closing_with_its_key(server: Server) -> None:
    visitor, _ = await closed(server)
    day = timedelta(hours=24).total_seconds()

    await server.janitor(after_s=day - 1)
    kept = await kept_of(server)
    assert (kept["keys"], kept["talks"]) == (1, 1)
    assert kept["events"] > 5
    await server.janitor(after_s=1)

    assert await kept_of(server) == GONE
    # what the figures need stays: when, how urgent, how it ended
    row = await ticket_row(visitor)
    assert (row["disposition"], row["level"]) == ("advice", "normal")
    again = await server.visitor(opens=False)
    assert (await again.error(type="resume", token=visitor.token))["code"] == "bad_token"


async def test_a_conversation_that_is_not_closed_is_not_erased(server: Server) -> None:
    visitor, _, _ = await talking(server)
    await visitor.types(TEXT)

    for _ in range(3):
        await server.janitor(after_s=86_400)

    assert (await kept_of(server))["keys"] == 1
    assert (await ticket_row(visitor))["disposition"] is None


async def test_the_key_of_a_day_is_destroyed_when_nothing_needs_it_any_more(
    server: Server,
) -> None:
    await closed(server)
    days = set(server.house.services.vault.days())

    await server.janitor(after_s=86_400 - 60)
    assert days <= set(server.house.services.vault.days())
    for _ in range(3):
        await server.janitor(after_s=86_400)

    assert not days & {key for key in server.house.services.vault.days() if "2026-11-23" in key}
    assert any("2026-11-27" in key for key in server.house.services.vault.days())


@pytest.mark.parametrize(
    ("region", "left", "until"),
    [
        # open every day from 9 to 23: the next day's end
        (REGION, datetime(2026, 11, 23, 14, 0), datetime(2026, 11, 24, 22, 0)),
        # open on weekdays from 9 to 17: over the weekend
        ("utrecht", datetime(2026, 11, 26, 9, 0), datetime(2026, 11, 27, 16, 0)),
        ("utrecht", datetime(2026, 11, 27, 9, 0), datetime(2026, 11, 30, 16, 0)),
        # over both days of Christmas, the first of which is a Friday
        ("utrecht", datetime(2026, 12, 24, 9, 0), datetime(2026, 12, 28, 16, 0)),
    ],
)
async def test_what_was_missed_is_kept_unread_until_the_end_of_the_next_opening_day(
    server: Server, region: str, left: datetime, until: datetime, caplog: Any
) -> None:
    server.clock.time = left.replace(tzinfo=UTC)
    visitor = await server.visitor(region)
    await visitor.types(TEXT)
    await exits(visitor)
    end = until.replace(tzinfo=UTC)
    assert (await ticket_row(visitor))["unread_until"] == micros(end)

    server.clock.time = end - timedelta(seconds=1)
    await server.janitor()
    assert (await ticket_row(visitor))["state"] == "missed"
    assert (await kept_of(server))["keys"] == 1
    await server.janitor(after_s=1)

    row = await ticket_row(visitor)
    assert (row["state"], row["disposition"], row["opened_by"]) == ("closed", "unread", None)
    assert await kept_of(server) == GONE
    assert "closed unread" in caplog.text


async def test_who_was_read_in_time_is_kept_for_24_hours_after_closing(server: Server) -> None:
    visitor = await typed_in_line(server)
    await exits(visitor)
    caseworker = await server.caseworker(available=False)
    await caseworker.quiet()
    ticket = caseworker.desk["missed"][0]["id"]
    await caseworker.says(type="read", ticket=ticket)
    await caseworker.next("assigned")
    await caseworker.hangs_up()

    # past the end of the next opening day: it was read, so it is closed by a human
    await server.janitor(after_s=3 * 86_400)
    assert (await ticket_row(visitor))["state"] == "wrap_up"
    caseworker = await server.caseworker(available=False)
    await caseworker.says(type="wrap_up", ticket=ticket, disposition="read_missed")
    await ticket_of(caseworker, ticket, state="closed")
    await server.janitor(after_s=86_400 - 1)
    assert (await kept_of(server))["keys"] == 1
    await server.janitor(after_s=1)

    assert await kept_of(server) == GONE
