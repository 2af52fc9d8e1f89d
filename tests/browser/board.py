"""The coordinator's board in a browser, beside a server that tells what a test wants."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from typing import Any

from playwright.async_api import Locator, Page, Route, expect

from data import knowledge
from tests.browser.conftest import Pages
from tests.browser.desk import NOBODY
from tests.support.running import PASSWORD, REGION, Server

CONTENT = knowledge.load()
NOW = "2026-11-24T12:00:00Z"
EAST = "twente"


def region(slug: str, **more: Any) -> dict[str, Any]:
    """A quiet, open region, unless told otherwise."""
    return {
        "region": slug,
        "name": CONTENT.regions[slug].name,
        "state": "open",
        "line": slug,
        "waiting": {"acute": 0, "urgent": 0, "normal": 0},
        "longest_s": 0,
        "present": 2,
        "free": 5,
        "used": 1,
        "cap": 8,
        "rung": [],
        "closes_at": "2026-11-24T22:00:00Z",
        **more,
    }


def rule(id: str, kind: str, **more: Any) -> dict[str, Any]:
    """Something that a coordinator changed."""
    return {
        "id": id,
        "kind": kind,
        "region": REGION,
        "from": NOW,
        "until": "2026-11-24T23:00:00Z",
        "reason": "studiedag",
        "state": "active",
        "made_by": "coordinator",
        "made_at": NOW,
        **more,
    }


def shift(id: str, username: str, **more: Any) -> dict[str, Any]:
    """A weekly shift of the own region."""
    return {
        "id": id,
        "region": REGION,
        "username": username,
        "name": username.title(),
        "role": "front_office",
        "days": [0, 1, 2, 3, 4],
        "start": "09:00",
        "end": "17:00",
        "first_day": "2026-11-01",
        **more,
    }


def gap(day: str, where: str, why: str = "no_roster") -> dict[str, Any]:
    """An open hour that nobody covers."""
    hours = {"from": f"{day}T08:00:00Z", "to": f"{day}T11:00:00Z"}
    return {"day": day, "where": where, **hours, "why": why}


OWN = region(
    REGION,
    state="busy",
    waiting={"acute": 1, "urgent": 2, "normal": 4},
    longest_s=254,
    present=3,
    free=0,
    used=8,
    rung=[
        {"username": "noor", "name": "Noor", "role": "front_office"},
        {"username": "sam", "name": "", "role": "after_hours"},
    ],
)
CLOSED = {"state": "closed", "closes_at": None, "opens_at": "2026-11-25T08:00:00Z", "present": 0}
SPECIAL = {
    REGION: OWN,
    "ijsselland": region("ijsselland", line=EAST),
    "drenthe": region("drenthe", **CLOSED, free=0),
    "zeeland": region("zeeland", waiting={"acute": 1, "urgent": 0, "normal": 0}, longest_s=31),
}
ASKED = rule(
    "asked",
    "agreement",
    region="midden-brabant",
    other_region=REGION,
    subject="brabant",
    value="off",
    state="proposed",
    reason="wij zijn met te weinig",
)


def frame(role: str = "coordinator", own: str = REGION) -> dict[str, Any]:
    """What the server tells, with something of everything in it."""
    return {
        "now": NOW,
        "region": own,
        "role": role,
        "regions": [SPECIAL.get(slug) or region(slug) for slug in CONTENT.regions],
        "gaps": [
            gap("2026-11-25", REGION),
            gap("2026-11-25", "oost", "no_duty"),
            gap("2026-11-27", "drenthe", "duty_closed"),
        ],
        "operation": [
            ASKED,
            rule("shut", "closed"),
            rule("ours", "agreement", other_region="brabant-noordoost", subject="brabant")
            | {"value": "off", "state": "proposed"},
            rule("both", "agreement", other_region="midden-brabant", subject="brabant")
            | {"value": "on", "until": "2026-12-24T23:00:00Z"},
            rule("far", "region_cap", region="zeeland", value="2"),
        ],
        "roster": [shift("s1", "noor"), shift("s2", "sam", role="after_hours", days=[5, 6])],
    }


@dataclass
class Api:
    """Stands in for the server's answers about the board; keeps what was asked of it."""

    frame: dict[str, Any]
    posts: list[tuple[str, dict[str, Any]]] = field(default_factory=list)
    asked: int = 0
    #: an answer to everything, instead of the real one
    refuses: tuple[int, dict[str, Any]] | None = None
    cut: bool = False

    async def board(self, route: Route) -> None:
        """`GET /api/board`."""
        self.asked += 1
        await self._answer(route, 200, self.frame)

    async def change(self, route: Route) -> None:
        """`POST /api/operation`, `/api/roster` and what is below them."""
        path = "/" + route.request.url.split("/", 3)[3]
        self.posts.append((path, json.loads(route.request.post_data or "null")))
        await self._answer(route, 201, {})

    async def _answer(self, route: Route, status: int, body: dict[str, Any]) -> None:
        if self.cut:
            return await route.abort()
        if self.refuses:
            status, body = self.refuses
        await route.fulfill(status=status, json=body)


@dataclass
class Board:
    """A page with the board in it."""

    page: Page
    api: Api

    def view(self, name: str) -> Locator:
        """A part of the board, by its button."""
        found = self.page.get_by_role("navigation").get_by_role("button")
        return found.filter(has_text=name)

    def tile(self, slug: str) -> Locator:
        """A region on the wall."""
        return self.page.locator(f"board-tile[data-region={slug}]")

    def button(self, name: str, within: Locator | None = None) -> Locator:
        """A button by its whole name."""
        return (within or self.page).get_by_role("button", name=name, exact=True)

    @property
    def dialog(self) -> Locator:
        """The form that is open."""
        return self.page.get_by_role("dialog")

    async def opens(self, name: str) -> Locator:
        """Opens a form under *Regelen*."""
        await self.view("Regelen").click()
        await self.button(name).click()
        return self.dialog

    async def logs_in(self, username: str) -> None:
        """Fills in the login and sends it."""
        await self.page.get_by_label("Gebruikersnaam").fill(username)
        await self.page.get_by_label("Wachtwoord").fill(PASSWORD)
        await self.button("Inloggen").click()


async def at_the_board(
    page: Pages, server: Server, *, role: str = "coordinator", own: str = REGION, **more: Any
) -> Board:
    """Somebody who has logged in at the board, beside a server that tells what the test wants."""
    page.allow(NOBODY)
    username = f"{own}-{role}"
    await server.hire(username, role, region=own)
    made = Board(await page(f"{server.url}/board", **more), Api(frame(role, own)))
    await made.page.route("**/api/board", made.api.board)
    await made.page.route("**/api/operation**", made.api.change)
    await made.page.route("**/api/operation/*", made.api.change)
    await made.page.route("**/api/roster**", made.api.change)
    await made.page.route("**/api/roster/*", made.api.change)
    await made.logs_in(username)
    await expect(made.tile(own)).to_be_visible()
    return made


async def fill(dialog: Locator, filled: dict[str, str]) -> None:
    """Fills in what is asked for, by label."""
    for label, value in filled.items():
        control = dialog.get_by_label(label, exact=True)
        if await control.evaluate("(control) => control.localName") == "select":
            await control.select_option(label=value)
        else:
            await control.fill(value)
