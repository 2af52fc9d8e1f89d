"""The end of a socket, byte by byte: what a browser is strict about and a library forgives."""

from __future__ import annotations

import asyncio
import struct
from contextlib import suppress

from tests.support.running import PATIENCE_S, Server, becomes

RESTART = 1012
CLOSE = 0x88
HELLO = (
    "GET /ws/visitor HTTP/1.1\r\nHost: {host}\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
    "Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n"
)


def close_frame(code: int) -> bytes:
    """As a client sends it: masked, here with zeros."""
    return bytes((CLOSE, 0x82, 0, 0, 0, 0)) + struct.pack("!H", code)


async def connected(server: Server) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
    """A socket whose handshake is done."""
    host, _, port = server.url.removeprefix("http://").partition(":")
    reader, writer = await asyncio.open_connection(host, int(port))
    writer.write(HELLO.format(host=f"{host}:{port}").encode())
    assert b" 101 " in await reader.readuntil(b"\r\n\r\n")
    return reader, writer


async def rest(reader: asyncio.StreamReader) -> bytes:
    """Everything until the server ends the connection."""
    async with asyncio.timeout(PATIENCE_S):
        return await reader.read()


async def test_a_goodbye_that_was_answered_is_the_last_frame(server: Server) -> None:
    reader, writer = await connected(server)
    restart = asyncio.create_task(server.house.links.restart(PATIENCE_S))
    head = await reader.readexactly(4)
    await reader.readexactly(head[1] - 2)
    writer.write(close_frame(RESTART))

    assert (head[0], struct.unpack("!H", head[2:])[0]) == (CLOSE, RESTART)
    assert await rest(reader) == b""
    await restart
    writer.close()


async def test_a_client_that_goes_is_answered_once(server: Server) -> None:
    reader, writer = await connected(server)
    writer.write(close_frame(1000))

    assert await rest(reader) == bytes((CLOSE, 2)) + struct.pack("!H", 1000)
    writer.close()


async def test_a_client_that_just_vanishes_leaves_no_link_behind(server: Server) -> None:
    reader, writer = await connected(server)
    writer.transport.abort()
    with suppress(ConnectionError):
        await rest(reader)

    await becomes(lambda: not server.house.links.open)
