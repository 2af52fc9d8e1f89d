"""From a response to the text and buttons that a visitor sees, in their language."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from flows.conditions import Slots
from flows.model import Response, Script, Variation

FIELD = re.compile(r"\{([a-z_][a-z0-9_]*)\}")


@dataclass(frozen=True, slots=True)
class Choice:
    """A button as it is shown."""

    id: str
    title: str
    payload: str


@dataclass(frozen=True, slots=True)
class Message:
    """One message of the script, ready to show.

    `asks` is the slot of the question it puts, None for a plain text; `metadata` is that of the
    response: `multiple`, how many choices are `visible` before "more", and which stand `alone`.
    """

    text: str
    name: str = ""
    buttons: tuple[Choice, ...] = ()
    asks: str | None = None
    metadata: Mapping[str, Any] = field(default_factory=dict)

    @property
    def multiple(self) -> bool:
        """Whether several buttons may be chosen at once."""
        return bool(self.metadata.get("multiple"))


def fill(text: str, slots: Slots) -> str:
    """`{slot}` replaced by its value; nothing is evaluated, an unknown one is left empty."""
    return FIELD.sub(lambda match: _shown(slots.get(match[1])), text)


def _shown(value: object) -> str:
    return "" if value is None else str(value)


def fields(text: str) -> frozenset[str]:
    """The slots that a text names."""
    return frozenset(FIELD.findall(text))


def variation_of(response: Response, slots: Slots, channel: str | None = None) -> Variation:
    """Rasa's choice: condition and channel, then channel, then condition, then the default.

    Where Rasa takes one of several at random, `check` refuses the script.
    """
    holding = [
        found
        for found in response.variations
        if (found.condition is None or found.condition.holds(slots))
        and found.channel in (None, channel)
    ]
    if not holding:
        return response.variations[-1]
    return max(holding, key=lambda found: (found.channel is not None, found.condition is not None))


def text_of(script: Script, name: str, slots: Slots, language: str) -> str:
    """The text of a response alone. Raises `KeyError` when there is no such response."""
    variation = variation_of(script.responses[name], slots)
    return fill(_in(variation.text, language), slots)


def render(
    script: Script, name: str, slots: Slots, language: str, asks: str | None = None
) -> Message:
    """A response as a message. Raises `KeyError` when there is no such response."""
    variation = variation_of(script.responses[name], slots)
    return Message(
        text=fill(_in(variation.text, language), slots),
        name=name,
        buttons=tuple(
            Choice(button.id, fill(_in(button.title, language), slots), button.payload)
            for button in variation.buttons
        ),
        asks=asks,
        metadata=variation.metadata,
    )


def _in(words: Mapping[str, str], language: str) -> str:
    """The text in `language`, else in the first language, as Rasa falls back."""
    return words.get(language) or next(iter(words.values()), "")
