"""A house without sockets: its sessions get frames by hand, and keep what they are sent.

Faster than sockets, and nothing is hidden: what fails in the background fails the test.
"""

from __future__ import annotations

import asyncio
import itertools
import json
import logging
from collections.abc import Callable, Mapping
from dataclasses import replace
from functools import lru_cache
from pathlib import Path
from typing import Any

from data import knowledge
from flows import loader
from handoff import protocol
from handoff.app import House, Plan
from handoff.desk.services import Ids
from handoff.desk.shift import Person
from handoff.protocol import Refused
from handoff.settings import Settings
from handoff.storage.database import Database
from handoff.storage.sql import Sql, values_of
from handoff.web import caseworker_socket, visitor_socket
from tests.support.built import ADD_SHIFT, CHEAP, FAST, KEY, planned, written
from tests.support.clock import FakeClock

#: Whatever was written in a run before, those first that point at others.
TABLES = (
    "escalation not_again seat served ticket event conversation_key return_code conversation"
    " presence caseworker_seats region_seats audit ledger operation roster node"
).split()


#: Compiled once: days ask the same again and again.
SQL = lru_cache(Sql)


class Faults(logging.Handler):
    """Collects what the house says went wrong: nothing may, whatever people do."""

    def __init__(self) -> None:
        super().__init__(logging.ERROR)
        self.lines: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        self.lines.append(record.getMessage())

    def __enter__(self) -> Faults:
        logging.getLogger("handoff").addHandler(self)
        return self

    def __exit__(self, *args: object) -> None:
        logging.getLogger("handoff").removeHandler(self)


def numbered() -> Ids:
    """Names that are the same each time a day is played."""
    short, token = itertools.count(1), itertools.count(1)
    return Ids(lambda: f"id-{next(short)}", lambda: f"token-{next(token)}")


class Driven:
    """A house on a database that is already open; `caps` and agreements as small as wanted."""

    def __init__(
        self,
        db: Database,
        folder: Path,
        *,
        caps: Mapping[str, tuple[int, int]] | None = None,
        most_per_day: int | None = None,
        **settings: Any,
    ) -> None:
        self.db = db
        self.clock = FakeClock()
        content, ears = written(loader.DEFAULT_FOLDER, knowledge.DEFAULT_FOLDER)
        known = content.knowledge
        regions = dict(known.regions)
        for slug, (region_cap, caseworker_cap) in (caps or {}).items():
            regions[slug] = replace(
                regions[slug], region_cap=region_cap, caseworker_cap=caseworker_cap
            )
        agreements = known.agreements
        if most_per_day is not None:
            agreements = tuple(replace(one, most_per_day=most_per_day) for one in agreements)
        known = replace(known, regions=regions, agreements=agreements)
        plan = Plan(
            database="",
            keys=folder / "keys",
            master=KEY,
            content=replace(content, knowledge=known),
            settings=Settings(**{**FAST, **settings}),
            clock=self.clock,
            hasher=CHEAP,
            ears=lambda rules: ears,
            ids=numbered(),
        )
        self.house = House(plan, db)

    async def begin(self, roster: Mapping[str, str] | None = None) -> None:
        """Starts on empty tables, with somebody at home in the regions of `roster`."""

        def command() -> Any:
            for table in TABLES:
                yield SQL(f"DELETE FROM {table}"), {}
            for region, username in (roster or {}).items():
                yield ADD_SHIFT, values_of(planned(region, username))

        await self.db.run(command)
        await self.house.start()

    async def settled(self) -> None:
        """Waits until nothing runs in the background any more."""
        tasks = self.house.conversations.tasks
        while tasks:
            await asyncio.gather(*tasks, return_exceptions=True)

    async def rows(self, *statements: str) -> list[list[dict[str, Any]]]:
        """What each statement finds, all as of one moment."""

        def query() -> Any:
            found = []
            for statement in statements:
                rows = yield SQL(statement), {}
                found.append([dict(row) for row in rows])
            return found

        found: list[list[dict[str, Any]]] = await self.db.read(query)
        return found

    async def passes(self, seconds: float = 0) -> None:
        """Lets time pass, then lets every timer look once. What is under way is done before."""
        await self.settled()
        self.clock.move(seconds)
        await self.house.janitor.look()
        await self.settled()


class Driver:
    """Somebody behind a session: frames in, and everything that came out."""

    def __init__(self, driven: Driven) -> None:
        self.driven = driven
        self.seen: list[dict[str, Any]] = []
        self.count = 0

    def new_id(self) -> str:
        """An id of the client's own."""
        self.count += 1
        return f"m{self.count}"

    def got(self, frame: Any) -> None:
        """What the session sends."""
        self.seen.append(json.loads(protocol.encode(frame)))

    def last(self, type: str) -> dict[str, Any] | None:
        """The newest frame of a type."""
        return next((frame for frame in reversed(self.seen) if frame["type"] == type), None)

    async def _hands(self, handle: Callable[[Any], Any], frame: Any) -> str | None:
        """One frame; the code of a refusal comes back. Anything else that goes wrong is raised:
        over a socket it would be the error `internal`."""
        try:
            await handle(frame)
        except Refused as refused:
            assert refused.code != "internal", (frame, refused.message)
            return refused.code
        return None


class DrivenVisitor(Driver):
    """A visitor without a socket."""

    def __init__(self, driven: Driven) -> None:
        super().__init__(driven)
        self.session = driven.house.visitor(self.got, self._closes)
        self.over = self.gone = False
        self.token = self.conversation = ""

    def _closes(self, why: str) -> None:
        self.over = True

    async def says(self, **frame: Any) -> str | None:
        """Sends a frame, and hangs up when the house ended the link. The refusal's code."""
        read = protocol.visitor_frame(json.dumps(frame))
        handle = visitor_socket.HANDLERS[type(read)]
        code = await self._hands(lambda read: handle(self.session, read), read)
        opened = self.last("opened")
        if opened is not None:
            self.token, self.conversation = opened["token"], opened["conversation"]
        if self.over:
            await self.hangs_up()
        return code

    async def hangs_up(self) -> None:
        """The socket closes."""
        if not self.gone:
            self.gone = True
            await self.session.lost()

    def buttons(self) -> list[dict[str, str]]:
        """Every button that was shown, oldest first."""
        return [button for frame in self.seen for button in frame.get("buttons", ())]

    async def presses(self, title: str) -> str | None:
        """Presses the newest button whose title begins with `title`, if there is one: a closed
        chat has others."""
        for button in reversed(self.buttons()):
            if button["title"].startswith(title):
                id = self.new_id()
                return await self.says(type="choose", id=id, payload=button["payload"])
        return None


class DrivenCaseworker(Driver):
    """A caseworker without a socket, who can close the desk and open it again."""

    def __init__(self, driven: Driven, username: str, region: str, role: str) -> None:
        super().__init__(driven)
        self.person = Person(username, username.title(), region, role)
        self.username, self.region = username, region
        self.session: Any = None

    async def sits_down(self) -> None:
        """The desk opens."""
        if self.session is None:
            self.session = self.driven.house.caseworker(self.person, self.got)
            await self.session.start()

    async def hangs_up(self) -> None:
        """The socket closes."""
        if self.session is not None:
            session, self.session = self.session, None
            await session.stop()

    async def says(self, **frame: Any) -> str | None:
        """Sends a frame; the code of a refusal."""
        if self.session is None:
            return None
        read = protocol.staff_frame(json.dumps(frame))
        handle = caseworker_socket.HANDLERS[type(read)]
        commands = self.session.commands
        return await self._hands(lambda read: handle(commands, read), read)
