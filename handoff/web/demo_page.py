"""The demo's front page: a made-up regional website with the chat in it, and what to try."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from aiohttp import web
from markupsafe import Markup
from rcssmin import cssmin

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
