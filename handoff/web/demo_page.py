"""The demo's front page: a made-up regional website with the chat in it, and what to try."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from aiohttp import web
from markupsafe import Markup
from rcssmin import cssmin

from data.agreements import Agreement
from data.hours import opening
from data.knowledge import Knowledge
from data.regions import Region
from flows.context import speaker
from handoff.desk.services import Services
from handoff.web.pages import STATIC, environment, hash_of


@dataclass(frozen=True, slots=True)
class Demo:
    """What the page tells: `moved` is the time its clock was set to, if it was; `chosen` when
    somebody asked for that."""

    region: str
    logins: tuple[tuple[str, str, str], ...]
    password: str
    moved: datetime | None
    chosen: bool


#: So many openings ahead it is looked whether two regions are open at the same time.
MOST_OPENINGS = 50
#: One machine, two names: to a browser they are two websites, as in real life.
NAMES = ("127.0.0.1", "localhost")


def other_origin(request: web.Request) -> str:
    """The same server under its other name."""
    name, colon, port = request.host.partition(":")
    other = NAMES[1] if name == NAMES[0] else NAMES[0]
    return f"http://{other}{colon}{port}"


class DemoPage:
    """`GET /`, in the demo only."""

    def __init__(self, services: Services, demo: Demo) -> None:
        self.services = services
        self.demo = demo
        self.template = environment().get_template("demo/demo.html")
        self.style = cssmin((STATIC / "demo" / "demo.css").read_text("utf-8"))

    def routes(self) -> list[web.RouteDef]:
        """For whoever tries the demo."""
        return [web.get("/", self.front)]

    async def front(self, request: web.Request) -> web.Response:
        """Anyone: the made-up website."""
        knowledge, demo = self.services.knowledge, self.demo
        region = knowledge.regions[demo.region]
        advice = knowledge.help_lines[knowledge.advice_line]
        now = self.services.clock.now().astimezone(region.chat_hours.zone)
        there = other_origin(request)
        text = self.template.render(
            name=knowledge.name,
            region=region,
            here=f"http://{request.host}",
            there=there,
            chat=speaker(self.services.dialogue.live, knowledge.language)("utter_page_chat"),
            logins=demo.logins,
            password=demo.password,
            clock=f"Het is hier {now:%d-%m-%Y %H:%M}",
            moved=self._moved(),
            helps=who_helps(knowledge, region.slug, now, moved=demo.chosen),
            tel=advice.tel,
            phone=advice.number,
            style=Markup(self.style),
        )
        policy = "; ".join(
            (
                "default-src 'none'",
                f"script-src {there}",
                f"style-src {hash_of(self.style)}",
                f"frame-src {there}",
                "img-src data:",
                "base-uri 'none'",
                "frame-ancestors 'none'",
            )
        )
        return web.Response(
            text=text, content_type="text/html", headers={"Content-Security-Policy": policy}
        )

    def _moved(self) -> str:
        if self.demo.moved is None:
            return "Dat is de echte tijd."
        if self.demo.chosen:
            return "De klok is verzet, zoals gevraagd."
        return "De klok is verzet, omdat de chat van deze regio nu eigenlijk dicht is."


@dataclass(frozen=True, slots=True)
class Helps:
    """A region to see help out, and the clock at which it can be seen; None is as it is now."""

    region: Region
    clock: str | None


def who_helps(
    knowledge: Knowledge, region: str, now: datetime, *, moved: bool = False
) -> Helps | None:
    """The region that can first help another out: both are open, from `now` (aware) on. A clock
    that was `moved` by hand has to be named again; partners may be closed when the own region is
    not, at night or on a Sunday."""
    found = []
    for number, agreement in enumerate(knowledge.agreements):
        if agreement.home == region and "full" in agreement.triggers:
            at = both_open(knowledge, agreement, now)
            if at is not None:
                found.append((at, number, agreement.helper))
    if not found:
        return None
    at, _, helper = min(found)
    local = at.astimezone(knowledge.regions[region].chat_hours.zone)
    clock = f"{local:%Y-%m-%dT%H:%M}" if moved or at > now else None
    return Helps(knowledge.regions[helper], clock)


def both_open(knowledge: Knowledge, agreement: Agreement, now: datetime) -> datetime | None:
    """The first moment from `now` on at which both regions of an agreement are open for it."""
    own, helper = (knowledge.regions[slug] for slug in (agreement.home, agreement.helper))
    hours = [own.chat_hours, helper.chat_hours, *([agreement.hours] if agreement.hours else [])]
    at = now
    for _ in range(MOST_OPENINGS):
        closed = [state for one in hours if not (state := opening(one, at)).open]
        if not closed:
            return at
        later = [state.opens_at for state in closed if state.opens_at is not None]
        if len(later) < len(closed):
            return None
        at = max(later)
    return None
