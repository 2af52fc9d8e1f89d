"""The bodies of the editor's page: a sentence that is tried, and examples to learn from."""

from __future__ import annotations

from datetime import datetime
from typing import Literal

import msgspec
from msgspec import Struct

from handoff.protocol.frame import ErrorCode, Level


class TryText(Struct):
    """`POST /api/editor/hear`: a made-up text, the texts before it, oldest first, and what the
    visitor was asked last."""

    text: str
    before: list[str] = []
    asked: str = ""


class Hearing(Struct, omit_defaults=True):
    """What was heard in a text, and why; `cards` are the texts that it would bring."""

    level: Level
    signals: list[str] = []
    because: list[str] = []
    cards: list[str] = []


class Hearings(Struct, omit_defaults=True):
    """By the rules alone, and by them with what was learnt from examples, where something was.
    `language` is the one that the text seems to be written in, `in_use` what visitors get."""

    in_use: Literal["rules", "rules+model"]
    rules: Hearing
    both: Hearing | None = msgspec.field(name="rules+model", default=None)
    language: str | None = None


class NewExample(Struct):
    """`POST /api/editor/examples`: a made-up text as it ought to be heard."""

    language: str
    level: Level
    signals: list[str]
    perspective: str
    text: str
    note: str = ""


class ExampleBody(Struct, omit_defaults=True):
    """An example that an editor proposed; learnt from once another one approved it."""

    id: str
    language: str
    level: Level
    signals: list[str]
    perspective: str
    text: str
    note: str
    added_by: str
    added_at: datetime
    approved_by: str | None = None
    approved_at: datetime | None = None


class Examples(Struct):
    """`GET /api/editor/examples`: all that are kept here, newest first."""

    now: datetime
    examples: list[ExampleBody]


class ExampleAnswer(Struct):
    """`POST /api/editor/examples/{id}`: another editor's yes, or anybody's no."""

    answer: Literal["approve", "withdraw"]


class ExampleThere(Struct, omit_defaults=True):
    """The refusal of a text that is an example already: with which level, and in which line of
    which file; without `where` it was proposed on this page."""

    code: ErrorCode
    message: str
    level: Level
    where: str | None = None
