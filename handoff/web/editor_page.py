"""The editor's page: what would be heard in a sentence, and examples to learn from.

It builds on the scripts and styles of the desk, and on its words, login and policy.
"""

from __future__ import annotations

from typing import Any

from aiohttp import web

from data.danger_examples import LONGEST, PERSPECTIVES
from handoff.desk.services import Services
from handoff.web.editor_api import EDITORS, MOST_BEFORE, MOST_NOTE
from handoff.web.pages import STATIC
from handoff.web.staff_page import StaffPage

FOLDER = STATIC / "editor"
DESK = STATIC / "desk"
#: What the page takes over from the desk.
SHARED_STYLES = ("1-base.css", "5-dialog.css")
SHARED_SCRIPTS = (
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


class EditorPage:
    """`/editor`, its files, and its words. `tongues` are the languages that examples may be in."""

    def __init__(self, services: Services, tongues: tuple[str, ...]) -> None:
        self.editor_words = services.knowledge.editor_words
        self.tongues = tongues
        shared = [f"/{DESK.name}/{name}" for name in SHARED_STYLES + SHARED_SCRIPTS]
        language = services.knowledge.language
        self.page = StaffPage(FOLDER, language, self.editor_words, self._told, shared)

    def routes(self) -> list[web.RouteDef]:
        """For staff; the page itself is empty until somebody logs in."""
        return self.page.routes()

    def _told(self) -> dict[str, Any]:
        """The words of the page, and what an example may say."""
        return {
            "editor": self.editor_words,
            "roles": EDITORS,
            "tongues": self.tongues,
            "perspectives": PERSPECTIVES,
            "most_text": LONGEST,
            "most_before": MOST_BEFORE,
            "most_note": MOST_NOTE,
        }
