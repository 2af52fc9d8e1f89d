"""One WebSocket as the desk sees it: frames out through a bounded queue, frames in at a pace.

One writer task per socket. A client that cannot keep up is dropped; what it missed is on disk, and
it resumes. Nobody waits for a slow client.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
import struct
import traceback
from collections import deque
from collections.abc import AsyncIterator
from typing import Any

from aiohttp import WSCloseCode, WSMsgType, web

from handoff import protocol
from handoff.clock import Clock
from handoff.settings import Settings

log = logging.getLogger(__name__)

#: RFC 6455 and its registry: the server restarts, come back; try again later.
RESTART = WSCloseCode.SERVICE_RESTART
TRY_LATER = WSCloseCode.TRY_AGAIN_LATER
#: Of ours: another socket has taken over this conversation.
REPLACED = 4001
#: A frame up to so many times the limit is answered with an error; beyond it the socket closes.
TOO_LARGE_TIMES = 8


class Link:
    """A socket with its writer."""

    __slots__ = (
        "clock",
        "closing",
        "ended",
        "full",
        "out",
        "roomy",
        "settings",
        "tokens",
        "transport",
        "wake",
        "when",
        "ws",
    )

    def __init__(self, settings: Settings, clock: Clock) -> None:
        self.settings = settings
        self.clock = clock
        self.ws = web.WebSocketResponse(
            heartbeat=settings.link_check_s or None,
            max_msg_size=settings.frame_bytes * TOO_LARGE_TIMES,
            compress=False,
            # the goodbye is ours: the library would answer the answer to it
            autoclose=False,
        )
        self.out: deque[bytes] = deque()
        self.wake: asyncio.Future[None] | None = None
        self.closing: tuple[int, bytes] | None = None
        self.ended = False
        self.full = False
        #: set while somebody waits until the queue has room again
        self.roomy: asyncio.Future[None] | None = None
        self.transport: asyncio.Transport | None = None
        self.tokens = float(settings.frames_burst)
        self.when = clock.monotonic()

    def send(self, frame: protocol.ServerFrame) -> None:
        """Queues a frame; none after the end. A full queue ends the link."""
        if self.closing is not None:
            return
        if len(self.out) >= self.settings.socket_frames:
            self._drop()
            return
        self.out.append(protocol.encode(frame))
        self._wake()

    def _drop(self) -> None:
        """A client that reads too slowly is told why if it still reads, and cut off if not."""
        self.full = True
        log.warning("link: a slow client is dropped")
        self.close(TRY_LATER, b"too slow; resume")
        if self.transport is not None:
            loop = asyncio.get_running_loop()
            loop.call_later(self.settings.slow_client_s, self.transport.abort)

    async def room(self) -> None:
        """Waits until the queue is no more than half full, or the link ends."""
        while len(self.out) > self.settings.socket_frames // 2 and self.closing is None:
            self.roomy = asyncio.get_running_loop().create_future()
            await self.roomy

    def close(self, code: int, reason: bytes = b"") -> None:
        """Ends the link after what is queued was sent."""
        if self.closing is None:
            self.closing = (code, reason)
        self._wake()

    def _wake(self) -> None:
        _set(self.wake)
        if self.closing is not None or len(self.out) <= self.settings.socket_frames // 2:
            _set(self.roomy)

    async def write(self) -> None:
        """Sends what is queued, until the link ends."""
        try:
            with contextlib.suppress(ConnectionError):
                await self._write()
        finally:
            # nobody waits for room in a link that is gone
            self.close(WSCloseCode.OK)

    async def _write(self) -> None:
        loop = asyncio.get_running_loop()
        ws, out = self.ws, self.out
        while not ws.closed:
            while out and not self.full:
                await ws.send_frame(out.popleft(), WSMsgType.TEXT)
                if self.roomy is not None:
                    self._wake()
            if self.closing is not None:
                await self._say_goodbye(*self.closing)
                return
            self.wake = loop.create_future()
            await self.wake

    async def _say_goodbye(self, code: int, reason: bytes) -> None:
        """Sends the reason, and waits a moment for the client's answer: a connection that is cut
        while frames are under way to us would take the reason with it."""
        if self.ended:
            await self.ws.close(code=code, message=reason)
            return
        await self.ws.send_frame(struct.pack("!H", code) + reason, WSMsgType.CLOSE)
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(self.settings.slow_client_s):
                while not self.ended:
                    self.wake = asyncio.get_running_loop().create_future()
                    await self.wake
        # a second close frame is a fault (RFC 6455, 5.5.1), and a browser says so
        if self.transport is not None:
            self.transport.close()

    def end(self) -> None:
        """Nothing more comes in."""
        self.ended = True
        self.close(WSCloseCode.OK)

    async def frames(self) -> AsyncIterator[str | None]:
        """The text frames that come in, at the pace that the settings allow; None for one that is
        too large or not text. What comes faster is read later, not refused."""
        async for message in self.ws:
            if self.closing is not None:
                continue
            await self._pace()
            if message.type is WSMsgType.TEXT:
                text: str = message.data
                size = len(text) if text.isascii() else len(text.encode("utf-8", "replace"))
                yield text if size <= self.settings.frame_bytes else None
            elif message.type is WSMsgType.BINARY:
                yield ""

    async def _pace(self) -> None:
        now = self.clock.monotonic()
        earned = (now - self.when) * self.settings.frames_per_s
        self.tokens = min(self.settings.frames_burst, self.tokens + earned) - 1
        self.when = now
        if self.tokens < 0:
            await self.clock.sleep(-self.tokens / self.settings.frames_per_s)


class Links:
    """All open sockets, to tell them to come back when the server stops."""

    def __init__(self) -> None:
        self.open: set[Link] = set()
        self.empty = asyncio.Event()

    @contextlib.asynccontextmanager
    async def opened(self, link: Link, request: web.Request) -> AsyncIterator[Link]:
        """Prepares a link, runs its writer, and takes both down."""
        await link.ws.prepare(request)
        link.transport = request.transport
        self.open.add(link)
        writer = asyncio.create_task(link.write())
        try:
            yield link
        finally:
            self.open.discard(link)
            if not self.open:
                self.empty.set()
            link.end()
            await _finished(writer)

    async def restart(self, within_s: float) -> None:
        """Tells every client to come back (1012) and waits a moment for them to go."""
        if not self.open:
            return
        self.empty.clear()
        for link in list(self.open):
            link.close(RESTART, b"restart; come back")
        with contextlib.suppress(asyncio.TimeoutError):
            await asyncio.wait_for(self.empty.wait(), within_s)


def _set(waiting: asyncio.Future[None] | None) -> None:
    if waiting is not None and not waiting.done():
        waiting.set_result(None)


async def _finished(writer: asyncio.Task[Any]) -> None:
    """Lets the writer send its last frames, for a moment."""
    with contextlib.suppress(asyncio.TimeoutError, asyncio.CancelledError):
        await asyncio.wait_for(writer, 2)


def error(refused: protocol.Refused) -> protocol.Error:
    """The frame of a refusal."""
    return protocol.Error(
        code=refused.code,
        message=refused.message,
        id=refused.id,
        retry_after_s=refused.retry_after_s,
    )


def told(failure: BaseException) -> str:
    """What the log may say of a failure: its type and where, never its words, which may hold what
    somebody typed."""
    frames = traceback.extract_tb(failure.__traceback__)
    where = f"{frames[-1].filename}:{frames[-1].lineno}" if frames else "unknown place"
    return f"{type(failure).__name__} at {where}"
