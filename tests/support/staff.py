"""Coordinators and others who are logged in, and ask over HTTP."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from tests.support.running import PASSWORD, REGION, Server

OTHER = "utrecht"
#: The janitor of a node catches up this often, in seconds.
CATCH_UP_S = 2
HOUR = timedelta(hours=1)


class Staff:
    """Somebody who is logged in and asks over HTTP."""

    def __init__(self, server: Server, username: str, cookie: str) -> None:
        self.server = server
        self.username = username
        self.headers = {"Cookie": f"voordeur={cookie}"} if cookie else {}

    async def get(self, path: str) -> tuple[int, Any]:
        """The status and the body of an answer."""
        async with self.server.http.get(self.server.url + path, headers=self.headers) as answer:
            return answer.status, await answer.json()

    async def post(self, path: str, **body: Any) -> tuple[int, Any]:
        """Sends a body; the status and the body of the answer."""
        return await self.send(path, body)

    async def send(self, path: str, body: Any) -> tuple[int, Any]:
        """Sends anything as JSON."""
        url = self.server.url + path
        async with self.server.http.post(url, json=body, headers=self.headers) as answer:
            return answer.status, await answer.json()

    async def board(self) -> dict[str, Any]:
        """The board."""
        status, body = await self.get("/api/board")
        assert status == 200, body
        found: dict[str, Any] = body
        return found

    async def region(self, slug: str = REGION) -> dict[str, Any]:
        """A region on the board."""
        regions = (await self.board())["regions"]
        return next(region for region in regions if region["region"] == slug)

    async def changes(self, kind: str, **more: Any) -> dict[str, Any]:
        """Changes something that works; its row."""
        status, body = await self.post("/api/operation", **self.change(kind, **more))
        assert status == 201, body
        row: dict[str, Any] = body
        return row

    def change(self, kind: str, **more: Any) -> dict[str, Any]:
        """The body of a change that lasts an hour."""
        until = self.server.clock.now() + HOUR
        given = {"kind": kind, "region": REGION, "until": until.isoformat(), "reason": "ziek"}
        return {**given, **more}


async def staff(server: Server, username: str, role: str, region: str = REGION) -> Staff:
    """Somebody who has logged in."""
    await server.hire(username, role, region=region)
    login = {"username": username, "password": PASSWORD}
    async with server.http.post(f"{server.url}/api/login", json=login) as answer:
        assert answer.status == 200
        return Staff(server, username, answer.cookies["voordeur"].value)


async def coordinator(server: Server, region: str = REGION) -> Staff:
    """The coordinator of a region."""
    return await staff(server, f"{region}.coordinator", "coordinator", region)


def is_open(server: Server, slug: str = REGION) -> bool:
    """Whether a region is open as this node sees it."""
    from data.hours import opening

    hours = server.house.services.knowledge.regions[slug].chat_hours
    return opening(hours, server.clock.now()).open


async def audited(server: Server) -> list[tuple[str, str]]:
    """Who did what."""
    rows = await server.rows("SELECT actor, action FROM audit ORDER BY at, id")
    return [(row["actor"], row["action"]) for row in rows]


# the roster


def shift_of(username: str, **more: Any) -> dict[str, Any]:
    """The body of a shift at all hours."""
    given = {
        "username": username,
        "role": "front_office",
        "days": [0, 1, 2, 3, 4, 5, 6],
        "start": "00:00",
        "end": "24:00",
        "first_day": "2026-11-01",
    }
    return {**given, **more}
