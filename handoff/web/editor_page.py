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
from handoff.web.staff_page import FROM_DESK, StaffPage

FOLDER = STATIC / "editor"


class EditorPage:
    """`/editor`, its files, and its words. `tongues` are the languages that examples may be in."""

    def __init__(self, services: Services, tongues: tuple[str, ...]) -> None:
        self.editor_words = services.knowledge.editor_words
        self.tongues = tongues
        language = services.knowledge.language
        self.page = StaffPage(FOLDER, language, self.editor_words, self._told, FROM_DESK)

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
