"""What goes into the engine and what comes out: inputs, the state to remember, one step."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal

from flows.render import Message


@dataclass(frozen=True, slots=True)
class Start:
    """The visitor opened the chat."""


@dataclass(frozen=True, slots=True)
class Text:
    """The visitor typed something."""

    text: str


@dataclass(frozen=True, slots=True)
class Choose:
    """The visitor pressed a button, or chose several."""

    payloads: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Again:
    """The open question has to be asked once more: the language changed."""


@dataclass(frozen=True, slots=True)
class ActionDone:
    """The action that was wanted has run: what it set and said; `paused` silences the bot."""

    slots: Mapping[str, Any]
    messages: tuple[Message, ...]
    paused: bool = False


@dataclass(frozen=True, slots=True)
class ActionFailed:
    """The action that was wanted raised, was too slow, or answered nonsense."""


Input = Start | Text | Choose | Again | ActionDone | ActionFailed
FrameKind = Literal["flow", "call"]


@dataclass(frozen=True, slots=True)
class Frame:
    """One flow under way, and the step it stands at."""

    flow: str
    step: str
    kind: FrameKind = "flow"


@dataclass(frozen=True, slots=True)
class State:
    """All that the script remembers of a conversation.

    `asked` is the slot of the open question. `pending` says what the wanted action is for.
    """

    slots: Mapping[str, Any]
    language: str
    stack: tuple[Frame, ...] = ()
    asked: str | None = None
    tries: int = 0
    paused: bool = False
    pending: tuple[str, str] | None = None

    @property
    def talking(self) -> bool:
        """Whether the script still has something to ask."""
        return bool(self.stack) and not self.paused


@dataclass(frozen=True, slots=True)
class Step:
    """What came of one input."""

    state: State
    messages: tuple[Message, ...]
    wants: str | None
