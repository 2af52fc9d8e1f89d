"""What the pages of staff have in common: a page and its scripts, as they stand in the folder,
and the words they say. No build."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

import msgspec
from aiohttp import web

from handoff.web.files import answer, file_of
from handoff.web.guard import refusal
from handoff.web.pages import environment

#: What other pages of staff take over from the desk.
FROM_DESK_STYLES = ("1-base.css", "5-dialog.css")
FROM_DESK_SCRIPTS = (
    "app.js",
    "clock.js",
    "desk-login.js",
    "dialog.js",
    "dom.js",
    "form.js",
    "link.js",
    "login.js",
    "words.js",
)
FROM_DESK = tuple(f"/desk/{name}" for name in FROM_DESK_STYLES + FROM_DESK_SCRIPTS)

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
SERVED = (".css", ".js", ".svg")


class StaffPage:
    """The page of a folder, at the folder's name. `words` are those of the document itself; `told`
    is what its scripts ask for as words.json; `shared` are the addresses of files that it takes
    over from another page."""

    def __init__(
        self,
        folder: Path,
        language: str,
        words: Mapping[str, Mapping[str, str]],
        told: Callable[[], dict[str, Any]],
        shared: Sequence[str] = (),
    ) -> None:
        self.name = folder.name
        self.told = told
        self.files = {
            path.name: file_of(path.read_bytes(), path.name)
            for path in sorted(folder.iterdir())
            if path.suffix in SERVED
        }
        # the page names every file, so that they are asked for at once and not in turn
        files = [*shared, *(f"/{self.name}/{name}" for name in self.files)]
        page = environment().get_template(f"{self.name}/{self.name}.html")
        document = page.render(
            language=language,
            words={name: found[language] for name, found in words.items()},
            styles=[name for name in files if name.endswith(".css")],
            modules=[name for name in files if name.endswith(".js")],
        )
        self.document = file_of(document.encode(), f"{self.name}.html")

    def routes(self) -> list[web.RouteDef]:
        """For staff; the page itself is empty until somebody logs in."""
        return [
            web.get(f"/{self.name}", self.page),
            web.get(f"/{self.name}/words.json", self.words),
            web.get(f"/{self.name}/{{name}}", self.file),
        ]

    async def page(self, request: web.Request) -> web.Response:
        """Anyone: the page, with its login."""
        return answer(request, self.document, {"Content-Security-Policy": POLICY})

    async def file(self, request: web.Request) -> web.Response:
        """Anyone: a script or a style of the page."""
        found = self.files.get(request.match_info["name"])
        if found is None:
            return refusal(404, "unknown_type", "there is no such file")
        return answer(request, found)

    async def words(self, request: web.Request) -> web.Response:
        """Anyone: what the page calls things, and the few facts that it tells."""
        return answer(request, file_of(msgspec.json.encode(self.told()), "words.json"))
