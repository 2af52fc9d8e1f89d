"""How many new conversations one address, and everybody together, may begin. No address is kept.

Buckets are keyed by a hash with a salt that lives in memory only and changes daily, so nothing
here can be turned back into an address or outlive the day.
"""

from __future__ import annotations

import hashlib
import hmac
import os
from dataclasses import dataclass

from aiohttp import web

from handoff.clock import Clock
from handoff.settings import Settings

DAY_S = 86_400
MINUTE_S = 60
MOST_BUCKETS = 50_000


@dataclass(slots=True)
class Bucket:
    """A token bucket: `tokens` now, as of `when` (monotonic seconds)."""

    tokens: float
    when: float

    def take(self, now: float, burst: float, per_s: float) -> float:
        """Takes one; 0 when there was one, else the seconds until there is."""
        wait = self.wait(now, burst, per_s)
        if wait == 0:
            self.tokens -= 1
        return wait

    def wait(self, now: float, burst: float, per_s: float) -> float:
        """The seconds until there is one; 0 when there is."""
        self.tokens = min(burst, self.tokens + (now - self.when) * per_s)
        self.when = now
        if self.tokens >= 1:
            return 0
        return (1 - self.tokens) / per_s if per_s > 0 else float(DAY_S)


class Limits:
    """The buckets of one node."""

    def __init__(self, settings: Settings, clock: Clock) -> None:
        self.settings = settings
        self.clock = clock
        self.salt = os.urandom(16)
        self.salted_at = clock.monotonic()
        self.buckets: dict[bytes, Bucket] = {}
        self.all = Bucket(settings.open_all_burst, clock.monotonic())
        self.proxies = frozenset(
            part.strip() for part in settings.trusted_proxies.split(",") if part.strip()
        )

    def wait_for(self, address: str) -> int:
        """Seconds until this address may begin a conversation; 0 is now, and counts as one."""
        now = self.clock.monotonic()
        settings = self.settings
        bucket = self._of(address, now, settings.open_burst)
        wait = bucket.take(now, settings.open_burst, settings.open_per_s)
        if wait == 0:
            wait = self.all.take(now, settings.open_all_burst, settings.open_all_per_s)
        return int(wait) + 1 if wait > 0 else 0

    def wait_for_words(self, address: str) -> int:
        """Seconds until this address may try words to come back with; 0 is now."""
        wait = self._words_of(address).wait(self.clock.monotonic(), *self._tries())
        return int(wait) + 1 if wait > 0 else 0

    def wrong_words(self, address: str) -> None:
        """Counts a try that was wrong; right ones cost nothing."""
        self._words_of(address).take(self.clock.monotonic(), *self._tries())

    def _tries(self) -> tuple[float, float]:
        return self.settings.return_tries, 1 / MINUTE_S

    def _words_of(self, address: str) -> Bucket:
        return self._of(f"words/{address}", self.clock.monotonic(), self.settings.return_tries)

    def _of(self, address: str, now: float, burst: float) -> Bucket:
        if now - self.salted_at > DAY_S or len(self.buckets) > MOST_BUCKETS:
            self.salt, self.salted_at = os.urandom(16), now
            self.buckets.clear()
        key = hmac.new(self.salt, address.encode(), hashlib.sha256).digest()[:16]
        return self.buckets.setdefault(key, Bucket(burst, now))

    def address_of(self, request: web.Request) -> str:
        """The client's address: the last one that a trusted proxy names, else the peer's."""
        peer = request.remote or ""
        forwarded = request.headers.get("X-Forwarded-For", "")
        if peer in self.proxies and forwarded:
            return forwarded.rpartition(",")[2].strip()
        return peer
