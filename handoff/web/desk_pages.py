"""The desk: one page and its scripts, as they stand in the folder; no build."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from mimetypes import guess_type
from typing import Any

import msgspec
from aiohttp import web

from data.files import Fault, Unreadable
from handoff.desk.services import Services
from handoff.desk.ticket import said_in_words
from handoff.people.accounts import AT_A_DESK
from handoff.web.guard import refusal
from handoff.web.pages import STATIC, environment

FOLDER = STATIC / "desk"
#: Every file comes from here and nothing from elsewhere; text never becomes markup.
POLICY = "; ".join(
    (
        "default-src 'none'",
        "script-src 'self'",
        "style-src 'self'",
        "connect-src 'self'",
        "img-src 'self'",
        "base-uri 'none'",
        "form-action 'none'",
        "frame-ancestors 'none'",
        "require-trusted-types-for 'script'",
        "trusted-types 'none'",
    )
)
LOCK_AFTER = "lock_after_min"


@dataclass(frozen=True, slots=True)
class File:
    """A file of the desk, with the tag by which a browser knows it."""

    body: bytes
    kind: str
    tag: str


class DeskPages:
    """`/desk`, its files, and its words. Raises `Unreadable` when the words cannot be used."""

    def __init__(self, services: Services) -> None:
        self.services = services
        knowledge = services.knowledge
        self.desk_words = knowledge.desk_words
        self.lock_after_min = self._lock_after_min()
        self.files = {
            path.name: _read(path.read_bytes(), path.name)
            for path in sorted(FOLDER.iterdir())
            if path.suffix in (".css", ".js", ".svg")
        }
        self.document = _read(self._document(), "desk.html")

    def routes(self) -> list[web.RouteDef]:
        """For staff; the page itself is empty until somebody logs in."""
        return [
            web.get("/desk", self.page),
            web.get("/desk/words.json", self.words),
            web.get("/desk/{name}", self.file),
        ]

    async def page(self, request: web.Request) -> web.Response:
        """Anyone: the desk's page, with its login."""
        return self._answer(request, self.document, {"Content-Security-Policy": POLICY})

    async def file(self, request: web.Request) -> web.Response:
        """Anyone: a script or a style of the desk."""
        found = self.files.get(request.match_info["name"])
        if found is None:
            return refusal(404, "unknown_type", "there is no such file")
        return self._answer(request, found, {})

    async def words(self, request: web.Request) -> web.Response:
        """Anyone: what the desk calls levels, roles, signals, answers and dispositions, and the
        few numbers that it tells."""
        found = _read(msgspec.json.encode({**self._triage(), **self._house()}), "words.json")
        return self._answer(request, found, {})

    def _triage(self) -> dict[str, Any]:
        knowledge = self.services.knowledge
        triage = knowledge.triage
        said = [
            name
            for slot, values in triage.answers.items()
            for value in values
            for name in (value, f"{slot}_{value}")
        ]
        return {
            "levels": triage.levels,
            "roles": triage.roles,
            "signals": triage.signals,
            "questions": triage.questions,
            "reasons": triage.reasons,
            "said": {name: said_in_words(name, knowledge) for name in said},
            "dispositions": {
                key: found.words
                for key, found in knowledge.dispositions.items()
                if not found.by_system
            },
        }

    def _house(self) -> dict[str, Any]:
        knowledge, settings = self.services.knowledge, self.services.settings
        regions = knowledge.regions
        return {
            "organisation": knowledge.name,
            "languages": knowledge.languages,
            "zone": knowledge.zone,
            "desk": self.desk_words,
            "practice": {key: found.title for key, found in knowledge.training.items()},
            "regions": {slug: region.name for slug, region in regions.items()},
            "caps": {slug: region.caseworker_cap for slug, region in regions.items()},
            "emergency": knowledge.help_lines[knowledge.emergency_line].number,
            "roles_with_desk": AT_A_DESK,
            "most": settings.text_characters,
            "wrap_ups_open": settings.wrap_ups_open,
            "retention_h": settings.retention_h,
            "calling_min": round(settings.calling_grace_s / 60),
            "lock_after_min": self.lock_after_min,
        }

    def _lock_after_min(self) -> int:
        words = self.desk_words.get(LOCK_AFTER, {}).get(self.services.knowledge.language, "")
        if not words.isdecimal() or int(words) == 0:
            path = self.services.knowledge.folder / "desk.yml"
            fault = Fault(str(path), 1, f"`{LOCK_AFTER}` is a number of minutes, 1 or more")
            raise Unreadable([fault])
        return int(words)

    def _document(self) -> bytes:
        """The page; it names every file, so that they are asked for at once and not in turn."""
        language = self.services.knowledge.language
        page = environment().get_template("desk/desk.html")
        return page.render(
            language=language,
            words={name: words[language] for name, words in self.desk_words.items()},
            styles=[name for name in self.files if name.endswith(".css")],
            modules=[name for name in self.files if name.endswith(".js")],
        ).encode()

    def _answer(self, request: web.Request, file: File, more: dict[str, str]) -> web.Response:
        headers = {"Cache-Control": "no-cache", "ETag": file.tag, **more}
        if request.headers.get("If-None-Match") == file.tag:
            return web.Response(status=304, headers=headers)
        response = web.Response(
            body=file.body, content_type=file.kind, charset="utf-8", headers=headers
        )
        response.enable_compression()
        return response


def _read(body: bytes, name: str) -> File:
    tag = hashlib.sha256(body).hexdigest()[:32]
    return File(body, guess_type(name)[0] or "text/plain", f'"{tag}"')
