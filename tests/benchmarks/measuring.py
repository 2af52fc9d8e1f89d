"""The rounds: ours and the bare server in turns, so that whoever disturbs, disturbs both."""

from __future__ import annotations

import asyncio
import gzip
import json
import subprocess
import sys
from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import dataclass, field
from math import log
from typing import Any

from tests.benchmarks import hearing
from tests.benchmarks import routing as routes
from tests.benchmarks.figures import Aim, Figure, middle, rounded, share
from tests.benchmarks.house import House
from tests.benchmarks.load import VISITOR, Chats, Echo, Result, Walks, frame
from tests.benchmarks.processes import ROOT, Server, Watch
from tests.benchmarks.rounds import Rounds
from tests.benchmarks.wire import Wires

#: As many sockets as the bare server is measured with, and as many visitors answer at once.
SOCKETS = 100
KB = 1024
#: The cards are asked for in so many parts, each after one of the bare server.
PARTS = 3


@dataclass(frozen=True, slots=True)
class Sizes:
    """How much of everything; `--quick` takes less of it."""

    rounds: int = 5
    echo_s: float = 0.8
    relay_s: float = 1.5
    visitors: int = 600
    few_chats: int = 100
    many_chats: int = 1_000
    idle: int = 2_000
    starts: int = 3
    cards: int = 250
    cards_every_s: float = 0.02
    sockets: int = SOCKETS
    waiting: int = routes.WAITING[-1]


QUICK = Sizes(
    rounds=2,
    echo_s=0.3,
    relay_s=0.5,
    visitors=100,
    few_chats=30,
    many_chats=150,
    idle=300,
    starts=1,
    cards=60,
    waiting=routes.WAITING[1],
)


@dataclass(slots=True)
class Bench:
    """What the figures share: the house, its servers, and what earlier figures found."""

    house: House
    sizes: Sizes
    stack: ExitStack
    tell: Callable[[str], None]
    wires: Wires = field(default_factory=Wires)
    found: dict[str, Any] = field(default_factory=dict)
    #: p50 and p99 in milliseconds, for the picture
    waits: dict[str, tuple[float, float]] = field(default_factory=dict)
    #: cores that others took in each round
    others: list[float] = field(default_factory=list)

    def once(self, name: str, make: Callable[[], Any]) -> Any:
        """What several figures need, made when the first one asks."""
        if name not in self.found:
            self.found[name] = make()
        return self.found[name]

    @property
    def ours(self) -> Server:
        """The server that is measured."""
        found: Server = self.once("ours", lambda: self.started(self.house.serve))
        return found

    @property
    def bare(self) -> Server:
        """The bare aiohttp server."""
        found: Server = self.once("bare", lambda: self.started(self.house.echo))
        return found

    @property
    def echo(self) -> Echo:
        """The sockets to the bare server."""
        make: Callable[[], Echo] = lambda: Echo(self.wires, self.bare.port, self.sizes.sockets)  # noqa: E731
        found: Echo = self.once("echo", make)
        return found

    @property
    def chats(self) -> Chats:
        """The open chats."""
        found: Chats = self.once(
            "chats", lambda: Chats(self.wires, self.ours.port, self.house.logins)
        )
        return found

    def started(self, start: Callable[[], Server]) -> Server:
        """A server that ends when the bench does."""
        server = start()
        self.stack.callback(server.stop)
        return server


def in_turns(
    bench: Bench,
    title: str,
    work: Callable[[], Result],
    prepare: Callable[[], None] = lambda: None,
) -> Rounds:
    """Echo, ours, echo, ours: a neighbour who takes a core takes it from both. What `prepare` does
    before each round is not counted."""
    found = Rounds()
    for number in range(1, bench.sizes.rounds + 1):
        prepare()
        before = bench.bare.processor_s()
        bare = bench.echo.round(bench.sizes.echo_s)
        found.bare.append(bare.rate)
        found.bare_us.append((bench.bare.processor_s() - before) * 1e6 / max(1, bare.count))
        watch, before = Watch(bench.ours), bench.ours.processor_s()
        ours = work()
        found.cores.append(watch.cores())
        found.ours.append(ours.rate)
        found.ours_us.append((bench.ours.processor_s() - before) * 1e6 / max(1, ours.count))
        found.took_s.extend(ours.took_s)
        bench.others.append(found.cores[-1]["others"])
        pace = f"{rounded(ours.rate)}/s while the echo does {rounded(bare.rate)}/s"
        bench.tell(f"{title}: round {number} of {bench.sizes.rounds}: {pace}")
    return found


def start(bench: Bench) -> list[Figure]:
    """From the command to the first good answer of `readyz`."""
    bare: list[float] = []
    ours: list[float] = []
    for number in range(bench.sizes.starts):
        for start, times in ((bench.house.echo, bare), (bench.house.serve, ours)):
            server = start()
            server.stop()
            times.append(server.started_s)
        bench.tell(f"start: {number + 1} of {bench.sizes.starts}: {rounded(ours[-1])} s")
    seconds, empty = middle(ours), middle(bare)
    more = {"seconds": ours, "bare_seconds": bare}
    measured, of = f"{rounded(seconds)} s", f"bare start, {rounded(empty)} s"
    return [
        Figure(
            "start",
            "start of serve",
            measured,
            seconds / empty,
            of,
            seconds,
            Aim(1.5, least=False, unit="s"),
            more,
        )
    ]


def size(bench: Bench) -> list[Figure]:
    """What a phone fetches, in gzip."""
    found = []
    page = f"/chat/{bench.house.regions[0]}"
    for name, path, most in (("loader", "/widget.js", 2.5), ("page", page, 16.0)):
        status, body = bench.ours.get(path)
        if status != 200:
            raise ValueError(f"{path} answered {status}")
        small = len(gzip.compress(body, 9)) / KB
        measured = f"{small:.2f} KB gzip ({len(body) / KB:.1f} KB)"
        title = "size of the loader" if name == "loader" else "size of the chat page"
        aim = Aim(most, least=False, unit="KB")
        found.append(Figure(f"size_{name}", title, measured, small / most, "the aim", small, aim))
    return found


def memory(bench: Bench) -> list[Figure]:
    """What one more idle visitor costs: the slope, so that fixed costs do not count."""
    first = bench.sizes.idle // 4
    per: dict[str, float] = {}
    for name, server, path in (("bare", bench.bare, "/ws"), ("ours", bench.ours, VISITOR)):
        wires, at = Wires(), [0]
        _idle(bench, wires, server, path, first)
        at[0] = server.memory()
        _idle(bench, wires, server, path, bench.sizes.idle)
        per[name] = (server.memory() - at[0]) / (bench.sizes.idle - first) / KB
        wires.close()
        bench.tell(f"memory: {name}: {per[name]:.1f} KiB a socket")
    ratio = per["ours"] / per["bare"]
    return [
        Figure(
            "memory",
            "memory of an idle visitor",
            f"{per['ours']:.1f} KiB",
            ratio,
            f"bare socket, {per['bare']:.1f} KiB",
            ratio,
            Aim(2.5, least=False),
            {"kib": per, "visitors": bench.sizes.idle},
        )
    ]


def _idle(bench: Bench, wires: Wires, server: Server, path: str, sockets: int) -> None:
    """Opens sockets until there are so many; a visitor has read the first question."""
    greeted = [len(wires.open)]

    def hear(wire: Any, payload: bytes) -> None:
        greeted[0] += payload.startswith(b'{"type":"status"') or path != VISITOR

    while len(wires.open) < sockets:
        number = len(wires.open)
        wire = wires.add(server.port, path)
        wire.hear = hear
        region = bench.house.regions[number % len(bench.house.regions)]
        wire.send(frame(type="open", region=region, language="nl"))
        wires.turn(0)
    wires.until(lambda: greeted[0] >= sockets, 60, "greeting idle visitors")


def turns(bench: Bench) -> list[Figure]:
    """Script turns with every answer on disk."""
    walks = Walks(bench.wires, bench.ours.port, bench.house.regions)
    sizes = bench.sizes
    found = in_turns(
        bench,
        "script turns",
        lambda: walks.round(sizes.sockets),
        lambda: walks.open(sizes.visitors),
    )
    walks.open(0)
    bench.waits["script turn, 100 at once"] = (found.ms(0.5), found.ms(0.99))
    return [
        _rate("turns", "script turns", found, Aim(0.10, least=True), "turns/s"),
    ]


def _rate(name: str, title: str, found: Rounds, aim: Aim, unit: str) -> Figure:
    took = f"p50/p99 {rounded(found.ms(0.5))}/{rounded(found.ms(0.99))} ms"
    measured = f"{rounded(found.rate)} {unit}, {took}; {rounded(found.by_processor)} by processor"
    of = f"echo, {rounded(middle(found.bare))}/s"
    return Figure(name, title, measured, found.ratio, of, found.ratio, aim, found.as_json())


def relay_few(bench: Bench) -> Rounds:
    """The relay with few chats, which other figures are compared with."""

    def measured() -> Rounds:
        chats = bench.sizes.few_chats
        bench.tell(f"opening {chats} chats")
        bench.chats.grow(chats, bench.house.regions)
        title = f"relay, {chats} chats"
        found = in_turns(bench, title, lambda: bench.chats.flat_out(bench.sizes.relay_s))
        bench.waits[f"{title}, flat out"] = (found.ms(0.5), found.ms(0.99))
        return found

    rounds: Rounds = bench.once("relay_few", measured)
    return rounds


def relay(bench: Bench) -> list[Figure]:
    """Visitor to caseworker, acknowledged when on disk; few chats, then many."""
    few, sizes = relay_few(bench), bench.sizes
    bench.tell(f"opening {sizes.many_chats:,} chats")
    bench.chats.grow(sizes.many_chats, bench.house.regions)
    title = f"relay, {sizes.many_chats:,} chats"
    # ten times the chats: each message waits longer, so a round has to last longer
    many = in_turns(bench, title, lambda: bench.chats.flat_out(2 * sizes.relay_s))
    bench.waits[f"{title}, flat out"] = (many.ms(0.5), many.ms(0.99))
    kept = many.ratio / few.ratio
    return [
        _rate("relay", f"relay, {sizes.few_chats} chats", few, Aim(0.15, least=True), "msg/s"),
        _rate("relay_many", title, many, Aim(0.15 * 0.7, least=True), "msg/s"),
        Figure(
            "relay_kept",
            f"relay, {sizes.many_chats:,} against {sizes.few_chats} chats",
            f"{kept:.0%} of it",
            kept,
            f"relay, {sizes.few_chats} chats",
            kept,
            Aim(0.7, least=True),
        ),
    ]


def danger(bench: Bench) -> list[Figure]:
    """From a sign of danger to the card, at half of the messages that the relay takes. Beside it
    an echo of the bare server at its full load: how late the machine itself makes an answer.

    It comes last: those in danger stay in line, and would be first at the next free seat."""
    half = relay_few(bench).rate / 2
    bare: list[float] = []
    ours: list[float] = []
    cores: list[dict[str, float]] = []
    regions = list(bench.house.regions)
    for number in range(1, PARTS + 1):
        bare += _probed(bench, bench.bare, [], bench.echo.round)
        watch = Watch(bench.ours)
        ours += _probed(bench, bench.ours, regions, lambda seconds: bench.chats.at(half, seconds))
        cores.append(watch.cores())
        bench.tell(f"danger: {number} of {PARTS}: p99 so far {share(ours, 0.99):.1f} ms")
    p50, p99, echo_p99 = share(ours, 0.5), share(ours, 0.99), share(bare, 0.99)
    bench.waits["danger text to card, half load"] = (p50, p99)
    return [
        Figure(
            "danger",
            "danger text to card, half load",
            f"p50/p99 {rounded(p50)}/{rounded(p99)} ms at {rounded(half)} msg/s",
            p99 / echo_p99 if echo_p99 else 0,
            f"echo under load, p99 {rounded(echo_p99)} ms",
            p99,
            Aim(5, least=False, unit="ms"),
            {
                "p50_ms": round(p50, 3),
                "p99_ms": round(p99, 3),
                "echo_p50_ms": round(share(bare, 0.5), 3),
                "echo_p99_ms": round(echo_p99, 3),
                "cards": len(ours),
                "chats": len(bench.chats.chats),
                "cores": cores,
            },
        )
    ]


def _probed(
    bench: Bench, server: Server, regions: list[str], load: Callable[[float], Any]
) -> list[float]:
    """Milliseconds that a process of its own measured while `load` went on."""
    sizes = bench.sizes
    times = max(1, sizes.cards // PARTS)
    command = [sys.executable, "-m", "tests.benchmarks.probe", str(server.port), str(times)]
    command += [str(sizes.cards_every_s), json.dumps(regions)]
    probe = subprocess.Popen(
        command,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        cwd=ROOT,
        env=bench.house.environ,
    )
    try:
        assert probe.stdin is not None and probe.stdout is not None
        if probe.stdout.readline() != b"ready\n":
            raise ValueError("the probe did not start")
        probe.stdin.write(b"go\n")
        probe.stdin.flush()
        # the load goes on for as long as somebody measures
        while probe.poll() is None:
            load(0.5)
        return [float(took) for took in json.loads(probe.stdout.read())]
    finally:
        if probe.poll() is None:
            probe.kill()
        probe.communicate()


def routing(bench: Bench) -> list[Figure]:
    """One decision with ten and with very many who wait, all caseworkers of the country at work."""
    few, many = routes.WAITING[0], bench.sizes.waiting
    found = {}
    for waiting in (few, many):
        bench.tell(f"routing: {waiting:,} waiting")
        found[waiting] = asyncio.run(routes.decide(bench.house.folder, waiting))
    ratio = found[many] / found[few]
    return [
        Figure(
            "routing",
            f"a decision, {many:,} against {few} waiting",
            f"{rounded(found[many] / 1000)} ms, {routes.CASEWORKERS:,} caseworkers",
            ratio,
            f"{few} waiting, {rounded(found[few] / 1000)} ms",
            ratio,
            Aim(round(log(many) / log(few), 2), least=False),
            {"us": {str(waiting): round(took) for waiting, took in found.items()}},
        )
    ]


#: What needs a fresh server comes first.
FIGURES: dict[str, Callable[[Bench], list[Figure]]] = {
    "start": start,
    "size": size,
    "memory": memory,
    "turns": turns,
    "relay": relay,
    "danger": danger,
    "routing": routing,
    "hearing": hearing.hearing,
}
