"""`GET /ws/visitor`: frames of a visitor in, their session's frames out."""

from __future__ import annotations

import logging
from collections.abc import Awaitable, Callable
from typing import Any

from aiohttp import web

from handoff import protocol
from handoff.clock import Clock
from handoff.desk.visitor import VisitorSession
from handoff.protocol import Refused
from handoff.settings import Settings
from handoff.storage.database import Unavailable
from handoff.web.limits import Limits
from handoff.web.link import REPLACED, TRY_LATER, Link, Links, error, told

log = logging.getLogger(__name__)

MakeSession = Callable[
    [Callable[[protocol.ServerFrame], None], Callable[[str], None]], VisitorSession
]
Handler = Callable[[VisitorSession, Any], Awaitable[None]]

HANDLERS: dict[type, Handler] = {
    protocol.Open: lambda session, frame: session.open(frame),
    protocol.Resume: lambda session, frame: session.resume(frame),
    protocol.Return: lambda session, frame: session.come_back(frame),
    protocol.Message: lambda session, frame: session.commands.message(frame),
    protocol.Choose: lambda session, frame: session.commands.choose(frame),
    protocol.Typing: lambda session, frame: session.commands.typing(),
    protocol.Visible: lambda session, frame: session.commands.visible(frame),
    protocol.Language: lambda session, frame: session.commands.language(frame),
    protocol.ChooseRegion: lambda session, frame: session.commands.region(frame),
    protocol.OpenCard: lambda session, frame: session.commands.card(frame),
    protocol.AskWords: lambda session, frame: session.commands.words(frame),
    protocol.Stop: lambda session, frame: session.commands.stop(frame),
    protocol.End: lambda session, frame: session.commands.end(),
    protocol.Exit: lambda session, frame: session.commands.exit(),
}
#: What a visitor reads instead of our own words for these.
SENTENCES = {"too_long": "utter_error_too_long", "wrong_state": "utter_error_over"}
#: Frames that begin a conversation count for the limits.
BEGINS = (protocol.Open, protocol.Return)
CLOSES = {"replaced": (REPLACED, b"open in another place"), "left": (1000, b"")}
#: A node that has as many visitors as it can hold says to try again after this.
FULL_WAIT_S = 60


class VisitorSocket:
    """The route; `serve` runs as long as a socket is open."""

    def __init__(
        self,
        settings: Settings,
        clock: Clock,
        links: Links,
        limits: Limits,
        make_session: MakeSession,
        sentence: Callable[[str, VisitorSession, str], str],
    ) -> None:
        self.settings = settings
        self.clock = clock
        self.links = links
        self.limits = limits
        self.make_session = make_session
        #: what a visitor reads for an error, in their language
        self.sentence = sentence
        self.open = 0

    async def serve(self, request: web.Request) -> web.StreamResponse:
        link = Link(self.settings, self.clock)
        address = self.limits.address_of(request)
        async with self.links.opened(link, request):
            session = self.make_session(link.send, lambda why: link.close(*CLOSES[why]))
            session.room = link.room
            self.open += 1
            try:
                async for raw in link.frames():
                    await self._frame(session, link, raw, address)
            finally:
                self.open -= 1
                await self._lost(session)
        return link.ws

    async def _frame(
        self, session: VisitorSession, link: Link, raw: str | None, address: str
    ) -> None:
        """One frame; whatever goes wrong is answered, and the socket goes on."""
        region = ""
        frame: Any = None
        try:
            if raw is None:
                most = self.settings.frame_bytes
                raise Refused("too_large", f"a frame has at most {most} bytes")
            frame = protocol.visitor_frame(raw)
            region = getattr(frame, "region", "")
            if isinstance(frame, BEGINS) and self._limited(link, session, address, region):
                return
            if isinstance(frame, protocol.Return):
                self._check_tries(session, address, region)
            await HANDLERS[type(frame)](session, frame)
        except Refused as refused:
            if isinstance(frame, protocol.Return) and refused.code == "bad_token":
                self.limits.wrong_words(address)
            told_so = error(self._in_words(refused, session, region))
            if isinstance(frame, protocol.Return) and session.hears_danger(frame.words):
                told_so.heard = True
            link.send(told_so)
        except Unavailable:
            id = getattr(frame, "id", None)
            message = self.sentence("utter_error_unavailable", session, region)
            link.send(protocol.Error(code="unavailable", message=message, id=id))
        except Exception as failure:
            log.error("visitor socket: %s", told(failure))
            id = getattr(frame, "id", None)
            message = self.sentence("utter_error_internal", session, region)
            link.send(protocol.Error(code="internal", message=message, id=id))

    def _in_words(self, refused: Refused, session: VisitorSession, region: str) -> Refused:
        """A refusal in the visitor's words, where one can come to it by the page."""
        over = session.conversation is not None and session.conversation.state == "closed"
        if refused.code in SENTENCES and (refused.code != "wrong_state" or over):
            refused.message = self.sentence(SENTENCES[refused.code], session, region)
        return refused

    def _check_tries(self, session: VisitorSession, address: str, region: str) -> None:
        """Raises `Refused` for an address that tries words until some fit."""
        wait = self.limits.wait_for_words(address)
        if wait > 0:
            message = self.sentence("utter_error_rate_limited", session, region)
            raise Refused("rate_limited", message, retry_after_s=wait)

    def _limited(self, link: Link, session: VisitorSession, address: str, region: str) -> bool:
        """Whether this address, or the node, begins too many conversations; told why, and when to
        try again."""
        if session.conversation is not None:
            return False
        wait = self.limits.wait_for(address)
        if self.open > self.settings.conversations_open:
            wait = wait or FULL_WAIT_S
        if wait == 0:
            return False
        message = self.sentence("utter_error_rate_limited", session, region)
        link.send(protocol.Error(code="rate_limited", message=message, retry_after_s=wait))
        link.close(TRY_LATER, b"rate_limited")
        return True

    async def _lost(self, session: VisitorSession) -> None:
        try:
            await session.lost()
        except Exception as failure:
            log.error("visitor socket: closing failed: %s", type(failure).__name__)
