"""What every part of the desk is handed: built once, in `handoff.app`, and never looked up."""

from __future__ import annotations

import base64
import secrets
from collections.abc import Callable
from dataclasses import dataclass, field

from data.knowledge import Knowledge
from handoff.clock import Clock, micros
from handoff.desk.dialogue import Dialogue
from handoff.settings import Settings
from handoff.storage.database import Database
from handoff.storage.keys import Vault

#: Twelve bytes are sixteen characters without a rest, so a long text of them can be cut.
SHORT_BYTES, SHORT_CHARACTERS, AT_ONCE = 12, 16, 256


class ShortIds:
    """Random names of 96 bits, many fetched at once: each fetch lets the writing thread in, and
    waiting until it is out again takes longer than all the rest. They are no secrets."""

    def __init__(self) -> None:
        self.ready: list[str] = []

    def __call__(self) -> str:
        if not self.ready:
            text = base64.urlsafe_b64encode(secrets.token_bytes(SHORT_BYTES * AT_ONCE)).decode()
            cuts = range(0, len(text), SHORT_CHARACTERS)
            self.ready = [text[at : at + SHORT_CHARACTERS] for at in cuts]
        return self.ready.pop()


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
