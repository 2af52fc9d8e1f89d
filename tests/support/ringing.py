"""Who is rung in a test, and who is planned to be."""

from __future__ import annotations

from typing import Any

from handoff.storage.sql import Sql, values_of
from tests.support.built import ADD_SHIFT, planned
from tests.support.running import REGION, Server

HOME = "piket"
SENIOR, NEXT = f"{REGION}-8", f"{REGION}-7"
#: Whom a sign did not reach is rung again after this.
PAUSE_S = 15
#: Partners by agreement; the second is asked first.
PARTNER, SECOND = "midden-brabant", "brabant-noordoost"


class Heard:
    """Notes who is rung."""

    def __init__(self) -> None:
        self.calls: list[tuple[str, str]] = []
        #: who is not reached
        self.deaf: set[str] = set()

    async def ring(self, username: str, kind: str) -> bool:
        self.calls.append((username, kind))
        return username not in self.deaf


async def nobody_planned(server: Server, *but: str) -> None:
    """Nobody is at home anywhere; in these regions `<region>.thuis` is."""

    def command() -> Any:
        yield Sql("DELETE FROM roster"), {}
        for region in but:
            yield ADD_SHIFT, values_of(planned(region, at_home_in(region)))

    await server.house.db.run(command)
    server.house.operating.mark = None
    await server.house.operate()


def at_home_in(region: str) -> str:
    return f"{region}.thuis"


async def on_roster(server: Server, region: str, username: str) -> None:
    def command() -> Any:
        yield ADD_SHIFT, values_of(planned(region, username))

    await server.house.db.run(command)
    server.house.operating.mark = None
    await server.house.operate()
