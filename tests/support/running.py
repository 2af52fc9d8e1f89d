"""A whole server in the test's own loop, and the people who talk to it through real sockets."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import aiohttp
from aiohttp import web

from data import knowledge
from flows import loader
from handoff.app import HOUSE, House, Plan, build
from handoff.desk.services import Ids
from handoff.people.accounts import Accounts
from handoff.settings import Settings
from handoff.storage import people
from handoff.storage.postgres import Postgres
from handoff.storage.sql import Sql, values_of
from handoff.web.demo_page import Demo
from tests.support.built import ADD_SHIFT, CHEAP, FAST, KEY, by_rules, planned, written
from tests.support.clock import FakeClock

REGION = "zuidoost-brabant"
PASSWORD = "correct horse battery"
#: A made-up website at `/` that carries the chat, as in the demo.
WEBSITE = Demo(REGION, (), PASSWORD, None, False)
#: Waiting for a frame that never comes fails the test after this; no test waits for time to pass.
PATIENCE_S = 5


class Silence(AssertionError):
    """Raised when a frame that was waited for does not come."""


async def becomes(holds: Callable[[], bool]) -> None:
    """Waits until something is so that no frame tells of. Raises `Silence`."""
    for _ in range(PATIENCE_S * 1_000):
        if holds():
            return
        await asyncio.sleep(0.001)
    raise Silence("it did not become so")


@dataclass
class Server:
    """A running house; `janitor()` lets its timers look once."""

    house: House
    clock: FakeClock
    url: str
    runner: web.AppRunner
    http: aiohttp.ClientSession
    open: list[Person] = field(default_factory=list)

    async def visitor(
        self, region: str = REGION, language: str = "nl", *, opens: bool = True
    ) -> Visitor:
        """A visitor who has opened the chat."""
        socket = await self.http.ws_connect(f"{self.url}/ws/visitor")
        visitor = Visitor(self, socket)
        self.open.append(visitor)
        if opens:
            await visitor.open(region, language)
        return visitor

    async def caseworker(
        self, username: str = f"{REGION}-1", *, available: bool = True
    ) -> Caseworker:
        """A caseworker who has logged in and sits at the desk; takes offers when `available`."""
        await self.hire(username)
        async with self.http.post(
            f"{self.url}/api/login", json={"username": username, "password": PASSWORD}
        ) as answer:
            assert answer.status == 200, await answer.text()
            cookie = answer.cookies["voordeur"].value
        socket = await self.http.ws_connect(
            f"{self.url}/ws/caseworker", headers={"Cookie": f"voordeur={cookie}"}
        )
        caseworker = Caseworker(self, socket, username, cookie)
        self.open.append(caseworker)
        await caseworker.next("desk")
        if available:
            before = len(caseworker.seen)
            await caseworker.says(type="presence", state="available")
            await caseworker.next("desk", lambda desk: desk["presence"] == "available")
            # an offer may come before the desk that shows it
            caseworker.put_back(before, "offer")
        return caseworker

    async def hire(self, username: str, role: str = "caseworker", **more: Any) -> None:
        """Makes an account `<region>-<n>`, unless it is there."""
        if await self.house.db.read(people.account, username) is None:
            region = more.pop("region", username.rpartition("-")[0] or REGION)
            accounts = Accounts(self.house.db, self.house.plan.settings, self.clock, CHEAP)
            row = accounts.row(username, username.title(), role, region, PASSWORD, **more)
            await self.house.db.run(people.add_account, row)
            await self.house.accounts.learn_names()

    async def plan_everywhere(self, username: str = "piket") -> None:
        """Plans somebody at home in every region, always; who is planned already stays."""

        def command() -> Any:
            for region in self.house.services.knowledge.regions:
                row = planned(region, username, made_at=self.house.services.now())
                yield ADD_SHIFT, values_of(row)

        await self.house.db.run(command)
        await self.house.operate()

    async def nobody_helps(self, region: str = REGION) -> None:
        """Only one region has people planned: nobody of another one answers while it is closed."""

        def command() -> Any:
            yield Sql("DELETE FROM roster WHERE region <> :region"), {"region": region}

        await self.house.db.run(command)
        await self.house.operate()

    async def janitor(self, *, after_s: float = 0) -> None:
        """Lets time pass, then lets every timer look once."""
        self.clock.move(after_s)
        self.house.janitor.looks = 0
        await self.house.janitor.look()
        await self.settled()

    async def settled(self) -> None:
        """Waits until nothing runs in the background any more."""
        while self.house.conversations.tasks:
            await asyncio.gather(*self.house.conversations.tasks, return_exceptions=True)

    async def rows(self, sql: str, **given: Any) -> list[dict[str, Any]]:
        """Rows straight from the database."""

        def query() -> Any:
            return (yield Sql(sql), given)

        return [dict(row) for row in await self.house.db.read(query)]


class Person:
    """Somebody behind a socket: sends frames, and takes those that come, in order."""

    def __init__(self, server: Server, socket: aiohttp.ClientWebSocketResponse) -> None:
        self.server = server
        self.socket = socket
        self.seen: list[dict[str, Any]] = []
        #: frames that are read once more, before any other
        self.early: list[dict[str, Any]] = []
        self.count = 0

    async def says(self, **frame: Any) -> None:
        """Sends a frame."""
        await self.socket.send_json(frame)

    def new_id(self) -> str:
        """An id of the client's own."""
        self.count += 1
        return f"m{self.count}"

    def put_back(self, since: int, type: str) -> None:
        """Frames of a type that were read from the place `since` on are read once more."""
        late = self.seen[since:]
        self.early += [frame for frame in late if frame["type"] == type]
        self.seen[since:] = [frame for frame in late if frame["type"] != type]

    async def frame(self) -> dict[str, Any]:
        """The next frame, whatever it is. Raises `Silence` when none comes or the socket closes."""
        if self.early:
            self.seen.append(self.early.pop(0))
            return self.seen[-1]
        try:
            message = await asyncio.wait_for(self.socket.receive(), PATIENCE_S)
        except TimeoutError as error:
            raise Silence(f"no frame came; so far: {self._types()}") from error
        if message.type is not aiohttp.WSMsgType.TEXT:
            raise Silence(f"closed with {self.socket.close_code}; so far: {self._types()}")
        found: dict[str, Any] = json.loads(message.data)
        self.seen.append(found)
        return found

    async def next(
        self, type: str, holds: Callable[[dict[str, Any]], Any] = lambda frame: True
    ) -> dict[str, Any]:
        """The next frame of a type for which `holds`; others before it are kept in `seen`."""
        while True:
            found = await self.frame()
            if found["type"] == type and holds(found):
                return found

    async def error(self, **frame: Any) -> dict[str, Any]:
        """Sends a frame that is refused; the error comes back."""
        await self.says(**frame)
        return await self.next("error")

    async def quiet(self) -> list[dict[str, Any]]:
        """Everything that is under way now: the answer to a ping comes after it."""
        await self.server.settled()
        before = len(self.seen)
        await self.socket.send_str('{"type":"no such frame"}')
        await self.next("error", lambda error: error["code"] == "unknown_type")
        return self.seen[before:-1]

    async def closed(self) -> int | None:
        """Reads to the end of the socket; its close code."""
        while not self.socket.closed:
            message = await asyncio.wait_for(self.socket.receive(), PATIENCE_S)
            if message.type is aiohttp.WSMsgType.TEXT:
                self.seen.append(json.loads(message.data))
        return self.socket.close_code

    async def hangs_up(self) -> None:
        """Closes the socket without a word, and waits until the server has noticed and written it:
        what a test does to the clock comes after."""
        links = self.server.house.links.open
        before = len(links)
        await self.socket.close()
        await becomes(lambda: len(links) < max(before, 1))
        await self.server.settled()

    def all(self, type: str) -> list[dict[str, Any]]:
        """Every frame of a type that came so far."""
        return [frame for frame in self.seen if frame["type"] == type]

    def _types(self) -> str:
        return ", ".join(frame["type"] for frame in self.seen) or "nothing"


class Visitor(Person):
    """A visitor: opens, chooses by the titles of buttons, types, leaves."""

    token = ""
    conversation = ""

    async def open(self, region: str = REGION, language: str = "nl") -> dict[str, Any]:
        """Opens the chat and reads to its first question and status."""
        await self.says(type="open", region=region, language=language)
        opened = await self.next("opened")
        self.token, self.conversation = opened["token"], opened["conversation"]
        await self.next("status")
        return opened

    async def resume(self, token: str, after: int = 0) -> dict[str, Any]:
        """Goes on with a conversation."""
        # as a page does, with other ids than those that were sent before
        self.count += 1_000
        await self.says(type="resume", token=token, after=after)
        opened = await self.next("opened")
        self.token, self.conversation = opened["token"], opened["conversation"]
        await self.next("status")
        return opened

    @property
    def question(self) -> dict[str, Any]:
        """The last question that was asked."""
        return [event for event in self.all("event") if event["kind"] == "question"][-1]

    @property
    def texts(self) -> list[str]:
        """Everything that can be read, in order."""
        return [event["text"] for event in self.all("event")]

    @property
    def status(self) -> dict[str, Any]:
        """The last status."""
        return self.all("status")[-1]

    def button(self, title: str) -> str:
        """The payload of the newest button whose title begins with `title`."""
        for event in reversed(self.all("event")):
            for button in event.get("buttons", ()):
                if button["title"].startswith(title):
                    payload: str = button["payload"]
                    return payload
        raise AssertionError(f"there is no button {title!r}")

    async def chooses(self, *titles: str) -> dict[str, Any]:
        """Presses a button, or several of a multiple question; waits for the acknowledgement."""
        id = self.new_id()
        found = [self.button(title) for title in titles]
        payload: Any = found if len(found) > 1 else found[0]
        await self.says(type="choose", id=id, payload=payload)
        ack = await self.next("ack", lambda ack: ack["id"] == id)
        await self.quiet()
        return ack

    async def types(self, text: str) -> dict[str, Any]:
        """Sends a message; waits for the acknowledgement."""
        id = self.new_id()
        await self.says(type="message", id=id, text=text)
        ack = await self.next("ack", lambda ack: ack["id"] == id)
        await self.quiet()
        return ack

    async def goes_straight(self) -> None:
        """Skips the questions."""
        await self.chooses(STRAIGHT[self.seen[0]["language"]])


#: The button that stands on every question, by language.
STRAIGHT = {"nl": "Meteen naar een medewerker", "en": "Straight to a caseworker"}


class Caseworker(Person):
    """A caseworker at the desk."""

    def __init__(
        self,
        server: Server,
        socket: aiohttp.ClientWebSocketResponse,
        username: str,
        cookie: str,
    ) -> None:
        super().__init__(server, socket)
        # two desks of one caseworker choose different ids
        self.count = 1_000 * len(server.open)
        self.username = username
        self.cookie = cookie

    @property
    def desk(self) -> dict[str, Any]:
        """The last snapshot of the desk."""
        return self.all("desk")[-1]

    async def accepts(self) -> dict[str, Any]:
        """Waits for an offer, accepts it, and reads what was said so far."""
        offers = self.desk["offers"] if self.all("desk") else []
        ticket = offers[0]["ticket"] if offers else (await self.next("offer"))["ticket"]
        await self.says(type="accept", ticket=ticket["id"])
        return await self.next("assigned", lambda found: found["ticket"]["id"] == ticket["id"])

    async def writes(self, ticket: str, text: str) -> dict[str, Any]:
        """Says something to a visitor; waits for the acknowledgement."""
        id = self.new_id()
        await self.says(type="message", ticket=ticket, id=id, text=text)
        return await self.next("ack", lambda ack: ack["id"] == id)

    async def refused(self, **frame: Any) -> str:
        """Sends a frame that is refused; the code comes back."""
        await self.says(**frame)
        code: str = (await self.next("error"))["code"]
        return code

    async def ends(self, ticket: str, disposition: str = "advice") -> None:
        """Ends a conversation and closes it."""
        await self.says(type="end", ticket=ticket)
        await self.next(
            "ticket",
            lambda found: found["ticket"]["id"] == ticket and found["ticket"]["state"] == "wrap_up",
        )
        await self.says(type="wrap_up", ticket=ticket, disposition=disposition)
        await self.next(
            "ticket",
            lambda found: found["ticket"]["id"] == ticket and found["ticket"]["state"] == "closed",
        )


@asynccontextmanager
async def running(
    database: str,
    folder: Path,
    clock: FakeClock | None = None,
    *,
    node: str | None = None,
    script: Path = loader.DEFAULT_FOLDER,
    data: Path = knowledge.DEFAULT_FOLDER,
    ids: Ids | None = None,
    demo: Demo | None = None,
    roster: bool = True,
    **settings: Any,
) -> AsyncIterator[Server]:
    """A server on a free port; its keys stand in `folder`, so that a second one can read them.

    With a `roster` somebody is planned in every region at all hours: open is what the hours say."""
    clock = clock or FakeClock()
    more = {name: value for name, value in (("node", node), ("ids", ids)) if value is not None}
    found, ears = written(script, data)
    plan = Plan(
        database=database,
        keys=folder / "keys",
        master=KEY,
        content=found,
        settings=Settings(**{**FAST, **settings}),
        clock=clock,
        demo=demo,
        hasher=CHEAP,
        ears=lambda rules: ears if rules.weights else by_rules(script, data),
        **more,
    )
    app = build(plan)
    runner = web.AppRunner(app, access_log=None, shutdown_timeout=1)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    host, port = runner.addresses[0][:2]
    async with aiohttp.ClientSession(cookie_jar=aiohttp.DummyCookieJar()) as http:
        server = Server(app[HOUSE], clock, f"http://{host}:{port}", runner, http)
        if isinstance(server.house.db, Postgres):
            await becomes(lambda: server.house.db.listening)  # type: ignore[union-attr]
        # the janitor's own first look is over: from here on time passes only when a test says so
        await becomes(lambda: server.house.janitor.looks > 1)
        if roster:
            await server.plan_everywhere()
        try:
            yield server
        finally:
            for person in server.open:
                await person.socket.close()
            await runner.cleanup()
