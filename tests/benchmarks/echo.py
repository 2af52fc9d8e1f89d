"""The measure of all things here: a bare aiohttp server that echoes, on uvloop, as ours runs."""

from __future__ import annotations

import sys

import uvloop
from aiohttp import WSMsgType, web


async def talk(request: web.Request) -> web.WebSocketResponse:
    """Sends back every text."""
    socket = web.WebSocketResponse(compress=False)
    await socket.prepare(request)
    async for message in socket:
        if message.type is WSMsgType.TEXT:
            await socket.send_str(message.data)
    return socket


async def ready(request: web.Request) -> web.Response:
    """Says that it runs."""
    return web.Response(text="ready")


def main(port: int) -> None:
    """Serves until it is ended."""
    app = web.Application()
    app.add_routes([web.get("/ws", talk), web.get("/readyz", ready)])
    loop = uvloop.new_event_loop()
    web.run_app(app, host="127.0.0.1", port=port, access_log=None, print=None, loop=loop)


if __name__ == "__main__":
    main(int(sys.argv[1]))
