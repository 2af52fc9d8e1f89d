"""A WebSocket client that costs next to nothing, so that the server is what is measured.

Plain sockets and one `epoll`. A client must mask what it sends; the mask is four zeros, which saves
the arithmetic on this side only: the server unmasks as always.
"""

from __future__ import annotations

import select
import socket
import time
from collections.abc import Callable, Iterator
from typing import Any

UPGRADE = (
    "GET {path} HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\nUpgrade: websocket\r\n"
    "Connection: Upgrade\r\nSec-WebSocket-Version: 13\r\n"
    "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n{more}\r\n"
)
TEXT, CLOSE, PING, PONG = 1, 8, 9, 10
NO_MASK = b"\0\0\0\0"
CONNECT_S = 20


class Closed(Exception):
    """Raised when the server closes a socket."""


class Late(Exception):
    """Raised when what was waited for does not come in time."""


def framed(payload: bytes, kind: int = TEXT) -> bytes:
    """A client's frame."""
    size = len(payload)
    if size < 126:
        head = bytes((0x80 | kind, 0x80 | size))
    else:
        head = bytes((0x80 | kind, 0x80 | 126)) + size.to_bytes(2, "big")
    return head + NO_MASK + payload


def unframed(data: bytes) -> tuple[list[tuple[int, bytes]], bytes]:
    """The whole frames of a server at the start of `data`, by kind, and what is left."""
    found = []
    at, end = 0, len(data)
    while end - at >= 2:
        size, head = data[at + 1], 2
        if size >= 126:
            head = 4 if size == 126 else 10
            size = int.from_bytes(data[at + 2 : at + head], "big") if end - at >= head else end
        if at + head + size > end:
            break
        found.append((data[at] & 15, data[at + head : at + head + size]))
        at += head + size
    return found, data[at:]


class Wire:
    """One socket; `hear` is called with every text that comes."""

    __slots__ = ("hear", "more", "rest", "sock")

    def __init__(self, port: int, path: str, cookie: str = "") -> None:
        self.sock = socket.create_connection(("127.0.0.1", port), CONNECT_S)
        self.sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        more = f"Cookie: {cookie}\r\n" if cookie else ""
        self.sock.sendall(UPGRADE.format(path=path, port=port, more=more).encode())
        data = b""
        while b"\r\n\r\n" not in data:
            part = self.sock.recv(4096)
            if not part:
                raise Closed("before the upgrade")
            data += part
        head, _, self.rest = data.partition(b"\r\n\r\n")
        if b" 101 " not in head.partition(b"\r\n")[0]:
            raise Closed(head.partition(b"\r\n")[0].decode())
        self.sock.setblocking(False)
        self.hear: Callable[[Wire, bytes], None] = ignore
        #: whatever the load keeps for this socket
        self.more: Any = None

    def send(self, frame: bytes) -> None:
        """Sends a frame that was framed before."""
        sent = self.sock.send(frame)
        if sent != len(frame):
            raise Closed("the server does not read any more")

    def read(self) -> None:
        """Takes what came. Raises `Closed`."""
        data = self.sock.recv(262_144)
        if not data:
            raise Closed("without a word")
        frames, self.rest = unframed(self.rest + data if self.rest else data)
        for kind, payload in frames:
            if kind == TEXT:
                self.hear(self, payload)
            elif kind == PING:
                self.send(framed(payload, PONG))
            elif kind == CLOSE:
                raise Closed(payload[2:].decode("utf-8", "replace"))


def ignore(wire: Wire, payload: bytes) -> None:
    """Nobody listens."""


class Wires:
    """All sockets of this process, and the loop that reads them."""

    def __init__(self) -> None:
        self.poll = select.epoll()
        self.open: dict[int, Wire] = {}

    def add(self, port: int, path: str, cookie: str = "") -> Wire:
        """Opens a socket."""
        wire = Wire(port, path, cookie)
        self.open[wire.sock.fileno()] = wire
        self.poll.register(wire.sock.fileno(), select.EPOLLIN)
        return wire

    def drop(self, wire: Wire) -> None:
        """Closes a socket without a word, as a phone does that loses its link."""
        self.poll.unregister(wire.sock.fileno())
        del self.open[wire.sock.fileno()]
        wire.sock.close()

    def close(self) -> None:
        """Closes all of them."""
        for wire in list(self.open.values()):
            self.drop(wire)
        self.poll.close()

    def turn(self, wait_s: float) -> None:
        """Reads whatever came; waits a moment for it."""
        for number, _ in self.poll.poll(wait_s, 256):
            wire = self.open.get(number)
            if wire is not None:
                wire.read()

    def until(self, done: Callable[[], bool], within_s: float, what: str) -> None:
        """Reads until something holds. Raises `Late`."""
        end = time.perf_counter() + within_s
        while not done():
            self.turn(0.05)
            if time.perf_counter() > end:
                raise Late(f"{what} took longer than {within_s:.0f} s")

    def during(self, seconds: float, wait_s: float = 0.05) -> Iterator[float]:
        """Reads for so long; yields the time after every look."""
        now = time.perf_counter()
        end = now + seconds
        while now < end:
            self.turn(min(wait_s, end - now))
            now = time.perf_counter()
            yield now
