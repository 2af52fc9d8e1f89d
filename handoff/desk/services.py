"""What every part of the desk is handed: built once, in `handoff.app`, and never looked up."""

from __future__ import annotations

import base64
import secrets
from collections.abc import Callable
from dataclasses import dataclass, field

from data.hours import zone_named
from data.knowledge import Knowledge
from handoff.clock import Clock, micros
from handoff.desk.dialogue import Dialogue
from handoff.settings import Settings
from handoff.storage.database import Database
from handoff.storage.keys import Stock, Vault

#: 96 bits are sixteen characters without a rest.
SHORT_BYTES = 12


class ShortIds:
    """Random names of 96 bits. They are no secrets."""

    def __init__(self) -> None:
        self.stock = Stock()

    def __call__(self) -> str:
        return base64.urlsafe_b64encode(self.stock(SHORT_BYTES)).decode()


@dataclass(frozen=True, slots=True)
class Ids:
    """Random names. A test hands in its own."""

    short: Callable[[], str] = field(default_factory=ShortIds)
    #: 256 bits: whoever holds it is the visitor
    token: Callable[[], str] = field(default=lambda: secrets.token_urlsafe(32))


@dataclass(slots=True)
class Services:
    """The tools of the desk; `dialogues` are those of older releases, for who began with them."""

    knowledge: Knowledge
    settings: Settings
    clock: Clock
    db: Database
    vault: Vault
    ids: Ids
    node: str
    dialogue: Dialogue
    dialogues: Callable[[str], Dialogue | None]

    def now(self) -> int:
        """The wall time in microseconds, as it is stored."""
        return micros(self.clock.now())

    def month(self) -> str:
        """The month by the organisation's own clock, by which is settled: 2026-11."""
        return self.day()[: len("2026-11")]

    def day(self) -> str:
        """The day by the organisation's own clock: 2026-11-23."""
        return self.clock.now().astimezone(zone_named(self.knowledge.zone)).date().isoformat()
