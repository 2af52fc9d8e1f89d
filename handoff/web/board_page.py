"""The coordinator's board: one page with its scripts and words.

It builds on the scripts and styles of the desk, and on its words, login and policy.
"""

from __future__ import annotations

from typing import Any

from aiohttp import web

from handoff.desk.operating import Operating
from handoff.web.bodies import MOST_REASON
from handoff.web.pages import STATIC
from handoff.web.staff_page import FROM_DESK, StaffPage

FOLDER = STATIC / "board"


class BoardPage:
    """`/board`, its files, and its words."""

    def __init__(self, operating: Operating) -> None:
        self.operating = operating
        content = operating.content
        self.page = StaffPage(FOLDER, content.language, content.board_words, self._told, FROM_DESK)

    def routes(self) -> list[web.RouteDef]:
        """For staff; the page itself is empty until somebody logs in."""
        return self.page.routes()

    def _told(self) -> dict[str, Any]:
        """The words of the board, and which pools and agreements there are."""
        # the files' own: what is switched off today must be there to be switched on again
        content = self.operating.content
        return {
            "board": content.board_words,
            "most_reason": MOST_REASON,
            "pools": {
                pool.id: {"name": pool.name, "regions": pool.regions, "rota": pool.rota}
                for pool in content.pools.values()
            },
            # both ways are one agreement
            "agreements": sorted(
                {(one.id, *sorted((one.home, one.helper))) for one in content.agreements}
            ),
        }
