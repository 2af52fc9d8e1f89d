"""The pages: the loader, the chat page, the desk, the demo's front page. Read once, at start.

The chat page is one document with everything in it and a hash of it in the policy, so that nothing
of it stays in a browser's cache (docs/decisions/0009-one-inlined-page.md).
"""

from __future__ import annotations

import base64
import hashlib
import re
from collections.abc import Iterable
from dataclasses import asdict
from pathlib import Path
from typing import Any

import msgspec
from aiohttp import web
from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup
from rcssmin import cssmin
from rjsmin import jsmin

from data.emergency_card import CardState, card_lines
from data.hours import opening
from data.regions import Region
from flows.context import speaker
from flows.moments import exceptions_in_words, hours_in_words
from flows.render import Message, render
from flows.urgency import UNKNOWN
from handoff.desk.dialogue import Dialogue
from handoff.desk.reach import rings_on_call
from handoff.desk.services import Services
from handoff.web.files import answer, file_of
from handoff.web.guard import refusal

STATIC = Path(__file__).parent / "static"
PAGE = "utter_page_"
#: What a host may look like that is put into a policy.
HOST = re.compile(r"[A-Za-z0-9.:\[\]-]{1,255}")
#: What a text leaves open for the page to fill in.
LATER = {name: f"{{{name}}}" for name in ("count", "words", "position", "caseworker", "region")}
ERRORS = {
    "rateLimited": "utter_error_rate_limited",
    "unavailable": "utter_error_unavailable",
    "tooLong": "utter_error_too_long",
    "closedError": "utter_error_closed",
    "overError": "utter_error_over",
    "internal": "utter_error_internal",
}
INFO = {
    "moments": "utter_sys_moments",
    "hours": "utter_sys_hours",
    "privacy": "utter_sys_privacy",
    "report": "utter_sys_report",
    "tips": "utter_sys_tips",
}
#: Words that stand in the document itself, or on the website, and that its script never says.
IN_THE_HTML = frozenset(
    "open exitLong howExit loading less sent noscript info report tips moments ring ringHow".split()
)
ROLES_CLOSED = ("young", "self", "other", "work", "afraid_to_hurt")


def environment() -> Environment:
    """Templates of ours: everything is escaped, and a missing field is a fault."""
    return Environment(
        loader=FileSystemLoader(STATIC),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )


class ChatPages:
    """The loader and the chat page of every region."""

    def __init__(self, services: Services, extra_origins: Iterable[str] = ()) -> None:
        self.services = services
        #: further origins that may carry the chat page: the demo's made-up website
        self.extra_origins = tuple(extra_origins)
        self.template = environment().get_template("chat/chat.html")
        self.missing = environment().get_template("chat/missing.html")
        scripts = sorted((STATIC / "chat").glob("*.js"))
        joined = "".join(path.read_text("utf-8") for path in scripts)
        self.script = jsmin(f'(() => {{"use strict";{joined}}})();')
        self.style = cssmin((STATIC / "chat" / "chat.css").read_text("utf-8"))

    def routes(self) -> list[web.RouteDef]:
        """For visitors."""
        return [
            web.get("/widget.js", self.widget),
            web.get("/chat/{region}", self.chat),
        ]

    # the loader

    async def widget(self, request: web.Request) -> web.Response:
        """Anyone: the script that a region's website carries."""
        file = file_of(self.loader().encode(), "widget.js")
        return answer(request, file, {"Cross-Origin-Resource-Policy": "cross-origin"})

    def loader(self) -> str:
        """The loader with today's words, regions and exits in it."""
        knowledge = self.services.knowledge
        first = next(iter(knowledge.regions.values()))
        config = {
            "languages": knowledge.languages,
            "regions": list(knowledge.regions),
            "hosts": {
                host: region.slug
                for region in knowledge.regions.values()
                for host in region.website_hosts
            },
            "exits": {
                "": first.exit_address,
                **{
                    region.slug: region.exit_address
                    for region in knowledge.regions.values()
                    if region.exit_address != first.exit_address
                },
            },
            "words": {
                language: {
                    key: self._page_text(f"{PAGE}{name}", language)
                    for key, name in (
                        ("chat", "chat"),
                        ("open", "open"),
                        ("exit", "exit"),
                        ("exitLong", "exit_long"),
                        ("loading", "loading"),
                    )
                }
                for language in knowledge.languages
            },
        }
        folder = STATIC / "widget"
        style: str = cssmin((folder / "loader.css").read_text("utf-8"))
        script: str = jsmin((folder / "loader.js").read_text("utf-8"))
        script = script.replace('"__CONFIG__"', _json(config))
        return script.replace('"__STYLE__"', _json(style))

    def _page_text(self, name: str, language: str) -> str:
        text: str = speaker(self._dialogue().live, language)(name)
        return text

    # the chat page

    async def chat(self, request: web.Request) -> web.Response:
        """Anyone: the chat page of a region, in a frame of its website or by itself."""
        region = self.services.knowledge.regions.get(request.match_info["region"])
        if region is None:
            return self.no_page(request)
        response = web.Response(
            text=self.page(region),
            content_type="text/html",
            headers={
                "Content-Security-Policy": self.policy(region, request.host),
                "Cross-Origin-Resource-Policy": "cross-origin",
                "Cache-Control": "no-store",
            },
        )
        response.enable_compression()
        return response

    def no_page(self, request: web.Request) -> web.Response:
        """A region that is not there: a person gets the numbers, a program the code."""
        if "text/html" not in request.headers.get("Accept", ""):
            return refusal(404, "unknown_region", "there is no such region")
        region = next(iter(self.services.knowledge.regions.values()))
        texts = [
            (language, self._say("utter_error_no_page", region, language).text)
            for language in self.services.knowledge.languages
        ]
        headers = {"Content-Security-Policy": "default-src 'none'", "Cache-Control": "no-store"}
        text = self.missing.render(texts=texts)
        return web.Response(status=404, text=text, content_type="text/html", headers=headers)

    def policy(self, region: Region, host: str) -> str:
        """What the page may do: its own script and style, its own socket, in known websites."""
        origins = [f"https://{name}" for name in region.website_hosts]
        # older Safari does not count a socket as `self`; a host that is none adds nothing
        sockets = f" ws://{host} wss://{host}" if HOST.fullmatch(host) else ""
        ancestors = " ".join([*origins, *self.extra_origins]) or "'none'"
        return "; ".join(
            (
                "default-src 'none'",
                f"script-src {hash_of(self.script)}",
                f"style-src {hash_of(self.style)}",
                f"connect-src 'self'{sockets}",
                "img-src data:",
                "base-uri 'none'",
                "form-action 'none'",
                f"frame-ancestors {ancestors}",
            )
        )

    def page(self, region: Region) -> str:
        """The whole document, as things are now."""
        services, knowledge = self.services, self.services.knowledge
        now = services.clock.now()
        closed = not self._is_open(region)
        words = {language: self.words(region, language) for language in region.languages}
        language = region.languages[0]
        emergency = knowledge.help_lines[knowledge.emergency_line]
        advice = knowledge.help_lines[knowledge.advice_line]
        data = {
            "region": region.slug,
            "languages": region.languages,
            "language": language,
            "closed": closed,
            "names": {slug: knowledge.regions[slug].name for slug in self._may_answer(region)},
            "exit": region.exit_address,
            "emergencyTel": emergency.tel,
            "numbers": [line.number for line in knowledge.help_lines.values()],
            "office": opening(region.office.hours, now).open,
            "card": [_line(line) for line in knowledge.emergency_card],
            "words": {
                one: {key: text for key, text in found.items() if key not in IN_THE_HTML}
                for one, found in words.items()
            },
        }
        pages = [
            {
                "language": one,
                "words": words[one],
                "tel": advice.tel,
                "emergency_tel": emergency.tel,
                "closed": self.closed_journey(region, one) if closed else None,
                "info": [
                    {"title": words[one][key], "text": words[one][f"info_{key}"]} for key in INFO
                ],
                "noscript": words[one]["noscript"],
            }
            for one in region.languages
        ]
        return self.template.render(
            language=language,
            words=words[language],
            pages=pages,
            tel=advice.tel,
            exit=region.exit_address,
            most=services.settings.text_characters,
            # Jinja escapes everything else; these three are ours, and hashed or escaped
            style=Markup(self.style),
            script=Markup(self.script),
            data=Markup(_json(data)),
        )

    def _may_answer(self, region: Region) -> set[str]:
        """The regions that a visitor may get an answer from beside the own one."""
        knowledge = self.services.knowledge
        pools = [pool.regions for pool in knowledge.pools.values() if region.slug in pool.regions]
        lines = {region.slug, *(slug for regions in pools for slug in regions)}
        helpers = {one.helper for one in knowledge.agreements if one.home in lines}
        return (lines | helpers) - {region.slug}

    def _is_open(self, region: Region) -> bool:
        """Whether somebody can be reached, here or in a region that helps; without a desk the
        hours alone say so."""
        reach = self._dialogue().reach
        if reach is not None:
            return reach(region.slug).open
        return opening(region.chat_hours, self.services.clock.now()).open

    def words(self, region: Region, language: str) -> dict[str, str]:
        """Every text of the page in one language, by a short name."""
        script = self._dialogue().live
        names = {
            **{
                _camel(name.removeprefix(PAGE)): name
                for name in script.responses
                if name.startswith(PAGE)
            },
            **ERRORS,
            **{f"info_{key}": name for key, name in INFO.items()},
            **{line.response: line.response for line in self.services.knowledge.emergency_card},
            "emergency": "utter_emergency_title",
            "cannot": "utter_emergency_cannot_button",
        }
        return {key: self._say(name, region, language).text for key, name in names.items()}

    def _say(self, name: str, region: Region, language: str) -> Message:
        dialogue = self._dialogue()
        now, say = self.services.clock.now(), speaker(dialogue.live, language)
        hours = hours_in_words(region.chat_hours, now, say)
        context = dialogue.context(region, language, now)
        return render(dialogue.live, name, {**context, **LATER, **hours}, language)

    # the journey of a closed chat, as plain HTML: it works without the socket, and without script

    def closed_journey(self, region: Region, language: str) -> dict[str, Any]:
        """When we open, whether there is danger now, and a line for everybody."""
        now, say = self.services.clock.now(), speaker(self._dialogue().live, language)
        asked = self._say("utter_ask_danger_closed", region, language)
        roles = self._say("utter_ask_role_closed", region, language)
        titles = {button.id: button.title for button in roles.buttons}
        return {
            "text": self._say("utter_closed", region, language).text,
            "rings": rings_on_call(self.services.knowledge, region.slug, now),
            "exceptions": exceptions_in_words(region.chat_hours, now, say),
            "question": asked.text,
            "danger": [
                {
                    "id": button.id,
                    "title": button.title,
                    "call": self._lines(region, language, "call", button.id),
                    "cannot": self._lines(region, language, "cannot", button.id),
                }
                for button in asked.buttons
                if button.id in ("self", "other")
            ],
            "role": roles.text,
            "roles": [
                {
                    "title": titles[role],
                    "text": self._say(f"utter_closed_{role}", region, language).text,
                }
                for role in ROLES_CLOSED
                if role in titles
            ],
        }

    def _lines(self, region: Region, language: str, part: str, role: str) -> list[str]:
        """The card in its "nobody reads this now" form."""
        now = self.services.clock.now()
        office = opening(region.office.hours, now).open
        state = CardState(role, False, "none", (), office)
        lines = card_lines(self.services.knowledge.emergency_card, part, state)
        return [self._say(line, region, language).text for line in lines]

    def _dialogue(self) -> Dialogue:
        return self.services.dialogue


def _line(line: Any) -> dict[str, Any]:
    """A row of the card's table: what the page asks of it, and no line of a file. For which signals
    and roles it is only the server asks: the page knows neither."""
    row = {key: value for key, value in asdict(line).items() if value and key != "line"}
    if UNKNOWN in row.get("roles", ()):
        del row["roles"]
    return row | {key: 1 for key in ("signals", "roles") if key in row}


def _camel(name: str) -> str:
    """`exit_long` as the page's script spells it; names of bands keep their underscores."""
    if name.startswith("wait_"):
        return name
    return re.sub(r"_(\w)", lambda match: match[1].upper(), name)


def _json(value: Any) -> str:
    """JSON that cannot end the script element it stands in."""
    return msgspec.json.encode(value).decode().replace("<", "\\u003c")


def hash_of(text: str) -> str:
    """The source of an inline script or style in a Content-Security-Policy."""
    digest = base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()
    return f"'sha256-{digest}'"
