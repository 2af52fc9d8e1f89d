"""Nothing a visitor typed, no name and no address stands in a log, an error or a URL."""

from __future__ import annotations

import asyncio
import gc
import logging
import secrets
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from handoff.storage.database import Unavailable
from tests.support.clock import FakeClock
from tests.support.outage import no_answer
from tests.support.running import REGION, Server, running
from tests.test_at_rest import every_value, raw_files
from tests.test_caseworker_socket import OTHER, ticket_of
from tests.test_visitor_acks import talking

#: Words that stand nowhere else.
TYPED, WRITTEN, NOTED = (f"{word}{secrets.token_hex(6)}" for word in ("zwart", "groen", "paars"))
NAME = f"Annelies{secrets.token_hex(4)}"
#: Of the range for examples: the visitor's as the proxy names it.
ADDRESS = "203.0.113.77"
LOOPBACK = "127.0.0.1"
SECRET = (TYPED, WRITTEN, NOTED, NAME, ADDRESS, LOOPBACK)
FORWARDED = {"X-Forwarded-For": ADDRESS}


@pytest.fixture
def log(caplog: pytest.LogCaptureFixture) -> pytest.LogCaptureFixture:
    """Everything that anybody logs, from the first word."""
    caplog.set_level(logging.DEBUG)
    for name in ("handoff", "aiohttp", "aiohttp.access", "aiohttp.server", "asyncio", "asyncpg"):
        caplog.set_level(logging.DEBUG, name)
    return caplog


@pytest.fixture
async def server(
    log: pytest.LogCaptureFixture, database: str, tmp_path: Path, clock: FakeClock
) -> AsyncIterator[Server]:
    """A server behind a proxy that names its visitors' addresses."""
    async with running(database, tmp_path, clock, trusted_proxies=LOOPBACK) as found:
        found.http.headers.update(FORWARDED)
        yield found


def told(log: pytest.LogCaptureFixture) -> str:
    """The log as a file would hold it, with every traceback and every argument."""
    formatter = logging.Formatter("%(name)s %(levelname)s %(message)s")
    # pgserver and the test's own loop are not ours
    records = [record for record in log.records if not record.name.startswith("pixeltable")]
    return "\n".join(formatter.format(record) + repr(record.args) for record in records)


def leaks(text: str) -> list[str]:
    return [secret for secret in SECRET if secret in text]


async def a_whole_day(server: Server) -> None:
    """Everything that a visitor and a caseworker can say, and every way to be refused."""
    visitor, caseworker, ticket = await talking(server)
    await visitor.types(f"ik heet {NAME} en {TYPED}")
    await caseworker.writes(ticket, WRITTEN)
    for frame in (
        {"type": "note", "id": "n1", "text": NOTED},
        {"type": "consult", "text": NOTED},
        {"type": "strike", "signal": "weapon", "reason": NOTED},
        {"type": "level", "level": "acute", "reason": NOTED},
        {"type": "moment", "id": "n2", "text": NOTED, "who_calls": NAME},
    ):
        await caseworker.says(**frame, ticket=ticket)
    await ticket_of(caseworker, ticket, level="acute")
    await visitor.says(type="words", id="words")
    words = (await visitor.next("words"))["words"]
    assert not leaks(str(words))

    other = await server.caseworker(OTHER)
    await caseworker.says(
        type="transfer", ticket=ticket, to={"caseworker": OTHER}, note=f"{NOTED} {NAME}"
    )
    await other.next("assigned")
    await visitor.hangs_up()
    await server.janitor(after_s=30)
    again = await server.visitor(opens=False)
    await again.resume(visitor.token)
    await again.says(type="exit")
    await again.closed()
    await server.janitor(after_s=60)
    await ticket_of(other, ticket, state="wrap_up")
    await other.says(type="wrap_up", ticket=ticket, disposition="advice")
    await ticket_of(other, ticket, state="closed")


async def test_a_whole_day_leaves_nothing_in_the_log(
    server: Server, log: pytest.LogCaptureFixture
) -> None:
    await a_whole_day(server)
    await server.janitor(after_s=86_400)
    await server.janitor(after_s=30)

    text = told(log)
    assert "visitor left" in text
    assert "erased" in text
    assert leaks(text) == []


async def test_an_account_s_name_is_not_logged(
    server: Server, log: pytest.LogCaptureFixture
) -> None:
    await server.hire(f"{REGION}-7")
    body = {"username": f"{REGION}-7", "password": TYPED}
    for path in ("/api/login", "/api/login", "/api/logout"):
        await server.http.post(f"{server.url}{path}", json=body)
    caseworker = await server.caseworker(f"{REGION}-7")
    await server.janitor(after_s=5)
    await caseworker.quiet()

    assert leaks(told(log)) == []
    assert f"{REGION}-7".title() not in told(log)


# what goes wrong


async def test_what_is_refused_does_not_say_what_was_typed(server: Server) -> None:
    visitor, caseworker, ticket = await talking(server)
    for raw in (TYPED, f'{{"type":"{TYPED}"}}', f'{{"type":"message","id":"{TYPED}!","text":"x"}}'):
        await visitor.socket.send_str(raw)
        error = await visitor.next("error")
        assert TYPED not in error["message"], raw
    for frame in (
        {"type": "message", "id": "a", "text": TYPED * 200},
        {"type": "message", "id": "a", "text": f"{TYPED}\x00"},
        {"type": "message", "id": "a", "text": [TYPED]},
        {"type": "choose", "id": "a", "payload": f"/SetSlots(danger={TYPED})"},
        {"type": "choose", "id": "a", "payload": TYPED},
        {"type": "choose", "id": "a", "payload": {TYPED: TYPED}},
        {"type": "resume", "token": TYPED},
        {"type": "language", "language": TYPED},
        {"type": "region", "id": "a", "region": TYPED},
    ):
        error = await visitor.error(**frame)
        assert TYPED not in error["message"], frame
    for frame in (
        {"type": "message", "ticket": TYPED, "id": "a", "text": TYPED},
        {"type": "message", "ticket": ticket, "id": "a", "text": f"{TYPED}\x00"},
        {"type": "strike", "ticket": ticket, "signal": TYPED, "reason": TYPED},
        {"type": "wrap_up", "ticket": ticket, "disposition": TYPED},
        {"type": "transfer", "ticket": ticket, "to": {"caseworker": TYPED}, "note": TYPED},
        {"type": "presence", "state": TYPED},
    ):
        error = await caseworker.error(**frame)
        assert TYPED not in error["message"], frame


class Broken(Exception):
    """Holds what somebody typed, as the messages of libraries do."""


async def test_a_fault_inside_is_logged_without_its_words(
    server: Server, log: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    visitor, caseworker, ticket = await talking(server)

    def breaks(*args: Any, **named: Any) -> Any:
        raise Broken(f"{TYPED} {NAME} {ADDRESS}")

    async def breaks_later(*args: Any, **named: Any) -> Any:
        breaks()

    house = server.house
    for target, name, broken in (
        (type(house.services.dialogue), "listen", breaks),
        (house.db, "write", breaks_later),
        (house.db, "run", breaks_later),
        (house.db, "read", breaks_later),
        (type(house.floor), "_look", breaks_later),
    ):
        with monkeypatch.context() as patch:
            patch.setattr(target, name, broken)
            await visitor.says(type="message", id=f"v-{name}", text=TYPED)
            await caseworker.says(type="message", ticket=ticket, id=f"c-{name}", text=TYPED)
            house.floor.ring(REGION)
            await server.janitor(after_s=5)
            other = await server.visitor(opens=False)
            await other.says(type="open", region=REGION, language="nl")
            await other.says(type="message", id="first", text=TYPED)
            await other.socket.close()
            await server.http.post(
                f"{server.url}/api/login", json={"username": "a", "password": "b"}
            )
            await server.http.get(f"{server.url}/api/regions/{REGION}")
            await server.http.get(f"{server.url}/readyz")
            await visitor.quiet()
    # what nobody waited for is told when it is collected
    gc.collect()
    await asyncio.sleep(0)

    text = told(log)
    assert "Broken" in text
    assert leaks(text) == []
    for person in (visitor, caseworker):
        for error in person.all("error"):
            assert not leaks(error["message"])


async def test_a_database_that_does_not_answer_is_logged_without_its_words(
    server: Server, log: pytest.LogCaptureFixture
) -> None:
    visitor, caseworker, ticket = await talking(server)
    with no_answer(server):
        assert not leaks((await visitor.error(type="message", id="a", text=TYPED))["message"])
        await caseworker.error(type="message", ticket=ticket, id="a", text=WRITTEN)
        await visitor.hangs_up()
        await server.janitor(after_s=5)
        with pytest.raises(Unavailable):
            await server.house.db.read(None)

    assert leaks(told(log)) == []


async def test_a_request_that_is_none_is_answered_and_not_logged(
    server: Server, log: pytest.LogCaptureFixture
) -> None:
    """Every machine on the net is knocked at by scanners; the log would hold their addresses."""
    host, port = server.runner.addresses[0][:2]
    for raw in (
        f"GET /chat/{TYPED}\r\n\r\n",
        f"{TYPED}\r\n\r\n",
        f"GET / HTTP/1.1\r\nHost: x\r\nContent-Length: {TYPED}\r\n\r\n",
        f"GET /{TYPED} HTTP/1.1\r\nHost: x\r\n{TYPED}\x01: y\r\n\r\n",
        f"\x16\x03\x01 {TYPED}\r\n\r\n",
        f"GET /ws/visitor HTTP/1.1\r\nHost: x\r\nUpgrade: websocket\r\n{TYPED}: y\r\n\r\n",
    ):
        reader, writer = await asyncio.open_connection(host, port)
        writer.write(raw.encode())
        async with asyncio.timeout(5):
            answer = await reader.read(4_000)
        writer.close()
        assert answer[:10].endswith(b" 4"), raw
        assert b"Traceback" not in answer

    assert leaks(told(log)) == []


async def test_a_page_that_fails_says_so_and_is_logged_without_its_words(
    server: Server, log: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    def breaks(*args: Any, **named: Any) -> Any:
        raise Broken(f"{TYPED} {ADDRESS}")

    monkeypatch.setattr(type(server.house.floor.standing), "region_body", breaks)

    async with server.http.get(f"{server.url}/api/regions/{REGION}") as answer:
        body = await answer.text()

    assert answer.status == 500
    assert answer.content_type == "application/json"
    assert "Broken" in told(log)
    assert leaks(body + told(log)) == []


# addresses


async def test_no_address_is_stored(server: Server, database: str) -> None:
    await a_whole_day(server)
    body = {"username": f"{REGION}-1", "password": "wrong password"}
    await server.http.post(f"{server.url}/api/login", json=body)
    db = server.house.db

    values = await every_value(db)
    files = await raw_files(database, db)
    keys = [file.read_bytes() for file in server.house.plan.keys.rglob("*") if file.is_file()]

    assert values
    assert keys
    for found in (*values, *keys):
        assert ADDRESS.encode() not in found
        assert LOOPBACK.encode() not in found
    # the files of a database server name its own socket
    assert not [raw for raw in files if ADDRESS.encode() in raw]


async def test_no_address_is_kept_in_memory(server: Server) -> None:
    visitor = await server.visitor()
    await visitor.chooses("Nee")
    await server.http.post(f"{server.url}/api/login", json={"username": "a", "password": "b"})

    house = server.house
    assert house.limits.buckets
    assert ADDRESS not in repr(house.limits.buckets)
    # failed logins are counted for a while, by what cannot be turned back
    assert house.accounts.throttle.failures
    assert ADDRESS not in repr(house.accounts.throttle.failures)


# URLs


async def test_no_route_takes_anything_but_a_region_or_a_file(server: Server) -> None:
    """What stands in a URL stands in histories and in the logs of proxies."""
    named = {
        name
        for route in server.runner.app.router.routes()
        if route.resource is not None
        for name in _parts(route.resource.canonical)
    }

    # an id is that of a coordinator's row: random, and for staff only
    assert named <= {"region", "file", "name", "id"}


def _parts(path: str) -> list[str]:
    return [part.partition("}")[0].partition(":")[0] for part in path.split("{")[1:]]


async def test_the_loader_and_the_page_send_nothing_by_url() -> None:
    """The page talks through its socket only; the desk posts its login."""
    static = Path(__file__).parent.parent / "handoff" / "web" / "static"
    for file in (static / "chat").rglob("*.js"):
        text = file.read_text()
        for way in ("fetch(", "XMLHttpRequest", "sendBeacon", "pushState", "location.hash ="):
            assert way not in text, (file.name, way)
