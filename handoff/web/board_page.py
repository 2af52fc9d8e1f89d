"""The coordinator's board: one page and its scripts, as they stand in the folder; no build.

It builds on the scripts and styles of the desk, and on its words, login and policy.
"""

from __future__ import annotations

import hashlib
from mimetypes import guess_type
from typing import Any

import msgspec
from aiohttp import web

from handoff.desk.services import Services
from handoff.web.desk_pages import POLICY, File
from handoff.web.guard import refusal
from handoff.web.pages import STATIC, environment

FOLDER = STATIC / "board"
DESK = STATIC / "desk"
#: What the board takes over from the desk.
SHARED_STYLES = ("1-base.css", "5-dialog.css")
SHARED_SCRIPTS = (
    "clock.js",
    "desk-login.js",
    "dialog.js",
    "dom.js",
    "form.js",
    "link.js",
    "login.js",
    "words.js",
)
#: The most that a reason of operation may have, in characters.
MOST_REASON = 200


class BoardPage:
    """`/board`, its files, and its words."""

    def __init__(self, services: Services) -> None:
        #: the files' own: what is switched off today must be there to be switched on again
        self.content = services.knowledge
        self.files = {
            path.name: _file(path.read_bytes(), path.name)
            for path in sorted(FOLDER.iterdir())
            if path.suffix in (".css", ".js")
        }
        self.document = _file(self._document(), "board.html")
        self.told = _file(msgspec.json.encode(self._words()), "words.json")

    def routes(self) -> list[web.RouteDef]:
        """For staff; the page itself is empty until somebody logs in."""
        return [
            web.get("/board", self.page),
            web.get("/board/words.json", self.words),
            web.get("/board/{name}", self.file),
        ]

    async def page(self, request: web.Request) -> web.Response:
        """Anyone: the board's page, with its login."""
        return _answer(request, self.document, {"Content-Security-Policy": POLICY})

    async def file(self, request: web.Request) -> web.Response:
        """Anyone: a script or a style of the board."""
        found = self.files.get(request.match_info["name"])
        if found is None:
            return refusal(404, "unknown_type", "there is no such file")
        return _answer(request, found, {})

    async def words(self, request: web.Request) -> web.Response:
        """Anyone: the words of the board, and which pools and agreements there are."""
        return _answer(request, self.told, {})

    def _words(self) -> dict[str, Any]:
        knowledge = self.content
        return {
            "board": knowledge.board_words,
            "most_reason": MOST_REASON,
            "pools": {
                pool.id: {"name": pool.name, "regions": pool.regions, "rota": pool.rota}
                for pool in knowledge.pools.values()
            },
            # both ways are one agreement
            "agreements": sorted(
                {(one.id, *sorted((one.home, one.helper))) for one in knowledge.agreements}
            ),
        }

    def _document(self) -> bytes:
        """The page; it names every file, so that they are asked for at once and not in turn."""
        language = self.content.language
        own = {suffix: [n for n in self.files if n.endswith(suffix)] for suffix in (".css", ".js")}
        page = environment().get_template("board/board.html")
        return page.render(
            language=language,
            words={name: words[language] for name, words in self.content.board_words.items()},
            styles=[f"/desk/{n}" for n in SHARED_STYLES] + [f"/board/{n}" for n in own[".css"]],
            modules=[f"/desk/{n}" for n in SHARED_SCRIPTS] + [f"/board/{n}" for n in own[".js"]],
        ).encode()


def _answer(request: web.Request, file: File, more: dict[str, str]) -> web.Response:
    headers = {"Cache-Control": "no-cache", "ETag": file.tag, **more}
    if request.headers.get("If-None-Match") == file.tag:
        return web.Response(status=304, headers=headers)
    response = web.Response(
        body=file.body, content_type=file.kind, charset="utf-8", headers=headers
    )
    response.enable_compression()
    return response


def _file(body: bytes, name: str) -> File:
    tag = hashlib.sha256(body).hexdigest()[:32]
    return File(body, guess_type(name)[0] or "text/plain", f'"{tag}"')
