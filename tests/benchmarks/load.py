"""What is sent: echoes, intakes, messages to a caseworker; and what is counted."""

from __future__ import annotations

import json
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from itertools import count
from typing import Any

from tests.benchmarks.house import Login, region_of
from tests.benchmarks.wire import Late, Wire, Wires, framed

SETUP_S, DRAIN_S = 60, 10
VISITOR, CASEWORKER = "/ws/visitor", "/ws/caseworker"
#: Something that people write, about a hundred characters; none of it is a sign of danger.
WORDS = (
    "Ik weet niet goed waar ik moet beginnen, het is al een tijd zo en ik slaap er slecht van.",
    "Mijn zus zei dat ik met jullie kon praten, maar ik vind het lastig om het op te schrijven.",
    "Gisteren was het rustig en vandaag ook, maar morgen is iedereen weer thuis en dan zie ik wel.",
    "Kun je mij vertellen wat er gebeurt als ik hier mijn verhaal doe, en wie dat leest?",
    "Ik werk vier dagen en daarna haal ik de kinderen van school, dus overdag bellen is lastig.",
)
#: Four screens of the intake, as somebody answers who is not in danger now.
WALK: tuple[str | list[str], ...] = (
    "/SetSlots(danger=no)",
    "/SetSlots(role=self)",
    "/SetSlots(watched=no)",
    ["/SetSlots(signals=followed)", "/SetSlots(signals=worse)"],
)
STRAIGHT = "/caseworker"
QUESTION, ACK, MARK = b'"kind":"question"', b'{"type":"ack"', b"#"


def frame(**fields: Any) -> bytes:
    """A client's frame out of its fields."""
    return framed(json.dumps(fields, separators=(",", ":")).encode())


@dataclass(slots=True)
class Result:
    """How many in how many seconds, and how long each took."""

    count: int = 0
    seconds: float = 0
    took_s: list[float] = field(default_factory=list)

    @property
    def rate(self) -> float:
        """How many a second."""
        return self.count / self.seconds if self.seconds else 0


class Echo:
    """Every socket sends its text again as soon as it is back."""

    def __init__(self, wires: Wires, port: int, sockets: int) -> None:
        self.wires = wires
        self.frame = frame(type="message", id="m1", text="x" * 24)
        self.ours = [wires.add(port, "/ws") for _ in range(sockets)]
        for wire in self.ours:
            wire.hear = self._back
        self.result = Result()
        self.stopping = False
        self.under_way = 0

    def _back(self, wire: Wire, payload: bytes) -> None:
        now = time.perf_counter()
        self.result.took_s.append(now - wire.more)
        if self.stopping:
            self.under_way -= 1
            return
        wire.more = now
        wire.send(self.frame)

    def round(self, seconds: float) -> Result:
        """Echoes for so long."""
        self.result, self.stopping = Result(), False
        began = time.perf_counter()
        for wire in self.ours:
            wire.more = began
            wire.send(self.frame)
        self.under_way = len(self.ours)
        for _ in self.wires.during(seconds):
            pass
        self.result.count = len(self.result.took_s)
        self.result.seconds = time.perf_counter() - began
        self.stopping = True
        self.wires.until(lambda: self.under_way == 0, DRAIN_S, "the last echoes")
        return self.result


class Walks:
    """Visitors who answer the intake, so many at a time, each as soon as the next question is
    there. A turn counts when its answer is on disk and the next question has come."""

    def __init__(self, wires: Wires, port: int, regions: Sequence[str]) -> None:
        self.wires, self.port, self.regions = wires, port, regions
        self.steps = [frame(type="choose", id=f"w{n}", payload=one) for n, one in enumerate(WALK)]
        self.waiting: list[Wire] = []
        self.done: list[Wire] = []
        self.result = Result()
        self.walking = 0

    def round(self, at_once: int) -> Result:
        """Everybody who is waiting walks the whole way."""
        ours, self.result = list(self.waiting), Result()
        began = time.perf_counter()
        self.walking = min(at_once, len(ours))
        for _ in range(self.walking):
            self._next_visitor()
        self.wires.until(lambda: self.walking == 0, SETUP_S, "the intakes")
        self.result.seconds = time.perf_counter() - began
        self.result.count = len(self.result.took_s)
        self.done = ours
        return self.result

    def open(self, visitors: int) -> None:
        """So many visitors are shown the first question; those before them leave."""
        for wire in self.done:
            wire.send(frame(type="exit"))
            self.wires.drop(wire)
        self.done = []
        for number in range(visitors):
            wire = self.wires.add(self.port, VISITOR)
            wire.hear = self._opened
            region = self.regions[number % len(self.regions)]
            wire.send(frame(type="open", region=region, language="nl"))
        self.wires.until(lambda: len(self.waiting) == visitors, SETUP_S, "opening conversations")

    def _opened(self, wire: Wire, payload: bytes) -> None:
        if QUESTION in payload:
            self.waiting.append(wire)

    def _next_visitor(self) -> None:
        wire = self.waiting.pop()
        wire.hear = self._answered
        self._step(wire, 0)

    def _step(self, wire: Wire, step: int) -> None:
        wire.more = [step, 2, time.perf_counter()]
        wire.send(self.steps[step])

    def _answered(self, wire: Wire, payload: bytes) -> None:
        if QUESTION not in payload and not payload.startswith(ACK):
            return
        state = wire.more
        state[1] -= 1
        if state[1]:
            return
        self.result.took_s.append(time.perf_counter() - state[2])
        if state[0] + 1 < len(self.steps):
            self._step(wire, state[0] + 1)
        elif self.waiting:
            self._next_visitor()
        else:
            self.walking -= 1


@dataclass(slots=True)
class Chat:
    """A visitor who talks with a caseworker. `left`: what is still to come for the last message."""

    visitor: Wire
    left: int = 0


class Chats:
    """Open chats, and messages from visitors to caseworkers. A message counts when it is
    acknowledged, so on disk, and the caseworker has it."""

    def __init__(self, wires: Wires, port: int, logins: Sequence[Login]) -> None:
        self.wires, self.port = wires, port
        self.logins = list(logins)
        self.chats: list[Chat] = []
        self.numbers = count(1)
        self.ready = self.assigned = self.desks = 0
        #: number of a message -> when it was due, and its chat
        self.under_way: dict[int, tuple[float, Chat]] = {}
        self.result = Result()
        self.again = False

    # setting up

    def grow(self, chats: int, regions: tuple[str, ...]) -> None:
        """Opens chats the way people do, until there are so many."""
        before = len(self.chats)
        for login in self.logins[: (chats + 2) // 3][self.desks :]:
            self._sit_down(login)
        self.wires.until(lambda: self.desks >= (chats + 2) // 3, SETUP_S, "opening desks")
        for number in range(before, chats):
            wire = self.wires.add(self.port, VISITOR)
            wire.hear = self._visitor_waits
            wire.send(frame(type="open", region=region_of(number, regions), language="nl"))
            self.chats.append(Chat(wire))
            wire.more = self.chats[-1]
            self.wires.turn(0)
        done = lambda: self.ready == self.assigned == chats  # noqa: E731
        self.wires.until(done, SETUP_S, f"{chats} chats")
        for chat in self.chats:
            chat.visitor.hear = self._acknowledged

    def _sit_down(self, login: Login) -> None:
        wire = self.wires.add(self.port, CASEWORKER, f"voordeur={login.cookie}")
        wire.hear = self._at_the_desk
        wire.send(frame(type="presence", state="available"))

    def _at_the_desk(self, wire: Wire, payload: bytes) -> None:
        if MARK in payload:
            self._delivered(payload)
        elif payload.startswith(b'{"type":"offer"'):
            ticket = json.loads(payload)["ticket"]["id"]
            wire.send(frame(type="accept", ticket=ticket))
        elif payload.startswith(b'{"type":"assigned"'):
            self.assigned += 1
        elif wire.more is None and b'"presence":"available"' in payload:
            wire.more = True
            self.desks += 1

    def _visitor_waits(self, wire: Wire, payload: bytes) -> None:
        if QUESTION in payload:
            wire.send(frame(type="choose", id="straight", payload=STRAIGHT))
        elif payload.startswith(b'{"type":"status"') and b'"state":"active"' in payload:
            wire.hear = self._acknowledged
            self.ready += 1

    # the load

    def flat_out(self, seconds: float) -> Result:
        """Every visitor sends the next message as soon as the last one has arrived."""
        self._begin(again=True)
        began = time.perf_counter()
        for chat in self.chats:
            self._say(chat, began)
        for _ in self.wires.during(seconds):
            pass
        self._finish(time.perf_counter() - began)
        return self.result

    def at(self, rate: float, seconds: float) -> Result:
        """So many messages a second, whether or not earlier ones have arrived; each is counted
        from when it was due."""
        self._begin(again=False)
        began = time.perf_counter()
        sent = 0
        turns = self._in_turn()
        for now in self.wires.during(seconds, 0.001):
            while sent < (now - began) * rate:
                self._say(next(turns), began + sent / rate)
                sent += 1
        self._finish(time.perf_counter() - began)
        return self.result

    def _in_turn(self) -> Iterator[Chat]:
        while True:
            yield from self.chats

    def _begin(self, *, again: bool) -> None:
        self.result, self.again = Result(), again

    def _finish(self, seconds: float) -> None:
        self.result.seconds, self.again = seconds, False
        self.result.count = len(self.result.took_s)
        try:
            self.wires.until(lambda: not self.under_way, DRAIN_S, "the last messages")
        except Late as error:
            raise Late(f"{error}; {len(self.under_way)} messages are missing") from error

    def _say(self, chat: Chat, due: float) -> None:
        number = next(self.numbers)
        self.under_way[number] = (due, chat)
        chat.left = 2
        words = WORDS[number % len(WORDS)]
        text = f'{{"type":"message","id":"b{number}","text":"{words} #{number:08d}"}}'
        chat.visitor.send(framed(text.encode()))

    def _delivered(self, payload: bytes) -> None:
        at = payload.rfind(MARK)
        due, chat = self.under_way.pop(int(payload[at + 1 : at + 9]))
        self.result.took_s.append(time.perf_counter() - due)
        self._arrived(chat)

    def _acknowledged(self, wire: Wire, payload: bytes) -> None:
        if payload.startswith(ACK):
            self._arrived(wire.more)

    def _arrived(self, chat: Chat) -> None:
        chat.left -= 1
        if self.again and chat.left == 0:
            self._say(chat, time.perf_counter())
