"""Asks a program of the organisation to ring somebody: push, text message, call, whatever it has.

One request, `{"to": username, "kind": ...}`: no ticket, no level, no word of a visitor.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable

import aiohttp

from handoff.protocol import RingKind

log = logging.getLogger(__name__)

#: A lost ring is a visitor whom nobody hears: once more, after a pause in which a program that was
#: started anew may be back. Whoever asked rings again later.
TRIES = 2
PAUSE_S = 1


class Webhook:
    """`POST` to one address; any 2xx means that the sign is on its way."""

    def __init__(
        self,
        url: str,
        timeout_s: float,
        sleep: Callable[[float], Awaitable[object]] = asyncio.sleep,
    ) -> None:
        self.url = url
        self.sleep = sleep
        self.timeout = aiohttp.ClientTimeout(total=timeout_s)

    async def ring(self, username: str, kind: RingKind) -> bool:
        for number in range(TRIES):
            if number:
                await self.sleep(PAUSE_S)
            try:
                if await self._post(username, kind):
                    return True
            except (aiohttp.ClientError, TimeoutError, ValueError) as error:
                # the address may hold a secret of the operator: only the type is told
                log.warning("ringing: %s", type(error).__name__)
        return False

    async def _post(self, username: str, kind: RingKind) -> bool:
        body = {"to": username, "kind": kind}
        async with (
            aiohttp.ClientSession(timeout=self.timeout) as http,
            # what follows a redirect is not whom the operator named
            http.post(self.url, json=body, allow_redirects=False) as answer,
        ):
            passed_on = 200 <= answer.status < 300
            if not passed_on:
                log.warning("ringing: answered with %d", answer.status)
            return passed_on
