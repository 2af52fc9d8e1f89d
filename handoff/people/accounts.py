"""Accounts and logins: argon2 hashes, sessions in the database, and a slow-down on failures.

Sessions live on the real clock, whatever the clock of a demo says.
"""

from __future__ import annotations

import asyncio
import hashlib
import hmac
import logging
import re
import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

from argon2 import PasswordHasher
from argon2.exceptions import Argon2Error, InvalidHashError

from handoff.clock import Clock, micros
from handoff.desk.shift import Person
from handoff.settings import Settings
from handoff.storage import people
from handoff.storage.database import Database, Unavailable

log = logging.getLogger(__name__)

ROLES = ("caseworker", "senior", "coordinator", "editor", "admin")
#: Roles that have a desk.
AT_A_DESK = ("caseworker", "senior", "coordinator")
#: Language codes with commas, or nothing.
LANGUAGES = re.compile(r"([a-z]{2,3}(,[a-z]{2,3})*)?")
USERNAME = re.compile(r"[a-z0-9][a-z0-9._-]{0,63}")
#: NIST SP 800-63B: length is what counts; no rules about kinds of characters.
LEAST_PASSWORD = 12
#: So many names and places are remembered at most, however many come by.
MOST_KEPT = 10_000


class BadAccount(Exception):
    """Raised for a username, role or password that is refused; says why."""


class WrongLogin(Exception):
    """Raised when name and password do not belong together. Never says which was wrong."""


class TooSoon(Exception):
    """Raised after too many failures: wait `seconds` before the next try."""

    def __init__(self, seconds: int) -> None:
        super().__init__(f"wait {seconds} s")
        self.seconds = seconds


@dataclass(slots=True)
class _Failures:
    count: int = 0
    until: float = 0


@dataclass(slots=True)
class Throttle:
    """Doubles the wait with every failed login of a name or from an address, in memory only.

    Where somebody has logged in before, the failures of others with the same name do not count: a
    stranger who tries a caseworker's name must not keep the caseworker from the desk.
    """

    settings: Settings
    clock: Clock
    failures: dict[bytes, _Failures] = field(default_factory=dict)
    trusted: set[bytes] = field(default_factory=set)
    salt: bytes = field(default_factory=lambda: secrets.token_bytes(16))

    def keys(self, username: str, address: str) -> tuple[bytes, bytes, bytes]:
        """What failures are counted by: the name, the place, and the name there. No address is
        kept, not even here: the salt lives as long as the process."""
        name, place, pair = (
            hmac.digest(self.salt, text.encode("utf-8", "surrogatepass"), "sha256")
            for text in (f"name/{username}", f"address/{address}", f"{address}/{username}")
        )
        return name, place, pair

    def check(self, name: bytes, place: bytes, pair: bytes) -> None:
        """Raises `TooSoon` while one of the keys has to wait."""
        now = self.clock.monotonic()
        keys = (place, pair) if pair in self.trusted else (name, place, pair)
        wait = max(
            (self.failures[key].until - now for key in keys if key in self.failures), default=0
        )
        if wait > 0:
            raise TooSoon(int(wait) + 1)

    def failed(self, *keys: bytes) -> None:
        """Notes a failed login."""
        if len(self.failures) > MOST_KEPT:
            self.failures.clear()
        for key in keys:
            found = self.failures.setdefault(key, _Failures())
            found.count += 1
            over = found.count - self.settings.login_tries
            if over >= 0:
                wait = min(
                    self.settings.login_wait_s * 2 ** min(over, 30), self.settings.login_wait_most_s
                )
                found.until = self.clock.monotonic() + wait

    def succeeded(self, name: bytes, place: bytes, pair: bytes) -> None:
        """Forgets the failures, and remembers where this name is at home."""
        if len(self.trusted) > MOST_KEPT:
            self.trusted.clear()
        self.trusted.add(pair)
        for key in (name, place, pair):
            self.failures.pop(key, None)


class Accounts:
    """Logging in and out, and the accounts themselves."""

    def __init__(
        self,
        db: Database,
        settings: Settings,
        clock: Clock,
        hasher: PasswordHasher,
        *,
        demo: bool = False,
    ) -> None:
        self.db = db
        self.settings = settings
        self.clock = clock
        self.hasher = hasher
        #: whether the accounts of a demo may log in, whose password everybody knows
        self.demo = demo
        self.throttle = Throttle(settings, clock)
        self.known: dict[str, str] = {}
        self.learning: asyncio.Task[None] | None = None
        self.gate = asyncio.Semaphore(settings.logins_at_once)
        # an unknown name takes as long as a wrong password
        self._nobody = self.hasher.hash(secrets.token_hex(16))

    def name_of(self, username: str) -> str:
        """The name that visitors read (R40). Somebody who came since we started is looked up, and
        has no name until then: a username is not for visitors."""
        if username and username not in self.known and self.learning is None:
            self.learning = asyncio.create_task(self._learn(username))
        return self.known.get(username, "")

    async def _learn(self, username: str) -> None:
        try:
            await self.learn_names()
            # who is not there even now is not looked up again and again
            self.known.setdefault(username, "")
        except Unavailable:
            log.warning("accounts: the names cannot be read now")
        finally:
            self.learning = None

    async def learn_names(self) -> None:
        """Reads the names of all accounts."""
        for row in await self.db.read(people.accounts):
            self.known[row["username"]] = row["name"]

    async def login(self, username: str, password: str, address: str) -> tuple[Person, str]:
        """Who logged in, and the token for the cookie. Raises `WrongLogin`, `TooSoon`."""
        keys = self.throttle.keys(username, address)
        async with self.gate:
            # looked at behind the gate: many tries at once would all come before the first failure
            self.throttle.check(*keys)
            row = await self._account(username)
            hash = row["password"] if row is not None else self._nobody
            fits = await asyncio.to_thread(self._fits, hash, password)
            if row is None or not fits or row["disabled"] or (row["demo"] and not self.demo):
                self.throttle.failed(*keys)
                raise WrongLogin
            self.throttle.succeeded(*keys)
        self.known[row["username"]] = row["name"]
        token = secrets.token_urlsafe(32)
        until = self.clock.real() + timedelta(hours=self.settings.session_h)
        await self.db.run(
            people.add_session,
            {"token": _hash(token), "username": row["username"], "until": micros(until)},
        )
        return _person(row), token

    async def _account(self, username: str) -> Any:
        if not USERNAME.fullmatch(username):
            return None
        return await self.db.read(people.account, username)

    async def who(self, token: str) -> Person | None:
        """Whose login a token is."""
        now = micros(self.clock.real())
        row = await self.db.read(people.session, _hash(token), now)
        return _person(row) if row is not None else None

    async def logout(self, token: str) -> None:
        """Ends a login."""
        await self.db.run(people.drop_session, _hash(token))

    def _fits(self, hash: str, password: str) -> bool:
        try:
            return self.hasher.verify(hash, password)
        except (Argon2Error, InvalidHashError):
            return False

    def row(
        self,
        username: str,
        name: str,
        role: str,
        region: str,
        password: str,
        *,
        languages: str = "",
        demo: bool = False,
    ) -> Mapping[str, Any]:
        """The row of a new account. Raises `BadAccount`."""
        if not USERNAME.fullmatch(username):
            raise BadAccount("a username is lower-case letters, digits, and . _ -")
        if role not in ROLES:
            raise BadAccount(f"a role is one of {', '.join(ROLES)}")
        if not name.strip():
            raise BadAccount("visitors read the name; it cannot be empty")
        if not LANGUAGES.fullmatch(languages):
            raise BadAccount("languages are codes with commas, such as nl,en,pl")
        return {
            "username": username,
            "name": name.strip(),
            "role": role,
            "region": region,
            "password": self.hash(password, demo=demo),
            "disabled": False,
            "languages": languages,
            "demo": demo,
        }

    def hash(self, password: str, *, demo: bool = False) -> str:
        """The stored form of a password. Raises `BadAccount` for a short one."""
        if len(password) < LEAST_PASSWORD and not demo:
            raise BadAccount(f"a password has at least {LEAST_PASSWORD} characters")
        return self.hasher.hash(password)


def _hash(token: str) -> bytes:
    # a cookie may hold anything
    return hashlib.sha256(token.encode("utf-8", "surrogatepass")).digest()


def _person(row: Any) -> Person:
    return Person(row["username"], row["name"], row["region"], row["role"], row["languages"])
