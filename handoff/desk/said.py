"""One event of a conversation: in plain while it is shown, sealed while it is kept."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

import msgspec

from flows.render import Choice, Message
from handoff import protocol
from handoff.clock import micros, moment
from handoff.desk.dialogue import Card
from handoff.storage.keys import ConversationKeys, NoKey, RandomBytes, place, seal, unseal
from handoff.storage.units import CASEWORKER, NewEvent

VISITOR, BOT, SYSTEM = "visitor", "bot", "system"
#: What a visitor never sees.
INTERNAL = ("note",)


class Body(msgspec.Struct, omit_defaults=True, array_like=False):
    """What is sealed of an event."""

    text: str
    buttons: tuple[tuple[str, str, str], ...] = ()
    name: str = ""
    multiple: bool = False
    visible: int | None = None
    alone: tuple[str, ...] = ()
    by: str = ""
    language: str = ""


_encode = msgspec.json.Encoder().encode
_decode = msgspec.json.Decoder(Body).decode


@dataclass(slots=True)
class Said:
    """An event. `seq` is None until it is on disk; `by` is the name that a visitor reads."""

    id: str
    author: str
    kind: protocol.Kind
    at: datetime
    body: Body
    client_id: str | None = None
    seq: int | None = None

    @property
    def from_(self) -> protocol.From:
        """Who said it, as the protocol names them."""
        return "caseworker" if self.author.startswith(CASEWORKER) else self.author  # type: ignore[return-value]

    def frame(self, ticket: str | None = None) -> protocol.Event:
        """The frame a visitor gets, or a caseworker with `ticket`."""
        body = self.body
        return protocol.Event(
            event=self.id,
            at=self.at,
            from_=self.from_,
            kind=self.kind,
            text=body.text,
            seq=self.seq,
            buttons=[protocol.ButtonBody(*button) for button in body.buttons] or None,
            multiple=body.multiple or None,
            visible=body.visible,
            alone=list(body.alone) or None,
            name=body.name or None,
            id=self.client_id,
            ticket=ticket,
            by=body.by or None,
            language=body.language or None,
        )

    def sealed(self, conversation: str, keys: ConversationKeys, nonces: RandomBytes) -> NewEvent:
        """The row to write."""
        belongs_to = place("event", f"{conversation}/{self.id}", "body", "talk")
        return NewEvent(
            id=self.id,
            author=self.author,
            kind=self.kind,
            at=micros(self.at),
            body=seal(keys.cipher, nonces, _encode(self.body), belongs_to),
            client_id=self.client_id,
        )


def opened(conversation: str, row: Any, keys: ConversationKeys) -> Said:
    """The event of a database row. Raises `NoKey`."""
    belongs_to = place("event", f"{conversation}/{row['id']}", "body", "talk")
    plain = unseal(keys.cipher, bytes(row["body"]), belongs_to)
    try:
        body = _decode(plain)
    except msgspec.MsgspecError as error:
        raise NoKey("an event does not read") from error
    return Said(
        id=row["id"],
        author=row["author"],
        kind=row["kind"],
        at=moment(row["at"]),
        body=body,
        client_id=row["client_id"],
        seq=row["seq"],
    )


def of_message(
    id: str, message: Message, at: datetime, author: str = BOT, language: str = ""
) -> Said:
    """What the script says. After the handoff every non-human event is the system's. `language` is
    named when it is not the one of the conversation."""
    kind: protocol.Kind = "question" if message.asks else "text" if author == BOT else "notice"
    alone = message.metadata.get("alone") or ()
    body = Body(
        text=message.text,
        buttons=_buttons(message.buttons),
        name=message.name,
        multiple=message.multiple,
        visible=message.metadata.get("visible"),
        alone=tuple(str(name) for name in alone),
        language=language,
    )
    return Said(id, author, kind, at, body)


def of_card(id: str, card: Card, at: datetime, language: str = "") -> Said:
    """The emergency card: always the system's, never the bot's; `language` as of a message."""
    buttons = _buttons(card.buttons)
    body = Body(text=card.text, buttons=buttons, name=card.form, language=language)
    return Said(id, SYSTEM, "emergency", at, body)


def _buttons(choices: tuple[Choice, ...]) -> tuple[tuple[str, str, str], ...]:
    return tuple((choice.id, choice.title, choice.payload) for choice in choices)
