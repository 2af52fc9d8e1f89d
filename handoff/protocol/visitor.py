"""What a visitor sends."""

from __future__ import annotations

from typing import Annotated

from msgspec import Meta

from handoff.protocol.frame import Frame


class Open(Frame, tag="open"):
    """Begins a conversation."""

    region: str
    language: str = ""


class Resume(Frame, tag="resume"):
    """Goes on after a lost link; `after` is the highest `seq` the page has."""

    token: str
    after: Annotated[int, Meta(ge=0)] = 0


class Return(Frame, tag="return"):
    """Comes back with the three words of an earlier conversation."""

    region: str
    words: str
    language: str = ""


class Message(Frame, tag="message"):
    """Says something."""

    id: str
    text: str


class Choose(Frame, tag="choose"):
    """Presses a button, or several of a multiple question."""

    id: str
    payload: str | list[str]


class Typing(Frame, tag="typing"):
    """Is typing. What is being typed never leaves the browser (R43)."""


class Visible(Frame, tag="visible"):
    """The page came into sight, or is not in sight any more."""

    visible: bool


class Language(Frame, tag="language"):
    """Goes on in another language."""

    language: str


class ChooseRegion(Frame, tag="region"):
    """Corrects the region, before a ticket opens."""

    id: str
    region: str


class OpenCard(Frame, tag="card"):
    """Opened the emergency card."""

    id: str


class AskWords(Frame, tag="words"):
    """Asks for the three words to come back with."""

    id: str


class Stop(Frame, tag="stop"):
    """Has to stop."""

    id: str


class End(Frame, tag="end"):
    """Ends the conversation."""


class Exit(Frame, tag="exit"):
    """Left in a hurry."""


VisitorFrame = (
    Open
    | Resume
    | Return
    | Message
    | Choose
    | Typing
    | Visible
    | Language
    | ChooseRegion
    | OpenCard
    | AskWords
    | Stop
    | End
    | Exit
)
