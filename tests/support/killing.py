"""A real server in a process of its own, killed in the middle of a talk of many people."""

from __future__ import annotations

import asyncio
import json
import os
import signal
import socket
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import aiohttp

from tests.support.running import REGION, Caseworker, Visitor

ROOT = Path(__file__).parents[2]
#: So many acknowledgements, of both sides, before the process is killed.
ENOUGH = 300
START = "import sys; from handoff.cli import main; raise SystemExit(main(sys.argv[1:]))"
#: A real process starts in a few seconds; a machine that is busy takes longer.
STARTS_WITHIN_S = 60


class Outside:
    """A server in a process of its own, as the people of `tests.support.running` need it."""

    def __init__(self, url: str, http: aiohttp.ClientSession) -> None:
        self.url = url
        self.http = http
        self.open: list[Any] = []

    async def settled(self) -> None:
        """Nothing can be seen of what it does inside."""

    async def visitor(self) -> Visitor:
        return Visitor(self, await self.http.ws_connect(f"{self.url}/ws/visitor"))  # type: ignore[arg-type]

    async def caseworker(self, username: str, cookie: str = "") -> Caseworker:
        """A caseworker at the desk, logged in once."""
        if not cookie:
            body = {"username": username, "password": "demo"}
            async with self.http.post(f"{self.url}/api/login", json=body) as answer:
                cookie = answer.cookies["voordeur"].value
        headers = {"Cookie": f"voordeur={cookie}"}
        link = await self.http.ws_connect(f"{self.url}/ws/caseworker", headers=headers)
        found = Caseworker(self, link, username, cookie)  # type: ignore[arg-type]
        await found.next("desk")
        return found


def free_port() -> int:
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        port: int = found.getsockname()[1]
        return port


@asynccontextmanager
async def process(port: int, file: Path, clock: str) -> AsyncIterator[asyncio.subprocess.Process]:
    """The demo, which makes its people, on a file that stays; killed at the end."""
    environ = {name: value for name, value in os.environ.items() if "VOORDEUR" not in name}
    fast = {"STATUS_EVERY_S": "0", "FRAMES_BURST": "100000", "OPEN_BURST": "1000"}
    environ |= {f"VOORDEUR_{name}": value for name, value in fast.items()}
    arguments = ["--port", str(port), "--database", f"sqlite:///{file}", "--clock", clock]
    with (file.parent / "log.txt").open("a") as log:
        found = await asyncio.create_subprocess_exec(
            *(sys.executable, "-c", START, "demo", "--region", REGION, *arguments),
            cwd=ROOT,
            env=environ,
            stdout=log,
            stderr=log,
        )
        try:
            await answers(port, found)
            yield found
        finally:
            if found.returncode is None:
                found.send_signal(signal.SIGKILL)
            await found.wait()


async def answers(port: int, found: asyncio.subprocess.Process) -> None:
    """Waits until somebody listens."""
    async with asyncio.timeout(STARTS_WITHIN_S):
        while True:
            assert found.returncode is None, "the process ended"
            try:
                _, writer = await asyncio.open_connection("127.0.0.1", port)
            except OSError:
                await asyncio.sleep(0.05)
            else:
                writer.close()
                return


class Talker:
    """Sends as fast as it can to one chat, and notes what was acknowledged."""

    def __init__(self, person: Visitor | Caseworker, name: str, ticket: str | None) -> None:
        self.person = person
        self.name = name
        self.to = {"ticket": ticket} if ticket else {}
        self.sent: list[str] = []
        self.acked: dict[str, int] = {}

    def text(self, id: str) -> str:
        return f"dit is {id}"

    async def send(self, count: int) -> None:
        """Sends the next few messages without waiting for an answer."""
        for _ in range(count):
            id = f"{self.name}-{len(self.sent)}"
            self.sent.append(id)
            await self.person.says(type="message", id=id, text=self.text(id), **self.to)

    async def again(self, person: Visitor | Caseworker) -> None:
        """Sends what was not acknowledged once more, as a page does, and waits for all of it."""
        self.person = person
        left = [id for id in self.sent if id not in self.acked]
        for id in left:
            await person.says(type="message", id=id, text=self.text(id), **self.to)
        while left:
            found = await person.frame()
            assert found["type"] != "error", found
            if found["type"] == "ack" and found["id"] in left:
                left.remove(found["id"])
                self.acked[found["id"]] = found["seq"]


async def until_killed(
    person: Visitor | Caseworker, everybody: list[Talker], enough: asyncio.Event
) -> None:
    """Reads one socket to its end; each acknowledgement lets one more message go."""
    by_name = {talker.name: talker for talker in everybody if talker.person is person}
    async for message in person.socket:
        frame = json.loads(message.data)
        assert frame["type"] != "error", frame
        talker = by_name.get(str(frame.get("id", "")).rpartition("-")[0])
        # what was sent before the traffic may be acknowledged in it
        if frame["type"] != "ack" or talker is None:
            continue
        talker.acked[frame["id"]] = frame["seq"]
        if sum(len(one.acked) for one in everybody) >= ENOUGH:
            enough.set()
        if not enough.is_set():
            # the server may be dead before we know it
            try:
                await talker.send(1)
            except ConnectionError:
                return


async def accepted_by_one_of(desks: list[Caseworker]) -> tuple[Caseworker, str]:
    """Whoever gets the offer accepts it."""
    waiting = {asyncio.create_task(desk.next("offer")): desk for desk in desks}
    done, others = await asyncio.wait(waiting, return_when=asyncio.FIRST_COMPLETED, timeout=20)
    for other in others:
        other.cancel()
    await asyncio.gather(*others, return_exceptions=True)
    (task,) = done
    desk, ticket = waiting[task], task.result()["ticket"]["id"]
    await desk.says(type="accept", ticket=ticket)
    await desk.next("assigned", lambda found: found["ticket"]["id"] == ticket)
    return desk, ticket


async def kill_in_the_traffic(
    server: asyncio.subprocess.Process,
    people: list[Visitor | Caseworker],
    talkers: list[Talker],
) -> None:
    """Everybody talks at once, eight messages under way each, until enough was acknowledged."""
    enough = asyncio.Event()
    readers = [
        asyncio.create_task(
            until_killed(person, [talker for talker in talkers if talker.person is person], enough)
        )
        for person in people
    ]
    for talker in talkers:
        await talker.send(8)
    async with asyncio.timeout(STARTS_WITHIN_S):
        await enough.wait()
    server.send_signal(signal.SIGKILL)
    await server.wait()
    # what was acknowledged and is still under way to us counts
    async with asyncio.timeout(STARTS_WITHIN_S):
        await asyncio.gather(*readers)


async def check_all_is_there(
    server: Outside,
    visitors: list[Visitor],
    desks: list[Caseworker],
    talkers: list[Talker],
    served: dict[int, tuple[Caseworker, str]],
) -> None:
    resumed = []
    for visitor in visitors:
        again = await server.visitor()
        await again.resume(visitor.token)
        resumed.append(again)
    back_at = {}
    past: dict[str, list[dict[str, Any]]] = {}
    for desk in desks:
        again_at = await server.caseworker(desk.username, desk.cookie)
        mine = [ticket for who, ticket in served.values() if who is desk]
        for _ in mine:
            assigned = await again_at.next("assigned")
            past[assigned["ticket"]["id"]] = assigned["events"]
        assert set(mine) <= set(past)
        back_at[desk.username] = again_at
    for number, (desk, ticket) in served.items():
        said = [talker for talker in talkers if talker.name in (f"v{number}", f"c{number}")]
        check_once_and_in_order(past[ticket], said)
        # what was under way goes through now, and everything is there once, on both sides
        for talker in said:
            visitor = resumed[number]
            await talker.again(visitor if talker.name[0] == "v" else back_at[desk.username])
        fresh = await server.visitor()
        await fresh.resume(visitors[number].token)
        await fresh.quiet()
        for talker in said:
            for id in talker.sent:
                texts = [event["text"] for event in fresh.all("event")]
                assert texts.count(talker.text(id)) == 1, id
        check_once_and_in_order(fresh.all("event"), said)
        resumed[number] = fresh


def check_once_and_in_order(events: list[dict[str, Any]], said: list[Talker]) -> None:
    """Numbers rise by one; every acknowledged message stands once, under its number; and what one
    of the two said comes in the order in which it was said."""
    assert [event["seq"] for event in events] == list(range(1, len(events) + 1))
    by_seq = {event["seq"]: event["text"] for event in events}
    texts = list(by_seq.values())
    for talker in said:
        for id, seq in talker.acked.items():
            assert by_seq[seq] == talker.text(id)
            assert texts.count(talker.text(id)) == 1
        order = [text for text in texts if text.startswith(f"dit is {talker.name}-")]
        assert order == [talker.text(id) for id in talker.sent if talker.text(id) in texts]
