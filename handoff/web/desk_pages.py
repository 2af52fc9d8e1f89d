"""The desk: one page with its scripts and words."""

from __future__ import annotations

from typing import Any

from aiohttp import web

from data.files import Fault, Unreadable
from handoff.desk.services import Services
from handoff.desk.ticket import said_in_words
from handoff.people.accounts import AT_A_DESK
from handoff.web.pages import STATIC
from handoff.web.staff_page import StaffPage

FOLDER = STATIC / "desk"
LOCK_AFTER = "lock_after_min"


class DeskPages:
    """`/desk`, its files, and its words. Raises `Unreadable` when the words cannot be used."""

    def __init__(self, services: Services) -> None:
        self.services = services
        knowledge = services.knowledge
        self.desk_words = knowledge.desk_words
        self.lock_after_min = self._lock_after_min()
        self.page = StaffPage(FOLDER, knowledge.language, self.desk_words, self._told)

    def routes(self) -> list[web.RouteDef]:
        """For staff; the page itself is empty until somebody logs in."""
        return self.page.routes()

    def _told(self) -> dict[str, Any]:
        """What the desk calls levels, roles, signals, answers and dispositions, and the few
        numbers that it tells."""
        return {**self._triage(), **self._house()}

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
