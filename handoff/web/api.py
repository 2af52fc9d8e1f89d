"""The small HTTP interface: a region as anyone may see it, logging in and out, and health."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from datetime import timedelta

import msgspec
from aiohttp import web

from handoff import protocol
from handoff.desk.floor import Floor
from handoff.desk.services import Services
from handoff.desk.shift import Person
from handoff.people.accounts import Accounts, TooSoon, WrongLogin
from handoff.storage.database import Unavailable
from handoff.web.guard import refusal
from handoff.web.limits import Limits

COOKIE = "voordeur"
AWAY = "the database does not answer; try again"


class Api:
    """The routes below `/api`, and the health checks."""

    def __init__(
        self,
        services: Services,
        floor: Floor,
        accounts: Accounts,
        limits: Limits,
        ready: Callable[[], Awaitable[list[str]]],
    ) -> None:
        self.services = services
        self.floor = floor
        self.accounts = accounts
        self.limits = limits
        #: what is not well, in words; empty when all is
        self.ready = ready

    def public(self) -> list[web.RouteDef]:
        """For anyone."""
        return [
            web.get("/api/regions/{region}", self.region),
            web.get("/healthz", self.healthz),
            web.get("/readyz", self.readyz),
        ]

    def staff(self) -> list[web.RouteDef]:
        """For logging in and out."""
        return [
            web.post("/api/login", self.login),
            web.post("/api/logout", self.logout),
            web.get("/api/me", self.me),
        ]

    async def region(self, request: web.Request) -> web.Response:
        """Anyone: whether a region is open, until when, and its number."""
        region = self.services.knowledge.regions.get(request.match_info["region"])
        if region is None:
            return refusal(404, "unknown_region", "there is no such region")
        return _json(self.floor.standing.region_body(region))

    async def login(self, request: web.Request) -> web.Response:
        """Anyone: name and password for a cookie."""
        try:
            # all of it, however it was cut on the way; the application bounds its size
            body = msgspec.json.decode(await request.read(), type=protocol.Login)
        except (msgspec.MsgspecError, UnicodeError):
            return refusal(400, "bad_frame", "a JSON object with username and password")
        address = self.limits.address_of(request)
        try:
            person, token = await self.accounts.login(body.username, body.password, address)
        except WrongLogin:
            return refusal(401, "forbidden", "name and password do not belong together")
        except TooSoon as wait:
            message = f"too many failed logins; wait {wait.seconds} seconds"
            return refusal(429, "rate_limited", message, wait.seconds)
        except Unavailable:
            return refusal(503, "unavailable", AWAY, 5)
        response = _json(_logged_in(person))
        settings = self.services.settings
        response.set_cookie(
            COOKIE,
            token,
            max_age=int(timedelta(hours=settings.session_h).total_seconds()),
            httponly=True,
            secure=settings.secure_cookies,
            samesite="Strict",
            path="/",
        )
        return response

    async def logout(self, request: web.Request) -> web.Response:
        """Whoever is logged in: ends the login, and clears what the browser kept of us."""
        token = request.cookies.get(COOKIE)
        try:
            if token:
                await self.accounts.logout(token)
        except Unavailable:
            return refusal(503, "unavailable", AWAY, 5)
        response = web.Response(status=204, headers={"Clear-Site-Data": '"cache", "storage"'})
        response.del_cookie(COOKIE, path="/")
        return response

    async def me(self, request: web.Request) -> web.Response:
        """Whoever is logged in: who that is."""
        try:
            person = await self.who(request)
        except Unavailable:
            return refusal(503, "unavailable", AWAY, 5)
        if person is None:
            return refusal(401, "forbidden", "log in first")
        return _json(_logged_in(person))

    async def who(self, request: web.Request) -> Person | None:
        """Whose cookie came with a request."""
        token = request.cookies.get(COOKIE)
        return await self.accounts.who(token) if token else None

    async def healthz(self, request: web.Request) -> web.Response:
        """Anyone: the process answers."""
        return web.Response(text="ok\n")

    async def readyz(self, request: web.Request) -> web.Response:
        """Anyone: the process can do its work; what is not well, one line each."""
        faults = await self.ready()
        text = "".join(f"{fault}\n" for fault in faults) or "ready\n"
        return web.Response(text=text, status=503 if faults else 200)


def _logged_in(person: Person) -> protocol.LoggedIn:
    return protocol.LoggedIn(
        person.username,
        person.name,
        person.role,  # type: ignore[arg-type]
        person.region,
    )


def _json(body: msgspec.Struct) -> web.Response:
    return web.Response(body=protocol.encode(body), content_type="application/json")
