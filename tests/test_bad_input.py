"""Input that is broken, too large, too much or from elsewhere: a clear answer, and nothing lost."""

from __future__ import annotations

import asyncio
import base64
import os
import socket
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import aiohttp
import pytest

from handoff.storage import people
from tests.support.running import PASSWORD, REGION, Person, Server, Visitor, running
from tests.test_visitor_acks import talking

LIMIT = 32_768


async def answer_to(person: Person, raw: str | bytes) -> dict[str, Any]:
    """The error that a raw frame gets."""
    if isinstance(raw, bytes):
        await person.socket.send_bytes(raw)
    else:
        await person.socket.send_str(raw)
    return await person.next("error")


# frames


@pytest.mark.parametrize("raw", ["", "hallo", "{", "null", "[1]", "[" * 10_000, b"", b"\x00\xff"])
async def test_what_is_not_a_frame_is_told_so_and_the_socket_goes_on(
    server: Server, raw: str | bytes
) -> None:
    visitor, caseworker, ticket = await talking(server)

    for person in (visitor, caseworker):
        error = await answer_to(person, raw)
        assert error["code"] == "bad_frame"
    await visitor.types("hallo")
    await caseworker.writes(ticket, "dag")


async def test_an_unknown_type_is_told_with_its_id(server: Server) -> None:
    visitor, caseworker, _ = await talking(server)

    for person in (visitor, caseworker):
        error = await person.error(type="dance", id="d-1")
        assert (error["code"], error["id"]) == ("unknown_type", "d-1")


async def test_a_frame_of_the_other_side_is_unknown(server: Server) -> None:
    visitor, caseworker, ticket = await talking(server)

    assert (await visitor.error(type="take", ticket=ticket))["code"] == "unknown_type"
    assert (await caseworker.error(type="open", region=REGION))["code"] == "unknown_type"


def padded(frame: str, size: int) -> str:
    """A frame of exactly so many bytes."""
    return frame[:-1] + " " * (size - len(frame)) + "}"


async def test_a_frame_has_at_most_32_kib(server: Server) -> None:
    visitor, caseworker, _ = await talking(server)
    frame = '{"type":"nothing"}'

    for person in (visitor, caseworker):
        largest = await answer_to(person, padded(frame, LIMIT))
        too_large = await answer_to(person, padded(frame, LIMIT + 1))
        assert (largest["code"], too_large["code"]) == ("unknown_type", "too_large")
    # bytes count, not letters
    wide = await answer_to(visitor, '{"type":"' + "é" * (LIMIT // 2) + '"}')
    assert wide["code"] == "too_large"
    await visitor.types("hallo")


async def test_a_frame_that_is_far_larger_closes_the_socket_with_a_reason(server: Server) -> None:
    visitor, caseworker, ticket = await talking(server)

    await visitor.socket.send_str("x" * (9 * LIMIT))

    assert await visitor.closed() == aiohttp.WSCloseCode.MESSAGE_TOO_BIG
    await caseworker.writes(ticket, "dit komt aan zodra je er weer bent")
    back = await server.visitor(opens=False)
    await back.resume(visitor.token)
    await back.quiet()
    assert "dit komt aan zodra je er weer bent" in back.texts


async def test_text_that_is_not_utf_8_closes_the_socket_with_a_reason(server: Server) -> None:
    visitor, _, _ = await talking(server)

    await visitor.socket.send_frame(b'{"type":"\xff"}', aiohttp.WSMsgType.TEXT)

    assert await visitor.closed() == aiohttp.WSCloseCode.INVALID_TEXT


@pytest.mark.parametrize(
    "frame",
    [
        {"type": "accept", "ticket": "a\x00b"},
        {"type": "take", "ticket": "'; DROP TABLE ticket; --"},
        {"type": "transfer", "ticket": "TICKET", "to": {"caseworker": "a\x00b"}},
        {"type": "transfer", "ticket": "TICKET", "to": {"caseworker": "x" * 30_000}},
        {"type": "transfer", "ticket": "TICKET", "to": {"region": "\x00"}},
        {"type": "transfer", "ticket": "TICKET", "to": {}},
        {"type": "strike", "ticket": "TICKET", "signal": "\x00", "reason": "x"},
        {"type": "level", "ticket": "TICKET", "level": "normal", "reason": "a\x00b"},
        {"type": "wrap_up", "ticket": "TICKET", "disposition": "\x00"},
        {"type": "cap", "seats": 2**63},
    ],
    ids=str,
)
async def test_control_characters_never_reach_the_database(
    server: Server, frame: dict[str, Any]
) -> None:
    _, caseworker, ticket = await talking(server)
    sent = {key: ticket if value == "TICKET" else value for key, value in frame.items()}

    error = await caseworker.error(**sent)

    assert error["code"] not in ("unavailable", "internal")
    await caseworker.writes(ticket, "het bureau blijft open")


@pytest.mark.parametrize(
    "frame",
    [
        {"type": "open", "region": "\x00", "language": "\x00"},
        {"type": "resume", "token": "\x00" * 2_000},
        {"type": "return", "region": REGION, "words": "a\x00 b c", "language": "nl"},
    ],
    ids=lambda frame: str(frame["type"]),
)
async def test_control_characters_of_a_visitor_never_reach_the_database(
    server: Server, frame: dict[str, Any]
) -> None:
    visitor = await server.visitor(opens=False)

    assert (await visitor.error(**frame))["code"] in ("unknown_region", "bad_token")


# too much


async def test_a_thousand_opens_in_a_row_are_limited_and_the_others_undisturbed(
    database: str, tmp_path: Path
) -> None:
    async with running(database, tmp_path, open_burst=60) as server:
        visitor, caseworker, ticket = await talking(server)
        opened = 0
        for number in range(1_000):
            other = await server.visitor(opens=False)
            await other.says(type="open", region=REGION, language="nl")
            first = await other.frame()
            if first["type"] == "opened":
                opened += 1
                continue
            assert (first["code"], first["retry_after_s"]) == ("rate_limited", 2)
            assert await other.closed() == 1013
            if number % 100 == 0:
                await visitor.types(f"bericht {number}")
                await caseworker.writes(ticket, f"antwoord {number}")

        assert opened == 59
        knowledge = server.house.plan.knowledge
        for line in (knowledge.advice_line, knowledge.emergency_line):
            assert knowledge.help_lines[line].number in first["message"]
        server.clock.move(first["retry_after_s"])
        await server.visitor()
        back = await server.visitor(opens=False)
        await back.resume(visitor.token)


async def test_all_addresses_together_are_limited_too(database: str, tmp_path: Path) -> None:
    async with running(database, tmp_path, open_all_burst=2, open_all_per_s=0.1) as server:
        for _ in range(2):
            await server.visitor()
        other = await server.visitor(opens=False)

        error = await other.error(type="open", region=REGION, language="nl")

        assert (error["code"], error["retry_after_s"]) == ("rate_limited", 11)
        assert await other.closed() == 1013


async def test_a_full_node_says_to_try_again_in_a_minute(database: str, tmp_path: Path) -> None:
    async with running(database, tmp_path, conversations_open=1) as server:
        visitor = await server.visitor()
        other = await server.visitor(opens=False)

        error = await other.error(type="open", region=REGION, language="nl")

        assert (error["code"], error["retry_after_s"]) == ("rate_limited", 60)
        await visitor.chooses("Nee")


async def test_frames_that_come_too_fast_are_read_later_and_not_refused(
    database: str, tmp_path: Path
) -> None:
    async with running(database, tmp_path, frames_burst=20, frames_per_s=10) as server:
        visitor = await server.visitor()
        other = await server.visitor()
        for number in range(40):
            await visitor.says(type="message", id=f"m{number}", text=f"bericht {number}")
        await visitor.next("ack", lambda ack: ack["id"] == "m18")
        await other.chooses("Nee")
        for _ in range(21):
            server.clock.move(0.11)
            await asyncio.wait_for(visitor.next("ack"), 5)

        assert [ack["id"] for ack in visitor.all("ack")] == [f"m{n}" for n in range(40)]


class Deaf:
    """A client that sends and never reads: its window is small, and then full."""

    def __init__(self, server: Server) -> None:
        url = urlsplit(server.url)
        self.server = server
        self.socket = socket.socket()
        self.socket.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        self.socket.setblocking(False)
        self.address = (url.hostname, url.port)

    async def resume(self, token: str) -> None:
        loop = asyncio.get_running_loop()
        await loop.sock_connect(self.socket, self.address)
        key = base64.b64encode(os.urandom(16)).decode()
        head = (
            f"GET /ws/visitor HTTP/1.1\r\nHost: {self.address[0]}:{self.address[1]}\r\n"
            "Upgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Version: 13\r\n"
            f"Sec-WebSocket-Key: {key}\r\n\r\n"
        )
        await loop.sock_sendall(self.socket, head.encode())
        assert b"101" in await loop.sock_recv(self.socket, 1024)
        frame = f'{{"type":"resume","token":"{token}","after":0}}'.encode()
        mask = b"\x00" * 4
        await loop.sock_sendall(self.socket, bytes((0x81, 0x80 | len(frame))) + mask + frame)


async def test_a_slow_client_is_dropped_and_resumes_without_loss(
    database: str, tmp_path: Path
) -> None:
    long = "👍" * 1_990
    many = 1_500
    async with running(database, tmp_path, socket_frames=64, slow_client_s=0.1) as server:
        visitor, caseworker, ticket = await talking(server)
        deaf = Deaf(server)
        await deaf.resume(visitor.token)
        assert await visitor.closed() == 4001

        async def away() -> None:
            await caseworker.next("visitor", lambda frame: frame["state"] == "away")

        dropped = asyncio.create_task(away())
        sent = 0
        while not dropped.done() and sent < many:
            await caseworker.says(
                type="message", ticket=ticket, id=f"c{sent}", text=f"{sent} {long}"
            )
            sent += 1
            await asyncio.sleep(0)
        await asyncio.wait_for(dropped, 5)
        deaf.socket.close()

        back = await server.visitor(opens=False)
        await back.resume(visitor.token)
        await back.next("event", lambda event: event["text"].startswith(f"{sent - 1} "))
        texts = [event["text"] for event in back.all("event") if event["from"] == "caseworker"]
        assert [text.partition(" ")[0] for text in texts] == [str(n) for n in range(sent)]


# from elsewhere


FOREIGN = [
    {"Origin": "https://elsewhere.example"},
    {"Origin": "null"},
    {"Origin": "https://elsewhere.example", "Sec-Fetch-Site": "same-origin"},
    {"Sec-Fetch-Site": "cross-site"},
]


@pytest.mark.parametrize("headers", FOREIGN, ids=str)
@pytest.mark.parametrize("path", ["/ws/visitor", "/ws/caseworker"])
async def test_a_socket_from_another_site_is_refused(
    server: Server, path: str, headers: dict[str, str]
) -> None:
    caseworker = await server.caseworker()
    cookie = {"Cookie": f"voordeur={caseworker.cookie}"}

    with pytest.raises(aiohttp.WSServerHandshakeError) as refused:
        await server.http.ws_connect(server.url + path, headers={**cookie, **headers})

    assert refused.value.status == 403


@pytest.mark.parametrize("headers", FOREIGN, ids=str)
@pytest.mark.parametrize("path", ["/api/login", "/api/logout"])
async def test_a_post_from_another_site_is_refused(
    server: Server, path: str, headers: dict[str, str]
) -> None:
    caseworker = await server.caseworker()
    login = {"username": caseworker.username, "password": PASSWORD}
    cookie = {"Cookie": f"voordeur={caseworker.cookie}"}

    async with server.http.post(
        server.url + path, json=login, headers={**cookie, **headers}
    ) as answer:
        assert answer.status == 403
        assert (await answer.json())["code"] == "forbidden"
    async with server.http.get(f"{server.url}/api/me", headers=cookie) as answer:
        assert answer.status == 200


async def test_our_own_origin_and_none_at_all_are_let_in(server: Server) -> None:
    for headers in (
        {"Origin": server.url},
        {"Origin": server.url, "Sec-Fetch-Site": "same-origin"},
        {},
    ):
        socket = await server.http.ws_connect(f"{server.url}/ws/visitor", headers=headers)
        visitor = Visitor(server, socket)
        await visitor.open()
        await socket.close()


# logins


async def status_of(server: Server, cookie: str | None) -> int:
    headers = {"Cookie": cookie} if cookie else {}
    try:
        socket = await server.http.ws_connect(f"{server.url}/ws/caseworker", headers=headers)
    except aiohttp.WSServerHandshakeError as refused:
        return refused.status
    await socket.close()
    return 101


async def test_a_desk_needs_a_login_that_is_good_now(server: Server) -> None:
    caseworker = await server.caseworker()
    good = f"voordeur={caseworker.cookie}"

    assert await status_of(server, good) == 101
    for cookie in (
        None,
        "voordeur=",
        "voordeur=x",
        "voordeur=\udcff",
        f"other={caseworker.cookie}",
    ):
        assert await status_of(server, cookie) == 401
    server.clock.move(server.house.plan.settings.session_h * 3600)
    assert await status_of(server, good) == 401


async def test_a_disabled_account_cannot_open_a_desk_and_loses_the_one_that_is_open(
    server: Server,
) -> None:
    caseworker = await server.caseworker()
    await server.house.db.run(people.set_disabled, caseworker.username, True)

    assert await status_of(server, f"voordeur={caseworker.cookie}") == 401
    server.clock.move(server.house.plan.settings.login_check_s)
    assert await caseworker.closed() == 4003


async def test_who_logged_out_has_no_desk(server: Server) -> None:
    caseworker = await server.caseworker()
    cookie = f"voordeur={caseworker.cookie}"
    async with server.http.post(f"{server.url}/api/logout", headers={"Cookie": cookie}) as answer:
        assert answer.status == 204

    assert await status_of(server, cookie) == 401


async def test_an_editor_has_no_desk(server: Server) -> None:
    await server.hire("editor", role="editor", region=REGION)
    login = {"username": "editor", "password": PASSWORD}
    async with server.http.post(f"{server.url}/api/login", json=login) as answer:
        cookie = answer.cookies["voordeur"].value

    assert await status_of(server, f"voordeur={cookie}") == 403
