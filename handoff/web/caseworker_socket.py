"""`GET /ws/caseworker`: with the login's cookie, one desk a socket."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable
from typing import Any

from aiohttp import web

from handoff import protocol
from handoff.clock import Clock
from handoff.desk.caseworker import CaseworkerSession
from handoff.desk.caseworker.commands import CaseworkerCommands
from handoff.desk.shift import Person
from handoff.people.accounts import AT_A_DESK
from handoff.protocol import Refused
from handoff.settings import Settings
from handoff.storage.database import Unavailable
from handoff.web.guard import refusal
from handoff.web.link import Link, Links, error, told

log = logging.getLogger(__name__)

#: Of ours: the login is over.
LOGGED_OUT = 4003
MakeSession = Callable[[Person, Callable[[protocol.ServerFrame], None]], CaseworkerSession]
Handler = Callable[[CaseworkerCommands, Any], Awaitable[None]]

HANDLERS: dict[type, Handler] = {
    protocol.SetPresence: CaseworkerCommands.presence,
    protocol.Cap: CaseworkerCommands.cap,
    protocol.Practise: CaseworkerCommands.practise,
    protocol.Accept: CaseworkerCommands.accept,
    protocol.Decline: CaseworkerCommands.decline,
    protocol.Take: CaseworkerCommands.take,
    protocol.StaffMessage: CaseworkerCommands.message,
    protocol.Note: CaseworkerCommands.note,
    protocol.StaffTyping: CaseworkerCommands.typing,
    protocol.SetLevel: CaseworkerCommands.level,
    protocol.Strike: CaseworkerCommands.strike,
    protocol.Agree: CaseworkerCommands.agree,
    protocol.Transfer: CaseworkerCommands.transfer,
    protocol.Consult: CaseworkerCommands.consult,
    protocol.Join: CaseworkerCommands.join,
    protocol.LeaveChat: CaseworkerCommands.leave_chat,
    protocol.TakeOver: CaseworkerCommands.take_over,
    protocol.AskRoom: CaseworkerCommands.room,
    protocol.MakeRoom: CaseworkerCommands.make_room,
    protocol.SetMoment: CaseworkerCommands.moment,
    protocol.StaffEnd: CaseworkerCommands.end,
    protocol.Read: CaseworkerCommands.read,
    protocol.WrapUp: CaseworkerCommands.wrap_up,
}


class CaseworkerSocket:
    """The route; `serve` runs as long as a socket is open."""

    def __init__(
        self,
        settings: Settings,
        clock: Clock,
        links: Links,
        who: Callable[[web.Request], Awaitable[Person | None]],
        make_session: MakeSession,
    ) -> None:
        self.settings = settings
        self.clock = clock
        self.links = links
        self.who = who
        self.make_session = make_session
        self.open = 0

    async def serve(self, request: web.Request) -> web.StreamResponse:
        try:
            person = await self.who(request)
        except Unavailable:
            return refusal(503, "unavailable", "the database does not answer; try again", 5)
        if person is None:
            return refusal(401, "forbidden", "log in first")
        if person.role not in AT_A_DESK:
            return refusal(403, "forbidden", "this login has no desk")
        link = Link(self.settings, self.clock)
        async with self.links.opened(link, request):
            session = self.make_session(person, link.send)
            self.open += 1
            login = asyncio.create_task(self._watch_login(link, request))
            try:
                await session.start()
                async for raw in link.frames():
                    await self._frame(session, link, raw)
            except Unavailable:
                link.send(protocol.Error(code="unavailable", message="the database is away"))
            except Exception as failure:
                log.error("caseworker socket: %s", told(failure))
                message = "the desk does not open; reload it"
                link.send(protocol.Error(code="internal", message=message))
            finally:
                self.open -= 1
                login.cancel()
                await self._stop(session)
        return link.ws

    async def _watch_login(self, link: Link, request: web.Request) -> None:
        """Ends the desk of a login that is over or was disabled."""
        while True:
            await self.clock.sleep(self.settings.login_check_s)
            try:
                person = await self.who(request)
            except Unavailable:
                continue
            if person is None or person.role not in AT_A_DESK:
                link.close(LOGGED_OUT, b"log in again")
                return

    async def _frame(self, session: CaseworkerSession, link: Link, raw: str | None) -> None:
        """One frame; whatever goes wrong is answered, and the desk stays open."""
        frame: Any = None
        try:
            if raw is None:
                most = self.settings.frame_bytes
                raise Refused("too_large", f"a frame has at most {most} bytes")
            frame = protocol.staff_frame(raw)
            if not session.practising.takes(frame):
                await HANDLERS[type(frame)](session.commands, frame)
        except Refused as refused:
            refused.id = refused.id or getattr(frame, "id", None) or getattr(frame, "ticket", None)
            link.send(error(refused))
        except Unavailable:
            message = "the database does not answer; look whether it was done, or try again"
            id = getattr(frame, "id", None) or getattr(frame, "ticket", None)
            link.send(protocol.Error(code="unavailable", message=message, id=id))
        except Exception as failure:
            log.error("caseworker socket: %s", told(failure))
            id = getattr(frame, "id", None)
            message = "something went wrong here; reload the desk if it stays"
            link.send(protocol.Error(code="internal", message=message, id=id))

    async def _stop(self, session: CaseworkerSession) -> None:
        try:
            await session.stop()
        except Exception as failure:
            log.error("caseworker socket: closing failed: %s", told(failure))
