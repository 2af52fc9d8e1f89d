"""What every part of the desk is handed: built once, in `handoff.app`, and never looked up."""

from __future__ import annotations

import secrets
from collections.abc import Callable
from dataclasses import dataclass, field

from data.knowledge import Knowledge
from handoff.clock import Clock, micros
from handoff.desk.dialogue import Dialogue
from handoff.settings import Settings
from handoff.storage.database import Database
from handoff.storage.keys import Vault


@dataclass(frozen=True, slots=True)
class Ids:
    """Random names. A test hands in its own."""

    short: Callable[[], str] = field(default=lambda: secrets.token_urlsafe(12))
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
